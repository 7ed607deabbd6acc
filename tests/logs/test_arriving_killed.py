"""Killed in the middle, at each point of a file's way: whole or absent, one item after a retry, nothing left behind."""

import hashlib
import os
import time
from contextlib import suppress
from pathlib import Path

import boto3
import pytest
from django.db import transaction
from django.utils import timezone
from moto.server import ThreadedMotoServer

from bundles.building import sweeping
from bundles.tasks import ask_for_sweep
from jobs.actions import run_due
from jobs.models import Job
from logs import arriving as working
from logs import arriving_http
from logs.actions import arriving
from logs.models import Arrival, Draft, Evidence, Rendition
from logs.tasks import ask_to_tidy
from nsvcs import celery, partials, storage, tus
from nsvcs.identity import acting_as
from nsvcs.partials import Partial
from nsvcs.storage import StorageError, file_store
from tests.logs.test_arriving import FILM, PIECE, case, draft, her, keep_note, sender

__all__ = ["case", "draft", "her", "sender"]
pytestmark = pytest.mark.django_db
DIGEST = hashlib.sha256(FILM).hexdigest()


class Killed(BaseException):
    """The process ends here, and nothing it would still have done is done."""


@pytest.fixture(autouse=True)
def _committed(monkeypatch):
    monkeypatch.setattr(transaction, "on_commit", lambda do, robust=False: None if robust else do())


@pytest.fixture(autouse=True)
def _by_a_worker(monkeypatch):
    monkeypatch.setattr(arriving, "AT_ONCE_BYTES", 1000)


def killing(before=None, after=None):
    """A function that does the first, is killed, and never comes to the second."""

    def die(*args, **kwargs):
        if before is not None:
            before(*args, **kwargs)
        raise Killed

    return die


def half_put(self, offset, content):
    """Killed in the middle of writing: half of the piece is on the disk."""
    real_put(self, offset, content[: len(content) // 2])
    raise Killed


real_put, real_ask, real_store = Partial.put, arriving.ask, storage.LocalStore.store
# Where in the sending of a piece the process ends.
WHILE_SENDING = {
    "before the piece is read": (tus, "_read", killing()),
    "after the piece is read": (arriving_http, "receive_piece", killing()),
    "before the row is locked": (arriving, "_lock", killing()),
    "before anything is written": (Partial, "put", killing()),
    "in the middle of writing": (Partial, "put", half_put),
    "before the disk is flushed": (os, "fsync", killing()),
    "after writing, before the row counts it": (arriving, "_count", killing()),
    "after the row counts it, before the commit": (arriving, "_is_of_no_use", killing()),
    "when a worker has been asked, before the commit": (arriving, "ask", killing(real_ask)),
}
WHILE_CHECKING = {
    "before it is judged": (working, "judge", killing()),
    "before it is kept": (working, "keep", killing()),
    "when it is kept, before its row says so": (working, "_kept", killing()),
    "before it is joined to its note": (working, "join_arrivals", killing()),
    "when all is written, before what came is removed": (Partial, "remove", killing()),
}


def killed_once(monkeypatch, where, do):
    owner, name, dying = where
    with monkeypatch.context() as patch, suppress(Killed):
        patch.setattr(owner, name, dying)
        do()


def send_the_rest(sender):
    while (offset := sender.offset()) < len(FILM):
        assert sender.put(offset, FILM[offset : offset + PIECE]).status_code == 204


def revive():
    """The lease of a dead worker has run out: its job is taken again, as the sweep does."""
    Job.objects.filter(state=Job.State.RUNNING).update(state=Job.State.QUEUED, not_before=timezone.now())
    run_due()


def one_item(case, draft):
    """One piece of evidence with the right content, and after the sweep no other file."""
    evidence = Evidence.objects.get(incident_id=draft)
    media = Path(partials.folder()).parent
    long_ago = time.time() - 3 * 24 * 3600
    for path in [each for each in media.rglob("*") if each.is_file()]:
        os.utime(path, (long_ago, long_ago))
    ask_for_sweep()
    Job.objects.exclude(kind="sweep_files").delete()
    run_due()
    left = {path.relative_to(media).as_posix() for path in media.rglob("*") if path.is_file()}
    made = set(Rendition.objects.filter(evidence=evidence).values_list("storage_name", flat=True)) - {""}
    assert left == {evidence.storage_name} | made
    assert hashlib.sha256((media / evidence.storage_name).read_bytes()).hexdigest() == evidence.sha256 == DIGEST


@pytest.mark.h("H30")
@pytest.mark.parametrize("point", WHILE_SENDING)
def test_killed_while_a_piece_is_sent_the_file_is_whole_in_the_end(sender, case, draft, monkeypatch, point):
    sender.browser.raise_request_exception = True
    sender.begin(len(FILM), draft=draft)
    sender.put(0, FILM[:PIECE])
    last = len(FILM) - PIECE if "worker" in point else PIECE
    while sender.offset() < last:
        sender.put(sender.offset(), FILM[sender.offset() : min(sender.offset() + PIECE, last)])
    offset = sender.offset()
    killed_once(monkeypatch, WHILE_SENDING[point], lambda: sender.put(offset, FILM[offset : offset + PIECE]))
    assert sender.offset() in {offset, offset + PIECE}
    send_the_rest(sender)
    revive()
    assert sender.row.sha256 == DIGEST
    keep_note(case, draft, sender.letters)
    one_item(case, draft)


@pytest.mark.h("H30")
@pytest.mark.parametrize("point", WHILE_CHECKING)
def test_killed_while_the_whole_is_looked_at_it_is_kept_once(sender, case, draft, monkeypatch, point):
    sender.send(FILM, draft=draft)
    keep_note(case, draft, sender.letters)
    killed_once(monkeypatch, WHILE_CHECKING[point], run_due)
    assert Evidence.objects.count() <= 1
    revive()
    one_item(case, draft)


def test_what_the_disk_has_lost_is_sent_again(sender, case, draft):
    sender.begin(len(FILM), draft=draft)
    for start in (0, PIECE):
        sender.put(start, FILM[start : start + PIECE])
    os.truncate(Partial(sender.row.pk).path, PIECE + 5)
    assert sender.offset() == PIECE
    send_the_rest(sender)
    run_due()
    assert sender.row.sha256 == DIGEST
    assert len(sender.row.pieces) == 4


def test_what_the_disk_has_changed_is_found_and_sent_again(sender, case, draft):
    sender.send(FILM, draft=draft)
    with Partial(sender.row.pk).path.open("r+b") as file:
        file.seek(PIECE + 3)
        file.write(b"\xff\xfe")
    run_due()
    assert sender.row.state == "sending"
    assert sender.offset() == 0
    send_the_rest(sender)
    run_due()
    assert sender.row.sha256 == DIGEST


def test_a_store_that_is_away_loses_nothing(sender, case, draft, monkeypatch):
    letters = sender.send(FILM, draft=draft)
    keep_note(case, draft, letters)

    def away(*args, **kwargs):
        raise StorageError

    with monkeypatch.context() as patch:
        patch.setattr(storage.LocalStore, "store", away)
        run_due()
    assert sender.row.state == "checking"
    Job.objects.filter(kind="arrival").update(state="failed")
    Arrival.objects.update(last_at=timezone.now() - timezone.timedelta(hours=2))
    ask_to_tidy()
    run_due()
    run_due()
    assert Evidence.objects.get().sha256 == DIGEST


# --- what runs out of time -------------------------------------------------------------------------------------------


def run_out():
    Arrival.objects.update(expires_at=timezone.now() - timezone.timedelta(minutes=1))
    Job.objects.filter(kind="tidy_arrivals").delete()
    ask_to_tidy()
    run_due()


def test_an_unfinished_file_runs_out_of_time_and_its_page_says_so(sender, case, draft):
    sender.begin(len(FILM), draft=draft)
    sender.put(0, FILM[:PIECE])
    Arrival.objects.update(expires_at=timezone.now() - timezone.timedelta(minutes=1))
    assert sender.put(PIECE, FILM[PIECE:]).status_code == 410
    run_out()
    assert sender.row.state == "expired"
    assert sender.row.file_label == ""
    assert list(partials.folder().iterdir()) == []
    Draft.objects.get(pk=draft)
    from portal.addresses import letters_of

    page = sender.browser.get(f"/notes/new/{letters_of(draft)}/").content.decode()
    assert "was never fully sent. We have removed it." in page
    run_out()
    assert not Arrival.objects.exists()


def test_a_whole_file_whose_note_was_never_kept_runs_out_later(sender, draft):
    sender.send(FILM, draft=draft)
    run_due()
    assert sender.row.expires_at > timezone.now() + timezone.timedelta(days=89)
    name = sender.row.storage_name
    run_out()
    assert sender.row.state == "expired"
    with pytest.raises(FileNotFoundError):
        file_store().open(name)


def test_evidence_never_runs_out(sender, case, draft):
    letters = sender.send(FILM, draft=draft)
    run_due()
    keep_note(case, draft, letters)
    run_out()
    assert not Arrival.objects.exists()
    assert file_store().open(Evidence.objects.get().storage_name).read() == FILM


def test_the_sweep_knows_files_that_wait_for_their_note(sender, draft):
    sender.send(FILM, draft=draft)
    run_due()
    name = sender.row.storage_name
    with acting_as(process="worker"):
        assert sweeping.stored_names([name, storage.new_name()]) == {name}


def test_files_on_their_way_are_tidied_every_hour():
    assert celery.REGULARLY[ask_to_tidy.name] == 3600


# --- a store on another machine --------------------------------------------------------------------------------------


def test_a_film_is_sent_to_a_store_elsewhere_and_comes_back_bit_for_bit(sender, case, draft, settings):
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    region = {"region_name": "eu-west-2", "aws_access_key_id": "k", "aws_secret_access_key": "s"}
    where = {"LocationConstraint": "eu-west-2"}
    client = boto3.client("s3", endpoint_url=f"http://{host}:{port}", **region)
    client.create_bucket(Bucket="films", CreateBucketConfiguration=where)
    settings.STORAGE_URL = f"s3://k:s@{host}:{port}/films?region=eu-west-2&tls=no"
    try:
        letters = sender.send(FILM, draft=draft)
        run_due()
        keep_note(case, draft, letters)
        evidence = Evidence.objects.get()
        with file_store().open(evidence.storage_name) as content:
            assert content.read() == FILM
        assert evidence.sha256 == DIGEST
        assert list(partials.folder().iterdir()) == []
    finally:
        server.stop()
