"""From what somebody picked to rows: everything of the case has one, with how it goes in or why it stays out."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import User
from bundles.models import Bundle, BundleItem, Reason
from cases.models import Case
from logs.models import Amendment, Evidence, Incident
from logs.sources import entries_of
from nsvcs.casetext import to_bytes

Why = tuple[str, str]  # a `Reason`, and words of staff that are never printed
How = BundleItem.How


class NothingChosen(Exception):
    """A bundle needs at least one entry."""


@dataclass(frozen=True)
class Picked:
    """What was picked. The rest of the case is left out.

    Args:
        whole: entries that are printed; `listed` those that are named only.
        files: files that are shown, each of an entry that is printed.
        notes: later notes that are printed with their entries; none means all there are. A withdrawal always is.
        reasons: why something is left out, by its id.
        date_from, date_to: the days covered, both included.
        until: what arrived after this was not there to be picked.
        files_by_entry: files in the order of the entries that tell of them, and not of their numbers.
    """

    whole: Set[UUID]
    files: Set[UUID] = frozenset()
    listed: Set[UUID] = frozenset()
    notes: Set[UUID] | None = None
    reasons: Mapping[UUID, Why] = field(default_factory=dict)
    date_from: date | None = None
    date_to: date | None = None
    until: datetime | None = None
    files_by_entry: bool = False

    def covers(self, day: date) -> bool:
        """Whether a day is one of those covered."""
        return (self.date_from is None or day >= self.date_from) and (self.date_to is None or day <= self.date_to)

    def came_late(self, at: datetime) -> bool:
        """Whether something arrived when the picking was over."""
        return self.until is not None and at > self.until

    def why(self, pk: UUID, found: Reason) -> Why:
        """The reason given, else the one that was found."""
        return self.reasons.get(pk) or (found, "")


def items_of(case: Case, picked: Picked, by: User) -> list[BundleItem]:
    """A row for each entry, later note and file of the case that `by` may see, in the order of the bundle.

    Raises:
        NothingChosen: no entry, an id that is not one of the case, or a file without an entry that is printed.
    """
    entries = list(_entries(case, picked, by))
    notes = list(_notes(case, picked, by))
    files = list(_files(case, picked, by, {item.object_id: place for place, item in enumerate(entries)}))
    in_it = {item.object_id for item in (*entries, *notes, *files) if item.how != How.OUT}
    asked_for = {*picked.whole, *picked.listed, *picked.files, *(picked.notes or ())}
    if not picked.whole or not asked_for <= in_it:
        raise NothingChosen
    items = [*entries, *notes, *files]
    for position, item in enumerate(items):
        item.case, item.position = case, position
    return items


# The ORM takes each value of each row in hand several times: for thousands of rows most of the time of asking.
KEEP = """
INSERT INTO bundles_bundleitem (id, bundle_id, case_id, kind, object_id, position, how, reason, reason_words)
SELECT item.id, %s, %s, item.kind, item.object_id, item.position, item.how, item.reason, item.reason_words
FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::int[], %s::text[], %s::text[], %s::bytea[])
  AS item (id, kind, object_id, position, how, reason, reason_words)
"""


def keep_items(bundle: Bundle, items: Sequence[BundleItem]) -> None:
    """Write the rows of a new bundle, which is kept already."""
    columns: list[list[Any]] = [
        [item.pk for item in items], [str(item.kind) for item in items], [item.object_id for item in items],
        [item.position for item in items], [str(item.how) for item in items], [str(item.reason) for item in items],
        [to_bytes(item.reason_words) for item in items],
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [bundle.pk, bundle.case_id, *columns])


def _row(kind: BundleItem.Kind, pk: UUID, how: How, why: Why = ("", "")) -> BundleItem:
    return BundleItem(kind=kind, object_id=pk, how=how, reason=why[0], reason_words=why[1])


def _entries(case: Case, picked: Picked, by: User) -> Iterator[BundleItem]:
    rows = Incident.objects.visible_to(by).filter(case=case).chronological()
    for pk, day, at in rows.values_list("pk", "occurred_on", "recorded_at"):
        if pk in picked.whole or pk in picked.listed:
            yield _row(BundleItem.Kind.ENTRY, pk, How.WHOLE if pk in picked.whole else How.LISTED)
            continue
        found = Reason.UNSAID if picked.covers(day) else Reason.RANGE
        why = picked.why(pk, Reason.LATER if picked.came_late(at) else found)
        yield _row(BundleItem.Kind.ENTRY, pk, How.OUT, why)


def _notes(case: Case, picked: Picked, by: User) -> Iterator[BundleItem]:
    rows = Amendment.objects.visible_to(by).filter(case=case).order_by("recorded_at", "pk")
    for pk, entry, kind, at in rows.values_list("pk", "incident_id", "kind", "recorded_at"):
        is_chosen = picked.notes is None or pk in picked.notes or kind == Amendment.Kind.WITHDRAWAL
        if entry in picked.whole and is_chosen:
            yield _row(BundleItem.Kind.AMENDMENT, pk, How.WHOLE)
            continue
        found = Reason.LATER if picked.came_late(at) else Reason.UNSAID
        why = picked.why(pk, found) if entry in picked.whole else (Reason.ENTRY, "")
        yield _row(BundleItem.Kind.AMENDMENT, pk, How.OUT, why)


def _files(case: Case, picked: Picked, by: User, places: Mapping[UUID, int]) -> Iterator[BundleItem]:
    needed = ("pk", "case", "incident", "import_batch", "exhibit_number", "arrived_at")
    files = list(Evidence.objects.visible_to(by).filter(case=case).order_by("exhibit_number").only(*needed))
    told_in = {pk: found & picked.whole for pk, found in entries_of(files).items()}
    if picked.files_by_entry:
        last = len(places)
        files.sort(key=lambda file: min((places.get(each, last) for each in told_in[file.pk]), default=last))
    for file in files:
        if file.pk in picked.files and told_in[file.pk]:
            yield _row(BundleItem.Kind.EVIDENCE, file.pk, How.WHOLE)
            continue
        found = Reason.LATER if picked.came_late(file.arrived_at) else Reason.UNSAID
        why = picked.why(file.pk, found) if told_in[file.pk] else (Reason.ENTRY, "")
        yield _row(BundleItem.Kind.EVIDENCE, file.pk, How.OUT, why)
