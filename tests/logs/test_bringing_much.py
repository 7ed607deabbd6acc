"""Ten thousand messages: read and shown in time and in bounded memory, with as many questions as for ten."""

import time
from tempfile import TemporaryDirectory

import pytest
from django.urls import reverse

from jobs import child as children
from jobs.actions import run_due
from logs.actions import importing
from logs.bringing import child
from logs.models import ImportLine
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from tests.factories import CaseFactory, UserFactory
from tests.logs.test_bringing import uploaded
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
COUNT = 10_000
WORDS = "Why are you not answering me, I know that you are there and I will wait"


def chat(count):
    def line(n):
        who = "Jo" if n % 5 == 0 else "Sam Carter"
        return f"{1 + n // 2_000:02}/04/2025, {n // 60 % 24:02}:{n % 60:02} - {who}: {WORDS} {n}\n"

    return "".join(line(n) for n in range(count))


@pytest.mark.timeout(180)
def test_ten_thousand_messages_are_previewed_within_thirty_seconds(client, django_assert_max_num_queries):
    worker = UserFactory()
    case = CaseFactory(worker=worker)
    batch = importing.start_import(key=uuid7(), case=case, file=uploaded(chat(COUNT)), by=worker)
    begun = time.monotonic()
    run_due()
    batch.refresh_from_db()
    with acting_as(worker.pk):
        answers = {"date_order": "dmy", "own_name": "Jo", "their_name": "Sam Carter"}
        importing.answer_questions(batch=batch, revision=batch.revision, answers=answers, by=worker)
    run_due()
    sign_in(client, worker)
    address = reverse("logs:import_review", args=[case.pk, batch.pk])
    with django_assert_max_num_queries(24):
        assert "8000 of 10000 are ticked." in client.get(address).text
    searched = client.post(address, {"press": "show", "word": "there and i will wait 9999"})
    took = time.monotonic() - begun
    assert "1 message" in searched.text
    assert ImportLine.objects.filter(batch=batch).count() == COUNT
    print(f"{COUNT} messages looked at, read, shown and searched in {took:.1f} s")
    assert took < 30


def test_the_readers_memory_does_not_grow_with_the_file(tmp_path):
    peaks = []
    for count in (1_000, 40_000):
        source = tmp_path / f"{count}.txt"
        source.write_text(chat(count))
        with TemporaryDirectory() as folder:
            payload = {"source": str(source), "kind": "whatsapp", "target": f"{folder}/told"}
            payload["options"] = {"date_order": "dmy", "own_name": "Jo", "columns": {}}
            outcome = children.run(child.READ, payload, memory_mb=child.MEMORY_MB, seconds=120)
        assert outcome.result["item"] == count
        peaks.append(outcome.peak_rss_bytes / 1e6)
    print("peaks in MB", peaks)
    assert peaks[1] < peaks[0] + 20
