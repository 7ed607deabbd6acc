"""What of a case can be put into a bundle, one line each, and what of it a draft puts in; how many pages that makes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from math import ceil
from typing import Any
from uuid import UUID

from django.db.models import Max, Q
from django.db.models.functions import Coalesce, Length

from accounts.models import User
from bundles.choosing.drafting import Choice
from bundles.choosing.picking import Picked
from bundles.models import BundleItem, Reason
from bundles.selection.choice import Section
from cases.models import Case
from logs.models import Amendment, Evidence, Incident, Rendition
from logs.sources import entries_of
from logs.standing import Use
from reference.models import Preset

Kind = BundleItem.Kind
TEXTS = (
    "place", "what_happened", "evidence_words", "police_response", "police_reference", "impact", "changes_made",
    "impact_on_others",
)  # fmt: skip
# Measured on built bundles of 40 and 100 entries, short and long: letters a page of entries holds at a size of type,
# and what each entry takes beside its letters. A column is narrow: beside a long text the others stay empty.
LETTERS_ON_A_PAGE = {"columns": 1340.0, "cards": 3550.0}
LETTERS_OF_AN_ENTRY = {"columns": 30, "cards": 600}
MEASURED_AT = {"columns": 9.0, "cards": 10.5}
FRONT_PAGES, INDEX_LINES, PATTERN_PAGES, ENTRIES_A_POLICE_PAGE = 2, 30, 8, 15
PAGED = (Rendition.Kind.DOCUMENT, Rendition.Kind.READING)


@dataclass(frozen=True)
class Line:
    """One entry, later note or file that is offered.

    Attributes:
        entries: the entries it goes with; of an entry, itself.
        usually_out: why it stays out unless it is ticked.
        must: goes in with its entry whatever is ticked: a withdrawal.
        weight: letters of a text; pages of a file.
    """

    kind: str
    pk: UUID
    number: int
    entries: frozenset[UUID]
    at: datetime
    usually_out: Reason | None = None
    must: bool = False
    weight: int = 0
    row: Any = None

    @property
    def key(self) -> str:
        """As a draft names it."""
        return str(self.pk)


@dataclass
class Offer:
    """What is offered for the days and kinds of a draft, and the draft's answer to each line."""

    choice: Choice
    lines: Sequence[Line] = ()
    out_of_kind: frozenset[UUID] = frozenset()

    def is_in(self, line: Line) -> bool:
        """Whether a line goes in as it stands now."""
        if line.must:
            return True
        if line.key in self.choice.left:
            return False
        return line.key in self.choice.kept or (line.usually_out is None and not self.is_late(line))

    def is_late(self, line: Line) -> bool:
        """Whether it came after the list was looked at."""
        return self.choice.until is not None and line.at > self.choice.until

    def why(self, line: Line) -> tuple[str, str]:
        """The reason it is left out, and words."""
        usual = line.usually_out or Reason.UNSAID
        return self.choice.left.get(line.key, (Reason.LATER if self.is_late(line) else usual, ""))

    def of(self, kind: str) -> list[Line]:
        """The lines of one kind."""
        return [line for line in self.lines if line.kind == kind]

    @cached_property
    def entries_in(self) -> list[Line]:
        """Entries that go in, whole or by name."""
        return [line for line in self.of(Kind.ENTRY) if self.is_in(line)]

    @cached_property
    def whole(self) -> frozenset[UUID]:
        """Entries that are printed whole."""
        listed = set(self.choice.listed)
        return frozenset(line.pk for line in self.entries_in if line.key not in listed)

    @cached_property
    def notes_in(self) -> list[Line]:
        """Later notes that are printed."""
        return [line for line in self.of(Kind.AMENDMENT) if line.entries & self.whole and self.is_in(line)]

    @cached_property
    def files_in(self) -> list[Line]:
        """Files that are shown."""
        return [line for line in self.of(Kind.EVIDENCE) if line.entries & self.whole and self.is_in(line)]

    @property
    def late(self) -> list[Line]:
        """What came after the list was looked at, and was not looked at since."""
        looked_at = self.choice.left.keys() | set(self.choice.kept)
        return [line for line in self.lines if self.is_late(line) and line.key not in looked_at]

    def picked(self) -> Picked:
        """As rows are made of it."""
        reasons: dict[UUID, tuple[str, str]] = dict.fromkeys(self.out_of_kind, (Reason.KIND, ""))
        reasons |= {line.pk: self.why(line) for line in self.lines if not self.is_in(line)}
        return Picked(
            whole=self.whole, files=frozenset(line.pk for line in self.files_in),
            listed=frozenset(line.pk for line in self.entries_in) - self.whole,
            notes=frozenset(line.pk for line in self.notes_in), reasons=reasons, until=self.choice.until,
        )  # fmt: skip

    def pages(self, preset: Preset | None) -> int:
        """About how many pages it makes."""
        layout, size = (preset.layout, float(preset.type_size)) if preset else ("cards", 10.5)
        on_a_page = LETTERS_ON_A_PAGE[layout] * (MEASURED_AT[layout] / size) ** 2
        whole = [line for line in self.entries_in if line.pk in self.whole]
        letters = sum(line.weight + LETTERS_OF_AN_ENTRY[layout] for line in whole)
        letters += sum(line.weight + LETTERS_OF_AN_ENTRY[layout] // 2 for line in self.notes_in)
        listed = ceil((len(self.entries_in) - len(whole)) / INDEX_LINES)
        index = ceil((len(whole) + len(self.files_in)) / INDEX_LINES)
        facts = PATTERN_PAGES if Section.PATTERNS in self.choice.sections else 0
        facts += ceil(len(whole) / ENTRIES_A_POLICE_PAGE) if Section.POLICE in self.choice.sections else 0
        files = sum(line.weight for line in self.files_in) if Section.EXHIBITS in self.choice.sections else 0
        return FRONT_PAGES + index + listed + facts + ceil(letters / on_a_page) + files


def offer(case: Case, choice: Choice, by: User) -> Offer:
    """Read what is offered: ids, numbers and lengths, no words; as many queries for ten entries as for ten thousand."""
    entries = Incident.objects.visible_to(by).filter(case=case)
    if choice.date_from:
        entries = entries.filter(occurred_on__gte=choice.date_from)
    if choice.date_to:
        entries = entries.filter(occurred_on__lte=choice.date_to)
    found = _entries(entries)
    places = {line.pk: place for place, line in enumerate(found)}
    beside: list[Line] = []
    unwanted: set[UUID] = set()
    for line, is_wanted in (*_notes(case, choice, by, places), *_files(case, choice, by, places)):
        if is_wanted:
            beside.append(line)
        else:
            unwanted.add(line.pk)
    by_entry: dict[int, list[Line]] = {}
    for line in beside:
        by_entry.setdefault(min(places[each] for each in line.entries), []).append(line)
    lines = [each for place, line in enumerate(found) for each in (line, *by_entry.get(place, ()))]
    return Offer(choice, lines, frozenset(unwanted))


def _entries(entries: Any) -> list[Line]:
    sizes = sum((Coalesce(Length(name), 0) for name in TEXTS[1:]), Coalesce(Length(TEXTS[0]), 0))
    rows = entries.with_counts().chronological().annotate(letters=sizes)
    return [
        Line(Kind.ENTRY, pk, number, frozenset([pk]), at, Reason.WITHDRAWN if is_withdrawn else None, weight=letters)
        for pk, number, at, is_withdrawn, letters in rows.values_list(
            "pk", "number", "recorded_at", "is_withdrawn", "letters"
        )
    ]


def _notes(case: Case, choice: Choice, by: User, places: Mapping[UUID, int]) -> Iterable[tuple[Line, bool]]:
    rows = Amendment.objects.visible_to(by).filter(case=case).order_by("recorded_at", "pk")
    rows = rows.annotate(letters=Length("text"))
    for pk, entry, kind, at, letters in rows.values_list("pk", "incident_id", "kind", "recorded_at", "letters"):
        if entry in places:
            must = kind == Amendment.Kind.WITHDRAWAL
            line = Line(Kind.AMENDMENT, pk, 0, frozenset([entry]), at, must=must, weight=letters)
            yield line, choice.has_notes or must


def _files(case: Case, choice: Choice, by: User, places: Mapping[UUID, int]) -> Iterable[tuple[Line, bool]]:
    rows = Evidence.objects.visible_to(by).filter(case=case).order_by("exhibit_number").with_standing()
    pages = Coalesce(Max("renditions__page_count", filter=Q(renditions__state="ok", renditions__kind__in=PAGED)), 0)
    files = list(rows.annotate(copy_pages=pages).defer("file_label", "description", "taken_words"))
    told_in = entries_of(files)
    for file in files:
        told = frozenset(told_in[file.pk] & places.keys())
        if not told:
            continue
        is_usual = file.incident_id is not None and file.standing.may(Use.BUNDLE)
        weight = 1 + (file.copy_pages if file.is_document or file.is_readable else 0)
        line = Line(
            Kind.EVIDENCE, file.pk, file.exhibit_number, told, file.arrived_at, None if is_usual else Reason.UNSAID,
            weight=weight, row=file,
        )  # fmt: skip
        yield line, file_kind(file) in choice.file_kinds


def file_kind(file: Evidence) -> str:
    """Which of `FILE_KINDS` a file is."""
    if file.is_film or file.is_sound:
        return "recordings"
    if file.is_image:
        return "pictures"
    return "documents" if file.is_document or file.is_readable else "other"
