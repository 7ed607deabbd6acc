"""Staff at work in a real browser: sign in, read, record, ask for a bundle and take it; allocate; invite."""

import time
from pathlib import Path

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings

from accounts.models import User
from bundles.sealing import public_text, sealing_key
from bundles.verifying import UNCHANGED, verify
from cases.models import Allocation, Contact
from jobs.actions import run_due
from tests.browser.windows import DESKTOP, Window
from tests.browser.world import SECRET
from tests.factories.accounts import PASSWORD


def app_code() -> str:
    """What the authenticator app shows now."""
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30))


def sign_in_by_forms(seen: Window, user: User) -> None:
    seen.go("/")
    seen.press("Continue")
    seen.page.get_by_label("Sign-in name or email").fill(user.sign_in_name)
    seen.page.get_by_label("Password", exact=True).fill(PASSWORD)
    seen.press("Continue")
    seen.check()
    seen.page.get_by_label("Code").fill(app_code())
    seen.press("Sign in")


def test_a_caseworker_reads_records_and_takes_a_bundle(open_window, world, tmp_path):
    seen: Window = open_window(size=DESKTOP)
    sign_in_by_forms(seen, world.worker)
    seen.page.get_by_role("heading", name="My work", exact=True).wait_for()
    assert "Unread" in seen.read()
    seen.follow("Entry 4")
    seen.press("Mark as read")
    seen.go("/cases/work/")
    assert "Unread" not in seen.page.locator("main").inner_text()
    seen.go(f"/cases/{world.case.pk}/contacts/new/")
    seen.page.locator("main form button[type=submit]").first.click()
    seen.check_error()
    seen.page.get_by_label("Phone", exact=True).check()
    seen.page.get_by_label("Spoke with her").check()
    seen.page.get_by_label("What time?").fill("12:01am")
    seen.page.locator("main form button[type=submit]").first.click()
    seen.page.get_by_role("heading", name="Overview").wait_for()
    assert Contact.objects.filter(case=world.case).count() == 2
    path = take_bundle(seen, world, tmp_path)
    assert verify(path, [public_text(sealing_key(settings.MASTER_KEY))]).state == UNCHANGED


def take_bundle(seen: Window, world, folder: Path) -> Path:
    seen.go(f"/cases/{world.case.pk}/bundles/new/")
    seen.press("Check before asking")
    seen.check_error()
    seen.page.get_by_label("Police").first.check()
    seen.page.get_by_label("What is it for?").fill("To go with her report")
    seen.press("Check before asking")
    seen.check()
    seen.press("Ask for the bundle")
    seen.page.get_by_text("Waiting for a worker.").wait_for()
    seen.check()
    run_due()
    seen.page.get_by_text("The bundle is ready.").wait_for()
    seen.check()
    with seen.page.expect_download() as taking:
        seen.press("Approve and download")
    path = folder / "bundle.pdf"
    taking.value.save_as(path)
    return path


def test_a_manager_opens_a_number_and_allocates(open_window, world):
    seen: Window = open_window(world.manager, size=DESKTOP)
    seen.go("/reports/caseload/")
    seen.page.locator(".app-numbers a", has_text="Not allocated").click()
    assert world.waiting.reference in seen.read()
    assert world.case.reference not in seen.page.locator("main").inner_text()
    seen.go(f"/cases/{world.waiting.pk}/allocate/")
    seen.page.locator("main form button[type=submit]").first.click()
    seen.check_error()
    seen.page.locator("main select").select_option(label="Sam Rowan")
    seen.page.locator("main form button[type=submit]").first.click()
    seen.page.wait_for_load_state()
    assert Allocation.objects.filter(case=world.waiting, worker=world.worker).exists()


def test_an_administrator_invites_and_hands_over_a_code(open_window, world):
    seen: Window = open_window(world.administrator)
    seen.go("/people/invite/")
    seen.press("Make the account")
    seen.check_error()
    seen.page.get_by_label("Full name").fill("Jo Field")
    seen.page.get_by_label("Work email address").fill("jo@nsvcs.example")
    seen.page.get_by_label("Caseworker", exact=True).check()
    seen.press("Make the account")
    seen.page.get_by_text("Code:").wait_for()
    seen.check()
    assert "jo@nsvcs.example" in seen.read()
    assert "NSV" not in seen.page.title()
