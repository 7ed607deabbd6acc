"""Identity as requests meet it: real commits, on a clone of the database, with pages that forget or fail."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings as configured
from django.db import connection, connections
from django.test import Client

from accounts.models import Team
from nsvcs.identity import acting_as
from tests.factories import CaseFactory, UserFactory
from tests.nsvcs.identity_urls import HOOKED, case_ids, identity
from tests.signing_in import sign_in

pytestmark = [pytest.mark.commits, pytest.mark.urls("tests.nsvcs.identity_urls")]


@pytest.fixture
def worker(own_database):
    return UserFactory()


@pytest.fixture
def own(worker):
    CaseFactory(worker=UserFactory())
    return str(CaseFactory(worker=worker).pk)


@pytest.fixture
def browser(worker):
    return sign_in(Client(raise_request_exception=False), worker)


@pytest.mark.h("H03")
def test_a_page_without_its_filter_shows_own_rows_and_nobody_none(own, browser):
    assert browser.get("/unfiltered").json() == [own]
    assert Client().get("/unfiltered").json() == []


def test_a_page_rendered_late_still_acts_for_its_reader(own, browser):
    assert browser.get("/late").content.decode() == own


def test_a_generator_of_a_stream_does_not_run_as_its_reader(own, browser):
    assert identity() == ("", "nsvcs_test")
    browser.get("/streamed").getvalue()
    assert identity() == ("", "nsvcs_test")


def test_an_after_commit_hook_acts_for_nobody(browser):
    HOOKED.clear()
    browser.get("/hooked")
    assert HOOKED == [True]


@pytest.mark.h("H05")
@pytest.mark.parametrize("moment", ["view", "template", "answers/500", "answers/503"])
def test_a_failed_page_commits_nothing_and_leaves_no_identity(own, browser, moment):
    assert browser.get(f"/{moment}").status_code >= 500
    assert not Team.objects.exclude(name="Norfolk").exists()
    assert identity() == ("", "nsvcs_test")
    assert Client().get("/unfiltered").json() == []


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422])
def test_a_refusal_keeps_what_it_wrote(browser, status):
    browser.get(f"/answers/{status}")
    assert Team.objects.filter(name=f"answered {status}").exists()


class FailsBefore:
    """A middleware that breaks once the page is known."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        raise RuntimeError("before")


class FailsAfter(FailsBefore):
    """A middleware that breaks on the way out."""

    def __call__(self, request):
        self.get_response(request)
        raise RuntimeError("after")

    def process_view(self, request, view, args, kwargs):
        return None


@pytest.mark.h("H05")
@pytest.mark.parametrize(("middleware", "kept"), [("FailsBefore", 0), ("FailsAfter", 1)])
def test_a_failing_middleware_leaves_no_identity(own, browser, settings, middleware, kept):
    """On the way out the row is already kept: the form's own key makes the second try harmless."""
    normal = configured.MIDDLEWARE
    settings.MIDDLEWARE = [*normal[:-1], f"tests.nsvcs.test_identity.{middleware}", normal[-1]]
    broken = sign_in(Client(raise_request_exception=False), UserFactory())
    assert broken.get("/inserts").status_code == 500
    assert Team.objects.filter(name="inserted").count() == kept
    settings.MIDDLEWARE = normal
    assert identity() == ("", "nsvcs_test")
    assert Client().get("/unfiltered").json() == []


def test_identity_is_the_innermost_step_so_that_nothing_runs_between_it_and_the_page():
    order = [name.rpartition(".")[2] for name in configured.MIDDLEWARE]
    steps = ["SessionMiddleware", "SignInMiddleware", "DeniedMiddleware", "LoginRequiredMiddleware"]
    steps += ["AccessMiddleware", "CsrfViewMiddleware", "IdentityMiddleware"]
    assert [name for name in order if name in steps] == steps
    assert order[-1] == "IdentityMiddleware"


def test_a_page_with_its_own_transactions_has_none_open(browser):
    assert browser.get("/short").json()["open"] is False


def test_signing_out_inside_a_page_takes_effect_at_once(own, browser):
    assert browser.get("/nobody").json() == [1, 0]


def test_a_failure_inside_puts_the_outer_identity_back(own, worker):
    with acting_as(worker.pk):
        with pytest.raises(RuntimeError), acting_as(UserFactory.build().pk):
            raise RuntimeError
        assert case_ids() == [own]
    assert identity() == ("", "nsvcs_test")


def test_after_a_local_value_ended_the_setting_is_empty_and_means_nobody(own, worker):
    with acting_as(worker.pk):
        pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('nsvcs.user_id', true), nsvcs_me(), nsvcs_job()")
        assert cursor.fetchone() == ("", None, None)


THREADS, ROUNDS = 8, 250


@pytest.mark.h("H04")
def test_nobody_sees_a_row_while_others_read_on_the_same_connections(own_database, settings):
    """Each thread keeps one connection and serves a person and nobody by turns."""
    needed = ("accounts.sessions", "accounts.middleware", "nsvcs.access", "nsvcs.identity")
    settings.MIDDLEWARE = [name for name in configured.MIDDLEWARE if any(part in name for part in needed)]
    people = [UserFactory() for _ in range(THREADS)]
    owned = [str(CaseFactory(worker=person).pk) for person in people]
    browsers = [sign_in(Client(), person) for person in people]
    with ThreadPoolExecutor(THREADS) as pool:
        wrong = list(pool.map(_take_turns, browsers, owned))
    assert wrong == [[]] * THREADS


def _take_turns(browser, own):
    wrong, stranger = [], Client()
    try:
        for number in range(ROUNDS):
            expected, asked = ([own], browser) if number % 2 else ([], stranger)
            found = asked.get("/unfiltered").json()
            if found != expected:
                wrong.append((number, found))
    finally:
        connections.close_all()
    return wrong
