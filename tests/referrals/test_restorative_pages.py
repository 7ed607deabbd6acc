"""Restorative justice on its pages: what is shown, what is refused in words, and nothing that argues."""

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from jobs.actions import run_due
from nsvcs.ids import uuid7
from portal.addresses import letters_of
from referrals import restoring
from referrals.models import RestorativeMove, RestorativeReferral, SignOff, SignOffRequest
from referrals.restoring import Screen
from referrals.rules.restorative import Outcome, Stage
from tests.factories import TeamFactory, UserFactory
from tests.portal.test_writing import text_of
from tests.referrals.restoring import World
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _early_june():
    with time_machine.travel("2026-06-03 10:00 +0100", tick=True):
        yield


@pytest.fixture
def world():
    return World()


@pytest.fixture
def web(client, world):
    return sign_in(client, world.worker)


def address(world, name="restorative", *more):
    return reverse(f"referrals:{name}", args=[world.case.pk, *more])


def sent(referral, **fields):
    return {"key": str(uuid7()), "seen": referral.stage, "reason": "as agreed"} | fields


def test_the_page_says_what_contact_can_do_and_that_nobody_is_contacted_from_here(web, world):
    page = text_of(web.get(address(world)))
    assert "can feed the fixation" in page
    assert "Nothing on these pages contacts the perpetrator" in page
    assert "The victim has not asked about it." in page


def test_a_worker_opens_it_and_the_card_and_the_timeline_show_it(web, world):
    assert web.post(address(world, "restorative_new"), {"key": str(uuid7()), "reason": "an answer"}).status_code == 302
    assert "opened on 3 June 2026" in text_of(web.get(address(world, "hub")))
    page = text_of(web.get(address(world)))
    for words in ("an answer", "does not record risk screens here yet", "None stands."):
        assert words in page
    timeline = web.get(reverse("cases:timeline", args=[world.case.pk]), {"kind": "restorative"})
    assert "Restorative justice: enquiry" in text_of(timeline)


def test_a_second_one_is_refused_in_words(web, world):
    world.open()
    answer = web.post(address(world, "restorative_new"), {"key": str(uuid7()), "reason": "x"})
    assert answer.status_code == 422
    assert "open on this case already" in text_of(answer)


def test_a_move_and_what_is_missing_for_it(web, world):
    referral = world.at(Stage.PREPARATION)
    there = address(world, "restorative_move", referral.pk)
    answer = web.post(there, sent(referral, to="approached"))
    assert answer.status_code == 422
    words = text_of(answer)
    assert "recorded agreement to restorative justice does not stand" in words
    assert "No manager’s sign-off stands." in words
    world.agree()
    world.signed(referral)
    assert web.post(there, sent(referral, to="approached")).status_code == 302
    assert "Perpetrator approached" in text_of(web.get(address(world)))


@pytest.mark.parametrize(
    ("stage", "fields", "words"),
    [
        (Stage.ENQUIRY, {"to": ""}, "Choose where it stands"),
        (Stage.ENQUIRY, {"to": "referral", "reason": ""}, "Write why"),
        (Stage.ENQUIRY, {"to": "held"}, "Select a valid choice"),
        (Stage.OTHER_PREPARATION, {"to": "method"}, "Choose the method"),
        (Stage.METHOD, {"to": "held"}, "Enter the day on which it was held"),
    ],
)
def test_faults_are_said_and_nothing_moves(web, world, stage, fields, words):
    world.agree()
    referral = world.at(stage)
    answer = web.post(address(world, "restorative_move", referral.pk), sent(referral, **fields))
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert RestorativeReferral.objects.get().stage == stage


def test_a_form_of_before_shows_where_it_stands_and_what_was_typed(web, world):
    referral = world.open()
    stale = sent(referral, to="on_hold", reason="the case is live")
    world.move(referral, Stage.REFERRAL)
    answer = web.post(address(world, "restorative_move", referral.pk), stale)
    assert answer.status_code == 409
    for words in ("A colleague moved it in the meantime", "the case is live", "Suitability and risk"):
        assert words in text_of(answer)
    answer = web.post(address(world, "restorative_end", referral.pk), sent(referral, outcome="unsuitable"))
    assert answer.status_code == 409
    assert RestorativeReferral.objects.get().stage == "referral"


def test_the_same_press_twice_moves_once(web, world):
    referral = world.open()
    press = sent(referral, to="referral")
    for _again in range(2):
        assert web.post(address(world, "restorative_move", referral.pk), press).status_code == 302
    assert RestorativeMove.objects.count() == 2


def test_the_day_it_was_held_sent_twice_is_one_day_and_two_tasks(web, world):
    world.agree()
    referral = world.at(Stage.METHOD)
    press = sent(referral, to="held", held_on_day=2, held_on_month=6, held_on_year=2026)
    for _again in range(2):
        assert web.post(address(world, "restorative_move", referral.pk), press).status_code == 302
    assert world.tasks("rj_due").count() == 2
    referral.refresh_from_db()
    assert (referral.held_on.isoformat(), referral.method) == ("2026-06-02", "letter")


def test_it_ends_with_an_outcome_that_fits(web, world):
    referral = world.at(Stage.APPROACHED)
    there = address(world, "restorative_end", referral.pk)
    assert "Completed" not in text_of(web.get(there))
    assert web.post(there, sent(referral, outcome="completed")).status_code == 422
    assert web.post(there, sent(referral, outcome="other_declined")).status_code == 302
    assert "Perpetrator declined" in text_of(web.get(address(world)))
    assert "It has ended." in text_of(web.get(there))


def test_the_victim_withdraws_in_one_press_and_nothing_is_asked(web, world):
    referral = world.at(Stage.HELD)
    world.agree()
    there = address(world, "restorative_withdraw", referral.pk)
    page = text_of(web.get(there))
    assert "textarea" not in page
    assert "sure" not in page.partition("<main")[2].partition("</main>")[0].lower()
    assert web.post(there).status_code == 302
    assert "Victim withdrew" in text_of(web.get(address(world)))
    assert "ended already" in text_of(web.get(there))


def test_in_the_portal_it_is_an_agreement_in_neutral_words_and_stopping_it_ends_it(world):
    referral, consent = world.at(Stage.PREPARATION), world.agree()
    hers = sign_in(Client(), world.her)
    page = text_of(hers.get("/notes/agreed/"))
    assert "We may set up a talk for you" in page
    assert "estorative" not in page
    hers.post("/notes/agreed/1/stop/", {"which": letters_of(consent.pk)})
    run_due()
    referral.refresh_from_db()
    assert referral.outcome == "victim_withdrew"


def test_a_sign_off_is_asked_for_and_answered(web, world):
    referral = world.at(Stage.PREPARATION)
    asked = {"key": str(uuid7()), "reason": "risk is low"}
    assert web.post(address(world, "sign_off_ask", referral.pk), asked).status_code == 302
    request = SignOffRequest.objects.get()
    managers = sign_in(Client(), world.manager)
    there = address(world, "sign_off_answer", referral.pk, request.pk)
    assert "waits for your sign-off" in text_of(managers.get(reverse("cases:work")))
    assert "Look at the request" in text_of(managers.get(address(world, "hub")))
    assert there in text_of(managers.get(address(world)))
    assert "risk is low" in text_of(managers.get(there))
    assert managers.post(there, {"answer": "given"}).status_code == 422
    opened = {"looked_at": managers.get(there).context["form"]["looked_at"].value()}
    assert managers.post(there, {"answer": "given", "reason": "so I judge"} | opened).status_code == 302
    assert "so I judge" in text_of(web.get(address(world)))
    assert "It was answered by Ruth Hale" in text_of(managers.get(there))
    assert web.get(there).status_code == 404


def test_a_sign_off_is_of_what_stood_there_as_the_page_was_opened(world):
    request = world.ask(world.at(Stage.PREPARATION))
    managers = sign_in(Client(), world.manager)
    there = address(world, "sign_off_answer", request.referral_id, request.pk)
    said = {"answer": "given", "reason": "so I judge"}
    opened = {"looked_at": managers.get(there).context["form"]["looked_at"].value()}
    world.case.tasks.create(kind="red_flag", title="x", due_on=timezone.localdate())
    told = managers.post(there, said | opened)
    assert told.status_code == 422
    assert "Since you opened this page, a red flag was raised" in told.text
    assert managers.post(there, said | {"looked_at": "yesterday"}).status_code == 422
    assert not SignOff.objects.exists()
    read = {"looked_at": told.context["form"]["looked_at"].value()}
    assert managers.post(there, said | read).status_code == 302


def test_who_asked_reads_that_another_has_to_answer(world):
    referral = world.at(Stage.PREPARATION)
    request = world.ask(referral, by=world.manager)
    managers = sign_in(Client(), world.manager)
    there = address(world, "sign_off_answer", referral.pk, request.pk)
    assert "Another manager of the case’s team has to answer" in text_of(managers.get(there))
    managers.post(there, {"answer": "given", "reason": "me", "looked_at": timezone.now().isoformat()})
    assert not SignOff.objects.exists()


def test_why_a_sign_off_counts_no_more_is_said(web, world):
    referral = world.at(Stage.PREPARATION)
    world.signed(referral)
    world.case.tasks.create(kind="red_flag", title="x", due_on=timezone.localdate())
    assert "Since it was given, a red flag was raised. Ask again." in text_of(web.get(address(world)))
    with time_machine.travel("2026-08-03 10:00 +0100", tick=True):
        world.case.tasks.filter(kind="red_flag").update(created_at="2026-01-01T00:00Z")
        assert "It counted until 30 June 2026. Ask again." in text_of(
            sign_in(Client(), world.worker).get(address(world))
        )


def test_a_recorded_screen_is_shown(web, world, monkeypatch):
    monkeypatch.setattr(restoring, "_screens", [lambda case, now: Screen(False, "The risk screen is 5 weeks old.")])
    world.at(Stage.PREPARATION)
    page = text_of(web.get(address(world)))
    assert "The risk screen is 5 weeks old." in page
    assert "does not record risk screens" not in page


def test_another_worker_and_another_case_find_nothing(client, world):
    referral = world.open()
    sign_in(client, UserFactory(profile__team=TeamFactory(name="Elsewhere")))
    for name in ("restorative_move", "restorative_end", "restorative_withdraw", "sign_off_ask"):
        assert client.get(address(world, name, referral.pk)).status_code == 404
    other = World()
    sign_in(client, other.worker)
    assert client.get(reverse("referrals:restorative_move", args=[other.case.pk, referral.pk])).status_code == 404


def test_the_number_of_queries_does_not_grow(web, world):
    def count(name):
        with CaptureQueriesContext(connection) as found:
            assert web.get(address(world, name)).status_code == 200
        return len(found)

    world.end(world.at(Stage.APPROACHED), Outcome.NO_TRACE)
    world.signed(world.at(Stage.PREPARATION))
    before = [count("restorative"), count("hub")]
    for _more in range(4):
        world.end(RestorativeReferral.objects.open().get(), Outcome.UNSUITABLE)
        world.signed(world.at(Stage.PREPARATION))
    assert [count("restorative"), count("hub")] == before


def test_any_script_is_kept_whole_and_too_much_is_refused(web, world):
    referral = world.open()
    there = address(world, "restorative_move", referral.pk)
    assert web.post(there, sent(referral, to="referral", reason="م" * 20_000)).status_code == 422
    words = "مرحبا 😀 " * 100
    assert web.post(there, sent(referral, to="referral", reason=words)).status_code == 302
    assert RestorativeMove.objects.get(to_stage="referral").reason == words.strip()


@pytest.mark.parametrize(
    ("stage", "stops"), [(Stage.APPROACHED, True), (Stage.PREPARATION, False), (Stage.CLOSED, False)]
)
def test_an_agreement_that_runs_out_while_somebody_speaks_with_the_perpetrator_is_said_at_once(
    web, world, stage, stops
):
    world.at(stage)
    world.agree(until=0)
    for name in ("restorative", "hub"):
        assert "Tell the facilitators today to stop" not in web.get(address(world, name)).text
    with time_machine.travel("2026-06-04 10:00 +0100", tick=True):
        again = sign_in(Client(), world.worker)
        for name in ("restorative", "hub"):
            assert ("Tell the facilitators today to stop" in again.get(address(world, name)).text) is stops
