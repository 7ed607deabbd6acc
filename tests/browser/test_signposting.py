"""From a new entry of the directory to the victim who reads of it, in real browsers."""

import pytest

from referrals.models import Signpost, SignpostRead
from tests.browser.windows import NARROWEST, Window
from tests.factories import CaseFactory, UserFactory

pytestmark = pytest.mark.timeout(300)


def test_an_entry_is_added_checked_told_and_read(open_window, site):
    worker = UserFactory()
    case = CaseFactory(portal=True, worker=worker)
    lead: Window = open_window(UserFactory(manager=True))
    lead.go("/directory/new/")
    lead.press("Add the entry")
    lead.check()
    assert "Choose at least one need" in lead.read()
    for name, words in {
        "name": "Willow House",
        "what_for": "A room to talk, with tea.",
        "phone": "0808 157 0123",
        "domain": "willow.example.org",
        "source": "Its leaflet",
    }.items():
        lead.page.locator(f"#id_{name}").fill(words)
    lead.page.get_by_label("Support after any crime").check()
    lead.press("Add the entry")
    lead.press("Save the check")
    lead.check()
    lead.page.get_by_label("I rang 0808 157 0123").check()
    lead.press("Save the check")
    assert lead.path == "/directory/willow-house/"
    assert "(not confirmed)" in lead.read()

    seen: Window = open_window(worker, scripts=False)
    seen.go(f"/cases/{case.pk}/support/signposts/find/")
    seen.page.get_by_label("Words").fill("willow")
    seen.press("Search")
    assert "willow" not in seen.page.url
    seen.open_by(seen.page.get_by_role("link", name="Tell the victim"))
    seen.press("Record that the victim is told")
    assert "Choose how the victim is told" in seen.read()
    seen.page.get_by_label("In the portal").check()
    seen.page.get_by_label("Words to the victim").fill("Ask for Jo. مرحبا 🙂")
    seen.press("Record that the victim is told")
    assert "In the portal, not seen yet" in seen.read()

    hers: Window = open_window(case.victim.user, size=NARROWEST)
    hers.go("/notes/")
    hers.follow("Something new to read from your caseworker")
    hers.check()
    page = hers.read()
    assert "Ask for Jo. مرحبا 🙂" in page
    assert "willow.example.org" not in page  # nobody has looked at it
    hers.page.get_by_label("What do you want help with?").select_option(label="Support after any crime")
    hers.press("Show")
    hers.check()
    assert hers.page.url.endswith("?need=20&place=&speak=#found")
    hers.go("/notes/")
    assert "Something new to read" not in hers.read()
    assert SignpostRead.objects.filter(signpost=Signpost.objects.get(case=case)).count() == 1
