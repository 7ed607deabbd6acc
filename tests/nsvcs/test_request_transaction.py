"""One request, one transaction: what a page wrote is kept when the whole way out is done, or not at all."""

import pytest
from django.conf import settings as configured
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import KnownDevice, Session, Team
from audit.models import Action, Event
from nsvcs.headers import ALWAYS
from tests.factories import UserFactory
from tests.nsvcs.identity_urls import HOOKED, identity
from tests.signing_in import sign_in

pytestmark = [pytest.mark.commits, pytest.mark.urls("tests.nsvcs.identity_urls")]
HERE = "tests.nsvcs.test_request_transaction"
ORDER = tuple(name for name in configured.MIDDLEWARE if not name.startswith("tests."))


@pytest.fixture
def browser(own_database):
    HOOKED.clear()
    return sign_in(Client(raise_request_exception=False), UserFactory())


@pytest.fixture
def put(settings, browser):
    """A browser whose requests pass one of this module's steps as well, so many places from the outermost."""

    def place(step, at=1):
        settings.MIDDLEWARE = [*ORDER[:at], f"{HERE}.{step.__name__}", *ORDER[at:]]
        passing = Client(raise_request_exception=False)
        passing.cookies = browser.cookies.copy()
        return passing

    return place


@pytest.fixture(autouse=True)
def _nothing_is_left_open(settings, browser):
    """After every test here: no transaction, no identity, and a next request that sees nothing."""
    yield
    settings.MIDDLEWARE = [*ORDER]
    assert not connection.in_atomic_block
    assert identity() == ("", "nsvcs_test")
    assert Client().get("/unfiltered").json() == []


def teams():
    return set(Team.objects.exclude(name="Norfolk").values_list("name", flat=True))


class Step:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)


class FailsBefore(Step):
    """Breaks once the page is known."""

    def process_view(self, request, view, args, kwargs):
        raise RuntimeError("before")


class FailsAfter(Step):
    """Breaks on the way out."""

    def __call__(self, request):
        self.get_response(request)
        raise RuntimeError("after")


class Answers503(Step):
    """Puts another answer in the page's place."""

    def __call__(self, request):
        self.get_response(request)
        return HttpResponse(status=503)


class Stops(Step):
    """Ends the whole process's work, as a worker that is told to stop does."""

    def __call__(self, request):
        self.get_response(request)
        raise SystemExit


class Writes(Step):
    """Writes a row of its own on the way out, whatever the answer."""

    def __call__(self, request):
        response = self.get_response(request)
        Team.objects.create(name="on the way out")
        return response


class BreaksTheTransaction(Step):
    """Meets a database error on the way out and lets it through."""

    def __call__(self, request):
        self.get_response(request)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")


PLACES = range(1, len(ORDER) + 1)
FAILING = [FailsBefore, FailsAfter, Answers503, BreaksTheTransaction]


@pytest.mark.h("H05")
@pytest.mark.parametrize("step", FAILING)
def test_a_step_that_fails_anywhere_keeps_neither_row_nor_session_nor_hook(browser, put, step):
    """H05: whichever place in the chain it has, before the page or on the way out after it."""
    before = dict(Session.objects.values_list("session_key", "session_data"))
    for at in PLACES:
        answer = put(step, at).get("/remembers")
        assert (at, answer.status_code >= 500, teams()) == (at, True, set())
        assert not connection.in_atomic_block
    assert dict(Session.objects.values_list("session_key", "session_data")) == before
    assert HOOKED == []


@pytest.mark.h("H05")
def test_a_process_told_to_stop_on_the_way_out_keeps_nothing(put):
    """H05: no exception is too odd to be rolled back."""
    with pytest.raises(SystemExit):
        put(Stops).get("/remembers")
    assert teams() == set()


@pytest.mark.h("H05")
@pytest.mark.parametrize("moment", ["view", "template", "answers/500"])
def test_a_step_that_writes_after_a_failed_page_meets_no_dead_transaction(put, caplog, moment):
    """H05: the page's rows are gone at once, and those of the way out go with the answer."""
    for at in PLACES:
        assert put(Writes, at).get(f"/{moment}").status_code == 500
    assert "TransactionManagementError" not in caplog.text
    assert teams() == set()


@pytest.mark.h("H05")
@pytest.mark.parametrize("page", ["fails-at-commit", "passes-over"])
def test_rows_the_database_refuses_at_the_end_are_a_page_of_fault_and_no_half_sent_answer(browser, page):
    """H05: the page itself had answered 200; that answer, its cookies and its own headers are not sent."""
    HOOKED.clear()
    plain = browser.get("/view")
    answer = browser.get(f"/{page}")
    assert (plain.status_code, answer.status_code) == (500, 500)
    assert answer.content == plain.content
    assert {name: answer.get(name) for name in ALWAYS} == {name: plain.get(name) for name in ALWAYS}
    assert "Content-Disposition" not in answer
    assert not answer.cookies
    assert not KnownDevice.objects.exists()
    assert "kept" not in browser.session
    assert (teams(), HOOKED) == (set(), [])


@pytest.mark.parametrize(("kind", "status"), [("missing", 404), ("refused", 403), ("suspicious", 400)])
def test_a_page_that_raises_a_refusal_loses_its_rows_and_the_way_out_keeps_its_own(put, kind, status):
    assert put(Writes).get(f"/raises/{kind}").status_code == status
    assert teams() == {"on the way out"}
    assert Event.objects.filter(action=Action.DENIED).count() == (status in {403, 404})


def test_what_the_page_left_to_the_way_out_is_kept_with_it(browser):
    assert browser.get("/remembers").status_code == 200
    assert (teams(), browser.session["kept"], HOOKED) == ({"remembered"}, "yes", [True])


def test_a_refusal_before_any_page_is_on_record_whatever_follows(put):
    """No transaction had begun that it could belong to; the trail keeps it."""
    assert put(FailsAfter).get("/staff").status_code == 500
    assert Event.objects.filter(action=Action.DENIED).count() == 1


def test_rows_of_the_way_out_are_written_in_the_role_of_the_web(browser):
    with CaptureQueriesContext(connection) as seen:
        browser.get("/remembers")
    statements = [query["sql"] for query in seen]
    first = next(number for number, sql in enumerate(statements) if "SET LOCAL ROLE" in sql)
    saved = next(number for number, sql in enumerate(statements) if 'UPDATE "accounts_session"' in sql)
    assert first < saved < statements.index("COMMIT")
    assert statements.count("COMMIT") == 1
