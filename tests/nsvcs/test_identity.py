"""Identity as requests meet it: real commits, on a clone of the database, with pages that forget or fail."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from django.conf import settings as configured
from django.db import close_old_connections, connection, connections
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


def test_identity_is_the_innermost_step_and_its_end_the_outermost():
    order = [name.rpartition(".")[2] for name in configured.MIDDLEWARE if not name.startswith("tests.")]
    steps = ["CommitMiddleware", "SessionMiddleware", "SignInMiddleware", "DeniedMiddleware", "LoginRequiredMiddleware"]
    steps += ["AccessMiddleware", "CsrfViewMiddleware", "IdentityMiddleware"]
    assert [name for name in order if name in steps] == steps
    assert (order[0], order[-1]) == ("CommitMiddleware", "IdentityMiddleware")


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


THREADS, STRANGERS_ASK, SIGNED_IN_EVERY = 8, 250, 4
PERSISTENT = {"CONN_MAX_AGE": 600, "OPTIONS": {}}
# Fewer connections than threads: each passes from hand to hand, and so from a person to nobody.
POOLED = {"CONN_MAX_AGE": 0, "OPTIONS": {"pool": {"min_size": 2, "max_size": 4, "timeout": 60}}}


@pytest.fixture
def connected(own_database):
    """Connections as the service would have them; put back, and the pool closed, before the clone is dropped."""
    kept = connection.settings_dict
    before = dict(kept)

    def use(options):
        connection.close()
        kept.update(options)

    yield use
    connection.close()
    connection.close_pool()
    kept.clear()
    kept.update(before)


@pytest.mark.h("H04")
@pytest.mark.parametrize("options", [PERSISTENT, POOLED], ids=["persistent", "pool"])
def test_nobody_sees_a_row_while_others_read_on_the_same_connections(connected, settings, options):
    """H04: 8 threads; 2,000 requests of nobody, a third as many again of people signed in between them."""
    connected(options)
    needed = ("accounts.sessions", "accounts.middleware", "nsvcs.access", "nsvcs.identity")
    settings.MIDDLEWARE = [name for name in configured.MIDDLEWARE if any(part in name for part in needed)]
    people = [UserFactory() for _ in range(THREADS)]
    owned = [str(CaseFactory(worker=person).pk) for person in people]
    browsers = [sign_in(Client(), person) for person in people]
    connection.close()
    with ThreadPoolExecutor(THREADS) as pool:
        turns = list(pool.map(_take_turns, browsers, owned))
    assert [turn.wrong for turn in turns] == [[]] * THREADS
    assert sum(turn.strangers for turn in turns) == 2000
    assert sum(turn.people for turn in turns) >= 600
    servers = set().union(*(turn.servers for turn in turns))
    assert len(servers) == THREADS if options is PERSISTENT else len(servers) <= 4


@dataclass
class Turns:
    """What one thread saw: answers that were not right, how many asked, and which server processes answered."""

    wrong: list = field(default_factory=list)
    strangers: int = 0
    people: int = 0
    servers: set = field(default_factory=set)


def _take_turns(browser, own):
    turn, stranger = Turns(), Client()
    try:
        for number in range(STRANGERS_ASK * SIGNED_IN_EVERY // (SIGNED_IN_EVERY - 1) + 1):
            if number % SIGNED_IN_EVERY == 0:
                _ask(turn, browser, [own])
                turn.people += 1
            elif turn.strangers < STRANGERS_ASK:
                _ask(turn, stranger, [])
                turn.strangers += 1
    finally:
        connections.close_all()
    return turn


def _ask(turn, client, expected):
    found = client.get("/unfiltered").json()
    if found != expected:
        turn.wrong.append(found)
    turn.servers.add(connection.connection.info.backend_pid)
    close_old_connections()  # as the server does after each request: a pool gets its connection back
