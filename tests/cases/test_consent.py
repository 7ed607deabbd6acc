"""What a victim agreed to: the days it counts, whom it covers, and what happens the moment it is taken back."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from audit.models import Event
from cases.actions import KeyUsed, consenting, give_consent, on_withdrawal, withdraw_consent
from cases.models import Consent, ConsentWithdrawal, Task
from cases.rules import ConsentState, consent_state, last_day, recipient_key
from jobs.actions import run_due
from jobs.models import Job
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from reference.models import Organisation
from tests.factories import CaseFactory, UserFactory

TODAY = date(2026, 6, 3)
START, END = date(2026, 6, 10), date(2026, 6, 20)


def days(count):
    return timedelta(days=count)


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (START - days(1), ConsentState.COMING),
        (START, ConsentState.STANDING),
        (END, ConsentState.STANDING),
        (END + days(1), ConsentState.OVER),
    ],
)
def test_both_days_of_the_period_count(today, state):
    assert consent_state(START, END, False, today) == state
    assert consent_state(START, END, True, today) == ConsentState.WITHDRAWN


@pytest.mark.parametrize(
    ("first", "count", "last"),
    [
        (date(2026, 6, 1), 1, date(2026, 6, 1)),
        (date(2028, 2, 28), 2, date(2028, 2, 29)),
        (date(2027, 2, 28), 2, date(2027, 3, 1)),
        (date(2028, 2, 29), 366, date(2029, 2, 28)),
        (date(2026, 10, 24), 3, date(2026, 10, 26)),  # over a change of the clocks
    ],
)
def test_the_first_day_is_one_of_the_days(first, count, last):
    assert last_day(first, count) == last


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("Leeway", " LEEWAY  ", True),
        ("St. Mary’s Housing", "St Marys housing", True),
        ("Café Nord", "Café  nord", True),
        ("Ｌｅｅｗａｙ", "leeway", True),
        ("Leeway", "Leeway Norwich", False),
        ("Nord Café", "Nord Cafe", False),
        ("دار الأمل", "دار الأمل", True),
    ],
)
def test_names_are_compared_as_they_are_said(one, other, is_same):
    assert (recipient_key(one) == recipient_key(other)) is is_same


def test_a_name_of_signs_alone_is_no_name():
    assert recipient_key(" …!? ") == ""


@pytest.fixture
def early_june():
    with time_machine.travel("2026-06-03 10:00 +0100", tick=True):
        yield


@pytest.fixture
def worker(db, early_june):
    return UserFactory()


@pytest.fixture
def case(worker):
    return CaseFactory(worker=worker, portal=True)


def values(**changes):
    told = {
        "purpose": "referral", "organisation": None, "recipient_name": "Leeway", "what": "Name and phone number",
        "starts_on": TODAY, "ends_on": END, "how_given": "phone", "given_on": TODAY, "words": "",
    }  # fmt: skip
    return told | changes


def give(case, worker, key=None, **changes):
    with acting_as(worker.pk):
        return give_consent(case=case, key=key or uuid7(), values=values(**changes), by=worker)


def withdraw(consent, by, **said):
    with acting_as(by.pk):
        return withdraw_consent(consent=consent, by=by, **said)


def organisation(slug="leeway", name="Leeway"):
    return Organisation.objects.create(slug=slug, name=name, what_for="x", confidence="V", source="x")


def test_agreements_are_numbered_within_their_case(case, worker):
    other = CaseFactory(worker=worker)
    assert [give(case, worker).number, give(case, worker).number, give(other, worker).number] == [1, 2, 1]
    assert Event.objects.filter(action="consent.given").count() == 3


def test_sent_twice_it_is_kept_once_and_other_content_is_refused(case, worker):
    key = uuid7()
    first = give(case, worker, key)
    give(case, worker)
    assert give(case, worker, key).pk == first.pk
    with pytest.raises(KeyUsed):
        give(case, worker, key, what="Everything")
    assert Consent.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"recipient_name": "  "}, "Name one organisation"),
        ({"recipient_name": "!!"}, "letters or numbers"),
        ({"given_on": TODAY + days(1)}, "today or in the past"),
        ({"starts_on": TODAY - days(1)}, "before the victim agreed"),
        ({"ends_on": TODAY - days(1)}, "must not be before the first"),
        ({"ends_on": TODAY + days(366)}, "at most 366 days"),
    ],
)
def test_what_the_database_would_refuse_is_refused_in_words(case, worker, changes, words):
    with pytest.raises(ValidationError, match=words):
        give(case, worker, **changes)
    assert not Consent.objects.exists()


def test_the_longest_period_and_a_single_day_are_taken(case, worker):
    assert give(case, worker, ends_on=TODAY + days(365)).pk
    assert give(case, worker, ends_on=TODAY).pk


@pytest.mark.parametrize(
    "changes",
    [
        {"recipient_name": "", "recipient_key": ""},
        {"recipient_key": ""},
        {"starts_on": TODAY - days(1)},
        {"ends_on": TODAY - days(1)},
    ],
)
def test_the_database_holds_one_recipient_and_days_in_order(case, worker, changes):
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.create(case=case, number=9, recorded_by=worker, **values(recipient_key="leeway") | changes)


def test_the_database_refuses_a_recipient_of_both_kinds(case, worker):
    both = values(organisation=organisation(), recipient_key="leeway")
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.create(case=case, number=9, recorded_by=worker, **both)
    with pytest.raises(ValidationError):
        give(case, worker, organisation=Organisation.objects.get())


def covers(case, on=TODAY, purpose="referral", **whom):
    return Consent.objects.filter(case=case).covering(purpose=purpose, on=on, **whom).exists()


def test_it_covers_its_recipient_its_purpose_and_its_days(case, worker):
    give(case, worker)
    assert covers(case, recipient_name=" leeway ")
    assert not covers(case, recipient_name="Leeway North")
    assert not covers(case, recipient_name="")
    assert not covers(case, recipient_name="Leeway", purpose="letter")
    assert covers(case, END, recipient_name="Leeway")
    assert not covers(case, END + days(1), recipient_name="Leeway")
    assert not covers(case, TODAY - days(1), recipient_name="Leeway")


def test_an_organisation_is_not_taken_for_a_name_nor_for_another(case, worker):
    known, other = organisation(), organisation("other", "Other")
    give(case, worker, organisation=known, recipient_name="")
    assert covers(case, organisation=known)
    assert not covers(case, organisation=other)
    assert not covers(case, recipient_name="Leeway")


def test_withdrawn_it_counts_no_more_from_that_moment(case, worker):
    consent = give(case, worker)
    withdraw(consent, worker)
    assert not covers(case, recipient_name="Leeway")
    assert not Consent.objects.standing(TODAY).exists()
    assert Consent.objects.for_list().get().state_on(TODAY) == ConsentState.WITHDRAWN


def test_a_second_press_changes_nothing(case, worker):
    consent = give(case, worker)
    first = withdraw(consent, worker, how="phone")
    assert withdraw(consent, case.victim.user, how="portal").pk == first.pk
    assert ConsentWithdrawal.objects.get().how == "phone"
    assert Event.objects.filter(action="consent.withdrawn").count() == 1
    assert Job.objects.filter(kind="consent_withdrawn").count() == 1


# --- what ends with it ---------------------------------------------------------------------------------------------


@pytest.fixture
def endings(monkeypatch):
    """The registry, empty at first."""
    monkeypatch.setattr(consenting, "_endings", [])
    return on_withdrawal


def test_whoever_holds_the_case_is_told_at_once_and_told_what_was_ended(case, worker, endings):
    seen = []
    endings(lambda consent, work: seen.append(consent.pk))
    endings(lambda consent, work: ["The referral to Leeway was withdrawn."])
    consent = give(case, worker)
    withdraw(consent, case.victim.user, how="portal")
    assert run_due() == 1
    task = Task.objects.get(kind="consent_withdrawn")
    assert (task.assigned_to, task.due_on, seen) == (worker, TODAY, [consent.pk])
    assert "agreement 1 (referral to another service)" in task.title
    assert "The referral to Leeway was withdrawn." in task.title


def test_a_room_that_breaks_keeps_none_from_ending_its_things_and_is_called_again(case, worker, endings, caplog):
    calls, ended = [], set()

    def breaks_once(consent, work):
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("broken")
        return ["Now ended."]

    def ends_once(consent, work):
        new = {consent.pk} - ended
        ended.update(new)
        return ["Ended first."] if new else None

    endings(breaks_once)
    endings(ends_once)
    withdraw(give(case, worker), worker)
    run_due()
    assert "Ended first." in Task.objects.get(kind="consent_withdrawn").title
    with time_machine.travel(timezone.now() + timedelta(seconds=30), tick=True):
        run_due()
    title = Task.objects.get(kind="consent_withdrawn").title
    assert title.count("Ended first.") == title.count("Now ended.") == 1


def test_called_again_the_task_says_what_is_new_alone_and_is_open_for_it(case, worker, endings, caplog):
    calls = []

    def breaks_once(consent, work):
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("broken")
        return ["Now ended."]

    endings(breaks_once)
    endings(lambda consent, work: ["A letter had left."])
    withdraw(give(case, worker), worker)
    run_due()
    tasks = Task.objects.filter(kind="consent_withdrawn")
    tasks.update(done_at=timezone.now(), done_by=worker)
    with time_machine.travel(timezone.now() + timedelta(seconds=30), tick=True):
        run_due()
    task = tasks.get()
    assert task.title.count("A letter had left.") == task.title.count("Now ended.") == 1
    assert task.done_at is None


def test_what_cannot_be_ended_is_a_task_of_its_own(case, worker, endings, caplog):
    def breaks(consent, work):
        raise RuntimeError("broken")

    endings(breaks)
    withdraw(give(case, worker), worker)
    for tries in range(4):
        with time_machine.travel(timezone.now() + timedelta(minutes=tries + 1), tick=True):
            run_due()
    assert Job.objects.get(kind="consent_withdrawn").state == "failed"
    titles = [task.title for task in Task.objects.filter(kind="consent_withdrawn")]
    assert len(titles) == 2
    assert any("not all that rests on it could be ended" in title for title in titles)


def test_a_second_delivery_of_the_job_tells_nobody_twice(case, worker, endings):
    withdraw(give(case, worker), worker)
    run_due()
    job = Job.objects.get(kind="consent_withdrawn")
    Job.objects.filter(pk=job.pk).update(state="queued")
    run_due()
    assert Task.objects.filter(kind="consent_withdrawn").count() == 1


def test_the_portal_takes_back_its_own_and_writes_nothing_else(case, worker):
    her, consent = case.victim.user, give(case, worker)
    other = give(CaseFactory(worker=worker), worker)
    with acting_as(her.pk):
        assert list(Consent.objects.visible_to(her)) == [consent]
    told = {"case": case, "at": timezone.now(), "by": her}
    for row in (
        ConsentWithdrawal(consent=consent, **told | {"how": "phone"}),
        ConsentWithdrawal(consent=consent, **told | {"how": "portal", "by": worker}),
        ConsentWithdrawal(consent=other, **told | {"how": "portal", "case": other.case}),
        Consent(case=case, number=9, recorded_by=her, **values(recipient_key="leeway")),
    ):
        assert not _may_write(row, her)
    assert _may_write(ConsentWithdrawal(consent=consent, **told | {"how": "portal"}), her)


def _may_write(row, user):
    with transaction.atomic(), acting_as(user.pk):
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except DatabaseError:
            return False
    return True
