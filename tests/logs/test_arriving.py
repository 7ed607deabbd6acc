"""Files on their way: the protocol, whose they are, what becomes of them, and a process killed in between."""

import base64
import hashlib
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from audit.models import Event
from jobs.actions import run_due
from jobs.models import Job
from logs.actions import arriving, record_incident
from logs.models import Arrival, CustodyEvent, Evidence, Incident
from nsvcs import partials, tus
from nsvcs.ids import uuid7
from reference.models import Limit
from tests.factories import AllocationFactory, CaseFactory, IncidentFactory, UserFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
PIECE = 64 * 1024


def film(length=3 * PIECE + 17):
    """Bytes that begin as an MP4 does; the rest is what a player skips."""
    kinds = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"
    free = length - len(kinds)
    filling = hashlib.shake_256(b"film").digest(free - 8)
    return kinds + free.to_bytes(4, "big") + b"free" + filling


FILM = film()


def checksum(content, algorithm="sha256"):
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, content).digest()).decode()}"


class Sender:
    """A browser that speaks the protocol."""

    def __init__(self, user, base="/notes/files/"):
        self.browser, self.base = sign_in(Client(raise_request_exception=False), user), base
        self.address = ""

    def ask(self, verb, address, body=b"", version="1.0.0", kind=tus.PIECE_TYPE, **headers):
        sent = {name.replace("_", "-"): str(value) for name, value in headers.items()}
        if version:
            sent["Tus-Resumable"] = version
        return self.browser.generic(verb, address, body, content_type=kind, headers=sent)

    def begin(self, length, name="clip.mp4", **said):
        header = tus.metadata_header(filename=name, **{key: str(value) for key, value in said.items()})
        answer = self.ask("POST", self.base, Upload_Length=length, Upload_Metadata=header)
        self.address = answer.headers.get("Location", "")
        return answer

    def put(self, offset, content, **headers):
        return self.ask("PATCH", self.address, content, Upload_Offset=offset, **headers)

    def offset(self):
        answer = self.ask("HEAD", self.address)
        assert answer.status_code == 200, answer.status_code
        return int(answer["Upload-Offset"])

    def send(self, content, piece=PIECE, **said):
        self.begin(len(content), **said)
        for start in range(0, len(content), piece):
            part = content[start : start + piece]
            answer = self.put(start, part, Upload_Checksum=checksum(part))
            assert answer.status_code == 204, answer.content
        return self.letters

    @property
    def letters(self):
        return self.address.rstrip("/").rpartition("/")[2]

    @property
    def row(self):
        return Arrival.objects.get(letters=self.letters)


@pytest.fixture(autouse=True)
def _committed(monkeypatch):
    """What waits for the commit is done at once here; waking a worker is not what is tried."""
    monkeypatch.setattr(transaction, "on_commit", lambda do, robust=False: None if robust else do())


@pytest.fixture(autouse=True)
def _by_a_worker(monkeypatch):
    monkeypatch.setattr(arriving, "AT_ONCE_BYTES", 1000)


@pytest.fixture
def case():
    return CaseFactory(portal=True)


@pytest.fixture
def her(case):
    return case.victim.user


@pytest.fixture
def sender(her):
    return Sender(her)


@pytest.fixture
def draft():
    return uuid7()


def keep_note(case, draft, *letters, words="He filmed me."):
    said = {"occurred_on": timezone.localdate(), "what_happened": words}
    return record_incident(draft_id=draft, case=case, fields=said, arrivals=letters, by=case.victim.user)


# --- the protocol ----------------------------------------------------------------------------------------------------


def test_what_is_spoken_here_is_said(sender):
    answer = sender.ask("OPTIONS", sender.base, version="")
    assert answer.status_code == 204
    assert answer["Tus-Version"] == "1.0.0"
    assert answer["Tus-Extension"] == "creation,termination,checksum,expiration"
    assert answer["Tus-Max-Size"] == str(2 * 1024**3)
    assert set(answer["Tus-Checksum-Algorithm"].split(",")) == {"sha1", "sha256"}


def test_an_upload_is_begun_at_an_address_that_says_nothing(sender, draft):
    answer = sender.begin(len(FILM), draft=draft)
    assert answer.status_code == 201
    assert sender.address.startswith("/notes/files/")
    assert str(sender.row.pk) not in sender.address
    assert answer["Upload-Expires"].endswith("GMT")
    assert sender.offset() == 0
    head = sender.ask("HEAD", sender.address)
    assert head["Upload-Length"] == str(len(FILM))
    assert "no-store" in head["Cache-Control"]


def test_a_film_in_pieces_arrives_bit_for_bit_and_becomes_evidence_once(sender, case, draft):
    letters = sender.send(FILM, draft=draft)
    run_due()
    assert sender.row.state == "whole"
    kept = keep_note(case, draft, letters)
    again = keep_note(case, draft, letters)
    evidence = Evidence.objects.get()
    assert again.was_there
    assert evidence.incident == kept.incident
    assert evidence.sha256 == hashlib.sha256(FILM).hexdigest()
    assert evidence.media_type == "video/mp4"
    assert evidence.file_label == "clip.mp4"
    assert (Path(partials.folder()).parent / evidence.storage_name).read_bytes() == FILM
    assert list(partials.folder().iterdir()) == []
    assert CustodyEvent.objects.filter(evidence=evidence, kind="arrived").count() == 1
    assert Event.objects.filter(action="evidence.arrived").count() == 1
    assert sender.row.state == "joined"


def test_a_file_of_one_piece_is_safe_when_it_has_been_sent(sender, case, draft, monkeypatch):
    monkeypatch.setattr(arriving, "AT_ONCE_BYTES", tus.PIECE_BYTES)
    letters = sender.send(FILM, piece=len(FILM), draft=draft)
    assert sender.row.state == "whole"
    keep_note(case, draft, letters)
    assert Evidence.objects.get().sha256 == hashlib.sha256(FILM).hexdigest()


def test_a_note_that_is_kept_while_its_file_is_still_coming_gets_it_later(sender, case, draft):
    sender.begin(len(FILM), draft=draft)
    sender.put(0, FILM[:PIECE])
    keep_note(case, draft, sender.letters)
    assert not Evidence.objects.exists()
    sender.put(PIECE, FILM[PIECE:])
    run_due()
    assert Evidence.objects.get().incident_id == draft


def test_a_file_begun_for_another_key_joins_the_note_whose_form_lists_it(sender, case, draft):
    letters = sender.send(FILM, draft=uuid7())
    keep_note(case, draft, letters)
    run_due()
    assert Evidence.objects.get().incident_id == draft


def test_the_same_file_twice_is_one_piece_of_evidence(sender, case, draft):
    names = [sender.send(FILM, draft=draft) for _ in range(2)]
    run_due()
    keep_note(case, draft, *names)
    assert Evidence.objects.count() == 1
    assert Arrival.objects.filter(state="joined").count() == 2


def test_a_file_for_a_kept_note_waits_until_it_is_added(sender, case):
    incident = IncidentFactory(case=case, number=4)
    letters = sender.send(FILM, note=4)
    run_due()
    assert not Evidence.objects.exists()
    sender.browser.post("/notes/4/add/", {"text": "", "key": uuid7(), "files": letters})
    assert Evidence.objects.get().incident == incident


def test_a_wrong_piece_is_refused_and_sent_again(sender, draft):
    sender.begin(len(FILM), draft=draft)
    wrong = sender.put(0, FILM[:PIECE], Upload_Checksum=checksum(b"other"))
    assert wrong.status_code == 460
    assert "damaged" in wrong.content.decode()
    assert sender.offset() == 0
    assert sender.put(0, FILM[:PIECE], Upload_Checksum=checksum(FILM[:PIECE], "sha1")).status_code == 204


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Upload_Offset": 5}, FILM[:10], 409),
        ({"Upload_Offset": "x"}, FILM[:10], 400),
        ({}, FILM[:10], 400),
        ({"Upload_Offset": 0, "kind": "application/json"}, b"{}", 415),
        ({"Upload_Offset": 0, "Upload_Checksum": "md5 AAAA"}, FILM[:10], 400),
        ({"Upload_Offset": 0, "Upload_Checksum": "sha256 ***"}, FILM[:10], 400),
        ({"Upload_Offset": 0, "version": "0.2.2"}, FILM[:10], 412),
        ({"Upload_Offset": 0, "version": ""}, FILM[:10], 412),
        ({"Upload_Offset": 0}, FILM + b"more", 413),
        ({"Upload_Offset": 0, "Content_Length": tus.LONGEST_PIECE_BYTES + 1}, FILM[:10], 413),
    ],
)
def test_what_is_no_piece_of_it_is_refused_and_counts_nothing(sender, draft, headers, body, status):
    sender.begin(len(FILM), draft=draft)
    answer = sender.ask("PATCH", sender.address, body, **headers)
    assert answer.status_code == status
    assert sender.offset() == 0


def test_a_proxy_that_knows_no_patch_lets_it_through_as_a_post(sender, draft):
    sender.begin(len(FILM), draft=draft)
    headers = {"Upload_Offset": 0, "X_HTTP_Method_Override": "PATCH"}
    assert sender.ask("POST", sender.address, FILM[:PIECE], **headers).status_code == 204
    assert sender.offset() == PIECE


def test_a_file_is_taken_back_with_all_that_came(sender, draft):
    sender.begin(len(FILM), draft=draft)
    sender.put(0, FILM[:PIECE])
    assert sender.ask("DELETE", sender.address).status_code == 204
    assert sender.ask("HEAD", sender.address).status_code == 404
    assert list(partials.folder().iterdir()) == []


def test_what_is_evidence_already_is_not_taken_back(sender, case, draft):
    letters = sender.send(FILM, draft=draft)
    run_due()
    keep_note(case, draft, letters)
    assert sender.ask("DELETE", sender.address).status_code == 409
    assert Evidence.objects.count() == 1


def test_two_windows_that_send_the_same_file_take_turns(sender, her, draft):
    sender.begin(len(FILM), draft=draft)
    other = Sender(her)
    other.address = sender.address
    assert sender.put(0, FILM[:PIECE]).status_code == 204
    assert other.put(0, FILM[:PIECE]).status_code == 409
    assert other.put(other.offset(), FILM[PIECE : 2 * PIECE]).status_code == 204
    assert sender.put(sender.offset(), FILM[2 * PIECE :]).status_code == 204
    run_due()
    assert sender.row.sha256 == hashlib.sha256(FILM).hexdigest()


def test_how_far_files_are_is_told_to_their_sender_alone(sender, draft):
    sender.begin(len(FILM), draft=draft)
    sender.put(0, FILM[:PIECE])
    told = sender.browser.get(f"/notes/files/?files={sender.letters},zzzzz").json()["files"]
    assert told == [{"letters": sender.letters, "state": "sending", "received": PIECE, "words": "Not all sent yet"}]
    other = Sender(CaseFactory(portal=True).victim.user)
    assert other.browser.get(f"/notes/files/?files={sender.letters}").json() == {"files": []}


def test_how_far_files_are_is_read_as_the_database_lets_the_sender_read(sender, draft):
    """The web process owns nothing: what it reads with nobody bound to the transaction is empty."""
    sender.begin(len(FILM), draft=draft)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE nsvcs_web")
    told = sender.browser.get(f"/notes/files/?files={sender.letters}").json()["files"]
    assert [each["letters"] for each in told] == [sender.letters]


# --- whose it is -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["HEAD", "PATCH", "DELETE", "POST", "OPTIONS", "GET"])
def test_another_persons_upload_is_a_wrong_address_whatever_is_asked(sender, draft, verb):
    sender.begin(len(FILM), draft=draft)
    other = Sender(CaseFactory(portal=True).victim.user)
    assert other.ask(verb, sender.address, FILM[:10], Upload_Offset=0).status_code == 404
    assert sender.offset() == 0


def staff_sender(case, **traits):
    worker = UserFactory(**traits)
    AllocationFactory(case=case, worker=worker, role="second" if case.allocations.exists() else "primary")
    return Sender(worker, f"/cases/{case.pk}/log/arriving/")


def test_staff_send_files_for_an_entry_of_a_case_of_theirs(case):
    entry = IncidentFactory(case=case)
    worker = staff_sender(case)
    letters = worker.send(FILM, note=entry.pk)
    run_due()
    answer = worker.browser.post(
        f"/cases/{case.pk}/log/{entry.pk}/add/", {"text": "", "key": uuid7(), "files": letters}
    )
    assert answer.status_code == 302, answer.content.decode()
    assert Evidence.objects.get().incident == entry
    assert Evidence.objects.get().source == "on_behalf"


@pytest.mark.parametrize("verb", ["HEAD", "PATCH", "DELETE", "POST", "OPTIONS"])
def test_staff_of_another_case_and_a_colleague_on_this_one_find_nothing(case, draft, verb):
    worker = staff_sender(case)
    worker.begin(len(FILM), draft=draft)
    elsewhere, colleague = staff_sender(CaseFactory()), staff_sender(case)
    for other in (elsewhere, colleague):
        assert other.ask(verb, worker.address, FILM[:10], Upload_Offset=0).status_code == 404
    moved = worker.address.replace(str(case.pk), elsewhere.base.split("/")[2])
    assert elsewhere.ask(verb, moved, FILM[:10], Upload_Offset=0).status_code == 404
    assert worker.offset() == 0


def test_a_note_of_somebody_else_takes_no_file(sender):
    IncidentFactory(case=CaseFactory(portal=True), number=9)
    assert sender.begin(len(FILM), note=9).status_code == 404
    assert sender.begin(len(FILM), draft="nonsense").status_code == 404
    assert not Arrival.objects.exists()


def test_a_sign_in_that_ran_out_stops_the_sending_and_the_next_one_goes_on(sender, her, draft):
    sender.begin(len(FILM), draft=draft)
    sender.put(0, FILM[:PIECE])
    sender.browser.session.flush()
    stopped = sender.put(PIECE, FILM[PIECE : 2 * PIECE], HX_Request="true")
    assert stopped.status_code == 204
    assert "sign-in" in stopped["HX-Redirect"]
    assert sender.put(PIECE, FILM[PIECE : 2 * PIECE]).status_code == 302
    later = Sender(her)
    later.address = sender.address
    assert later.offset() == PIECE
    assert later.put(PIECE, FILM[PIECE:]).status_code == 204


def test_the_token_is_asked_for_with_every_piece(her, draft, settings):
    strict = Sender(her)
    strict.browser.handler.enforce_csrf_checks = True
    assert strict.begin(len(FILM), draft=draft).status_code == 400
    assert strict.ask("PATCH", f"{strict.base}bcdf/", FILM[:5], Upload_Offset=0).status_code == 400
    assert not Arrival.objects.exists()


# --- limits ----------------------------------------------------------------------------------------------------------


def limit(key, value):
    call_command("load_reference", verbosity=0)
    Limit.objects.filter(key=key).update(value=value)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("upload_recording_bytes", 1000, "too big"),
        ("upload_unfinished_files", 0, "too many"),
        ("upload_unfinished_bytes", 1000, "too big together"),
        ("upload_case_bytes", 1000, "no more room"),
    ],
)
def test_limits_are_rows_that_the_service_may_change(sender, draft, key, value, words):
    limit(key, value)
    answer = sender.begin(len(FILM), draft=draft)
    assert answer.status_code == 413
    assert words in answer.content.decode()
    assert not Arrival.objects.exists()


def test_more_than_two_gigabytes_and_nothing_at_all_are_refused_at_once(sender, draft):
    assert sender.begin(2 * 1024**3 + 1, draft=draft).status_code == 413
    assert sender.begin(0, draft=draft).status_code == 400
    assert sender.begin(2 * 1024**3, draft=draft).status_code == 201


def test_a_document_may_not_be_as_long_as_a_film(sender, draft):
    pdf = b"%PDF-1.7\n" + b"0" * PIECE
    sender.begin(300 * 1024**2, name="scan.pdf", draft=draft)
    answer = sender.put(0, pdf)
    assert answer.status_code == 413
    assert "Only films" in answer.content.decode()
    assert sender.row.state == "refused"
    assert list(partials.folder().iterdir()) == []


def test_a_program_is_refused_after_its_first_piece_whatever_its_name(sender, draft):
    program = b"MZ" + b"\0" * 58 + b"\x80\0\0\0" + b"\0" * 64 + b"PE\0\0\x64\x86" + b"\0" * PIECE
    sender.begin(len(program) * 3, name="holiday.mp4", draft=draft)
    answer = sender.put(0, program)
    assert answer.status_code == 415
    assert "program" in answer.content.decode()
    assert sender.ask("HEAD", sender.address).status_code == 410
    assert Event.objects.filter(action="evidence.refused").count() == 1


def test_what_only_the_whole_can_tell_is_told_at_the_end(sender, case, draft):
    """A ZIP's table of contents is at its end: H27's archives are judged there, before anything is unpacked."""
    sender.send(b"PK\x03\x04" + b"\0" * PIECE, draft=draft)
    run_due()
    assert sender.row.state == "refused"
    assert "ZIP" in sender.row.refusal_words
    keep_note(case, draft, sender.letters)
    assert not Evidence.objects.exists()


@pytest.mark.h("H26")
def test_a_picture_of_too_many_points_is_refused_undecoded(sender, draft):
    header = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (13_000).to_bytes(4, "big") * 2 + b"\x08\0\0\0\0"
    sender.send(header + b"\0" * 20_000, name="a.png", draft=draft)
    run_due()
    assert sender.row.refusal == "too_many_pixels"


@pytest.mark.h("H28")
@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "a\0b.jpg", "x" * 300, "\u202egpj.exe", "a\r\nSet-Cookie: x=1", "CON.jpg", "🦊.jpg", ""],
)
def test_hostile_names_are_labels_and_nothing_else(sender, draft, name, caplog):
    answer = sender.begin(len(FILM), name=name, draft=draft)
    assert answer.status_code == 201
    assert "Set-Cookie" not in answer.headers
    label = sender.row.file_label
    assert label
    assert not set("/\\\0\r\n\u202e") & set(label)
    assert sender.ask("HEAD", sender.address)["Upload-Metadata"].startswith("filename ")
    sender.put(0, FILM[:PIECE])
    assert [path.name for path in partials.folder().iterdir()] == [sender.row.pk.hex]
    assert not name or name not in caplog.text


def test_metadata_that_is_none_is_refused(sender):
    assert sender.ask("POST", sender.base, Upload_Length=5, Upload_Metadata="filename ***").status_code == 400
    long = "filename " + "A" * 5000
    assert sender.ask("POST", sender.base, Upload_Length=5, Upload_Metadata=long).status_code == 400


def test_a_kept_note_takes_no_file_for_its_draft(sender, case, draft):
    keep_note(case, draft)
    answer = sender.begin(len(FILM), draft=draft)
    assert answer.status_code == 409
    assert "saved already" in answer.content.decode()


def test_no_room_on_the_disk_is_said_before_anything_is_written(sender, draft, monkeypatch):
    sender.begin(len(FILM), draft=draft)
    monkeypatch.setattr(partials, "FREE_FLOOR_BYTES", 2**60)
    assert sender.put(0, FILM[:PIECE]).status_code == 507
    assert Sender(sender.row.user).begin(len(FILM), draft=draft).status_code == 507
    monkeypatch.undo()
    assert sender.offset() == 0
    assert sender.put(0, FILM[:PIECE]).status_code == 204


def test_a_thrown_away_note_takes_its_files_with_it(sender, draft):
    sender.send(FILM, draft=draft)
    run_due()
    from logs.actions import discard_draft
    from logs.models import Draft

    discard_draft(draft=Draft.objects.get(pk=draft), by=sender.row.user)
    assert not Arrival.objects.exists()
    assert Incident.objects.count() == 0


def test_a_worker_that_finds_nothing_to_do_says_so(sender, draft):
    sender.send(FILM, draft=draft)
    sender.ask("DELETE", sender.address)
    run_due()
    assert set(Job.objects.filter(kind="arrival").values_list("state", flat=True)) == {"done"}
