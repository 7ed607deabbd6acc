"""Three people's days in a real browser, on a phone and on a desk: each step looked at, each with its mistakes."""

import hashlib
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Locator

from accounts.models import Session
from bundles.models import Bundle, ReleaseStep
from bundles.seals.certificates import trust
from bundles.seals.verifying import UNCHANGED, verify
from cases.models import Allocation, Case, Contact, Note, Task
from cases.rules import CaseStatus
from jobs.actions import run_due
from logs.models import Amendment, Evidence, Incident, IncidentSeen
from tests.browser.forms import PAUSE_MS, let_proof_grow_old, sign_in_with_app
from tests.browser.windows import PHONE, SIZES, Window
from tests.browser.world import World, picture, write_entry
from tests.factories import CaseFactory, UserFactory
from tests.factories.accounts import PASSWORD

HAPPENED = "He left a note on my car. It said “nice shoes”."
NOTICED = "Two colleagues saw him by the bins, about noon."


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_she_writes_reads_adds_takes_back_and_leaves(open_window, world, size):
    seen: Window = open_window(world.her, size=size)
    key = seen.page.context.cookies(seen.base)[0]["value"]
    seen.go("/notes/")
    seen.check()
    seen.press("Add a note")
    sent = she_writes(seen)
    note = Incident.objects.filter(recorded_by=world.her).latest("recorded_at")
    assert (note.what_happened, note.police_contacted, note.impact) == (HAPPENED, "not_yet", "I could not sleep.")
    assert (note.changes_made, note.behaviours) == ("I park by the doors.", ["LETTERS"])
    assert Evidence.objects.get(incident=note).sha256 == hashlib.sha256(sent).hexdigest()
    she_reads(seen, note)
    she_adds_and_takes_back(seen, note)
    kinds = Amendment.objects.filter(incident=note).order_by("recorded_at").values_list("kind", "text")
    assert list(kinds) == [("addition", NOTICED), ("withdrawal", "It was another day.")]
    seen.press("Exit this page")
    seen.page.get_by_role("heading", name="Weather").wait_for()
    assert not Session.objects.filter(session_key=key).exists()


def she_writes(seen: Window) -> bytes:
    """When, where and what; then the rest, question by question on a phone; then the photo."""
    seen.check()
    seen.refused("Save note")
    seen.page.get_by_label("Today,").check()
    seen.page.get_by_label("About what time?").fill("noon")
    seen.page.get_by_label("Where?").fill("The car park at work")
    seen.page.get_by_label("What happened?").fill(HAPPENED)
    is_narrow = seen.page.viewport_size == PHONE
    assert seen.page.get_by_label("How did it affect you?").is_visible() is not is_narrow
    if is_narrow:
        seen.press("Add more detail first")
        seen.check()
    seen.page.get_by_label("Not yet").check()
    go_on(seen, is_narrow)
    seen.page.get_by_label("How did it affect you?").fill("I could not sleep.")
    go_on(seen, is_narrow)
    seen.page.get_by_label("What have you changed because of it?").fill("I park by the doors.")
    go_on(seen, is_narrow)
    go_on(seen, is_narrow, "Skip")
    seen.page.locator("summary").get_by_text("Contact", exact=True).click()
    seen.page.get_by_label("sent you letters").check()
    go_on(seen, is_narrow)
    go_on(seen, is_narrow, "Skip")  # who helped
    go_on(seen, is_narrow, "Skip")  # what stays out of papers
    photo = picture("note.jpg").read()
    chosen = {"name": "note.jpg", "mimeType": "image/jpeg", "buffer": photo}
    seen.page.locator("input[type=file]:not([capture])").set_input_files(chosen)
    seen.check()
    seen.press("Save note")
    seen.page.get_by_role("heading", name="Your note is saved").wait_for()
    seen.check()
    return photo


def go_on(seen: Window, is_narrow: bool, button: str = "Continue") -> None:
    if is_narrow:
        seen.press(button)
        seen.check()


def she_reads(seen: Window, note: Incident) -> None:
    """Her list, this note in it, and the picture behind its curtain."""
    run_due()
    seen.choose("Menu", "My notes")
    seen.check()
    # A phone lists notes by day, a desk by number.
    seen.open_by(seen.page.locator(f'#main-content a[href="/notes/{note.number}/"]:visible').first)
    assert HAPPENED in seen.read()
    photo = seen.page.get_by_role("img", name="File 1")
    assert is_blurred(photo)
    seen.page.get_by_text("Show file 1").click()
    seen.page.wait_for_function("() => document.querySelector('main img').naturalWidth > 0")
    assert not is_blurred(photo)
    seen.check()


def is_blurred(photo: Locator) -> bool:
    return "blur" in str(photo.evaluate("(image) => getComputedStyle(image).filter"))


def she_adds_and_takes_back(seen: Window, note: Incident) -> None:
    """Something is added; then the whole note is marked as wrong, and stays."""
    seen.press("Add to this note")
    seen.refused("Add to the note")
    seen.page.get_by_label("What would you like to add?").fill(NOTICED)
    seen.press("Add to the note")
    seen.page.get_by_text("Added to your note.").wait_for()
    seen.follow("This note is wrong")
    seen.refused("Mark as wrong")
    seen.page.get_by_label("What is wrong with it?").fill("It was another day.")
    seen.press("Mark as wrong")
    seen.page.get_by_text("Your note is marked as wrong.").wait_for()
    seen.check()
    assert HAPPENED in seen.read()
    assert seen.path == f"/notes/{note.number}/"


@pytest.mark.timeout(180)
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_her_caseworker_reads_records_and_takes_a_bundle(open_window, world, size, tmp_path):
    told = {"days": 0, "precision": "day", "what_happened": HAPPENED, "file": "note.jpg"}
    entry = write_entry(world.case, world.her, told, timezone.localdate())
    run_due()
    seen: Window = open_window(size=size)
    sign_in_with_app(seen, world.worker, PASSWORD)
    seen.page.get_by_role("heading", name="My work", exact=True).wait_for()
    seen.check()
    worker_reads(seen, entry)
    worker_records(seen, world.case)
    path = worker_asks_for_a_bundle(seen, world.case, tmp_path)
    bundle = Bundle.objects.filter(case=world.case).latest("asked_at")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == bundle.sha256
    assert verify(path, trust()).state == UNCHANGED
    taken = ReleaseStep.objects.get(release__bundle=bundle, kind="taken")
    assert taken.by == world.worker
    seen.go(f"/cases/{world.case.pk}/bundles/{bundle.pk}/releases/{taken.release_id}/")
    assert world.worker.name in seen.page.locator("main").inner_text()


def worker_reads(seen: Window, entry: Incident) -> None:
    """From the unread mark on My work to the entry, its picture, and back without the mark."""
    seen.follow(f"Entry {entry.number}")
    assert HAPPENED in seen.read()
    seen.page.get_by_text("Show the picture").click()
    seen.page.wait_for_function("() => document.querySelector('.app-evidence').naturalWidth > 0")
    seen.check()
    seen.open_by(seen.page.get_by_role("link", name=re.compile("in full size")))
    assert seen.page.evaluate("() => document.contentType") == "image/jpeg"
    seen.page.go_back()
    seen.press("Mark as read")
    seen.page.get_by_text(f"Entry {entry.number} is marked as read.").wait_for()
    seen.check()
    assert IncidentSeen.objects.filter(incident=entry).count() == 1
    seen.go("/cases/work/")
    assert not seen.page.get_by_role("link", name=f"Entry {entry.number}", exact=True).count()


def worker_records(seen: Window, case: Case) -> None:
    """A contact, a note, and a task that is then finished; each form sent empty first."""
    before = [model.objects.filter(case=case).count() for model in (Contact, Note, Task)]
    seen.go(f"/cases/{case.pk}/")
    seen.check()
    seen.press("Record contact")
    seen.refused("Save contact")
    seen.page.get_by_label("Phone", exact=True).check()
    seen.page.get_by_label("Spoke with the victim").check()
    seen.page.get_by_label("Yesterday").check()
    seen.page.get_by_label("What time?").fill("4pm")
    seen.press("Save contact")
    seen.press("Add note")
    seen.refused("Save note")
    seen.page.get_by_label("Note", exact=True).fill("She will keep the note in a bag.")
    seen.press("Save note")
    seen.page.get_by_role("heading", name="Timeline").wait_for()
    seen.check()
    seen.choose("Case menu", "Overview")
    seen.press("Add task")
    seen.refused("Add task")
    title = f"Ask about camera {before[2]}"
    seen.page.get_by_label("What is to be done?").fill(title)
    seen.fill_date("By when?", timezone.localdate() + timedelta(days=2))
    seen.press("Add task")
    seen.open_by(seen.page.locator(".app-todo__item", has_text=title).get_by_role("button"))
    seen.page.get_by_role("heading", name="Overview").wait_for()
    seen.check()
    assert Task.objects.filter(case=case).latest("pk").done_at
    assert [model.objects.filter(case=case).count() for model in (Contact, Note, Task)] == [n + 1 for n in before]


def worker_asks_for_a_bundle(seen: Window, case: Case, folder: Path) -> Path:
    """Today's entries: choose, check, wait, prove who it is, take."""
    seen.choose("Case menu", "Bundles")
    seen.check()
    seen.press("Make a bundle")
    seen.press("Begin")
    choose_for_herself(seen)
    seen.press("Ask for the bundle")
    seen.page.get_by_text("Waiting for a worker.").wait_for()
    seen.check()
    run_due()
    seen.page.get_by_text("The bundle is ready.").wait_for()
    seen.check()
    let_proof_grow_old(seen)
    seen.press("Check it and let it go")
    seen.page.get_by_text("Nothing was found that must not be there.").wait_for()
    seen.check()
    seen.press("Go on to approve it")
    return take_after_proof(seen, folder)


def choose_for_herself(seen: Window) -> None:
    """Step by step: her own copy, with all there is; of what must be said the first answer."""
    seen.page.get_by_label("For the victim to keep").check()
    asking = seen.page.get_by_role("button", name="Ask for the bundle")
    for _ in range(15):
        if asking.count():
            break
        seen.check()
        named = seen.page.locator("main input[type=radio]").evaluate_all(
            "found => [...new Set(found.map(e => e.name))]"
        )
        for name in named:
            if not seen.page.locator(f"main input[name='{name}']:checked").count():
                seen.page.locator(f"main input[name='{name}']").first.check()
        seen.press("Save and continue")
    seen.check()


def take_after_proof(seen: Window, folder: Path) -> Path:
    """Signed in too long ago: the password is asked for first, and a wrong one gets nothing."""
    seen.page.get_by_role("heading", name="Confirm it is you").wait_for()
    seen.check()
    seen.page.get_by_label("Password", exact=True).fill("not-the-password")
    seen.refused("Continue")
    seen.page.wait_for_timeout(PAUSE_MS)
    seen.page.get_by_label("Password", exact=True).fill(PASSWORD)
    seen.press("Continue")
    seen.page.get_by_role("heading", name="Approve a bundle").wait_for()
    seen.refused("I have looked at it and approve it")
    seen.page.get_by_label("By hand").check()
    seen.page.get_by_label("To whom?").fill("Herself")
    seen.press("I have looked at it and approve it")
    seen.page.get_by_text("It may leave, until").wait_for()
    seen.check()
    with seen.page.expect_download() as taking:
        seen.touch("Download it to pass it on")
    assert re.fullmatch(r"document-[a-z]{6}\.pdf", taking.value.suggested_filename)
    seen.page.get_by_role("heading", name="The download has begun").wait_for()
    seen.check()
    seen.press("Go back to where you were")
    seen.page.get_by_role("heading", name="Ways out").wait_for()
    path = folder / "bundle.pdf"
    taking.value.save_as(path)
    return path


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_a_manager_opens_a_number_allocates_and_arranges_cover(open_window, world: World, size):
    waiting = CaseFactory(status=CaseStatus.REFERRED)
    stand_in = UserFactory(name=f"Jo Field {len(waiting.reference)} {size['width']}")
    seen: Window = open_window(world.manager, size=size)
    seen.go("/reports/caseload/")
    seen.check()
    seen.open_by(seen.page.locator(".app-numbers a", has_text="Not allocated"))
    seen.page.get_by_role("link", name=waiting.reference).wait_for()
    assert world.case.reference not in seen.page.locator("main").inner_text()
    seen.check()
    seen.follow(waiting.reference)
    seen.follow("Give the case to somebody")
    seen.refused("Give the case")
    seen.page.get_by_label("Who?").select_option(label="Sam Rowan")
    seen.press("Give the case")
    seen.page.get_by_role("heading", name="Overview").wait_for()
    seen.check()
    seen.follow("Arrange cover")
    seen.refused("Save cover")
    seen.page.get_by_label("Who?").select_option(label=stand_in.name)
    seen.fill_date("Last day of cover", timezone.localdate() + timedelta(days=5))
    seen.press("Save cover")
    seen.page.get_by_text(f"{stand_in.name} covers the case.").wait_for()
    seen.check()
    held = Allocation.objects.filter(case=waiting).values_list("worker", "role")
    assert set(held) == {(world.worker.pk, "primary"), (stand_in.pk, "cover")}
    seen.go("/reports/caseload/")
    assert stand_in.name in seen.read()


def test_with_scripts_off_a_download_begins_by_itself_too(open_window, world: World):
    """A file alone would leave the browser on the page that asked for the password."""
    seen: Window = open_window(world.worker, scripts=False, fresh=False)
    seen.go(reverse("logs:original", args=[world.case.pk, world.evidence.pk]))
    seen.page.get_by_label("Password", exact=True).fill(PASSWORD)
    seen.press("Continue")
    with seen.page.expect_download():
        seen.follow("Download it all the same")
    seen.page.get_by_role("heading", name="The download has begun").wait_for()
    seen.press("Go back to where you were")
    seen.page.get_by_role("link", name="Download the original of exhibit").first.wait_for()
