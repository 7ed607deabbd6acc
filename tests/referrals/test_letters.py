"""Letters: made as they were shown, frozen, printed by a worker, and let out through a gate."""

import hashlib
from datetime import timedelta

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audit.models import Action, Event
from bundles.building.sweeping import stored_names
from cases.actions import KeyUsed, give_consent, withdraw_consent
from cases.models import ProtectedTerm
from jobs.actions import run_due
from jobs.models import Job
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from nsvcs.storage import file_store
from reference.loading import load_reference
from referrals.actions.letters import LetterNotReady, MayNotLeave, give_letter, make_letter, take_letter
from referrals.letters.merging import Composed, composed, guarded_in, known_values, values_of
from referrals.models import Letter, LetterFile, LetterGiven, LetterTaking, LetterTemplate
from referrals.rules.letters import Way
from tests.factories import CaseFactory, SafeContactFactory, UserFactory
from tests.referrals.support_world import day, move, offer

pytestmark = pytest.mark.django_db
TO = "Broads Homes"


@pytest.fixture
def worker():
    return UserFactory(name="Priya Anand")


@pytest.fixture
def case(worker):
    found = CaseFactory(worker=worker, police_force="Norfolk Constabulary", crime_reference="36/1/26")
    victim = found.victim
    victim.address, victim.phone = "14 Larkspur Road, Norwich, NR0 0AB", "07700 900214"
    victim.save()
    SafeContactFactory(victim=victim, may_post=True)
    return found


def template(key="housing"):
    load_reference()
    return next(each for each in LetterTemplate.objects.current(timezone.localdate()) if each.key == key)


def said(**more):
    return {
        "to_name": TO, "organisation_id": None, "to_address": "1 Quay Street\nNorwich", "name_used": "Anna Meadow",
        "included": [], "request": "Move Anna up the list.", "their_reference": "", "facts": "", "based_on_id": None,
    } | more  # fmt: skip


def make(case, worker, *, key=None, kind="housing", **more):
    chosen, values = template(kind), said(**more)
    with acting_as(worker.pk):
        letter = composed(chosen, values_of(case, worker, values))
        return make_letter(case=case, key=key or uuid7(), template=chosen, values=values, letter=letter, by=worker)


def made(case, worker, **more):
    letter = make(case, worker, **more)
    run_due()
    return Letter.objects.select_related("file", "case__victim", "organisation").get(pk=letter.pk)


def agree(case, worker, *, until=10, name=TO, purpose="letter"):
    values = {
        "purpose": purpose, "organisation": None, "recipient_name": name, "what": "A letter", "starts_on": day(0),
        "ends_on": day(-until), "how_given": "phone", "given_on": day(0), "words": "",
    }  # fmt: skip
    with acting_as(worker.pk):
        return give_consent(case=case, key=uuid7(), values=values, by=worker)


def take(letter, way, worker):
    with acting_as(worker.pk):
        return take_letter(letter=letter, way=way, by=worker)


def give(letter, way, worker, *, key=None, ago=0, to_name=TO):
    with acting_as(worker.pk):
        return give_letter(letter=letter, key=key or uuid7(), way=way, to_name=to_name, on=day(ago), by=worker)


# --- what goes in --------------------------------------------------------------------------------------------------


def test_only_what_was_ticked_goes_in_and_what_the_case_does_not_know_is_not_offered(case, worker):
    move(offer(case, worker), "accepted", worker)
    with acting_as(worker.pk):
        known = known_values(case, worker)
    assert known["crime"] == "Norfolk Constabulary, 36/1/26"
    assert known["support"] == "advocacy"
    assert not {"born_on", "officer"} & set(known)
    bare, full = make(case, worker), make(case, worker, included=["crime", "matter"])
    assert "36/1/26" not in bare.text
    assert "stalking" not in bare.text
    assert "36/1/26" in full.text
    assert "stalking or harassment" in full.text
    assert "14 Larkspur" not in bare.text + full.text


def test_a_letter_that_says_the_address_or_a_word_never_to_be_shown_is_told(case, worker):
    ProtectedTerm.objects.create(case=case, kind="always", words="Saltings Close", added_by=worker)
    ProtectedTerm.objects.create(case=case, kind="school", words="Heron Primary", added_by=worker)
    text = "Lives at 14 larkspur road, by Saltings Close. Child at Heron Primary."
    with acting_as(worker.pk):
        guarded = guarded_in(case, worker, Composed("x", text))
        assert "larkspur" in " ".join(guarded.never)
        assert "Saltings Close" in guarded.never
        assert guarded.others == ["Heron Primary"]
        assert guarded_in(case, worker, Composed("x", "Ring the office")).never == []


# --- made and frozen -----------------------------------------------------------------------------------------------


def test_a_letter_is_made_once_frozen_and_printed_for_screen_readers_without_a_word_of_the_matter(case, worker):
    key = uuid7()
    letter = make(case, worker, key=key, included=["matter"], request="- one\n- two\n\u0645\u0631\u062d\u0628\u0627")
    assert make(case, worker, key=key, included=["matter"], request=letter.request) == letter
    with pytest.raises(KeyUsed):
        make(case, worker, key=key, request="another")
    run_due()
    file = LetterFile.objects.get(letter=letter)
    with file_store().open(file.storage_name) as stored:
        whole = stored.read()
    assert hashlib.sha256(whole).hexdigest() == file.sha256
    with file_store().path_or_copy(file.storage_name) as path, pikepdf.open(path) as pdf:
        described = pdf.Root.Metadata.read_bytes().decode() + repr(pdf.docinfo)
        assert "<pdfuaid:part>1</pdfuaid:part>" in described or 'pdfuaid:part="1"' in described
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.Root.Lang).startswith("en")
        assert len(pdf.pages) == file.page_count == 1
        assert not [w for w in ("Anna", "stalking", "NSVCS", "Victim", "NSV-", "Priya") if w in described]
    assert Event.objects.filter(action=Action.LETTER_MADE).count() == 1
    for rows in (Letter.objects, LetterFile.objects):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(at=timezone.now())


def test_a_long_letter_has_numbered_pages_and_loses_no_letter(case, worker):
    letter = made(case, worker, facts="\U0001f54a \u05e9\u05dc\u05d5\u05dd a long day " * 250, request="x" * 3000)
    assert letter.file.page_count > 1


def test_the_nightly_sweep_knows_the_file(case, worker):
    letter = made(case, worker)
    with connection.cursor() as cursor:
        cursor.execute("SELECT letter_names(%s)", [[letter.file.storage_name, "aa/bb/none"]])
        assert cursor.fetchall() == [(letter.file.storage_name,)]
    assert stored_names([letter.file.storage_name]) == {letter.file.storage_name}


def test_a_worker_that_comes_twice_makes_one_file(case, worker):
    letter = made(case, worker)
    Job.objects.filter(object_id=letter.pk).update(state="queued", finished_at=None)
    run_due()
    assert LetterFile.objects.filter(letter=letter).count() == 1


def test_the_job_of_somebody_who_may_not_open_the_case_any_more_makes_nothing(case, worker):
    letter = make(case, worker)
    case.allocations.update(ends_at=timezone.now())
    case.walls.create(person=worker, reason="x", set_by=worker.pk)
    run_due()
    assert not LetterFile.objects.filter(letter=letter).exists()
    assert Job.objects.get(object_id=letter.pk).state == "failed"


def test_another_workers_letter_is_out_of_reach(case, worker):
    make(case, worker)
    stranger = UserFactory()
    with acting_as(stranger.pk):
        assert not Letter.objects.exists()


# --- the gate ------------------------------------------------------------------------------------------------------


def test_without_an_agreement_a_letter_leaves_through_the_victim_alone(case, worker):
    letter = made(case, worker)
    for way in (Way.POST_RECIPIENT, Way.HAND_RECIPIENT):
        with pytest.raises(MayNotLeave, match="not agreed"):
            take(letter, way, worker)
        with pytest.raises(MayNotLeave):
            give(letter, way, worker)
    assert take(letter, Way.HAND_VICTIM, worker) == letter.file
    assert take(letter, Way.POST_VICTIM, worker) == letter.file
    assert [each.way for each in LetterTaking.objects.order_by("at")] == ["hand_victim", "post_victim"]
    assert Event.objects.filter(action=Action.LETTER_TAKEN).count() == 2


@pytest.mark.parametrize(
    "what",
    [{"may_post": False}, {"is_unsafe": True}, {"confirmed_on": timezone.localdate() - timedelta(days=61)}],
    ids=["not agreed", "unsafe", "expired"],
)
def test_post_to_the_victim_passes_safe_contact_and_a_hand_does_not(worker, what):
    case = CaseFactory(worker=worker)
    SafeContactFactory(victim=case.victim, **{"may_post": True} | what)
    letter = made(case, worker)
    with pytest.raises(MayNotLeave, match="post"):
        take(letter, Way.POST_VICTIM, worker)
    take(letter, Way.HAND_VICTIM, worker)
    assert give(letter, Way.HAND_VICTIM, worker, to_name="Anna").consent is None


def test_no_safe_contact_record_means_no_post(worker):
    letter = made(CaseFactory(worker=worker), worker)
    with pytest.raises(MayNotLeave):
        take(letter, Way.POST_VICTIM, worker)


@pytest.mark.parametrize(
    "what", [{"name": "Another landlord"}, {"purpose": "referral"}], ids=["another recipient", "another purpose"]
)
def test_an_agreement_to_something_else_covers_no_letter(case, worker, what):
    agree(case, worker, **what)
    with pytest.raises(MayNotLeave):
        take(made(case, worker), Way.POST_RECIPIENT, worker)


def test_an_agreement_lets_the_letter_out_until_it_is_taken_back(case, worker):
    consent, letter = agree(case, worker, name="broads  homes"), made(case, worker)
    take(letter, Way.POST_RECIPIENT, worker)
    key = uuid7()
    given = give(letter, Way.POST_RECIPIENT, worker, key=key)
    assert (given.consent, LetterTaking.objects.get().consent) == (consent, consent)
    with acting_as(worker.pk):
        withdraw_consent(consent=consent, by=worker)
    assert give(letter, Way.POST_RECIPIENT, worker, key=key) == given  # the same thing said twice, not another
    for act in (take, give):
        with pytest.raises(MayNotLeave):
            act(letter, Way.POST_RECIPIENT, worker)
    with pytest.raises(DatabaseError), transaction.atomic():
        LetterGiven.objects.update(to_name="x")


def test_who_holds_the_case_is_told_what_had_gone_under_an_agreement_that_is_taken_back(case, worker):
    consent, gone, kept = agree(case, worker), made(case, worker), made(case, worker)
    for letter in (gone, kept):
        take(letter, Way.POST_RECIPIENT, worker)
    give(gone, Way.POST_RECIPIENT, worker)
    with acting_as(worker.pk):
        withdraw_consent(consent=consent, by=worker)
    run_due()
    title = case.tasks.get(kind="consent_withdrawn").title
    assert f"A letter had left for {TO}" in title
    assert "destroy the copy" in title


def test_a_letter_leaves_between_its_own_day_and_today_and_once_it_is_made(case, worker):
    unmade = make(case, worker)
    with pytest.raises(LetterNotReady):
        take(unmade, Way.HAND_VICTIM, worker)
    with pytest.raises(LetterNotReady):
        give(unmade, Way.HAND_VICTIM, worker)
    run_due()
    letter = Letter.objects.select_related("case__victim", "organisation").get(pk=unmade.pk)
    for ago in (-1, 1):
        with pytest.raises(ValidationError, match="between"):
            give(letter, Way.HAND_VICTIM, worker, ago=ago)
