"""A partner at the link: accepts, declines, finds it expired, finds it ended by the victim in the portal."""

import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import Case, ShareLink
from jobs.actions import run_due
from referrals.actions.onward_sending import Handed
from referrals.models import Referral
from tests.browser.windows import DESKTOP, PHONE, SIZES, Window, look
from tests.factories import CaseFactory, UserFactory
from tests.referrals.onwards import agreed, made, organisation, sent


@pytest.fixture
def case(site: str) -> Case:
    """A case of one caseworker, with the victim's portal open."""
    worker = UserFactory()
    case: Case = CaseFactory(portal=True, worker=worker)
    case.worker = worker  # type: ignore[attr-defined]
    return case


def page_of(referral: Referral, name: str = "detail") -> str:
    return reverse(f"referrals:onward_{name}", args=[referral.case_id, referral.pk])


def link_of(handed: Handed) -> str:
    return reverse("shared:open", args=[handed.token])


def looked_at(seen: Window, name: str) -> None:
    """At both widths."""
    for size in SIZES:
        seen.page.set_viewport_size(SIZES[size])
        seen.check()
        look(seen, f"onward-{name}-{size}")


def read_it(seen: Window, address: str, passcode: str) -> None:
    seen.go(address)
    seen.page.get_by_label("Passcode").fill(passcode)
    seen.press("Read it")


def test_a_worker_sends_one_in_four_steps_and_a_partner_accepts_without_scripts(open_window: Any, case: Any) -> None:
    agreed(case, case.worker, organisation())
    seen: Window = open_window(case.worker, size=DESKTOP)
    seen.go(reverse("referrals:hub", args=[case.pk]))
    seen.follow("New referral")
    seen.refused("Continue")
    seen.page.get_by_label("Which organisation?").select_option(label="Hubton Housing Help (Norfolk)")
    seen.page.get_by_label("Which person or team there?").fill("Duty desk")
    seen.page.get_by_label("What do you ask them for?").fill("A place for two.")
    seen.page.get_by_label("Why this referral?").fill("Not safe at home.")
    seen.press("Continue")
    looked_at(seen, "basis")
    seen.refused("Continue")
    seen.page.get_by_label("Agreement 1").check()
    seen.press("Continue")
    assert seen.page.locator("input:checked").count() == 0
    seen.refused("Continue")
    for name in ("Name to use", "What is asked for", "Summary"):
        seen.page.get_by_label(name, exact=True).check()
    seen.page.get_by_label("Summary for this referral").fill("Two adults, one dog.")
    seen.press("Continue")
    looked_at(seen, "check")
    preview = seen.page.locator(".app-card .govuk-summary-list").inner_text().split()
    seen.press("Send it")
    looked_at(seen, "link")
    address, passcode = (seen.page.locator("code").nth(place).inner_text() for place in (0, 1))

    partner: Window = open_window(scripts=False)
    read_it(partner, re.sub(r"^.*(?=/d/)", "", address), passcode)
    assert partner.page.locator(".govuk-summary-list").inner_text().split() == preview
    partner.page.get_by_label("We accept it").check()
    partner.page.get_by_label("Passcode").fill(passcode)
    partner.press("Send the answer")
    assert "you accept it" in partner.read()
    partner.go(re.sub(r"^.*(?=/d/)", "", address), status=404)

    run_due()
    seen.press("I have noted both")
    looked_at(seen, "accepted")
    assert "Accepted" in seen.read()
    seen.press("Complete it")
    seen.refused("Complete it")


def test_a_partner_declines_with_a_reason(open_window: Any, case: Any) -> None:
    referral, handed = sent(case, case.worker)
    partner: Window = open_window(size=PHONE)
    partner.go(link_of(handed))
    looked_at(partner, "passcode")
    partner.page.get_by_label("Passcode").fill("WRONG-CODE")
    partner.refused("Read it")
    partner.page.get_by_label("Passcode").fill(handed.passcode.lower())
    partner.press("Read it")
    looked_at(partner, "partner")
    partner.page.get_by_label("We decline it").check()
    partner.page.get_by_label("Passcode").fill(handed.passcode)
    partner.refused("Send the answer")
    looked_at(partner, "partner-errors")
    partner.page.get_by_label("No place at the moment").check()
    partner.page.get_by_label("Passcode").fill("WRONG-CODE")
    partner.refused("Send the answer")
    assert "Two adults" not in partner.read()
    partner.page.get_by_label("Passcode").fill(handed.passcode)
    partner.press("Send the answer")
    looked_at(partner, "declined")
    assert partner.kept_in_browser() == {}
    seen: Window = open_window(case.worker)
    seen.go(page_of(referral))
    assert "No place at the moment" in seen.read()
    looked_at(seen, "tries")


def test_an_expired_link_is_one_neutral_page_and_a_new_one_opens(open_window: Any, case: Any) -> None:
    referral, handed = sent(case, case.worker)
    ShareLink.objects.filter(pk=handed.link.pk).update(expires_at=timezone.now())
    partner: Window = open_window()
    partner.go(link_of(handed), status=404)
    looked_at(partner, "gone")
    seen: Window = open_window(case.worker, size=DESKTOP)
    seen.go(page_of(referral))
    assert "No link to it opens any more" in seen.read()
    looked_at(seen, "expired")
    seen.press("Make a new link")
    looked_at(seen, "new-link")
    seen.press("Make a new link")
    address, passcode = (seen.page.locator("code").nth(place).inner_text() for place in (0, 1))
    read_it(partner, re.sub(r"^.*(?=/d/)", "", address), passcode)
    assert "Two adults" in partner.read()


def test_at_night_it_is_sent_now_and_a_manager_who_says_no_ends_it(open_window: Any, case: Any) -> None:
    manager = UserFactory(manager=True, profile__team=case.team)
    referral = made(case, case.worker)
    seen: Window = open_window(case.worker, size=PHONE)
    seen.go(page_of(referral, "basis"))
    seen.follow("A life is in danger now: send in an emergency")
    looked_at(seen, "emergency-empty")
    seen.press("Choose what is passed on")
    for name in ("Name to use", "What is asked for"):
        seen.page.get_by_label(name, exact=True).check()
    seen.press("Continue")
    looked_at(seen, "emergency")
    seen.refused("Send it now")
    for question in ("What is the risk?", "Why is it necessary to share?", "Why would sharing less not do?"):
        seen.page.get_by_label(question).fill("On the way there, with a knife.")
    seen.page.get_by_label("Yes", exact=True).check()
    seen.page.get_by_label("Which manager looks at it today?").select_option(label=manager.name)
    seen.press("Send it now")
    address, passcode = (seen.page.locator("code").nth(place).inner_text() for place in (0, 1))
    seen.press("I have noted both")
    looked_at(seen, "emergency-sent")

    partner: Window = open_window(size=PHONE)
    read_it(partner, re.sub(r"^.*(?=/d/)", "", address), passcode)
    hers: Window = open_window(manager, size=DESKTOP)
    hers.go(reverse("onward:waiting"))
    looked_at(hers, "emergency-waiting")
    hers.go(page_of(referral, "decide"))
    looked_at(hers, "emergency-decide")
    hers.page.get_by_label("No", exact=True).check()
    hers.page.get_by_label("Why?").fill("Nobody was in danger.")
    hers.press("Keep the decision")
    partner.page.get_by_label("We accept it").check()
    partner.page.get_by_label("Passcode").fill(passcode)
    partner.press("Send the answer")
    assert "This link does not work" in partner.read()
    seen.go(reverse("cases:work"))
    assert "did not approve what was sent in an emergency" in seen.read()


def test_the_victim_stops_it_in_the_portal_and_the_link_is_dead_at_once(open_window: Any, case: Any) -> None:
    referral, handed = sent(case, case.worker)
    partner: Window = open_window()
    read_it(partner, link_of(handed), handed.passcode)
    her: Window = open_window(case.victim.user)
    her.go(reverse("portal:agreed"))
    her.open_by(her.page.get_by_role("button", name="Stop this"))
    partner.page.get_by_label("We accept it").check()
    partner.page.get_by_label("Passcode").fill(handed.passcode)
    partner.press("Send the answer")
    assert "This link does not work" in partner.read()
    partner.go(link_of(handed), status=404)
    run_due()
    seen: Window = open_window(case.worker)
    seen.go(page_of(referral))
    assert "Consent withdrawn" in seen.read()
    assert "by link 1: Opened with the passcode" in seen.read()
    looked_at(seen, "withdrawn")
    seen.go(reverse("cases:work"))
    assert "It showed: Name to use, What is asked for and Summary" in seen.read()
