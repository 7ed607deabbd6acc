"""Pages of support and letters: the walk through them, two people at once, faults, and how many questions they ask."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import Action, Event
from cases.models import ProtectedTerm
from jobs.actions import run_due
from jobs.models import Job
from reference.loading import read_rows
from referrals.bringing import SEED
from referrals.models import (
    Letter,
    LetterFile,
    LetterGiven,
    LetterTemplate,
    SessionNote,
    SupportEpisode,
    SupportService,
    SupportSession,
    SupportSubcode,
)
from tests.factories import CaseFactory, SafeContactFactory, UserFactory
from tests.referrals.support_world import catalogue, day, move, offer, session
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    return UserFactory(name="Priya Anand")


@pytest.fixture
def case(worker):
    found = CaseFactory(worker=worker, crime_reference="36/1/26", police_force="Norfolk Constabulary")
    SafeContactFactory(victim=found.victim, may_post=True)
    found.victim.address = "14 Larkspur Road, Norwich, NR0 0AB"
    found.victim.save()
    return found


@pytest.fixture
def page(client, worker):
    return sign_in(client, worker)


@pytest.fixture
def template():
    row = read_rows(SEED / "letters.toml", "letter")[0]
    return LetterTemplate.objects.create(**row)


def on(ago):
    then = day(ago)
    return {"on_day": then.day, "on_month": then.month, "on_year": then.year}


def active(case, worker):
    return move(move(offer(case, worker), "accepted", worker, ago=25), "active", worker, ago=24)


def test_support_is_offered_moved_and_held_on_its_pages(page, case, worker):
    catalogue()
    SupportSubcode.objects.create(code="meeting", service_id="advocacy", name="Meeting", source="x", confidence="G")
    offered = {"service": SupportService.objects.get().pk, "goal": "to be heard", "needs": ["safety"], "key": uuid4()}
    answer = page.post(reverse("referrals:episode_new", args=[case.pk]), offered | on(5))
    episode = SupportEpisode.objects.get()
    assert answer.url == reverse("referrals:episode", args=[case.pk, episode.pk])
    moved = {"was": "offered", "to": "accepted", "reason": "", "key": uuid4()} | on(4)
    assert page.post(reverse("referrals:episode_move", args=[case.pk, episode.pk]), moved).status_code == 302
    held = {
        "attendance": "attended", "day": "yesterday", "at": "10:15am", "minutes": "40", "mode": "phone",
        "worker": worker.pk, "did": ["meeting"], "content_class": "advocacy", "note": "plain words",
        "kept_apart": "felt afraid", "key": uuid4(),
    }  # fmt: skip
    for _twice in range(2):
        assert page.post(reverse("referrals:session_new", args=[case.pk, episode.pk]), held).status_code == 302
    kept = SupportSession.objects.get()
    shown = page.get(reverse("referrals:session", args=[case.pk, episode.pk, kept.pk])).text
    assert "felt afraid" in shown
    assert "Meeting" in shown
    for name in ("referrals:episode", "referrals:episodes", "cases:timeline", "referrals:hub"):
        args = [case.pk, episode.pk] if name == "referrals:episode" else [case.pk]
        text = page.get(reverse(name, args=args)).text
        assert "Advocacy" in text
        assert "felt afraid" not in text
    assert "Session, Advocacy: attended" in page.get(reverse("cases:timeline", args=[case.pk])).text
    corrected = {"text": "It was Tuesday", "content_class": "advocacy", "takes_back": "on", "key": uuid4()}
    page.post(reverse("referrals:session_correct", args=[case.pk, episode.pk, kept.pk]), corrected)
    assert "was taken back" in page.get(reverse("referrals:session", args=[case.pk, episode.pk, kept.pk])).text


def test_a_manager_reads_kept_apart_notes_and_a_reader_only_that_there_are_some(client, case, worker):
    kept = session(active(case, worker), worker, kept_apart="felt afraid")
    address = reverse("referrals:session", args=[case.pk, kept.episode_id, kept.pk])
    assert "felt afraid" in sign_in(client, UserFactory(manager=True)).get(address).text
    reader = UserFactory()
    case.grants.create(
        person=reader, kind="reader", reason="x", granted_by=worker.pk, starts_at=timezone.now(),
        ends_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    text = sign_in(client, reader).get(address).text
    assert "felt afraid" not in text
    assert "1 emotional-support note is kept apart" in text
    assert Event.objects.filter(action=Action.KEPT_APART_SEEN).count() == 1


def test_a_stale_move_is_refused_in_words_and_keeps_what_was_typed(page, case, worker):
    episode = offer(case, worker)
    move(episode, "accepted", worker)
    sent = {"was": "offered", "to": "declined", "reason": "No thanks, she said", "key": uuid4()} | on(1)
    answer = page.post(reverse("referrals:episode_move", args=[case.pk, episode.pk]), sent)
    assert answer.status_code == 409
    assert "It stands at “Accepted” now" in answer.text
    assert "No thanks, she said" in answer.text
    episode.refresh_from_db()
    assert episode.state == "accepted"


def test_a_stale_goal_is_shown_beside_the_colleagues(page, case, worker):
    episode = active(case, worker)
    address = reverse("referrals:episode_aim", args=[case.pk, episode.pk])
    sent = {"goal": "first change", "needs": ["money"], "version": "1", "key": uuid4()}
    assert page.post(address, sent).status_code == 302
    answer = page.post(address, sent | {"goal": "second change", "key": uuid4()})
    assert answer.status_code == 409
    assert "first change" in answer.text
    assert "second change" in answer.text


@pytest.mark.parametrize(
    ("name", "sent", "fault"),
    [
        ("episode_new", {"goal": "", "key": str(uuid4())}, "goal"),
        ("episode_new", {"goal": "x", "service": "999", "key": str(uuid4())}, "service"),
        ("episode_move", {"was": "active", "to": "completed", "reason": " ", "key": str(uuid4())} | on(0), "reason"),
        ("episode_move", {"was": "active", "to": "offered", "reason": "x", "key": str(uuid4())} | on(0), "to"),
        ("episode_move", {"was": "active", "to": "paused", "reason": "x", "key": str(uuid4())} | on(-1), "on"),
        ("episode_review", {"when": "start", "key": str(uuid4())} | on(0), "safety"),
        ("session_new", {"attendance": "attended", "day": "today", "at": "0:01", "key": str(uuid4())}, "minutes"),
        ("session_new", {"attendance": "by_us", "day": "today", "at": "0:01", "minutes": "5"}, "minutes"),
        ("session_correct", {"text": "", "key": str(uuid4())}, "text"),
        ("letter_write", {"request": "", "key": str(uuid4())}, "request"),
        ("letter_write", {"request": "x", "recipient": "other", "to_name": "", "key": str(uuid4())}, "to_name"),
    ],
)
def test_a_bad_form_says_what_to_do(page, case, worker, template, name, sent, fault):
    args = [case.pk]
    if name == "letter_write":
        args.append(template.key)
    elif name != "episode_new":
        kept = session(active(case, worker), worker)
        args += [kept.episode_id, kept.pk] if name == "session_correct" else [kept.episode_id]
    answer = page.post(reverse(f"referrals:{name}", args=args), sent)
    assert answer.status_code == 422
    assert fault in answer.context["form"].errors


@pytest.mark.parametrize("name", ["episode", "episode_move", "session_new"])
def test_an_episode_is_found_under_its_own_case_alone(page, case, worker, name):
    theirs = active(CaseFactory(worker=(other := UserFactory())), other)
    for case_id in (case.pk, theirs.case_id):
        assert page.get(reverse(f"referrals:{name}", args=[case_id, theirs.pk])).status_code == 404


# --- letters -------------------------------------------------------------------------------------------------------


def written(**more):
    return {
        "recipient": "other", "to_name": "Broads Homes", "to_address": "1 Quay Street", "name_used": "Anna Meadow",
        "included": ["crime"], "request": "A new lock", "facts": "", "their_reference": "", "key": str(uuid4()),
    } | more  # fmt: skip


def test_a_letter_is_shown_then_made_as_it_was_shown_and_given_out(page, case, worker, template):
    address, sent = reverse("referrals:letter_write", args=[case.pk, "housing"]), written()
    shown = page.post(address, sent)
    assert shown.status_code == 200
    assert "36/1/26" in shown.text
    seen = shown.context["form"]["seen"].value()
    changed = page.post(address, sent | {"make": "yes", "seen": seen, "request": "Two new locks"})
    assert "You changed it since it was shown" in changed.text
    assert not Letter.objects.exists()
    made = page.post(address, sent | {"make": "yes", "seen": seen})
    letter = Letter.objects.get()
    assert made.url == reverse("referrals:letter", args=[case.pk, letter.pk])
    assert "A new lock" in letter.text
    assert "is being made" in page.get(made.url).text
    assert page.get(reverse("referrals:letter_state", args=[case.pk, letter.pk])).status_code == 200
    assert page.get(reverse("referrals:letter_give", args=[case.pk, letter.pk])).status_code == 302
    run_due()
    text = page.get(made.url).text
    assert "The victim has not agreed to a letter to this recipient" in text
    assert reverse("cases:consent_new", args=[case.pk]) in text
    take = reverse("referrals:letter_take", args=[case.pk, letter.pk])
    refused = page.post(take, {"way": "post_recipient"}, follow=True)
    assert "has not agreed" in refused.text
    taken = page.post(take, {"way": "hand_victim"})
    assert b"".join(taken.streaming_content)[:5] == b"%PDF-"
    assert taken["Content-Disposition"].startswith('attachment; filename="document-')
    given = {"way": "hand_victim", "to_name": "Anna", "key": uuid4()} | on(0)
    assert page.post(reverse("referrals:letter_give", args=[case.pk, letter.pk]), given).status_code == 302
    assert LetterGiven.objects.get().to_name == "Anna"
    assert "Letter (housing) handed to the victim" in page.get(reverse("cases:timeline", args=[case.pk])).text
    again = page.get(f"{address}?from={letter.pk}")
    assert "A new lock" in again.text


def test_a_letter_that_could_not_be_made_says_so_and_begins_another(page, case, worker, template):
    address = reverse("referrals:letter_write", args=[case.pk, "housing"])
    seen = page.post(address, sent := written()).context["form"]["seen"].value()
    made = page.post(address, sent | {"make": "yes", "seen": seen})
    letter = Letter.objects.get()
    Job.objects.filter(object_id=letter.pk).update(state="failed", error_code="memory", finished_at=timezone.now())
    assert "could not be made" in page.get(made.url).text
    assert "Could not be made" in page.get(reverse("referrals:letters", args=[case.pk])).text
    state = reverse("referrals:letter_state", args=[case.pk, letter.pk])
    assert page.get(state, headers={"HX-Request": "true"})["HX-Redirect"] == made.url
    again = page.get(f"{address}?from={letter.pk}").context["form"]
    assert again["request"].value() == "A new lock"


def test_a_letter_that_tells_where_the_victim_lives_is_not_shown_or_made(page, case, worker, template):
    ProtectedTerm.objects.create(case=case, kind="school", words="Heron Primary", added_by=worker)
    address = reverse("referrals:letter_write", args=[case.pk, "housing"])
    answer = page.post(address, written(facts="Lives at 14 Larkspur Road."))
    assert answer.status_code == 422
    assert "which no letter may say" in answer.text


def test_of_protected_words_only_those_that_were_found_and_ticked_stand_in_a_letter(page, case, worker, template):
    for words in ("Heron Primary", "Pike Academy"):
        ProtectedTerm.objects.create(case=case, kind="school", words=words, added_by=worker)
    address = reverse("referrals:letter_write", args=[case.pk, "housing"])
    assert "guarded_fine" not in page.get(address).context["form"].fields
    one = written(facts="The child is at Heron Primary.")
    found = page.post(address, one)
    assert found.status_code == 422
    assert "tick those that the recipient may read" in found.text
    shown = page.post(address, one | {"guarded_fine": "Heron Primary"})
    assert shown.status_code == 200
    assert shown.context["form"]["guarded_fine"].value() == ["Heron Primary"]  # the next press carries it
    both = written(facts="One child is at Heron Primary, one at Pike Academy.") | {"guarded_fine": "Heron Primary"}
    more = page.post(address, both)
    assert more.status_code == 422
    assert more.context["form"].errors["guarded_fine"] == [
        "It says protected words: “Pike Academy”. Take them out, or tick those that the recipient may read"
    ]
    assert "guarded_fine" not in page.post(address, written(facts="None.")).context["form"].fields


@pytest.mark.parametrize(
    "top", [{"to_address": "c/o 14 Larkspur Road\nNorwich"}, {"to_name": "Whoever lives at 14 larkspur rd"}]
)
def test_the_top_of_a_letter_does_not_tell_where_the_victim_lives_either(page, case, worker, template, top):
    address = reverse("referrals:letter_write", args=[case.pk, "housing"])
    answer = page.post(address, written() | top)
    assert answer.status_code == 422
    assert "which no letter may say" in answer.text
    assert not answer.context.get("sheet")


def test_a_download_asks_for_fresh_proof_and_a_download_without_a_way_is_nothing(page, case, worker, template, client):
    letter = Letter.objects.create(
        case=case, template=template, to_name="x", name_used="x", subject="x", text="x", dated_on=day(0), by=worker
    )
    take = reverse("referrals:letter_take", args=[case.pk, letter.pk])
    assert "Choose how the letter leaves" in page.post(take, {"way": "carrier pigeon"}, follow=True).text
    session_now = page.session
    session_now["account_authentication_methods"] = []
    session_now.save()
    assert reverse("account_reauthenticate") in page.post(take, {"way": "hand_victim"}).url
    assert not LetterFile.objects.exists()


# --- how many questions --------------------------------------------------------------------------------------------


def questions(page, address):
    with CaptureQueriesContext(connection) as asked:
        assert page.get(address).status_code == 200
    return len(asked)


def test_no_page_asks_more_of_the_database_when_there_is_more(page, case, worker, template):
    episode = active(case, worker)
    kept = session(episode, worker, note="x", kept_apart="y")
    addresses = {
        name: reverse(f"referrals:{name}", args=args)
        for name, args in {
            "hub": [case.pk], "episodes": [case.pk], "services": [case.pk], "episode": [case.pk, episode.pk],
            "session": [case.pk, episode.pk, kept.pk], "letters": [case.pk], "letter_templates": [case.pk],
        }.items()
    }  # fmt: skip
    addresses["timeline"] = reverse("cases:timeline", args=[case.pk])
    letter_of(case, worker, template, 0)
    few = {name: questions(page, address) for name, address in addresses.items()}
    for number in range(6):
        service = SupportService.objects.create(code=f"s{number}", name="x", kind="practical", what="x", source="x")
        SupportSubcode.objects.create(code=f"c{number}", service=service, name="x", source="x")
        SupportEpisode.objects.create(case=case, service=service, offered_on=day(1), offered_by=worker)
        session(episode, worker, ago=number + 1, note="x")
        SessionNote.objects.create(
            session=kept, case=case, kind="correction", content_class="emotional", text="x", by=worker
        )
        letter_of(case, worker, template, number + 1)
    assert {name: questions(page, address) for name, address in addresses.items()} == few


def letter_of(case, worker, template, number):
    letter = Letter.objects.create(
        case=case, template=template, to_name="x", name_used="x", subject="x", text="x", dated_on=day(0), by=worker
    )
    LetterFile.objects.create(
        letter=letter, case=case, storage_name=f"aa/bb/{number:032x}", sha256="0" * 64, size_bytes=1, page_count=1
    )
    LetterGiven.objects.create(letter=letter, case=case, way="hand_victim", to_name="x", on=day(0), by=worker)
