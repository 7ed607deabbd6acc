"""Every look at a case leaves a row that names the case, whichever page it is and however the page was asked for."""

import pytest
from django.db import transaction
from django.test import Client

from audit.models import Event
from nsvcs.access import Role
from tests.samples import POLLS, make_side
from tests.signing_in import sign_in
from tests.test_access import PAGES

pytestmark = pytest.mark.django_db
COLLEAGUES = (Role.CASEWORKER, Role.MANAGER, Role.DATA_PROTECTION)
SHOWN = {200, 409, 422}
LISTS = {"cases:list", "cases:work"}
SAYS_WHEN_SAVED = {"logs:autosave"}  # to a script: the time of the writer's own draft, or nothing
# Of her own note these show the number alone, which she has just typed or followed.
SAYS_ONLY_A_NUMBER = {"portal:saved", "portal:entry_add", "portal:entry_wrong"}
HER_FILE = {f"portal:entry_file{more}" for more in ("", "_about", "_open", "_page", "_where", "_said")}
HER_NOTES = {"portal:home", "portal:entries", "portal:print", "portal:entry", *HER_FILE}


def unrecorded(browser, role, side, names):
    """Pages that showed something of the case and wrote no row of it."""
    found = []
    for page in PAGES:
        if page.name not in names or role not in page.mark.roles:
            continue
        for verb in ("get", "post"):
            with transaction.atomic():
                answer = getattr(browser, verb)(page.address(side))
                written = Event.objects.filter(case_ids__contains=[side.case.pk]).exists()
                transaction.set_rollback(True)
            if answer.status_code in SHOWN and not written:
                found.append((verb, page.name, answer.status_code))
    return found


@pytest.mark.timeout(300)
@pytest.mark.parametrize("role", COLLEAGUES)
def test_a_colleague_sees_no_page_of_a_case_without_a_row_of_it(role):
    side = make_side("Norfolk", entry_number=1)
    browser = sign_in(Client(), side.people[role])
    rooms = ("cases:", "logs:", "bundles:", "preview:", "referrals:")
    names = {page.name for page in PAGES if page.names and page.name.startswith(rooms)} - POLLS - SAYS_WHEN_SAVED
    assert len(names) > 40
    assert unrecorded(browser, role, side, names | LISTS) == []


def test_her_own_looks_at_her_notes_are_recorded_too():
    side = make_side("Norfolk", entry_number=1)
    browser = sign_in(Client(), side.people[Role.VICTIM])
    assert unrecorded(browser, Role.VICTIM, side, HER_NOTES) == []
    numbered = {page.name for page in PAGES if page.name.startswith("portal:") and page.names}
    assert {name for name in numbered if "entry" in name or "saved" in name} <= HER_NOTES | SAYS_ONLY_A_NUMBER
