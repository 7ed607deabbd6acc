"""A lapsed sign-in: for a day it may hand in words, as an unfinished note, and do or see nothing else whatever."""

import time
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actions import end_sessions, purge, reset_factors, sign_out_elsewhere
from accounts.actions.ending import close_account
from accounts.limits import LATE_MOST_BYTES, SEEN, STARTED, WRITE_ONLY_SECONDS
from accounts.models import Session
from logs.drafting import content_of
from logs.models import Arrival, Draft, Evidence, Incident
from nsvcs.checks import mark_for, pages
from nsvcs.identity import acting_as
from nsvcs.storage import StorageFull
from portal.addresses import letters_of
from tests.factories import EvidenceFactory, IncidentFactory, UserFactory
from tests.portal.test_writing import NEW, photo, text_of, typed
from tests.samples import PARAMETERS, make_side
from tests.signing_in import sign_in

IDLE_SECONDS, LONGEST_SECONDS = 600, 2 * 60 * 60
SAVE = "/notes/new/autosave/"
PHRASE = "seven wet ducks"
SECRET = "He has a key to the back door"  # pragma: allowlist secret


def age(client, seconds, key=SEEN):
    """Let this much time pass for one browser's sign-in."""
    session = client.session
    session[key] -= seconds
    session.save()


@pytest.fixture
def late(web):
    """Her browser, an hour after she put the phone down."""
    age(web, 3600)
    return web


def kept():
    return [content_of(draft)["what_happened"] for draft in Draft.objects.order_by("created_at") if draft.revision]


# --- how long ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "limit"), [(SEEN, IDLE_SECONDS), (STARTED, LONGEST_SECONDS)], ids=["idle", "longest time"]
)
@pytest.mark.parametrize(
    ("seconds_over", "is_taken"), [(0, True), (WRITE_ONLY_SECONDS - 5, True), (WRITE_ONLY_SECONDS, False)]
)
def test_words_are_taken_for_a_day_after_either_limit_and_not_a_second_longer(web, key, limit, seconds_over, is_taken):
    age(web, limit + seconds_over, key)
    assert web.post(NEW, typed()).status_code == (302 if is_taken else 401)
    assert bool(kept()) == is_taken
    assert not Incident.objects.exists()


def test_the_day_is_not_lengthened_by_using_it(late):
    late.post(NEW, typed())
    row = Session.objects.get(user_id__isnull=False)
    ends = row.expire_date
    late.post(NEW, typed())
    late.get("/notes/")
    assert Session.objects.get(pk=row.pk).expire_date == ends
    assert abs(ends.timestamp() - (time.time() - 3600 + IDLE_SECONDS + WRITE_ONLY_SECONDS)) < 10


def test_every_page_sent_within_the_day_is_kept(late):
    for number in range(3):
        late.post(NEW, typed(what_happened=f"Call {number}"))
    assert kept() == ["Call 0", "Call 1", "Call 2"]


def test_the_row_is_thrown_away_after_its_day(web):
    age(web, IDLE_SECONDS + WRITE_ONLY_SECONDS)
    purge()
    assert not Session.objects.filter(user_id__isnull=False).exists()


# --- what it may do --------------------------------------------------------------------------------------------------


def test_autosave_says_that_it_was_kept_and_nothing_of_what_is_there(late, her):
    key = uuid4()
    response = late.post(SAVE, typed(key, what_happened=SECRET))
    assert response.status_code == 401
    assert response.json() == {
        "is_kept": True,
        "said": "You were signed out. What you wrote is kept. Sign in to finish it.",
    }
    assert response["Cache-Control"].startswith("no-store")
    assert late.post(SAVE, {"draft": str(uuid4()), "when": "today"}).json() == {"is_kept": False, "said": ""}
    late.post(SAVE, typed(key, what_happened=SECRET + "."))
    assert kept() == [SECRET + "."]


def test_what_came_late_never_takes_the_place_of_other_words(web):
    key = uuid4()
    web.post(SAVE, typed(key, what_happened="Written in the other window"))
    draft = Draft.objects.get()
    age(web, 3600)
    for _time in range(2):
        answer = web.post(SAVE, typed(key, what_happened="Written here", revision=str(draft.revision + 4)))
        assert answer.json()["is_kept"]
    assert kept() == ["Written in the other window", "Written here"]
    assert set(answer.json()) == {"is_kept", "said"}


def test_somebody_elses_key_keeps_the_words_under_another(late):
    other = Draft.objects.create(user=UserFactory(), content='{"what_happened": "theirs"}', updated_at=timezone.now())
    late.post(NEW, typed(other.pk))
    assert kept() == ["He rang nine times."]
    other.refresh_from_db()
    assert content_of(other)["what_happened"] == "theirs"


def test_a_lapsed_sign_in_reads_nothing_and_does_nothing_on_any_page(db):
    """A stolen cookie: every address of the service, asked and sent to, with things of hers behind them."""
    side = make_side("Norfolk", entry_number=41)
    thief = sign_in(Client(), side.people["victim"])
    Draft.objects.create(
        user=side.people["victim"], content=f'{{"what_happened": "{SECRET}"}}', updated_at=timezone.now()
    )
    IncidentFactory(case=side.case, what_happened=SECRET, number=42)
    age(thief, 3600)
    thief.get("/notes/")
    before = (Draft.objects.count(), Incident.objects.count())
    for name, pattern in pages():
        parameters = PARAMETERS.get(name)
        address = reverse(name, kwargs=parameters(side) if parameters else {})
        if name in {"exit", "account_logout"}:
            continue
        for answer in (thief.get(address), thief.post(address, {"draft": str(side.draft.pk), "press": "save"})):
            assert not answer.streaming, name
            assert SECRET not in text_of(answer), name
            if not mark_for(name, pattern).is_public:
                assert answer.status_code == 401 or answer.url.startswith("/sign-in/"), name
    assert (Draft.objects.count(), Incident.objects.count()) == before


@pytest.mark.h("H03")
def test_the_database_acts_for_her_while_her_words_are_saved_and_at_no_other_time(late, her):
    with CaptureQueriesContext(connection) as asked:
        late.get("/notes/")
        late.get("/sign-in/")
    bound = [query["sql"] for query in asked if "set_config" in query["sql"]]
    assert not [sql for sql in bound if str(her.pk) in sql]
    with CaptureQueriesContext(connection) as asked:
        late.post(NEW, typed())
    bound = [str(her.pk) in query["sql"] for query in asked if "nsvcs.user_id" in query["sql"]]
    assert bound.count(True) == 1
    assert not bound[-1]


def test_a_page_of_another_site_can_hand_in_nothing(her):
    strict = sign_in(Client(enforce_csrf_checks=True), her)
    page = strict.get(NEW)
    token = page.content.decode().split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    age(strict, 3600)
    strict.post(NEW, typed())
    assert kept() == []
    strict.post(NEW, typed(csrfmiddlewaretoken=token))
    assert kept() == ["He rang nine times."]


def test_one_lapsed_sign_in_hands_in_so_much_and_no_more_and_says_so(late):
    late.post(NEW, typed())
    Session.objects.filter(user_id__isnull=False).update(late_bytes=LATE_MOST_BYTES)
    answer = late.post(NEW, typed(what_happened="One more <b>word</b>"))
    assert answer.status_code == 429
    assert "One more &lt;b&gt;word&lt;/b&gt;" in text_of(answer)
    assert late.post(SAVE, typed()).status_code == 429
    assert kept() == ["He rang nine times."]
    Session.objects.filter(user_id__isnull=False).update(late_bytes=0, late_count=1_000)
    assert late.post(SAVE, typed()).json()["is_kept"] is False


def test_what_was_counted_stays_counted_when_the_session_is_saved(late):
    late.post(NEW, typed())
    late.get("/sign-in/", follow=True)
    assert Session.objects.get(user_id__isnull=False).late_count == 1


# --- what ends it -----------------------------------------------------------------------------------------------------


def her_other_browser(client, her):
    sign_out_elsewhere(user=her, session_key="another", by=her)


ENDINGS = {
    "exit": lambda client, her: client.get("/exit"),
    "sign-out": lambda client, her: client.post("/sign-out/"),
    "sign out elsewhere": her_other_browser,
    "password, code or factors": lambda client, her: end_sessions(her.pk),
    "account ended": lambda client, her: close_account(her),
}


@pytest.mark.parametrize("end", ENDINGS.values(), ids=ENDINGS)
@pytest.mark.parametrize("was_noticed", [True, False], ids=["lapsed and seen", "lapsed unseen"])
def test_leaving_and_ending_end_it_too(late, her, end, was_noticed):
    if was_noticed:
        late.get("/notes/")
    end(late, her)
    assert not Session.objects.of(her.pk).exists()
    late.post(NEW, typed())
    assert kept() == []


@pytest.mark.parametrize("end", ENDINGS.values(), ids=ENDINGS)
def test_words_that_nothing_may_keep_any_more_come_back_to_be_copied(late, her, end):
    end(late, her)
    answer = late.post(NEW, typed(what_happened="One <b>word</b>"))
    assert answer.status_code == 401
    assert "One &lt;b&gt;word&lt;/b&gt;" in text_of(answer)
    assert "This was not kept." in text_of(answer)
    assert "Choose your files again" not in text_of(answer)
    with_file = late.post("/notes/all/files/", {"uploads": photo()})
    assert "Choose your files again when you are back." in text_of(with_file)
    saved = late.post(SAVE, typed())
    assert (saved.status_code, saved.json()["is_kept"]) == (401, False)
    assert late.post(NEW, {}).status_code == 302
    assert kept() == []


def test_words_are_said_back_to_a_page_of_ours_alone(her):
    strict = Client(enforce_csrf_checks=True)
    assert "He rang nine times." not in text_of(strict.post(NEW, typed()))
    token = strict.get("/sign-in/", follow=True).content.decode().split('csrfmiddlewaretoken" value="')[1].split('"')[0]
    assert "He rang nine times." in text_of(strict.post(NEW, typed(csrfmiddlewaretoken=token)))
    assert "He rang nine times." not in text_of(strict.post("/notes/all/copy/", typed(csrfmiddlewaretoken=token)))


def test_a_password_changed_elsewhere_ends_it(late, her):
    late.get("/notes/")
    elsewhere = sign_in(Client(), her)
    password = "a long walk by the sea"  # pragma: allowlist secret
    elsewhere.post("/account/password/", {"password": password, "again": password, "password_again": password})
    her.refresh_from_db()
    assert her.check_password(password)
    late.post(NEW, typed())
    assert kept() == []


def test_a_row_left_behind_by_another_password_or_an_ended_account_hands_in_nothing(late, her):
    late.get("/notes/")
    her.set_password("set by hand")
    her.save()
    late.post(NEW, typed())
    her.is_active = False
    her.save()
    late.post(NEW, typed())
    assert kept() == []


def test_her_own_list_of_sign_ins_says_where_words_may_still_come_from(late, her):
    here = sign_in(Client(), her)
    page = text_of(here.get("/account/sign-ins/"))
    assert "other place is signed in now" not in page
    assert "can still send in what is typed there" in page
    assert "Sign out everywhere else" in page
    here.post("/account/sign-ins/end/")
    assert not Session.objects.of(her.pk).exclude(session_key=here.session.session_key).exists()


# --- afterwards -----------------------------------------------------------------------------------------------------


def signing_in(client, user):
    """By the page itself, in the same browser."""
    user.set_password(PHRASE)
    user.save()
    client.get("/before/")
    return client.post("/sign-in/", {"login": user.sign_in_name, "password": PHRASE}, follow=True)


def test_it_is_offered_at_once_when_she_is_back(web, her):
    her.set_password(PHRASE)  # before she signs in: a new password ends what was open
    her.save()
    sign_in(web, her)
    age(web, 3600)
    key = uuid4()
    web.post(NEW, typed(key, what_happened=SECRET))
    page = web.post("/sign-in/", {"login": her.sign_in_name, "password": PHRASE}, follow=True)
    assert page.redirect_chain[-1][0] == "/notes/"
    assert "What you wrote before is kept" in text_of(page)
    assert "Kept for you" in text_of(page)
    assert f"/notes/new/{letters_of(key)}/" in text_of(page)
    assert SECRET in text_of(web.get(f"/notes/new/{letters_of(key)}/"))
    web.post(SAVE, typed(key, what_happened=SECRET, revision="1"))
    assert "Kept for you" not in text_of(web.get("/notes/"))


def test_another_person_who_signs_in_there_sees_nothing_of_it_and_ends_it(late, her):
    late.post(NEW, typed(what_happened=SECRET))
    old = late.session.session_key
    stranger = UserFactory(role="victim", sign_in_name="amber-tin-kite")
    page = signing_in(late, stranger)
    assert "What you wrote before is kept" not in text_of(page)
    assert SECRET not in text_of(page)
    assert not Session.objects.of(her.pk).exists()
    assert not Session.objects.filter(session_key=old).exists()
    assert late.session.get("write_only") is None
    with acting_as(stranger.pk):
        assert not Draft.objects.exists()


# --- colleagues -----------------------------------------------------------------------------------------------------


@pytest.fixture
def worker(case):
    return case.allocations.get().worker


@pytest.fixture
def desk(worker):
    """A caseworker's browser whose sign-in lapsed an hour ago."""
    client = sign_in(Client(), worker)
    age(client, 3600 + 15 * 60)
    return client


def test_an_entry_on_her_behalf_is_kept_as_the_workers_own_draft_of_that_case(desk, worker, case):
    address = f"/cases/{case.pk}/log/new/"
    assert desk.post(address, {"key": str(uuid4()), "when": "today", "what_happened": SECRET}).url == "/sign-in/"
    draft = Draft.objects.get()
    assert (draft.user_id, draft.case_ref) == (worker.pk, case.pk)
    sign_in(desk, worker)
    assert SECRET in text_of(desk.get(address))


def test_a_worker_hands_in_nothing_for_a_case_that_is_not_theirs(desk, other_case):
    address = f"/cases/{other_case.pk}/log/new/"
    assert desk.post(address, {"key": str(uuid4()), "when": "today", "what_happened": SECRET}).status_code == 302
    assert desk.post(f"{address}autosave/", {"key": str(uuid4()), "what_happened": SECRET}).json()["is_kept"] is False
    assert kept() == []


@pytest.fixture
def other_case(db):
    return make_side("Suffolk", entry_number=7).case


def test_words_to_add_to_an_entry_become_a_draft_of_that_case(desk, case):
    entry = IncidentFactory(case=case, number=3)
    desk.post(reverse("logs:amend", args=[case.pk, entry.pk]), {"key": str(uuid4()), "text": "She rang again about it"})
    draft = Draft.objects.get()
    assert (draft.case_ref, content_of(draft)) == (case.pk, {"what_happened": "She rang again about it"})


def test_a_worker_whose_second_factor_was_taken_away_hands_in_nothing(desk, worker, case, db):
    desk.get("/cases/")
    reset_factors(user=worker, by=UserFactory(role="administrator"))
    desk.post(f"/cases/{case.pk}/log/new/", {"key": str(uuid4()), "what_happened": SECRET})
    assert kept() == []


# --- files ------------------------------------------------------------------------------------------------------------


def test_files_sent_late_are_kept_with_the_words_and_joined_when_the_note_is_saved(late, her):
    key, sent = uuid4(), photo("door.jpg")
    late.post(NEW, typed(key, uploads=[sent]))
    late.post(NEW, typed(key, uploads=[photo("door.jpg")]))
    arrival = Arrival.objects.get()
    assert (arrival.state, arrival.entry_key, arrival.user_id) == ("whole", key, her.pk)
    assert not Evidence.objects.exists()
    sign_in(late, her)
    assert "door.jpg" in text_of(late.get(f"/notes/new/{letters_of(key)}/"))
    late.post(NEW, typed(key, revision="2"))
    evidence = Evidence.objects.get()
    assert (evidence.incident_id, evidence.sha256, evidence.uploaded_by_id) == (key, arrival.sha256, her.pk)


def test_a_photo_alone_sent_late_is_kept(late):
    late.post(NEW, typed(what_happened="", uploads=[photo()]))
    assert Arrival.objects.get().entry_key == Draft.objects.get().pk


def test_a_file_we_cannot_keep_does_not_stand_in_the_way_of_the_words_and_is_named_at_once(late):
    late.post(NEW, typed(uploads=[SimpleUploadedFile("empty.jpg", b""), photo()]))
    assert kept() == ["He rang nine times."]
    assert Arrival.objects.count() == 1
    assert "Not all files could be kept" in text_of(late.get("/sign-in/", follow=True))


def test_a_full_disk_keeps_the_words(late, monkeypatch):
    monkeypatch.setattr("nsvcs.storage.LocalStore._refuse_when_full", refuse)
    late.post(NEW, typed(uploads=[photo()]))
    assert kept() == ["He rang nine times."]
    assert not Arrival.objects.exists()


def refuse(*args):
    raise StorageFull


def test_files_chosen_at_the_last_look_stay_with_the_note_and_its_words(web, her):
    key = uuid4()
    web.post(NEW, typed(key, press="later"))
    age(web, 3600)
    web.post(f"/notes/new/{letters_of(key)}/check/", {"revision": "1", "uploads": [photo()]})
    assert kept() == ["He rang nine times."]
    assert Arrival.objects.get().entry_key == key
    web.post(f"/notes/new/{letters_of(uuid4())}/check/", {"revision": "1", "uploads": [photo()]})
    assert Arrival.objects.count() == 1


def test_a_note_sent_twice_with_its_file_leaves_nothing_behind(web, her):
    key = uuid4()
    web.post(NEW, typed(key, uploads=[photo()]))
    age(web, 3600)
    web.post(NEW, typed(key, uploads=[photo()]))
    assert not Arrival.objects.exists()
    assert kept() == []


def test_a_file_for_an_entry_on_her_behalf_is_kept_for_that_case(desk, case):
    key = uuid4()
    boxes = {"key": str(key), "when": "today", "what_happened": SECRET, "uploads": [photo()]}
    desk.post(f"/cases/{case.pk}/log/new/", boxes)
    assert (Arrival.objects.get().entry_key, Arrival.objects.get().case_ref) == (key, case.pk)


def test_what_she_says_about_a_file_is_kept_as_a_note_of_its_own(late, case, her):
    EvidenceFactory(incident=IncidentFactory(case=case, recorded_by=her, number=7), uploaded_by=her)
    sent = {"shows": "His car.", "at": "last summer", "taken_by_words": "my sister", "key": str(uuid4())}
    assert late.post("/notes/7/files/1/about/", sent).url == "/sign-in/"
    assert kept() == ["His car.\nlast summer\nmy sister"]
    late.post("/notes/7/files/1/about/", {"shows": " ", "key": str(uuid4())})
    assert len(kept()) == 1
