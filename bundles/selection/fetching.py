"""Fetching what was chosen for a bundle: each table is asked once, for what is printed of it."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import QuerySet

from accounts.models import User
from bundles.models import Bundle
from bundles.selection.frozen import Frozen
from logs.models import Amendment, Caption, CustodyEvent, Evidence, EvidenceFact, Incident, Rendition, Transcript
from logs.models import Translation as Translated

# The parts of a file that a bundle shows or tells of: no small pictures, no pictures of pages, no reports.
PARTS = (
    Rendition.Kind.PAGE, Rendition.Kind.DOCUMENT, Rendition.Kind.READING, Rendition.Kind.STILLS, Rendition.Kind.TEXT,
)  # fmt: skip


class OneOf(models.Func):
    """Holds where a column is one of very many ids.

    As an array, since to write each into the question by itself takes as long as the answer. Not as a question within
    the question for what was chosen: the database knows nothing of rows that were written a moment ago, takes them for
    one, and goes through all of them for each of the others.
    """

    output_field = models.BooleanField()
    template, arg_joiner = "%(expressions)s)", " = ANY ("

    def __init__(self, column: str, ids: Sequence[UUID]) -> None:
        """Compare `column` with all of `ids`."""
        super().__init__(models.F(column), models.Value(list(ids), ArrayField(models.UUIDField())))


def place_in(ids: Sequence[UUID]) -> Callable[[Any], int]:
    """A key that sorts rows as their ids stand."""
    places = {pk: place for place, pk in enumerate(ids)}
    return lambda row: places[row.pk]


def fetch_entries(bundle: Bundle, chosen: Frozen, by: User) -> list[Incident]:
    """The entries that are printed whole, in their order, with the notes that are printed and all translations."""
    found = Incident.objects.visible_to(by).filter(OneOf("pk", chosen.entries)).select_related("written_offline")
    rows = sorted(found, key=place_in(chosen.entries))
    of_them = OneOf("incident_id", chosen.entries)
    notes = Amendment.objects.visible_to(by).filter(of_them).select_related("recorded_by").order_by("pk")
    if chosen.notes is not None:
        notes = notes.filter(OneOf("pk", chosen.notes))
    _give(rows, "amendments", notes, "incident_id")
    _give(rows, "translations", Translated.objects.visible_to(by).filter(of_them).order_by("pk"), "incident_id")
    return for_her(rows, bundle)


def for_her(entries: list[Incident], bundle: Bundle) -> list[Incident]:
    """In her own copy stands what she keeps out of papers for others: whoever makes it, it is her log."""
    for entry in entries if bundle.is_hers else ():
        entry.never_disclose = []
    return entries


def fetch_files(chosen: Frozen, entries: Sequence[Incident], by: User) -> list[Evidence]:
    """The files that are printed, in their order, with all that a bundle tells of them; each with its entry."""
    found = Evidence.objects.visible_to(by).filter(OneOf("pk", chosen.files)).with_standing()
    rows = sorted(found, key=place_in(chosen.files))
    known = {entry.pk: entry for entry in entries}
    for row in rows:
        if row.incident_id in known:
            row.incident = known[row.incident_id]
    beside: dict[str, QuerySet[Any]] = {
        "renditions": Rendition.objects.visible_to(by).filter(kind__in=PARTS).order_by("made_at", "number"),
        "facts": EvidenceFact.objects.visible_to(by).to_show().order_by("read_at", "pk"),
        "transcripts": Transcript.objects.visible_to(by).select_related("typed_by").order_by("-number"),
        "captions": Caption.objects.visible_to(by).select_related("said_by").order_by("-number"),
        "custody": CustodyEvent.objects.visible_to(by),
    }
    for name, others in beside.items():
        _give(rows, name, others.filter(OneOf("evidence_id", chosen.files)), "evidence_id")
    return rows


def _give(rows: Sequence[Any], name: str, found: QuerySet[Any], of: str) -> None:
    """Give each row what is told beside it, as if it had been fetched ahead; most rows have nothing, and share that.

    Django's own way makes a queryset for each of five thousand rows, which takes as much memory as the row.
    """
    beside = defaultdict[UUID, list[Any]](list)
    for each in found:
        beside[getattr(each, of)].append(each)
    for row in rows:
        vars(row).setdefault("_prefetched_objects_cache", {})[name] = beside.get(row.pk, ())
