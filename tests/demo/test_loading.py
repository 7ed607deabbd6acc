"""The demo service as it is loaded: through the pages' own actions, under the pages' own database role."""

import hashlib
import re
import stat
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from accounts.models import Team, User
from cases.contact import rule_of
from cases.models import Case, CaseGrant, Consent, Contact, Note, SafeContact, Task, Victim
from cases.rules import Channel, ConsentState, ContactReason, Verdict, may_contact
from demo import people
from demo.restorative import CASES
from logs.actions import locked_files
from logs.models import Amendment, Arrival, Caption, Evidence, ImportBatch, Incident, IncidentSeen, WrittenOffline
from logs.queries import patterns_of, shown_cases
from nsvcs.access import STAFF, Role
from nsvcs.identity import acting_as
from nsvcs.starting.start import demo_people
from nsvcs.tus import PIECE_BYTES
from portal.asking import may_ask_about
from referrals.models import (
    Alarm,
    AlarmLoan,
    AlarmRequest,
    Letter,
    LetterGiven,
    LetterTemplate,
    RestorativeReferral,
    SignOffRequest,
    Signpost,
    SignpostOutcome,
    SupportEpisode,
    SupportSession,
)
from referrals.restoring import standing
from referrals.rules.equipment import AlarmState, LoanState, RequestState
from referrals.rules.restorative import Method, Outcome, SignOffState, Stage
from referrals.rules.signposting import ToldHow
from referrals.rules.support import EpisodeState
from tests.factories import UserFactory


@pytest.fixture(scope="module")
def _loaded(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demo, loaded once for this module and rolled back after it."""
    folder = tmp_path_factory.mktemp("demo")
    with (
        pytest.MonkeyPatch.context() as patch,
        override_settings(MEDIA_ROOT=str(folder / "media")),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        patch.setattr(people.embedded, "VAR", folder)
        call_command("load_reference", verbosity=0)
        call_command("demo")
        yield folder
        transaction.set_rollback(True)


@pytest.fixture
def var(_loaded, db, monkeypatch):
    monkeypatch.setattr(people.embedded, "VAR", _loaded)
    return _loaded


def story():
    return Case.objects.get(victim__first_name="Hannah")


def test_counts_of_people_cases_entries_and_files(var):
    assert Team.objects.count() == 2
    assert User.objects.filter(role__in=STAFF).count() == 5
    assert User.objects.filter(role=Role.VICTIM).count() == 4
    assert Case.objects.count() == 12 + len(CASES)
    assert Incident.objects.filter(case=story()).count() == 40
    assert Evidence.objects.filter(case=story()).count() == 21


def test_files_stand_at_each_step_for_whoever_sends_them(var):
    her = story().victim.user
    coming = Arrival.objects.filter(user=her)
    assert {each.state: each.received_bytes for each in coming} == {"sending": PIECE_BYTES, "refused": 8192}
    assert [each.refusal_words for each in coming if each.state == "refused"][0]
    said = Caption.objects.filter(case=story())
    assert said.count() == 4
    assert {each.taken_by for each in said} == {"victim", "camera", "other"}


def test_agreements_stand_in_every_state(var):
    found = {consent.state_on(timezone.localdate()) for consent in Consent.objects.for_list().filter(case=story())}
    assert found == set(ConsentState)


def test_restorative_justice_stands_at_every_stage_and_has_ended_with_every_outcome(var):
    referrals = RestorativeReferral.objects.select_related("case")
    assert {referral.stage for referral in referrals} == set(Stage)
    assert {referral.outcome for referral in referrals.exclude(outcome="")} == set(Outcome)
    assert {referral.method for referral in referrals.exclude(method="")} == set(Method)
    priya, now = User.objects.get(name="Priya Anand"), timezone.now()
    with acting_as(priya.pk):
        states = {standing(each, priya, now, timezone.localdate()).sign_off for each in referrals if each.is_open}
    assert states == set(SignOffState)
    assert SignOffRequest.objects.filter(sign_off=None).count() == 1


def test_support_stands_in_every_state_with_every_attendance_and_a_letter_of_every_kind(var):
    assert set(SupportEpisode.objects.values_list("state", flat=True)) == set(EpisodeState)
    assert set(SupportSession.objects.values_list("attendance", flat=True)) == set(SupportSession.Attendance)
    letters = Letter.objects.select_related("file", "template")
    assert {letter.template.kind for letter in letters if letter.has_file} == set(LetterTemplate.Kind)
    assert set(LetterGiven.objects.values_list("way", flat=True)) == {"post_recipient", "hand_victim"}


def test_one_file_is_locked_and_its_lead_is_told(var):
    lead = User.objects.get(role=Role.DATA_PROTECTION)
    with acting_as(lead.pk):
        [locked] = locked_files(lead)
    assert locked.case_id == Case.objects.get(victim__first_name="Bethan").pk
    assert not Evidence.objects.filter(case=story()).kept_apart().exists()


def test_the_story_spans_four_months_and_every_entry_was_written_after_it_happened(var):
    entries = list(Incident.objects.filter(case=story()).order_by("number"))
    assert [each.number for each in entries] == list(range(1, 41))
    assert 115 <= (entries[-1].occurred_on - entries[0].occurred_on).days <= 130
    assert all(each.occurred_at <= each.recorded_at <= timezone.now() for each in entries)
    assert [each.recorded_at for each in entries] == sorted(each.recorded_at for each in entries)


def test_the_story_has_amendments_a_withdrawal_police_and_red_flags(var):
    entries = Incident.objects.filter(case=story())
    notes = Amendment.objects.filter(case=story())
    assert notes.filter(kind=Amendment.Kind.WITHDRAWAL).count() == 1
    assert notes.filter(kind=Amendment.Kind.ADDITION).count() >= 4
    assert sum(1 for each in entries if each.police_reference) >= 15
    assert Task.objects.filter(case=story(), kind=Task.Kind.RED_FLAG, done_at=None).count() == 1
    assert Task.objects.filter(case=story(), kind=Task.Kind.RED_FLAG).count() >= 6


def test_entries_that_came_more_often_were_looked_at_the_next_day(var):
    rises = Task.objects.filter(kind=Task.Kind.RATE_RISE).order_by("created_at")
    assert {rise.case.reference[-3:] for rise in rises} == {"001", "010"}
    assert all(rise.created_at < rise.done_at < rise.created_at + timedelta(days=1) for rise in rises)
    assert "6 entries in the last 14 days, 1 in the 28 days before" in rises[0].title


def test_one_entry_was_written_without_signal_and_both_clocks_stand_beside_it(var):
    beside = WrittenOffline.objects.get()
    assert beside.case_id == story().pk
    assert beside.received_at - beside.device_written_at == timedelta(minutes=56)
    assert beside.received_at <= beside.incident.recorded_at


def test_every_kept_file_has_the_digest_of_its_bytes(var):
    for evidence in Evidence.objects.all():
        kept = var / "media" / evidence.storage_name
        assert hashlib.sha256(kept.read_bytes()).hexdigest() == evidence.sha256


def test_the_cases_that_were_asked_for_are_there(var):
    now = timezone.now()
    assert Case.objects.exclude(closed_on=None).count() == 1
    assert Case.objects.unallocated(now).count() == 1
    restricted = Case.objects.get(is_restricted=True)
    assert CaseGrant.objects.filter(case=restricted, ends_at__gt=now).count() == 2
    polish = Case.objects.get(victim__language="pl")
    assert polish.victim.needs_interpreter
    assert polish.incidents.filter(language="pl").count() == 3
    assert len(set(Case.objects.values_list("status", flat=True))) >= 8


def test_work_is_overdue_here_and_there(var):
    today = timezone.localdate()
    assert Task.objects.overdue(today).count() >= 4
    assert Case.objects.open().filter(first_contacted_at=None, first_contact_due_on__lt=today).count() >= 2
    assert Incident.objects.unread().count() == 3
    assert IncidentSeen.objects.filter(at__lt=timezone.now() - timedelta(days=30)).exists()


def test_safe_contact_differs(var):
    today = timezone.localdate()
    newest = {each.victim_id: each for each in SafeContact.objects.order_by("version")}.values()
    assert sum(each.is_unsafe for each in newest) == 1
    assert any(each.may_text and not each.may_phone and each.from_time and each.from_time.hour == 18 for each in newest)
    assert any((today - each.confirmed_on).days > 60 for each in newest)
    assert answer(story(), Channel.TEXT).reason == ContactReason.INCIDENT_SINCE  # it rang on the evening of that day
    magda = Case.objects.select_related("victim").get(victim__known_as="Magda")
    assert answer(magda, Channel.POST).kind == Verdict.NEVER
    assert answer(magda, Channel.TEXT).kind != Verdict.NEVER


def answer(case, channel):
    rule = rule_of(SafeContact.objects.current_for(case.victim_id), case.victim)
    return may_contact(rule, channel, timezone.now())


def test_only_numbers_from_drama_ranges_and_places_that_do_not_exist(var):
    texts = [each.text for each in (*Contact.objects.all(), *Note.objects.all())]
    texts += [f"{each.phone} {each.email} {each.address}" for each in Victim.objects.all()]
    for number in re.findall(r"\b0\d[\d ]{8,11}\d\b", " ".join(texts)):
        assert re.fullmatch(r"07700 ?900\d{3}|01632 ?960\d{3}", number), number
    for address in re.findall(r"[\w.]+@[\w.]+", " ".join(texts)):
        assert address.endswith(".example"), address


def test_each_person_sees_what_is_theirs(var):
    seen = {}
    for key in ("ruth", "priya", "tom", "gwen", "hannah"):
        person = User.objects.get(sign_in_name=sign_ins(var)[key].sign_in)
        with acting_as(person.pk):
            seen[key] = Case.objects.visible_to(person).count()
    small = len(CASES)
    assert seen == {"ruth": 9 + small, "priya": 6 + small, "tom": 6, "gwen": 0, "hannah": 1}


def test_sign_ins_are_kept_for_this_account_of_the_machine_alone(var):
    path = people.demo_json()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    known = sign_ins(var)
    assert len(known) == 9
    assert len({each.password for each in known.values()}) == 9
    for each in known.values():
        user = User.objects.get(sign_in_name=each.sign_in)
        assert user.is_demo
        assert user.check_password(each.password)
        assert bool(each.totp_secret) is user.is_staff_member


def test_a_second_run_says_that_it_is_there(var, capsys):
    before = Incident.objects.count()
    call_command("demo")
    assert "there already" in capsys.readouterr().out
    assert Incident.objects.count() == before


def test_a_copy_with_accounts_of_its_own_gets_no_demo(var, tmp_path, monkeypatch):
    monkeypatch.setattr(people.embedded, "VAR", tmp_path)
    UserFactory()
    with pytest.raises(CommandError, match="accounts of its own"):
        call_command("demo")


def test_the_code_is_the_authenticators(var, capsys):
    priya = sign_ins(var)["priya"]
    call_command("demo_code", priya.sign_in)
    factor = Authenticator.objects.get(user__sign_in_name=priya.sign_in).wrap()
    assert factor.validate_code(capsys.readouterr().out.strip())


def test_a_portal_account_needs_no_code(var, capsys):
    call_command("demo_code", sign_ins(var)["hannah"].sign_in)
    assert "password alone" in capsys.readouterr().out


def test_no_code_for_an_account_that_the_demo_did_not_make(var):
    other = UserFactory()
    for name in (other.sign_in_name, "nobody@nsvcs.example"):
        with pytest.raises(CommandError, match="not an account that the demo made"):
            call_command("demo_code", name)


def test_an_account_renamed_to_look_like_the_demos_gets_no_code(var):
    priya = sign_ins(var)["priya"]
    User.objects.filter(sign_in_name=priya.sign_in).update(is_demo=False)
    with pytest.raises(CommandError, match="not an account that the demo made"):
        call_command("demo_code", priya.sign_in)


def test_the_lines_name_everybody(var, capsys):
    call_command("demo_lines")
    text = capsys.readouterr().out
    assert all(each.sign_in in text and each.password in text for each in sign_ins(var).values())


def test_a_copy_that_has_come_up_says_who_each_sign_in_is(var):
    told = {sign_in: who for _role, sign_in, _password, who in demo_people(var)}
    assert told == {each.sign_in: each.label for each in sign_ins(var).values()}
    assert len(set(told.values())) == len(told)


def sign_ins(var):
    return {each.key: each for each in people.read_sign_ins(var / "demo.json")}


def test_one_chat_is_brought_in_and_one_diary_waits_to_be_chosen_from(var):
    chat, diary = ImportBatch.objects.order_by("asked_at")
    assert (chat.state, chat.kind, chat.entry_count) == ("done", "whatsapp", 7)
    assert (diary.state, diary.kind, diary.item_count, diary.reject_count) == ("review", "booklet_csv", 5, 0)
    assert Incident.objects.filter(source_lines__batch=chat).distinct().count() == 7


def test_one_log_shows_a_rise_to_her_caseworker_and_to_her(var):
    case = Case.objects.get(victim__first_name="Bethan")
    for by in (User.objects.get(name="Tom Ashworth"), User.objects.get(victim=case.victim_id)):
        with acting_as(by.pk):
            assert case.pk in shown_cases(by)
            found = patterns_of(case, by, timezone.localdate(), str).found
        rise = found.rise
        assert (rise.now.count, [each.count for each in rise.earlier]) == (11, [3, 4, 3])
        assert str(rise.ratio) == "3.3"
        assert found.third_parties
        assert found.places[0].label == "Work"
        assert found.gaps
        assert found.hours_known


def test_equipment_stands_in_every_state(var):
    assert set(Alarm.objects.values_list("state", flat=True)) == set(AlarmState.values)
    assert set(AlarmLoan.objects.values_list("state", flat=True)) == set(LoanState.values)
    assert set(AlarmRequest.objects.values_list("state", flat=True)) == set(RequestState.values)
    her = story().victim.user
    with acting_as(her.pk):
        assert may_ask_about(her), "whoever tries the portal has to find its three questions open"
    overdue = AlarmLoan.objects.return_overdue(timezone.localdate()).get()
    assert overdue.alarm.tested_on < timezone.localdate() - timedelta(days=100)
    assert overdue.alarm.state == "on_loan"


def test_victims_were_told_in_every_way_with_everything_that_came_of_it(var):
    assert set(Signpost.objects.values_list("told_how", flat=True)) == set(ToldHow.values)
    assert set(SignpostOutcome.objects.values_list("outcome", flat=True)) == set(SignpostOutcome.Outcome.values)
