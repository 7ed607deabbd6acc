"""Files of messages that the invented people bring: one chat brought in, one diary that waits to be chosen from."""

import time
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Q

from accounts.models import User
from cases.models import Case
from demo.clock import day_ago, days_ago
from jobs.actions import run
from jobs.models import Job
from logs.actions import importing
from logs.models import ImportBatch
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7

HERE = Path(__file__).resolve().parent
LONGEST_SECONDS = 120


def bring_file(case: Case, name: str, by: User) -> ImportBatch:
    """Keep one file and have it read; bring in what is ticked when the file says so."""
    facts = tomllib.loads((HERE / "chats.toml").read_text())[name]
    content = (chat_of if facts["kind"] == "chat" else table_of)(facts)
    file = SimpleUploadedFile(facts["file"], content.encode())
    batch = _settled(importing.start_import(key=uuid7(), case=case, file=file, by=by))
    answers = {"date_order": "dmy", "own_name": facts.get("own", ""), "their_name": facts.get("theirs", "")}
    answers |= {"columns": batch.found.get("columns", {})}
    with acting_as(by.pk):
        link = case.case_perpetrators.values_list("pk", flat=True).first()
        answers |= {"case_perpetrator_id": link}
        importing.answer_questions(batch=batch, revision=batch.revision, answers=answers, by=by)
    batch = _settled(batch)
    if "grouping" in facts:
        with acting_as(by.pk):
            importing.set_grouping(batch=batch, grouping=facts["grouping"])
            importing.bring_in(batch=batch, revision=batch.revision, behaviours=facts["behaviours"], by=by)
        batch = _settled(batch)
    return batch


def chat_of(facts: Mapping[str, Any]) -> str:
    """A chat as WhatsApp exports it from a phone in this country, its days counted back from today."""
    days, clock, _who, _words = facts["said"][0]
    told = [(days, clock, facts["notice"])]
    told += [(days, clock, f"{who}: {words}") for days, clock, who, words in facts["said"]]
    return "".join(f"{day_ago(days):%d/%m/%Y}, {clock} - {line}\n" for days, clock, line in told)


def table_of(facts: Mapping[str, Any]) -> str:
    """A diary kept in a table."""
    rows = [[f"{days_ago(days):%d/%m/%Y}", *cells] for days, *cells in facts["rows"]]
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in [facts["head"], *rows]]
    return "\r\n".join(quoted) + "\r\n"


def _settled(batch: ImportBatch) -> ImportBatch:
    """The batch when its jobs are done: by this process, or by a worker that is up already and was quicker."""
    ends = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < ends:
        # Where there is a scanner, the file is scanned first.
        asked = Job.objects.filter(Q(object_id=batch.pk) | Q(object_id=batch.source.pk, kind="scan"))
        for pk in asked.filter(state=Job.State.QUEUED).values_list("pk", flat=True):
            run(pk)
        batch.refresh_from_db()
        if not batch.is_busy:
            return batch
        time.sleep(0.2)
    raise RuntimeError(f"a file of the demo stays at {batch.state}")
