"""Every page a person may open, at both widths: axe, width, nothing asked from elsewhere, nothing kept."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Error

from bundles.choosing.drafting import STEPS
from logs.actions import save_draft
from nsvcs.access import CASEWORK, Role
from nsvcs.checks import mark_for, pages
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from portal.addresses import letters_of
from tests.browser.windows import ALL_SIZES, NARROWEST, SIZES, Window, look
from tests.browser.world import World
from tests.samples import ROOMS, coming

NOBODY = ""
STAFF = {*Role.values} - {Role.VICTIM}
# They need a passkey, an app or spare codes that this person has not made, end the sign-in, or are not for people.
ELSEWHERE = {
    "mfa_remove_webauthn",
    "mfa_reauthenticate_webauthn",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "exit",
    "signed_out",
    "health",
}


def samples(world: World, role: str) -> dict[str, dict[str, Any]]:
    """What stands in addresses: by the URL's name, else by its room (`logs:`)."""
    in_case = {"case_id": world.case.pk, "pk": world.case.pk}
    code_for = world.worker if role == Role.ADMINISTRATOR else world.her
    return {
        "portal:": {"number": 1, "place": 1, "page": 1, "letters": letters_of(_draft(world))},
        "portal:copy_file": {"letters": letters_of(world.own_copy.pk)},
        "preview:": {"case_id": world.case.pk, "number": 1},
        "cases:": {
            **in_case,
            "task_id": world.task.pk,
            "grant_id": world.grant.pk,
            "link_id": world.perpetrator.pk,
            "professional_id": world.professional.pk,
        },
        "logs:": {**in_case, "pk": world.entries[0].pk, "kind": "page"},
        "logs:copy": {**in_case, "pk": world.evidence.pk, "kind": "page"},
        **dict.fromkeys(("logs:original", "logs:file", "logs:lock"), {**in_case, "pk": world.evidence.pk}),
        **_beside(world, role),
        **_imports(world, role),
        **_coming(world, role),
        "locks:": {"pk": world.locked.pk},
        **{f"bundles:draft_{step}": {**in_case, "pk": world.choosing.pk} for step in (*STEPS, "discard")},
        **_taken_out(world, role),
        "bundles:": {**in_case, **(world.way_out | {"pk": world.bundle.pk, "number": 1} if role in CASEWORK else {})},
        "shared:": {"token": world.token},
        "accounts:": {"pk": world.worker.pk},
        "accounts:slip": {"pk": code_for.pk},
        "accounts:leave_remove": {"pk": 1},
        "accounts:team": {"pk": world.worker.staff_profile.team_id},
        "referrals:": in_case,
        **{name: stands for room in ROOMS for name, stands in room.browse(world, role).items()},
    }


def _taken_out(world: World, role: str) -> dict[str, dict[str, Any]]:
    """Pages of what is taken out by hand: an entry's words, and an area of a letter that has one already."""
    if role not in CASEWORK:
        return {}
    of_choice = {"case_id": world.case.pk, "draft": world.choosing.pk, "pk": world.redaction.pk}
    page = of_choice | {"pk": world.others["letter"].pk, "number": 1}
    words = {"target": "entry", "pk": world.entries[0].pk, "field": "what_happened"}
    return {
        "bundles:protected_end": {"case_id": world.case.pk, "pk": world.protected.pk},
        **dict.fromkeys(("bundles:redactions", "bundles:redaction_remove"), of_choice),
        **dict.fromkeys(("bundles:redact_page", "bundles:redact_picture"), page),
        "bundles:redact_text": of_choice | words,
    }


# Which of the files stands at the stage that a page of imports is for.
STAGES = {"questions": "asking", "batch": "done", "undo": "done"}


def _beside(world: World, role: str) -> dict[str, dict[str, Any]]:
    """Pages of a letter and of what is heard in a voice note, which only a recording has."""
    if role not in {*CASEWORK, Role.VICTIM}:
        return {}
    of_case = {name: {"case_id": world.case.pk, "pk": file.pk} for name, file in world.others.items()}
    return {
        "logs:page": of_case["letter"] | {"number": 1},
        "logs:words": of_case["letter"],
        "logs:says": of_case["film"],
        "logs:about": of_case["voice"],
        "logs:heard": of_case["voice"],
        "logs:open": of_case["locked"],
        "portal:entry_file_open": {"number": world.entries[1].number, "place": 4},
        "portal:entry_file_said": {"number": world.entries[1].number, "place": 3},
    }


def _coming(world: World, role: str) -> dict[str, dict[str, Any]]:
    """A file on its way: one's own, since nobody else's is found."""
    if role == Role.VICTIM:
        mine = ("portal:file", "portal:file_move", "portal:file_remove")
        return dict.fromkeys(mine, {"letters": coming(world.her).letters})
    if role not in CASEWORK:
        return {}
    letters = coming(world.of(role), case=world.case).letters
    return dict.fromkeys(("logs:arrival", "logs:arrival_remove"), {"case_id": world.case.pk, "letters": letters})


def _imports(world: World, role: str) -> dict[str, dict[str, Any]]:
    if role in CASEWORK:
        found, room, names = world.batches, "logs:import_", {"case_id": world.case.pk}
    elif role == Role.VICTIM:
        found, room, names = world.her_batches, "portal:bring_", {}
    else:
        return {}
    pages_of_imports = ("batch", "progress", "questions", "review", "line", "bring", "rest", "undo", "again")
    last = found["review"].lines.order_by("-number").values_list("number", flat=True)[0]
    stands = {name: found[STAGES.get(name, "review")].pk for name in pages_of_imports}
    where = {name: {"pk": pk, "letters": letters_of(pk), "number": last} for name, pk in stands.items()}
    return {f"{room}{name}": names | each for name, each in where.items()}


def _draft(world: World) -> Any:
    key = uuid7()
    with acting_as(world.her.pk):
        return save_draft(draft_id=key, content={"what_happened": "He rang again."}, by=world.her).pk


def addresses(world: World, role: str) -> Iterator[tuple[str, str]]:
    """Name and address of each page this role may open; for nobody, of each public one."""
    found = samples(world, role)
    for name, pattern in pages():
        mark = mark_for(name, pattern)
        if mark is None or name in ELSEWHERE or not (role in mark.roles if role else mark.is_public):
            continue
        room = f"{name.split(':')[0]}:"
        stands = found.get(name) or found.get(room, {})
        if room in {"logs:", "bundles:", "preview:", "referrals:"}:
            wanted = stands.keys() & {"case_id", *pattern.pattern.converters}
        else:
            wanted = stands.keys() & pattern.pattern.converters.keys()
        yield name, reverse(name, kwargs={key: stands[key] for key in wanted})


def opens_page(seen: Window, address: str) -> bool:
    """Open it. Whether it is a page: not a form's target, a file, a piece for a script, or the way somewhere else."""
    noted = len(seen.problems)
    try:
        answer = seen.page.goto(seen.base + address)
    except Error as error:
        if "Download is starting" not in error.message:
            raise
        return False
    assert answer is not None
    if answer.request.redirected_from is None and answer.status != HTTPStatus.METHOD_NOT_ALLOWED:
        assert answer.status == HTTPStatus.OK, f"{address} answered {answer.status}"
        if answer.headers["content-type"].startswith("text/html") and "<html" in answer.text():
            return True
    # What the browser says of a file that it shows by itself is not ours to mend.
    seen.problems[noted:] = [each for each in seen.problems[noted:] if not each.startswith("console:")]
    return False


SAME_FOR_BOTH = {"logs", "bundles"}  # a manager reads a log and a bundle on the very pages of its caseworker


@pytest.mark.h("H21")
@pytest.mark.timeout(600)  # some roles have sixty pages, looked at twice: on a busy machine more than three minutes
@pytest.mark.parametrize("role", [*Role.values, NOBODY])
def test_every_page_of_a_role_is_without_faults(open_window, world, role):
    seen = open_window(world.of(role) if role else None)
    seen.check_many()
    seen.go("/before/")
    opened = []
    for name, address in addresses(world, role):
        if role == Role.MANAGER and name.partition(":")[0] in SAME_FOR_BOTH or not opens_page(seen, address):
            continue
        sizes = SIZES if role in STAFF else ALL_SIZES  # what she opens is looked at on the smallest phone too
        for size in sizes:
            seen.page.set_viewport_size(sizes[size])
            seen.check()
            look(seen, f"{role or 'nobody'}-{size}-{name}")
        if not role or role == Role.VICTIM:
            assert seen.kept_in_browser() == {}, name
            _is_neutral(seen, name)
        opened.append(name)
    assert opened


@pytest.mark.timeout(300)
@pytest.mark.parametrize("role", [Role.VICTIM, NOBODY])
def test_every_page_she_opens_is_without_faults_where_no_script_of_ours_runs(open_window, world, role):
    """As with scripts off, but for axe, which is one itself."""
    seen = open_window(world.of(role) if role else None, size=NARROWEST)
    seen.page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    seen.check_many()
    seen.go("/before/")
    opened = []
    for name, address in addresses(world, role):
        if opens_page(seen, address):
            seen.check()
            look(seen, f"{role or 'nobody'}-plain-{name}")
            opened.append(name)
    assert opened


def _is_neutral(seen: Window, name: str) -> None:
    title = seen.page.title()
    assert title.endswith(f" – {settings.PORTAL_NAME}"), name
    assert not any(word in title.lower() for word in ("stalk", "victim", "police", "court", "nsv")), name
