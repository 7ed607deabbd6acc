"""Writing one entry of a log, with its files, what was added to it later, and who read it."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.actions import finish_task
from cases.models import Case, CasePerpetrator, Task
from demo.clock import at, day_ago, days_ago
from demo.files import story_files
from demo.sending import say_of_files
from jobs.actions import run
from jobs.models import Job
from logs.actions import add_translation, amend, lock_evidence, mark_read, record_incident, type_what_is_heard, withdraw
from logs.actions.offline import begin_arrival, current_key
from logs.models import Evidence, Incident, OfflineArrival
from logs.models.incidents import Source
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7

# What the file calls shortly, as the entry names it.
TEXTS = {
    "place": "place", "what": "what_happened", "evidence": "evidence_words", "police": "police_contacted",
    "police_response": "police_response", "police_reference": "police_reference", "impact": "impact",
    "changes": "changes_made", "others": "impact_on_others", "when_words": "when_words", "language": "language",
    "helped_by": "helped_by", "behaviours": "behaviours", "never_disclose": "never_disclose",
}  # fmt: skip


def write_entry(case: Case, facts: Mapping[str, Any], writer: User, reader: User) -> Incident:
    """Keep one entry as of the time it was written; its worker reads it the next morning unless it is still new."""
    written = moment_of(facts["written"])
    source = Source.PORTAL if writer.is_victim else Source.ON_BEHALF
    with at(written):
        kept = record_incident(
            draft_id=_from_the_phone(facts["phone"], writer) if "phone" in facts else uuid7(),
            case=case, fields=fields_of(case, facts, written), files=uploads(facts), by=writer,
            source=source,
        )  # fmt: skip
        _let_the_job_look(kept.incident)
    for later in facts.get("later", ()):
        with at(moment_of(later["written"])), acting_as(writer.pk):
            amend(key=uuid7(), incident=kept.incident, text=later["text"], by=writer)
    _tell_of_files(kept.incident, facts, writer, written)
    for piece, text in facts.get("translated", {}).items():
        with at(written + timedelta(hours=15)), acting_as(reader.pk):
            add_translation(
                key=uuid7(), incident=kept.incident, piece=TEXTS[piece], text=text, language_to="en",
                role="interpreter", name="Ewa Nowak", translated_on=timezone.localdate(), by=reader,
            )  # fmt: skip
    if "withdrawn" in facts:
        with at(moment_of(facts["withdrawn_written"])), acting_as(writer.pk):
            withdraw(key=uuid7(), incident=kept.incident, reason=facts["withdrawn"], by=writer)
    if not facts.get("unread"):
        _read(kept.incident, reader, written + timedelta(hours=13))
    if "lock" in facts:
        with at(written + timedelta(hours=14)), acting_as(reader.pk):
            for file in Evidence.objects.filter(incident=kept.incident):
                lock_evidence(key=uuid7(), evidence=file, by=reader, **facts["lock"])
    return kept.incident


def _from_the_phone(written: str, writer: User) -> UUID:
    """What a phone that had no signal brings, opened: the id it gave the note, which becomes the entry's."""
    arrival = OfflineArrival(
        user=writer, outcome=OfflineArrival.KEPT, key_version=current_key().version, device_zone="Europe/London",
        device_written_at=moment_of(written), received_at=timezone.now(),
    )  # fmt: skip
    with acting_as(writer.pk):
        begin_arrival(arrival, by=writer)
    return arrival.pk


def _tell_of_files(incident: Incident, facts: Mapping[str, Any], writer: User, written: datetime) -> None:
    if "heard" in facts:
        with at(written + timedelta(minutes=20)), acting_as(writer.pk):
            _type_what_is_heard(incident, facts["heard"], writer)
    if "said" in facts:
        with at(written + timedelta(minutes=25)), acting_as(writer.pk):
            say_of_files(incident, facts["said"], writer)


def _type_what_is_heard(incident: Incident, text: str, by: User) -> None:
    for file in Evidence.objects.filter(incident=incident):
        if file.can_be_heard:
            type_what_is_heard(key=uuid7(), evidence=file, text=text, language="en", based_on=0, by=by)


def moment_of(text: str) -> datetime:
    """`"12 17:40"` is 5:40pm twelve days ago, London time."""
    days, _space, clock = text.partition(" ")
    return days_ago(int(days), time.fromisoformat(clock))


def fields_of(case: Case, facts: Mapping[str, Any], written: datetime) -> dict[str, Any]:
    """The entry's fields: when it happened, and her words."""
    fields = {name: facts[short] for short, name in TEXTS.items() if short in facts}
    fields |= _when(facts)
    if facts.get("learned"):
        fields["learned_on"] = timezone.localdate(written)
    link = CasePerpetrator.objects.filter(case=case).values_list("pk", flat=True).first()
    return fields | {"case_perpetrator_id": link}


def _when(facts: Mapping[str, Any]) -> dict[str, Any]:
    if "when" in facts:
        happened = moment_of(facts["when"])
        return {"occurred_on": happened.date(), "occurred_time": happened.time(), "precision": "exact"}
    found: dict[str, Any] = {"occurred_on": day_ago(facts["days"]), "precision": facts["precision"]}
    if "at" in facts:
        found["occurred_time"] = time.fromisoformat(facts["at"])
    if "until_days" in facts:
        found["until_on"] = day_ago(facts["until_days"])
    if "until_at" in facts:
        found["until_time"] = time.fromisoformat(facts["until_at"])
    return found


def uploads(facts: Mapping[str, Any]) -> list[UploadedFile]:
    """The entry's files, made for the moment it happened."""
    names = facts.get("files", ())
    if not names:
        return []
    taken = moment_of(facts["when"]) if "when" in facts else None
    taken = taken or datetime.combine(day_ago(facts["days"]), time.fromisoformat(facts.get("at", "17:20")))
    known = story_files()
    return [known[name].upload(taken) for name in names]


def _let_the_job_look(incident: Incident) -> None:
    """The worker's same-day look at a new entry, here and now, so that its tasks are of that day."""
    job = Job.objects.filter(key=f"entry:{incident.pk}").values_list("pk", flat=True).first()
    if job is not None:
        run(job)


def _read(incident: Incident, reader: User, moment: datetime) -> None:
    with at(moment), acting_as(reader.pk):
        record(Action.ENTRY_OPENED, target=incident, case_ids=[incident.case_id])
        mark_read(incident=incident, by=reader)
        about_it = Q(key=f"{Task.Kind.RED_FLAG}:{incident.pk}") | Q(kind=Task.Kind.RATE_RISE, case=incident.case_id)
        for task in Task.objects.filter(about_it):
            finish_task(task=task, by=reader)
