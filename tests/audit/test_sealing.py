"""Chains, digests, and what the verifier names."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone

import manage
from audit import tasks
from audit.actions import record, seal_waiting
from audit.digests import keep_digest
from audit.models import Action, Digest, Event, Seal, Unsealed
from audit.verifying import faults
from nsvcs.identity import acting_as
from tests.factories import CaseFactory, UserFactory

DAY = date(2026, 6, 3)


@pytest.fixture
def folder(settings, tmp_path):
    settings.DIGEST_FOLDER = tmp_path / "digests"
    return settings.DIGEST_FOLDER


@pytest.fixture
def case(db):
    return CaseFactory(worker=UserFactory())


def written(case, times=1):
    with acting_as(case.allocations.get().worker_id):
        for _ in range(times):
            record(Action.CASE_OPENED, target=case, case_ids=[case.pk])


def tamper(sql, *parameters):
    """What somebody with every right over the database could do: triggers off, change, triggers on."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, parameters)
        cursor.execute("SET LOCAL session_replication_role = origin")


def found(folder=None):
    return [(fault.stream, fault.sequence, fault.what) for fault in faults(folder)]


def test_events_are_sealed_stream_by_stream(case):
    other = CaseFactory(worker=UserFactory())
    written(case, 2)
    written(other)
    assert seal_waiting() == 3
    assert list(Seal.objects.order_by("event_id").values_list("stream", "sequence")) == [
        (f"case:{case.pk}", 1),
        (f"case:{case.pk}", 2),
        (f"case:{other.pk}", 1),
    ]
    assert not Unsealed.objects.exists()
    assert found() == []
    assert seal_waiting() == 0


def test_the_chain_goes_on_where_it_stopped(case):
    for _ in range(2):
        written(case)
        tasks.seal()
    first, second = Seal.objects.order_by("sequence")
    assert bytes(second.previous) == bytes(first.digest)


@pytest.mark.commits
def test_sealing_at_once_from_many_sides_breaks_no_chain(own_database):
    cases = [CaseFactory(worker=UserFactory()) for _ in range(3)]

    def work(number):
        try:
            written(cases[number % 3], 20)
            return seal_waiting()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        sealed = sum(pool.map(work, range(6)))
    assert sealed + seal_waiting() == 120 == Seal.objects.count()
    assert found() == []


@pytest.mark.h("H40")
@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE audit_event SET actor_role = 'manager' WHERE id = %s", "event {} was changed"),
        ("DELETE FROM audit_event WHERE id = %s", "event {} is missing"),
        ("UPDATE audit_seal SET previous = '\\x00' WHERE event_id = %s", "the link before it was changed"),
        ("UPDATE audit_seal SET digest = '\\x00' WHERE event_id = %s", "event {} was changed"),
    ],
)
def test_the_verifier_names_the_case_and_number_of_an_altered_row(case, sql, said):
    written(case, 3)
    seal_waiting()
    second = Event.objects.order_by("id")[1].pk
    tamper(sql, second)
    assert found()[0] == (f"case:{case.pk}", 2, said.format(second))


def test_the_verifier_names_a_missing_link(case):
    written(case, 3)
    seal_waiting()
    second = Seal.objects.get(sequence=2).event_id
    tamper("DELETE FROM audit_seal WHERE event_id = %s", second)
    tamper("DELETE FROM audit_event WHERE id = %s", second)
    assert found()[0] == (f"case:{case.pk}", 2, "a link is missing")


def cut_tail():
    tail = Seal.objects.order_by("-sequence").first().event_id
    tamper("DELETE FROM audit_seal WHERE event_id = %s", tail)
    tamper("DELETE FROM audit_event WHERE id = %s", tail)


def test_a_cut_tail_is_found_through_the_digest(case, folder):
    written(case, 3)
    seal_waiting()
    keep_digest(day=DAY)
    cut_tail()
    assert found() == [(f"case:{case.pk}", 3, f"does not match the digest of {DAY}")]


def test_a_cut_tail_is_found_by_the_file_when_the_database_digest_went_too(case, folder):
    written(case, 3)
    seal_waiting()
    keep_digest(day=DAY)
    cut_tail()
    tamper("DELETE FROM audit_digest")
    assert found() == []
    assert found(folder) == [(f"case:{case.pk}", 3, f"does not match the digest of {DAY} in {DAY}.json")]


def test_a_rewritten_digest_is_found_by_its_signature(case, folder):
    written(case)
    seal_waiting()
    keep_digest(day=DAY)
    tamper("UPDATE audit_digest SET heads = '{}'")
    assert found() == [("digest", 0, f"the digest of {DAY} was changed")]


def test_events_that_were_never_sealed_are_named(case):
    written(case, 2)
    first, second = Event.objects.order_by("id")
    assert found() == []  # young and on the list: their time will come
    tamper("DELETE FROM audit_unsealed WHERE event_id = %s", first.pk)
    tamper("UPDATE audit_event SET at = %s WHERE id = %s", timezone.now() - timedelta(minutes=6), second.pk)
    assert [what for _, _, what in found()] == [f"event {pk} was never sealed" for pk in (first.pk, second.pk)]


@pytest.mark.h("H40")
def test_an_event_deleted_before_its_seal_is_named(case):
    written(case, 2)
    first = Event.objects.order_by("id")[0].pk
    tamper("DELETE FROM audit_event WHERE id = %s", first)
    assert seal_waiting() == 1
    assert found() == [("not sealed yet", 0, f"event {first} is missing")]


def test_a_digest_is_kept_once_a_day_in_the_database_and_in_a_private_file(case, folder):
    written(case, 2)
    seal_waiting()
    path = keep_digest(day=DAY)
    assert path == Path(folder) / "2026-06-03.json"
    assert path.stat().st_mode & 0o777 == 0o600
    kept = json.loads(path.read_text())
    head = Seal.objects.get(sequence=2)
    assert kept["heads"] == {f"case:{case.pk}": [2, bytes(head.digest).hex()]}
    assert kept["signature"] == Digest.objects.get(day=DAY).signature
    assert keep_digest(day=DAY) is None


def test_a_stream_that_moved_on_a_day_without_a_digest_is_in_the_next(case, folder):
    written(case)
    seal_waiting()
    tamper("UPDATE audit_event SET at = at - interval '40 days'")
    tasks.keep_digest()
    assert list(Digest.objects.get().heads) == [f"case:{case.pk}"]
    assert Digest.objects.get().day == timezone.localdate() - timedelta(days=1)


def test_no_digest_is_kept_when_its_file_cannot_be(case, settings, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    settings.DIGEST_FOLDER = blocked / "digests"
    with pytest.raises(OSError, match="digests"):
        keep_digest(day=DAY)
    assert not Digest.objects.exists()


def test_the_command_says_the_trail_is_whole(case, folder, capsys):
    written(case)
    seal_waiting()
    call_command("verify_audit")
    assert "whole" in capsys.readouterr().out


def test_the_command_says_in_a_sentence_that_only_the_owner_may_run_it(case):
    with (
        pytest.raises(CommandError, match="Connect as the owner"),
        acting_as(case.allocations.get().worker_id),
    ):
        call_command("verify_audit")


@pytest.mark.parametrize(("command", "process"), [("verify_audit", "owner"), ("migrate", "owner"), ("shell", None)])
def test_a_command_for_the_owner_runs_as_the_owner_by_itself(monkeypatch, command, process):
    monkeypatch.delenv("NSVCS_PROCESS", raising=False)
    monkeypatch.setattr("sys.argv", ["manage.py", command])
    seen = []
    monkeypatch.setattr(
        "django.core.management.execute_from_command_line", lambda argv: seen.append(os.environ.get("NSVCS_PROCESS"))
    )
    manage.main()
    monkeypatch.delenv("NSVCS_PROCESS", raising=False)
    assert seen == [process]


@pytest.mark.h("H40")
def test_the_command_names_the_row_and_fails(case, folder, capsys):
    written(case)
    seal_waiting()
    tamper("UPDATE audit_event SET target_id = ''")
    with pytest.raises((SystemExit, CommandError)):
        call_command("verify_audit")
    assert f"case:{case.pk} number 1" in capsys.readouterr().err
