"""A release from the first approval to the receipt: move by move, who may, and when."""

import io
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from bundles.actions import (
    GateShut,
    Moved,
    NoPass,
    NotReady,
    NotSecond,
    NotSoft,
    SamePerson,
    WrongWay,
    approve,
    approve_second,
    call_false_alarm,
    fetch_bundle,
    gate_of,
    go_out,
    may_be_second,
    note_receipt,
    pass_for,
    recall,
    seen_mark,
    standing_of,
)
from bundles.actions.taking import PASS_LASTS
from bundles.models import Bundle, BundleCheck, BundleRelease, Recipient, ReleaseStep, Shown
from bundles.releases.rules import MOVES, Standing, Times, standing, ways_for
from cases.models import Task, Wall
from logs.models import CustodyEvent
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from nsvcs.storage import file_store
from reference.models import Limit
from tests.bundles.leaving import after_recall, approved, let_out, looked_over, second_for
from tests.factories import CaseFactory, TeamFactory, UserFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 no real one"
AT = datetime(2026, 6, 3, 12, 0, tzinfo=UTC)
MINUTES, HOURS, DAYS = (timedelta(**{unit: 1}) for unit in ("minutes", "hours", "days"))


def ready_bundle(case, worker, **changes) -> Bundle:
    stored = file_store().store(io.BytesIO(PDF))
    kept = {"storage_name": stored.name, "sha256": stored.sha256, "size_bytes": stored.size_bytes, "page_count": 1}
    asked = {"asked_by": worker, "asked_at": timezone.now(), "ready_at": timezone.now(), "recipient": "police"}
    return Bundle.objects.create(case=case, state="ready", purpose="An order", **{**asked, **kept, **changes})


@pytest.fixture
def worker(db):
    return UserFactory()


@pytest.fixture
def case(worker):
    return CaseFactory(portal=True, worker=worker)


@pytest.fixture
def bundle(case, worker):
    return ready_bundle(case, worker)


@pytest.fixture
def colleague(bundle):
    return second_for(bundle)


def stands(release) -> Standing:
    return standing_of(BundleRelease.objects.get(pk=release.pk))


# --- the rule, without a database ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moments", "after", "is_at"),
    [
        ({}, 72 * HOURS - MINUTES, "waiting"),
        ({}, 72 * HOURS, "lapsed"),
        ({"second": AT}, 10 * MINUTES - timedelta(microseconds=1), "pending"),
        ({"second": AT}, 10 * MINUTES, "ready"),
        ({"second": AT}, 7 * DAYS - MINUTES, "ready"),
        ({"second": AT}, 7 * DAYS, "lapsed"),
        ({"second": AT + 71 * HOURS}, 71 * HOURS + 9 * MINUTES, "pending"),
        ({"second": AT, "out": AT + HOURS}, 2 * HOURS, "out"),
        ({"second": AT, "out": AT + HOURS}, 8 * DAYS, "out"),
        ({"recalled": AT}, MINUTES, "recalled"),
        ({"second": AT, "out": AT + HOURS, "recalled": AT + DAYS}, 2 * DAYS, "recalled"),
    ],
)
def test_where_a_release_stands_at_each_instant(moments, after, is_at):
    told = {"needs_two": True, "approved_at": AT, "moments": moments, "times": Times(), "now": AT + after}
    assert standing(**told) == is_at


@pytest.mark.parametrize(("after", "is_at"), [(timedelta(), "ready"), (7 * DAYS, "lapsed")])
def test_the_victims_own_may_leave_at_once(after, is_at):
    told = {"needs_two": False, "approved_at": AT, "moments": {}, "times": Times(), "now": AT + after}
    assert standing(**told) == is_at


def test_ways_are_those_of_the_recipient():
    assert set(ways_for(Recipient.VICTIM)) == {"portal", "hand"}
    assert "upload" in ways_for(Recipient.POLICE)
    assert not {"upload", "portal"} & set(ways_for(Recipient.SOLICITOR))


# --- move by move --------------------------------------------------------------------------------------------------


def in_standing(name, bundle, worker, colleague):
    """A release that stands there, and the instant at which it does."""
    now = timezone.now()
    if name == "lapsed":
        return approved(bundle, worker), now + 73 * HOURS
    if name == "waiting":
        return approved(bundle, worker), now
    release = approved(bundle, worker, colleague)
    if name == "pending":
        return release, now
    if name == "recalled":
        with acting_as(worker.pk):
            recall(release=release, reason="", by=worker)
    if name == "out":
        with after_recall(), acting_as(worker.pk):
            go_out(release=release, by=worker)
    return release, now + 11 * MINUTES


def move(name, release, by):
    if name == "second":
        approve_second(release=release, seen=seen_mark(release.run, by), by=by)
    elif name == "take":
        go_out(release=release, by=by)
    elif name == "recall":
        recall(release=release, reason="a fault", by=by)
    else:
        said = {"reference": "36/1", "confirmed_on": timezone.localdate(), "confirmed_by": "PC Brandon"}
        note_receipt(release=release, said=said, by=by)


@pytest.mark.parametrize("name", MOVES)
@pytest.mark.parametrize("where", list(Standing))
def test_each_move_starts_only_where_the_table_says(bundle, worker, colleague, where, name):
    release, at = in_standing(where, bundle, worker, colleague)
    with time_machine.travel(at, tick=False), acting_as(colleague.pk):
        assert stands(release) == where
        if where in MOVES[name]:
            move(name, release, colleague)
        else:
            with pytest.raises(Moved):
                move(name, release, colleague)


def test_the_same_person_is_not_both(bundle, worker):
    release = approved(bundle, worker)
    with acting_as(worker.pk), pytest.raises(SamePerson):
        approve_second(release=release, seen=seen_mark(release.run, worker), by=worker)
    assert stands(release) == "waiting"


def test_a_manager_of_the_team_may_be_the_second(case, bundle, worker):
    manager = UserFactory(manager=True, profile__team=case.team)
    with acting_as(worker.pk):
        assert may_be_second(bundle, worker) == [manager]
    assert stands(approved(bundle, worker, manager)) == "pending"


def test_who_is_walled_off_or_gone_is_not_offered_as_the_second(case, bundle, worker):
    walled, gone = (UserFactory(manager=True, profile__team=case.team, is_active=at) for at in (True, False))
    Wall.objects.create(case=case, person=walled, reason="kin", set_by=worker.pk)
    UserFactory(manager=True, profile__team=TeamFactory(name="Suffolk"))
    with acting_as(worker.pk):
        assert may_be_second(bundle, worker) == []
    assert not gone.is_active


def test_the_second_person_gets_a_task_that_the_approval_finishes(bundle, worker, colleague):
    run = looked_over(bundle)
    with acting_as(worker.pk):
        seen = seen_mark(run, worker)
        release = approve(bundle=bundle, way="hand", to_name="Hub", seen=seen, by=worker, second=colleague)
    task = Task.objects.get(kind="second_look")
    assert (task.assigned_to, task.done_at) == (colleague, None)
    with acting_as(colleague.pk):
        approve_second(release=release, seen=seen_mark(release.run, colleague), by=colleague)
    assert Task.objects.get(kind="second_look").done_by == colleague


def test_an_approval_is_of_one_file(bundle, worker, colleague):
    release = approved(bundle, worker)
    Bundle.objects.filter(pk=bundle.pk).update(sha256="f" * 64)
    with acting_as(colleague.pk), pytest.raises(NotReady):
        approve_second(release=release, seen=seen_mark(release.run, colleague), by=colleague)


@pytest.mark.parametrize("way", ["portal", "upload", "carrier pigeon"])
def test_a_bundle_goes_no_way_that_is_not_its_own(case, worker, way):
    bundle = ready_bundle(case, worker, recipient="solicitor")
    with pytest.raises(WrongWay):
        approved(bundle, worker, way=way)


def test_recall_inside_ten_minutes_takes_one_step_and_nothing_leaves(bundle, worker, colleague):
    release = approved(bundle, worker, colleague)
    with time_machine.travel(timezone.now() + timedelta(minutes=9, seconds=58)), acting_as(worker.pk):
        with pytest.raises(Moved):
            go_out(release=release, by=worker)
        recall(release=release, reason="", by=worker)
    with after_recall(), acting_as(worker.pk), pytest.raises(Moved):
        go_out(release=release, by=worker)
    assert not CustodyEvent.objects.filter(kind__in=["bundled", "listed"]).exists()
    assert not Task.objects.filter(kind="recall").exists()


def test_a_recall_after_it_went_out_has_somebody_ring(bundle, worker):
    release = let_out(bundle, worker)
    with acting_as(worker.pk):
        recall(release=release, reason="an address was left in", by=worker)
    assert Task.objects.get(kind="recall").assigned_to == worker
    assert stands(release) == "recalled"


def test_the_minutes_are_those_the_service_has_set(bundle, worker, colleague):
    Limit.objects.create(
        key="release_recall_minutes", label="a", value=30, unit="minutes", confidence="V", source="a", version=1
    )
    release = approved(bundle, worker, colleague)
    with after_recall(), acting_as(worker.pk):
        assert stands(release) == "pending"


def test_each_step_is_recorded(bundle, worker):
    release = let_out(bundle, worker)
    with after_recall(), acting_as(worker.pk):
        move("receipt", release, worker)
        move("recall", release, worker)
    told = Event.objects.filter(target_id=bundle.pk, action__startswith="bundle.").order_by("pk")
    assert list(told.values_list("action", flat=True)) == [
        "bundle.approved", "bundle.approved_twice", "bundle.sent", "bundle.receipt", "bundle.recalled",
    ]  # fmt: skip


# --- the gate ------------------------------------------------------------------------------------------------------


def test_nothing_is_approved_before_it_was_looked_over(bundle, worker):
    run = looked_over(ready_bundle(bundle.case, worker))
    with acting_as(worker.pk), pytest.raises(GateShut):
        approve(bundle=bundle, way="hand", to_name="Hub", seen=seen_mark(run, worker), by=worker)


@pytest.mark.parametrize("seen", ["", "made up", "of another"])
def test_nothing_is_approved_by_who_was_not_shown_the_checks(bundle, worker, colleague, seen):
    run = looked_over(bundle)
    seen = seen_mark(run, colleague) if seen == "of another" else seen
    with acting_as(worker.pk), pytest.raises(GateShut):
        approve(bundle=bundle, way="hand", to_name="Hub", seen=seen, by=worker)


def test_a_changed_list_of_what_is_withheld_shuts_the_gate_until_it_is_looked_over_again(bundle, worker, colleague):
    release = approved(bundle, worker, colleague)
    bundle.case.victim.address = "14 Marsh Lane\nNorwich"
    bundle.case.victim.save()
    with after_recall(), acting_as(worker.pk):
        assert gate_of(Bundle.objects.get(pk=bundle.pk), worker).is_outdated
        with pytest.raises(GateShut):
            go_out(release=release, by=worker)


RED = {"code": "text", "what": "addresses", "term": "t1", "page": 3}
SOFT = {"code": "pictures", "what": "addresses", "term": "t1", "page": 3, "is_soft": True}


def test_red_stops_every_way_out_also_by_hand(client, case, bundle, worker, colleague):
    release = approved(bundle, worker, colleague)
    run = looked_over(bundle, **RED)
    sign_in(client, worker)
    for way in ("hand", "mail", "upload", "link"):
        form = {"way": way, "to_name": "Hub", "second": colleague.pk, "seen": seen_mark(run, worker)}
        client.post(reverse("bundles:release", args=[case.pk, bundle.pk]), form)
    assert BundleRelease.objects.count() == 1
    with after_recall():
        browser = sign_in(Client(), worker)
        assert "pass=" not in browser.post(reverse("bundles:take", args=[case.pk, bundle.pk, release.pk]))["Location"]
        told = pass_for(release, worker, browser.session.session_key)
        answer = browser.get(reverse("bundles:download", args=[case.pk, bundle.pk]), {"pass": told})
        assert answer.status_code == 302
    assert not ReleaseStep.objects.filter(kind__in=["out", "taken"]).exists()


def test_what_is_certain_is_never_a_false_alarm(bundle, worker, colleague):
    looked_over(bundle, **RED)
    with acting_as(colleague.pk), pytest.raises(NotSoft):
        call_false_alarm(check=BundleCheck.objects.get(colour="red"), reason="it is nothing", by=colleague)


def test_a_second_person_settles_a_soft_find_with_a_reason(client, case, bundle, worker, colleague):
    looked_over(bundle, **SOFT)
    found = BundleCheck.objects.get(colour="red")
    with acting_as(worker.pk), pytest.raises(NotSecond):
        call_false_alarm(check=found, reason="it is nothing", by=worker)
    page = reverse("bundles:alarm", args=[case.pk, bundle.pk, found.pk])
    assert "Somebody else has to say" in sign_in(client, worker).post(page, {"reason": "it is nothing"}).text
    assert sign_in(client, colleague).post(page, {"reason": ""}).status_code == 422
    for _ in range(2):
        client.post(page, {"reason": "A shop sign, as I saw"})
    with acting_as(worker.pk):
        assert gate_of(bundle, worker).is_open
    gate = client.get(reverse("bundles:gate", args=[case.pk, bundle.pk])).text
    assert "A shop sign, as I saw" in gate
    assert colleague.name in gate


def test_who_asked_is_told_that_somebody_else_calls_a_false_alarm_before_a_reason_is_typed(
    client, case, bundle, worker, colleague
):
    looked_over(bundle, **SOFT)
    gate = reverse("bundles:gate", args=[case.pk, bundle.pk])
    alarm = reverse("bundles:alarm", args=[case.pk, bundle.pk, BundleCheck.objects.get(colour="red").pk])
    asked = sign_in(client, worker).get(gate).text
    assert f'href="{alarm}"' not in asked
    assert "Somebody else can look and call it a false alarm." in asked
    assert f'href="{alarm}"' in sign_in(client, colleague).get(gate).text


def test_finds_stand_in_the_order_of_the_pages(client, case, bundle, worker):
    looked_over(bundle, **RED | {"page": 30})
    row = BundleCheck.objects.get(colour="red")
    for page in (4, 12):
        row.pk, row.page = uuid7(), page
        row.save(force_insert=True)
    text = sign_in(client, worker).get(reverse("bundles:gate", args=[case.pk, bundle.pk])).text
    assert text.index("Page 4.") < text.index("Page 12.") < text.index("Page 30.")


def test_to_whom_her_own_copy_goes_is_filled_in(client, case, worker):
    hers = ready_bundle(case, worker, recipient="victim")
    looked_over(hers)
    page = sign_in(client, worker).get(reverse("bundles:release", args=[case.pk, hers.pk])).text
    assert 'value="The victim"' in page


def test_whoever_is_to_look_second_comes_from_the_task_to_the_bundles(client, case, bundle, worker, colleague):
    looked_over(bundle)
    with acting_as(worker.pk):
        seen = seen_mark(gate_of(bundle, worker).run, worker)
        approve(bundle=bundle, way="hand", to_name="PC Lowther", seen=seen, by=worker, second=colleague)
    task = Task.objects.get(kind=Task.Kind.SECOND_LOOK)
    page = sign_in(client, colleague).get(reverse("cases:work")).text
    row = page[page.index(task.title) :]
    assert reverse("bundles:list", args=[case.pk]) in row[: row.index("</li>")]


def test_a_find_is_shown_with_its_page_and_kind_and_the_ways_to_deal_with_it(client, case, bundle, worker):
    looked_over(bundle, **RED)
    page = sign_in(client, worker).get(reverse("bundles:gate", args=[case.pk, bundle.pk])).text
    assert f"Withheld, and in it: {Shown.ADDRESSES.label}" in page
    assert f"{reverse('bundles:page', args=[case.pk, bundle.pk, 3])}?small" in page
    assert "Go on to approve it" not in page


# --- the pages -----------------------------------------------------------------------------------------------------


def test_from_the_first_approval_to_the_file_through_the_pages(client, case, bundle, worker, colleague):
    run = looked_over(bundle)
    address = reverse("bundles:release", args=[case.pk, bundle.pk])
    assert sign_in(client, worker, fresh=False).get(address).status_code == 302
    page = sign_in(client, worker).get(address).text
    assert "What is withheld" in page
    assert str(Shown.ADDRESSES.label) in page
    assert client.post(address, {"seen": ""}).status_code == 422
    form = {"way": "upload", "to_name": "Investigation hub", "second": colleague.pk, "seen": seen_mark(run, worker)}
    given = client.post(address, form)["Location"]
    assert "It waits for a second person" in client.get(given).text
    assert "I have looked at it" not in client.get(given).text
    release = BundleRelease.objects.get()
    other = sign_in(Client(), colleague)
    assert "I have looked at it" in other.get(given).text
    parts = [case.pk, bundle.pk, release.pk]
    other.post(reverse("bundles:second", args=parts), {"seen": seen_mark(run, colleague)})
    assert "one press recalls it" in client.get(given).text
    with after_recall():
        begun = sign_in(client, worker).post(reverse("bundles:take", args=parts))["Location"]
        answer = client.get(begun.replace("&begun=", ""))
        assert b"".join(answer.streaming_content) == PDF
        assert answer["Content-Disposition"].startswith('attachment; filename="document-')
        said = {"reference": "36/1", "confirmed_by": "PC Brandon"}
        assert client.post(reverse("bundles:receipt", args=parts), said).status_code == 422
        today = timezone.localdate()
        said |= {"confirmed_on_day": today.day, "confirmed_on_month": today.month, "confirmed_on_year": today.year}
        client.post(reverse("bundles:receipt", args=parts), said)
        assert "PC Brandon, 36/1" in client.get(given).text
        assert client.post(reverse("bundles:recall", args=parts), {"reason": ""}).status_code == 422
        client.post(reverse("bundles:recall", args=parts), {"reason": "a fault"})
        assert "must not be used" in client.get(given).text


def test_a_pass_is_for_one_minute_person_sign_in_and_file(bundle, worker, colleague):
    release = let_out(bundle, worker)
    other = let_out(ready_bundle(bundle.case, worker), worker)
    with after_recall():
        told = pass_for(release, worker, "a session")
        for by, session, of in [(colleague, "a session", bundle), (worker, "another", bundle)]:
            with acting_as(by.pk), pytest.raises(NoPass):
                fetch_bundle(bundle=of, told=told, by=by, session_key=session)
        with acting_as(worker.pk):
            with pytest.raises(NoPass):
                fetch_bundle(bundle=other.bundle, told=told, by=worker, session_key="a session")
            fetch_bundle(bundle=bundle, told=told, by=worker, session_key="a session")
            recall(release=release, reason="a fault", by=worker)
            with pytest.raises(NoPass):
                fetch_bundle(bundle=bundle, told=told, by=worker, session_key="a session")
    with after_recall(), acting_as(worker.pk):
        late = pass_for(other, worker, "a session")
    too_late = timezone.now() + 10 * MINUTES + PASS_LASTS + timedelta(seconds=2)
    with time_machine.travel(too_late), acting_as(worker.pk), pytest.raises(NoPass):
        fetch_bundle(bundle=other.bundle, told=late, by=worker, session_key="a session")


@pytest.mark.h("H02")
@pytest.mark.parametrize("name", ["given", "second", "recall", "take", "receipt"])
def test_another_cases_release_is_as_if_it_were_not_there(client, bundle, worker, name):
    release = approved(bundle, worker)
    other = UserFactory()
    own = ready_bundle(CaseFactory(worker=other), other)
    sign_in(client, other)
    ask = client.get if name == "given" else client.post
    theirs, mixed, made_up = (bundle, release.pk), (own, release.pk), (own, uuid7())
    for of, pk in (theirs, mixed, made_up):
        parts = [of.case_id, of.pk, pk]
        assert ask(reverse(f"bundles:{name}", args=parts)).status_code == 404
