"""Every page x every role x own or another's case x every verb, against what the page says of itself."""

from collections import Counter
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from nsvcs.access import EVERYONE, Mark, Role
from nsvcs.checks import every_page_says_who, mark_for, pages
from tests.samples import (
    FRESH,
    KEEPS_WHAT_WAS_TYPED,
    MAY_BE_MISSING,
    PAGE_COUNT,
    PARAMETERS,
    POLLS,
    PUBLIC,
    ROLES,
    ROOM_ROLES,
    SAME_FOR_ALL_SIDES,
    Side,
    make_side,
)
from tests.signing_in import sign_in

pytestmark = pytest.mark.h("H01")
VERBS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
CHANGING = {"PUT", "PATCH", "DELETE"}  # but for files on their way, no page of ours knows these
RESUMABLE = {"logs:arrivals", "logs:arrival", "portal:files", "portal:file"}
EVERY_VERB = {Role.VICTIM, Role.MANAGER, Role.ADMINISTRATOR, Role.DATA_PROTECTION}  # between them every page


@dataclass(frozen=True)
class Page:
    """One address and what it says of itself."""

    name: str
    mark: Mark
    names: frozenset[str]

    def address(self, side: Side) -> str:
        """The address that leads to this side's things."""
        return reverse(self.name, kwargs=PARAMETERS[self.name](side) if self.names else {})

    @property
    def has_sides(self) -> bool:
        """Whether another side's address leads to somebody else's things."""
        return bool(self.names) and self.name not in SAME_FOR_ALL_SIDES


def parameter_names(pattern):
    return frozenset(pattern.pattern.converters)


def all_pages():
    """Includes carry parameters too, so the names come from reversing."""
    found = []
    for name, pattern in pages():
        names = parameter_names(pattern) | (frozenset({"case_id"}) if name in PARAMETERS else frozenset())
        found.append(Page(name, mark_for(name, pattern), names))
    return found


PAGES = all_pages()


def test_every_page_says_who_may_open_it():
    assert every_page_says_who() == []


def test_as_many_pages_as_were_decided_on():
    rooms = Counter(page.name.rpartition(":")[0] for page in PAGES)
    assert dict(rooms) == PAGE_COUNT


def test_every_parameter_has_a_sample():
    without = {page.name for page in PAGES if page.names and page.name not in PARAMETERS}
    assert without == set()
    assert set(PARAMETERS) <= {page.name for page in PAGES}


def test_every_verb_is_tried_on_every_page():
    assert all(page.mark.is_public or page.mark.roles & EVERY_VERB for page in PAGES)


def test_public_pages_are_these_and_no_others():
    assert {page.name for page in PAGES if page.mark.is_public} == PUBLIC


def test_every_page_is_for_the_people_it_was_decided_for():
    marked = {page.name: page.mark.roles for page in PAGES if not page.mark.is_public}
    assert marked == {name: ROLES.get(name, ROOM_ROLES[name.rpartition(":")[0]]) for name in marked}
    assert set(ROLES) <= set(marked)


def test_fresh_proof_and_polls_are_for_these_pages_and_no_others():
    assert {page.name for page in PAGES if page.mark.needs_fresh_proof} == FRESH
    assert {page.name for page in PAGES if page.mark.is_background} == POLLS


@pytest.fixture
def own(db):
    return make_side("Norfolk", entry_number=1)


@pytest.fixture
def other(db):
    return make_side("Suffolk", entry_number=7)


def ask(signed_in: Client, verb: str, address: str) -> int:
    """One request by a browser of its own, and everything it did undone; 500 instead of an exception."""
    browser = Client(raise_request_exception=False)
    browser.handler = signed_in.handler  # or each request makes every middleware anew
    browser.cookies.update(signed_in.cookies)
    with transaction.atomic():
        answer = browser.generic(verb, address)
        if answer.streaming:
            answer.getvalue()
        transaction.set_rollback(True)
    return answer.status_code


def allowed(page: Page, verb: str, status: int) -> bool:
    """What somebody who may open the page can get; never the answer of a stranger."""
    if verb in CHANGING and verb not in page.mark.verbs:
        return status == 405
    if page.name in RESUMABLE and status == 412:  # asked without the version of the protocol
        return True
    return status < 400 or (verb != "HEAD" and status in {400, 405, 409, 422, 429}) or status == 405


def refused(page: Page, verb: str, has_role: bool) -> set[int]:
    if not has_role:
        return {404}
    if verb == "OPTIONS":
        return {200, 204, 404, 405}  # which verbs there are says nothing of anybody's things
    return {404, 405} | ({422} if verb == "POST" and page.name in KEEPS_WHAT_WAS_TYPED else set())


def wrong_answers(person: Client, role: str, side: Side, *, is_own: bool) -> list[tuple[str, str, int]]:
    """Pages that answered otherwise than they say. Who has not the role is refused before the verb is looked at."""
    wrong = []
    for page in PAGES:
        has_role = role in page.mark.roles
        if not is_own and not (page.has_sides and has_role):
            continue
        for verb in VERBS if has_role and role in EVERY_VERB else ("GET", "POST"):
            status = ask(person, verb, page.address(side))
            if has_role and is_own:
                fine = allowed(page, verb, status) or (status == 404 and role in MAY_BE_MISSING.get(page.name, ()))
            else:
                fine = status in refused(page, verb, has_role)
            if not fine:
                wrong.append((page.name, verb, status))
    return wrong


def said(wrong: list[tuple[str, str, int]]) -> str:
    return "; ".join(f"{verb} {name}: {status}" for name, verb, status in wrong)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("role", sorted(EVERYONE))
def test_every_role_gets_its_own_pages_and_the_page_of_a_wrong_address_for_the_rest(own, role):
    person = sign_in(Client(), own.people[role])
    assert said(wrong_answers(person, role, own, is_own=True)) == ""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("role", sorted(EVERYONE))
def test_another_sides_things_are_a_wrong_address_to_every_role(own, other, role):
    person = sign_in(Client(), own.people[role])
    assert said(wrong_answers(person, role, other, is_own=False)) == ""


def test_nobody_is_sent_to_the_sign_in_page(own):
    wrong = []
    for page in PAGES:
        for verb in VERBS:
            status = ask(Client(), verb, page.address(own))
            fine = allowed(page, verb, status) if page.mark.is_public else status == 302
            if not fine:
                wrong.append((page.name, verb, status))
    assert said(wrong) == ""


@pytest.mark.parametrize("role", sorted(EVERYONE - {Role.VICTIM}))
def test_staff_without_a_second_factor_reach_only_the_page_to_set_one_up(own, role):
    person = own.people[role]
    person.authenticator_set.all().delete()
    browser = sign_in(Client(), person)
    for page in PAGES:
        if role in page.mark.roles and not page.mark.before_second_factor:
            assert ask(browser, "GET", page.address(own)) == 302, page.name


def test_pages_that_need_fresh_proof_ask_for_it(own):
    for role, person in own.people.items():
        browser = sign_in(Client(), person, fresh=False)
        for page in PAGES:
            if page.mark.needs_fresh_proof and role in page.mark.roles:
                assert ask(browser, "GET", page.address(own)) == 302, (page.name, role)
