"""What workers do for the log besides parts of its files: the same-day look at what is new in it."""

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import Allocation, Task
from cases.rules import Relationship
from jobs.working import Work
from logs.behaviours import red_flags
from logs.danger import dangers_in, dangers_of
from logs.models import Amendment, Caption, Incident

PARTNERS = {Relationship.EX_PARTNER, Relationship.PARTNER}


def look_at_entry(work: Work) -> None:
    """Raise what a new entry asks for: a same-day task for a red flag, a task when the case was closed already."""
    with work.acting():
        incident = Incident.objects.select_related("case", "case_perpetrator").get(pk=work.object_id)
        if incident.case.is_closed:
            _task(incident, Task.Kind.ENTRY_AFTER_CLOSING, _("New entry on a closed case: decide what to do"))
        if has_red_flag(incident) or dangers_of(vars(incident)):
            _task(
                incident,
                Task.Kind.RED_FLAG,
                _("Red flag in entry %(number)s: look today") % {"number": incident.number},
            )
        work.finish()


def look_at_addition(work: Work) -> None:
    """Raise a same-day task for words of danger in what was added to an entry."""
    with work.acting():
        added = Amendment.objects.select_related("incident").get(pk=work.object_id)
        if dangers_in(added.text):
            title = _("Red flag in what was added to entry %(number)s: look today") % {"number": added.incident.number}
            _task(added.incident, Task.Kind.RED_FLAG, title, about=added.pk)
        work.finish()


def look_at_caption(work: Work) -> None:
    """Raise a same-day task for words of danger in what was said about a file."""
    with work.acting():
        said = Caption.objects.select_related("evidence__incident").get(pk=work.object_id)
        incident = said.evidence.incident
        if incident is not None and dangers_in(said.shows, said.when_words):
            words = {"number": said.evidence.exhibit_number}
            title = _("Red flag in what was said about exhibit E%(number)s: look today") % words
            _task(incident, Task.Kind.RED_FLAG, title, about=said.pk)
        work.finish()


def has_red_flag(incident: Incident) -> bool:
    """Whether a ticked behaviour asks for a look on the same day (shared rule: `logs/behaviours.py`)."""
    link = incident.case_perpetrator
    is_partner = link is not None and link.relationship in PARTNERS
    return bool(red_flags(incident.behaviours, is_ex_or_partner=is_partner))


def _task(incident: Incident, kind: str, title: str, about: UUID | None = None) -> None:
    held = Allocation.objects.current(timezone.now()).primary().filter(case_id=incident.case_id)
    Task.objects.bulk_create(
        [
            Task(
                case_id=incident.case_id,
                kind=kind,
                title=title,
                due_on=timezone.localdate(),
                key=f"{kind}:{about or incident.pk}",
                assigned_to_id=held.values_list("worker_id", flat=True).first(),
            )
        ],
        ignore_conflicts=True,
    )
