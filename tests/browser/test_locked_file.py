"""A locked letter, opened with its password: in a real browser, with scripts and without, and nothing kept there."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jobs.actions import run_due
from logs.actions import add_evidence
from logs.models import Evidence
from tests.browser.test_beside import BOTH, look_over
from tests.browser.windows import SIZES, Window, look
from tests.browser.world import World
from tests.logs.samples import pdf

PASSWORD = "blue teapot"  # pragma: allowlist secret


@pytest.fixture
def letter(world: World) -> Evidence:
    """A locked letter of her own, one for each run."""
    file = SimpleUploadedFile("bank.pdf", pdf(password=PASSWORD))
    (found,) = add_evidence(incident=world.entries[2], files=[file], by=world.her)
    run_due()
    return found


def place_of(letter: Evidence) -> int:
    before = Evidence.objects.filter(incident=letter.incident_id, exhibit_number__lte=letter.exhibit_number)
    return before.count()


def give(seen: Window, button: str, password: str, *, scripts: bool) -> None:
    seen.page.get_by_label("What is the password?").fill("")
    seen.press(button)
    if scripts:
        seen.check_error()
    for name, size in SIZES.items():
        seen.page.set_viewport_size(size)
        look(seen, f"locked-{button}-{name}")
    seen.page.get_by_label("What is the password?").fill(password)
    seen.press(button)


@BOTH
def test_she_gives_the_password_of_her_letter_and_sees_its_pages(open_window, world: World, letter, scripts):
    seen: Window = open_window(world.her, scripts=scripts)
    note, place = f"/notes/{letter.incident.number}/", place_of(letter)
    link = f"Give the password of file {place}"
    seen.go(note)
    look_over(seen, scripts)
    seen.page.get_by_role("link", name=link, exact=True).click()
    look_over(seen, scripts)
    give(seen, "Open the file", "wrong", scripts=scripts)
    seen.page.get_by_text("We are trying the password").first.wait_for()
    run_due()
    seen.go(note)
    seen.page.get_by_text("The password did not open it").first.wait_for()
    look(seen, "locked-note")
    seen.page.get_by_role("link", name=link, exact=True).click()
    give(seen, "Open the file", PASSWORD, scripts=scripts)
    run_due()
    seen.go(note)
    assert seen.page.get_by_role("link", name=link, exact=True).count() == 0
    assert seen.page.get_by_text(f"Show file {place}", exact=True).count() >= 1
    assert seen.kept_in_browser() == {}


@BOTH
def test_her_caseworker_opens_it_and_reads_that_the_original_stays_locked(open_window, world: World, letter, scripts):
    seen: Window = open_window(world.worker, scripts=scripts)
    entry = f"/cases/{world.case.pk}/log/{letter.incident_id}/"
    seen.go(entry)
    look_over(seen, scripts)
    seen.page.get_by_role("link", name=f"Open exhibit E{letter.exhibit_number} with its password", exact=True).click()
    look_over(seen, scripts)
    give(seen, "Open it", PASSWORD, scripts=scripts)
    seen.page.get_by_text("The password is being tried").first.wait_for()
    run_due()
    seen.go(entry)
    seen.page.get_by_text("the original stays locked").first.wait_for()
    for name, size in SIZES.items():
        seen.page.set_viewport_size(size)
        look_over(seen, scripts)
        look(seen, f"opened-{name}")
