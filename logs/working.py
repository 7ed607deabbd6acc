"""What workers do for the log besides parts of its files: the same-day look at what is new in it."""

from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.actions.tasks import raise_task
from cases.models import Case, Task
from cases.rules import Relationship
from jobs.working import Work
from logs.behaviours import red_flags
from logs.danger import dangers_in, dangers_of
from logs.models import Amendment, Caption, ImportBatch, Incident, IncidentLine
from logs.queries import rate_rise_of
from logs.rising import RateRise

ENTRIES_AT_ONCE = 500
PARTNERS = {Relationship.EX_PARTNER, Relationship.PARTNER}


def look_at_entry(work: Work) -> None:
    """Raise what a new entry asks for: a same-day task for a red flag, a task when the case was closed already."""
    with work.acting():
        incident = Incident.objects.select_related("case", "case_perpetrator").get(pk=work.object_id)
        if incident.case.is_closed:
            title = _("New entry on a closed case: decide what to do")
            _raise(incident.case, Task.Kind.ENTRY_AFTER_CLOSING, title, incident.pk)
        if has_red_flag(incident) or dangers_of(vars(incident)):
            title = _("Red flag in entry %(number)s: look today") % {"number": incident.number}
            _raise(incident.case, Task.Kind.RED_FLAG, title, incident.pk)
        look_at_rate(incident.case)
        work.finish()


def look_at_addition(work: Work) -> None:
    """Raise a same-day task for words of danger in what was added to an entry."""
    with work.acting():
        added = Amendment.objects.select_related("case", "incident").get(pk=work.object_id)
        if dangers_in(added.text):
            title = _("Red flag in what was added to entry %(number)s: look today") % {"number": added.incident.number}
            _raise(added.case, Task.Kind.RED_FLAG, title, added.pk)
        work.finish()


def look_at_caption(work: Work) -> None:
    """Raise a same-day task for words of danger in what was said about a file."""
    with work.acting():
        said = Caption.objects.select_related("case", "evidence").get(pk=work.object_id)
        if said.evidence.incident_id is not None and dangers_in(said.shows, said.when_words):
            words = {"number": said.evidence.exhibit_number}
            title = _("Red flag in what was said about exhibit E%(number)s: look today") % words
            _raise(said.case, Task.Kind.RED_FLAG, title, said.pk)
        work.finish()


def look_at_batch(work: Work) -> None:
    """Raise what a whole batch asks for, once: what one entry would, with how many of them it is about."""
    with work.acting():
        batch = ImportBatch.objects.select_related("case").get(pk=work.object_id)
        if batch.case.is_closed:
            title = _("New entries on a closed case: decide what to do")
            _raise(batch.case, Task.Kind.ENTRY_AFTER_CLOSING, title, batch.pk)
        made = Incident.objects.filter(pk__in=IncidentLine.objects.filter(batch=batch).values("incident"))
        entries = made.select_related("case_perpetrator").iterator(chunk_size=ENTRIES_AT_ONCE)
        count = sum(has_red_flag(each) or bool(dangers_of(vars(each))) for each in entries)
        if count:
            told = {"count": count, "total": batch.entry_count}
            title = _("Red flag in %(count)s of %(total)s entries brought in: look today") % told
            _raise(batch.case, Task.Kind.RED_FLAG, title, batch.pk)
        look_at_rate(batch.case)
        work.finish()


def has_red_flag(incident: Incident) -> bool:
    """Whether a ticked behaviour asks for a look on the same day (shared rule: `logs/behaviours.py`)."""
    link = incident.case_perpetrator
    is_partner = link is not None and link.relationship in PARTNERS
    return bool(red_flags(incident.behaviours, is_ex_or_partner=is_partner))


def look_at_rate(case: Case) -> None:
    """Raise a same-day task when entries come more often than before; once for each rise.

    One that is still open says it already. One that was looked at counts for as many days as the latest ones that are
    compared: after them every entry it was about has left the comparison, and a rate that still rises is a new fact.
    In the caller's transaction. Source: domain section 3.6 (the rule is `logs.rising.rate_rise`).
    """
    today = timezone.localdate()
    found = rate_rise_of(Incident.objects.filter(case=case), today)
    if not found.asks_for_look:
        return
    since = timezone.now() - timedelta(days=found.latest_days)
    told = case.tasks.filter(kind=Task.Kind.RATE_RISE).filter(Q(done_at=None) | Q(created_at__gt=since))
    if not told.exists():
        _raise(case, Task.Kind.RATE_RISE, rise_words(found), f"{case.pk}:{today}")


def rise_words(found: RateRise) -> str:
    """The task's words: what was counted, and nothing made of it."""
    latest = ngettext(
        "%(count)s entry in the last %(days)s days", "%(count)s entries in the last %(days)s days", found.latest.count
    ) % {"count": found.latest.count, "days": found.latest_days}
    told = {"latest": latest, "days": found.before_days, "before": found.before.count}
    return _("Red flag, entries come more often: %(latest)s, %(before)s in the %(days)s days before. Look today") % told


def _raise(case: Case, kind: Task.Kind, title: str, about: UUID | str) -> None:
    raise_task(case, kind, title, timezone.localdate(), key=f"{kind}:{about}")
