"""Files of messages at each stage, for a browser to look at. Invented."""

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from cases.models import Case
from jobs.actions import run_due
from logs.actions import amend, importing
from logs.models import ImportBatch, Incident
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7

LATE = "03/04/2095, 09:10 - Dean: a message whose year is wrong\n"
TALK = (
    ("Dean", "Why are you not answering"),
    ("Dean", "I know you are home, the light is on"),
    ("Annie", "Please stop writing to me"),
    ("Dean", "You will be sorry"),
)


def chat_of(month: int) -> str:
    """Eight days of messages; another month is another chat, or the second would be in the log already."""
    lines = [
        f"{3 + day:02}/{month:02}/2025, {9 + place}:1{place} - {who}: {words}, day {day}\n"
        for day in range(8)
        for place, (who, words) in enumerate(TALK)
    ]
    notice = f"03/{month:02}/2025, 09:10 - Messages and calls are end-to-end encrypted.\n"
    return "".join([notice, *lines, LATE])


def batches(case: Case, by: User) -> dict[str, ImportBatch]:
    """One file that waits for answers, one to choose from, one that was brought in and of which one entry was used."""
    found = {"asking": _begun(case, by), "review": _begun(case, by), "done": _begun(case, by)}
    for name in ("review", "done"):
        _answered(found[name], by)
    done = found["done"]
    with acting_as(by.pk):
        importing.set_grouping(batch=done, grouping="day")
        importing.bring_in(batch=done, revision=done.revision, behaviours=["TEXTS"], by=by)
    run_due()
    entry = Incident.objects.filter(source_lines__batch=done).order_by("number").first()
    assert entry is not None
    with acting_as(by.pk):
        amend(key=uuid7(), incident=entry, text="The phone is with the police.", by=by)
    return found


def _begun(case: Case, by: User) -> ImportBatch:
    file = SimpleUploadedFile("chat.txt", chat_of(5 if by.is_victim else 4).encode())
    batch = importing.start_import(key=uuid7(), case=case, file=file, by=by)
    run_due()
    batch.refresh_from_db()
    return batch


def _answered(batch: ImportBatch, by: User) -> None:
    answers = {"date_order": "dmy", "own_name": "Annie", "their_name": "Dean"}
    with acting_as(by.pk):
        importing.answer_questions(batch=batch, revision=batch.revision, answers=answers, by=by)
    run_due()
    batch.refresh_from_db()
