"""What a phone brings that was written without signal: opened, kept once, by the rules of any note; never lost."""

import base64
import json
import os
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.test import Client
from django.utils import timezone

from audit.models import Event
from logs.actions.offline import OLD_KEY_OPENS, current_key, purge_offline, rotate_keys
from logs.drafting import content_of
from logs.models import Draft, Incident, OfflineArrival, OfflineDevice, OfflineKey, WrittenOffline
from logs.sealed import OAEP, Unreadable, open_envelope, read_envelope
from nsvcs.identity import acting_as
from portal.addresses import letters_of
from tests.factories import UserFactory
from tests.portal.test_writing import text_of, typed
from tests.signing_in import sign_in

ON, OFF, KEY, SEND = (f"/notes/no-signal/{name}/" for name in ("on", "off", "key", "send"))
WORDS = "He sat in the blue van"
YESTERDAY = timezone.localdate() - timedelta(days=1)
FIELDS = {
    "when": "other", "on_day": str(YESTERDAY.day), "on_month": str(YESTERDAY.month), "on_year": str(YESTERDAY.year),
    "what_happened": WORDS, "place": "Bakery",
}  # fmt: skip


def code(data: bytes) -> str:
    return base64.b64encode(data).decode()


def seal(told, fields=FIELDS, *, entry=None, tag=None, plain=None, **more):
    """As the browser does it."""
    entry, key, tag = entry or str(uuid4()), told["key"], tag or told["tag"]
    said = {"fields": fields, "written_at": "2026-11-25T09:00:00+00:00", "zone": "Europe/London"} | more
    data_key, nonce = os.urandom(32), os.urandom(12)
    bound = f"nsvcs|1|{key['id']}|{entry}|{tag}".encode()
    plain = json.dumps(said).encode() + b" " * 40 if plain is None else plain
    public = load_der_public_key(base64.b64decode(key["spki"]))
    return {
        "v": 1, "key": key["id"], "key_version": key["version"], "entry": entry, "tag": tag,
        "wrapped": code(public.encrypt(data_key, OAEP)), "nonce": code(nonce),
        "sealed": code(AESGCM(data_key).encrypt(nonce, plain, bound)),
    }  # fmt: skip


def send(web, envelope):
    text = envelope if isinstance(envelope, str) else json.dumps(envelope)
    return web.post(SEND, {"envelope": text})


@pytest.fixture
def told(web):
    """What her phone was told when it was turned on."""
    return web.post(ON).json()


def test_a_sealed_note_is_kept_as_a_note_with_both_times(web, told, case):
    before = timezone.now()
    envelope = seal(told)
    answer = send(web, envelope)
    assert answer.json() == {"outcome": "kept"}
    note = Incident.objects.get()
    assert (str(note.pk), note.case_id, note.what_happened) == (envelope["entry"], case.pk, WORDS)
    assert (note.occurred_on, note.place, note.source) == (YESTERDAY, "Bakery", "portal")
    assert note.recorded_at >= before
    beside = WrittenOffline.objects.get()
    assert (beside.incident_id, beside.case_id, beside.key_version) == (note.pk, case.pk, 1)
    assert beside.device_written_at.isoformat() == "2026-11-25T09:00:00+00:00"
    assert before <= beside.received_at <= note.recorded_at
    page = text_of(web.get(f"/notes/{note.number}/"))
    assert "Written on the phone 25 November 2026 at 9am" in page
    desk = sign_in(web, case.allocations.get().worker)
    assert "Written on the phone at" in text_of(desk.get(f"/cases/{case.pk}/log/{note.pk}/"))


def test_an_ordinary_note_says_nothing_of_a_phone(web):
    web.post("/notes/new/", typed())
    assert not WrittenOffline.objects.exists()
    assert "Written on the phone" not in text_of(web.get("/notes/1/"))


@pytest.mark.h("H35")
def test_the_same_note_sent_again_is_taken_once(web, told):
    envelope = seal(told)
    assert [send(web, envelope).json()["outcome"] for _time in range(3)] == ["kept", "again", "again"]
    assert Incident.objects.count() == WrittenOffline.objects.count() == 1


def test_a_try_that_was_cut_off_in_the_middle_is_finished_by_the_next(web, told):
    envelope = seal(told)
    send(web, envelope)
    OfflineArrival.objects.update(outcome="opened")
    assert send(web, envelope).json()["outcome"] == "kept"
    assert Incident.objects.count() == 1


def test_other_words_under_the_same_id_are_kept_too(web, told):
    entry = str(uuid4())
    send(web, seal(told, entry=entry))
    other = seal(told, {**FIELDS, "what_happened": "Something else"}, entry=entry)
    assert [send(web, other).json()["outcome"] for _time in range(2)] == ["kept", "again"]
    assert sorted(note.what_happened for note in Incident.objects.all()) == [WORDS, "Something else"]


@pytest.mark.parametrize(
    "wrong", [{"on_month": "13"}, {"on_year": "2099"}, {"what_happened": " "}, {"when": "sometime"}, {"at": "25:00"}]
)
def test_what_cannot_be_a_note_becomes_an_unfinished_one_and_its_time_is_not_lost(web, told, wrong):
    entry = str(uuid4())
    assert send(web, seal(told, FIELDS | wrong, entry=entry)).json()["outcome"] == "draft"
    draft = Draft.objects.get()
    assert (str(draft.pk), content_of(draft)["place"]) == (entry, "Bakery")
    assert draft.came_late_at is not None
    assert "Kept for you" in text_of(web.get("/notes/"))
    assert send(web, seal(told, FIELDS | wrong, entry=entry)).json()["outcome"] in {"again", "draft"}
    web.post(f"/notes/new/{letters_of(UUID(entry))}/", typed(entry, revision="1"))
    assert WrittenOffline.objects.get().incident == Incident.objects.get()


def test_an_unfinished_note_she_has_worked_on_is_not_set_back_by_a_second_try(web, told):
    envelope = seal(told, FIELDS | {"on_month": "13"})
    send(web, envelope)
    web.post("/notes/new/autosave/", typed(envelope["entry"], what_happened=WORDS + ", and drove off"))
    OfflineArrival.objects.update(outcome="opened")
    send(web, envelope)
    assert content_of(Draft.objects.get())["what_happened"] == WORDS + ", and drove off"


def test_with_no_case_to_write_in_it_waits_as_a_draft(web, told, case):
    case.is_portal_open = False
    case.save()
    assert send(web, seal(told)).json()["outcome"] == "draft"
    assert content_of(Draft.objects.get())["what_happened"] == WORDS


def test_only_boxes_of_the_form_are_taken_whatever_the_phone_says(web, told):
    fields = FIELDS | {"case": "x", "helped_by": "y", "source": "import", "place": ["a"], "behaviours": ["CALLS", 4]}
    assert send(web, seal(told, fields, written_at="soon", zone="x" * 900)).json()["outcome"] == "kept"
    note = Incident.objects.get()
    assert (note.place, note.behaviours, note.source) == ("", ["CALLS"], "portal")
    beside = WrittenOffline.objects.get()
    assert (beside.device_written_at, len(beside.device_zone)) == (None, 64)


def test_long_text_from_right_to_left_with_emoji_arrives_as_written(web, told):
    words = "هو عند الباب 😟 " * 1_200
    assert send(web, seal(told, FIELDS | {"what_happened": words})).json()["outcome"] == "kept"
    assert Incident.objects.get().what_happened == words
    assert send(web, seal(told, FIELDS | {"what_happened": words * 2})).json()["outcome"] == "draft"
    assert content_of(Draft.objects.latest("created_at"))["what_happened"] == words * 2


# --- the ordinary page, whose line dropped ---------------------------------------------------------------------------


def test_a_note_that_had_arrived_and_is_sealed_as_well_is_kept_once(web, told):
    key = uuid4()
    whole = typed(key, place="Bakery", behaviours=["CALLS", "TEXTS"], impact="No sleep")
    web.post("/notes/new/", whole)
    fields = {name: value for name, value in whole.items() if name != "draft"}
    assert send(web, seal(told, fields, entry=str(key))).json() == {"outcome": "kept"}
    note = Incident.objects.get()
    assert (note.behaviours, note.impact) == (["CALLS", "TEXTS"], "No sleep")
    assert not WrittenOffline.objects.exists()  # the note came by itself, before
    assert not Draft.objects.filter(used_at=None).exists()


def test_the_whole_form_is_sealed_with_its_ticks(web, told):
    fields = FIELDS | {"behaviours": ["CALLS", "TEXTS"], "never_disclose": "place", "police_contacted": "yes"}
    assert send(web, seal(told, fields)).json() == {"outcome": "kept"}
    note = Incident.objects.get()
    assert (note.behaviours, note.never_disclose, note.police_contacted) == (["CALLS", "TEXTS"], ["place"], "yes")


@pytest.mark.parametrize(
    ("saved", "drafts"),
    [
        (WORDS[:9], [WORDS]),  # what was saved before the line dropped is in it: one draft
        ("Quite other words", [WORDS, "Quite other words"]),
        (f"{WORDS}, and drove off", [f"{WORDS}, and drove off"]),
    ],
)
def test_words_that_cannot_be_a_note_yet_never_take_the_place_of_others(web, told, saved, drafts):
    key = uuid4()
    web.post("/notes/new/autosave/", typed(key, what_happened=saved, place="Bakery"))
    envelope = seal(told, FIELDS | {"on_month": "13"}, entry=str(key))
    assert [send(web, envelope).json()["outcome"] for _time in range(2)] == ["draft", "again"]
    assert sorted(content_of(draft)["what_happened"] for draft in Draft.objects.all()) == drafts


# --- whose it is -----------------------------------------------------------------------------------------------------


def test_another_account_cannot_send_it(client, told, case):
    other = UserFactory(role="victim")
    envelope = seal(told)
    answer = send(sign_in(client, other), envelope)
    assert (answer.status_code, answer.json()) == (409, {"outcome": "not_yours"})
    assert [model.objects.count() for model in (Incident, Draft, OfflineArrival)] == [0, 0, 0]
    assert client.get(KEY, headers={"X-Tag": told["tag"]}).json()["is_yours"] is False


def test_a_note_put_under_another_tag_does_not_open(web, told):
    other = web.post(ON).json()
    moved = seal(told) | {"tag": other["tag"]}
    assert send(web, moved).json()["outcome"] == "unopened"
    assert not Incident.objects.exists()


@pytest.mark.parametrize("change", ["key", "entry", "wrapped", "nonce", "sealed"])
def test_a_damaged_note_is_kept_sealed_once_and_she_is_told(web, told, her, change):
    envelope = seal(told)
    is_id = change in {"key", "entry"}
    envelope[change] = str(uuid4()) if is_id else code(os.urandom(400))
    assert send(web, envelope).json()["outcome"] == "unopened"
    send(web, envelope)
    with acting_as(her.pk):
        arrival = OfflineArrival.objects.visible_to(her).get()
    assert json.loads(arrival.envelope) == envelope
    assert WORDS not in arrival.envelope
    assert "We keep it locked for 30 days" in text_of(web.get("/notes/"))


@pytest.mark.parametrize("text", ["x", "{}", "[]", "null", '{"v": 2}', '{"v": 1, "key": 4}', "[" * 100_000])
def test_what_is_no_note_at_all_is_kept_as_it_came(web, told, text):
    assert send(web, text).json()["outcome"] == "unopened"
    assert OfflineArrival.objects.get().envelope == text


@pytest.mark.parametrize("plain", [b"", b"[]", b"{}", b'{"fields": 1}', b"\xff"])
def test_what_opens_but_is_no_note_is_kept_sealed(web, told, plain):
    assert send(web, seal(told, plain=plain)).json()["outcome"] == "unopened"


def test_nothing_and_too_much_are_refused_and_stay_on_the_phone(web, told):
    assert send(web, "").status_code == 400
    assert send(web, "x" * 2_000_001).status_code == 400
    assert not OfflineArrival.objects.exists()


def test_a_lapsed_sign_in_sends_nothing(web, told):
    session = web.session
    session["seen_at"] -= 3600
    session.save()
    assert send(web, seal(told)).url == "/sign-in/"
    assert web.get(KEY).status_code == 302
    assert not OfflineArrival.objects.exists()


def test_turning_it_on_and_off_is_recorded_and_what_comes_late_is_still_taken(web, told, her):
    envelope = seal(told)
    assert web.post(OFF, {"tag": told["tag"]}).status_code == 200
    assert OfflineDevice.objects.get().ended_at is not None
    web.post(OFF, {"tag": str(uuid4())})
    web.post(OFF)
    assert send(web, envelope).json()["outcome"] == "kept"
    said = Event.objects.filter(action__startswith="offline.").order_by("at").values_list("action", flat=True)
    assert list(said) == ["offline.on", "offline.off"]


# --- keys ------------------------------------------------------------------------------------------------------------


def test_a_key_is_replaced_after_30_days_and_the_old_one_still_opens_for_400_days(web, told):
    first = OfflineKey.objects.get()
    envelopes = [seal(told) for _time in range(2)]
    soon = first.made_at + timedelta(days=30)
    assert rotate_keys(now=soon - timedelta(seconds=1)) == first
    second = rotate_keys(now=soon)
    assert second.version == 2
    assert rotate_keys(now=soon) == second
    assert web.get(KEY, headers={"X-Tag": told["tag"]}).json()["key"]["version"] == 2
    first.refresh_from_db()
    assert first.replaced_at == soon
    rotate_keys(now=soon + OLD_KEY_OPENS)
    assert send(web, envelopes[0]).json()["outcome"] == "kept"
    rotate_keys(now=soon + OLD_KEY_OPENS + timedelta(seconds=1))
    first.refresh_from_db()
    assert (first.private_sealed, first.destroyed_at) == ("", soon + OLD_KEY_OPENS + timedelta(seconds=1))
    assert send(web, envelopes[1]).json()["outcome"] == "unopened"


def test_the_private_half_lies_under_the_master_key_and_under_its_own_id(db, settings):
    key, other = current_key(), uuid4()
    assert len(base64.b64decode(key.public_spki)) > 400
    assert b"PRIVATE" not in base64.b64decode(key.private_sealed)
    told = {"key": {"id": str(key.pk), "version": 1, "spki": key.public_spki}, "tag": str(other)}
    envelope = read_envelope(json.dumps(seal(told)))
    assert open_envelope(envelope, key.private_sealed).said["fields"]["what_happened"] == WORDS
    settings.MASTER_KEY = "another"  # pragma: allowlist secret
    with pytest.raises(Unreadable):
        open_envelope(envelope, key.private_sealed)


def test_what_cannot_be_opened_goes_after_30_days_and_nothing_else(web, told):
    send(web, seal(told))
    send(web, "old")
    send(web, "new")
    OfflineArrival.objects.filter(envelope="old").update(received_at=timezone.now() - timedelta(days=30, hours=1))
    with acting_as(process="worker"):
        assert purge_offline() == 1
    assert sorted(OfflineArrival.objects.values_list("outcome", "envelope")) == [("kept", ""), ("unopened", "new")]


# --- the page and the script -----------------------------------------------------------------------------------------


def test_the_page_a_phone_keeps_is_the_same_for_everybody_and_says_nothing_of_anybody(web, her, case):
    hers = text_of(web.get("/notes/no-signal/write/"))
    nobodys = text_of(Client().get("/notes/no-signal/write/"))
    for word in (her.sign_in_name, her.name, case.reference, "csrfmiddlewaretoken", "stalk", "police", "victim"):
        assert not word or word.lower() not in nobodys.lower(), word
    assert nobodys.split("<main")[1].split("</main>")[0] == hers.split("<main")[1].split("</main>")[0]


def test_the_script_may_serve_her_pages_and_no_others(client, db):
    answer = client.get("/notes/worker.js")
    assert answer["Content-Type"] == "text/javascript"
    assert answer["Service-Worker-Allowed"] == "/notes/"
    assert "worker-src 'self'" in answer["Content-Security-Policy"]
    assert "/notes/no-signal/write/" in text_of(answer)
    assert "&" not in text_of(answer).replace("&&", "")
