"""What of a case can be put into a bundle, one line each, and what of it a draft puts in; how many pages that makes."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q
from django.db.models.functions import Coalesce, Length

from accounts.models import User
from bundles.choosing.drafting import Choice
from bundles.choosing.paging import CONTACT_LETTERS, Size, Sizes
from bundles.choosing.picking import Picked
from bundles.models import BundleItem, Edition, Reason, Shown
from cases.models import Case
from logs.models import Amendment, Caption, Evidence, Incident, Rendition, Translation
from logs.models.incidents import PoliceContact
from logs.sources import entries_of
from logs.standing import Use
from reference.models import Preset

Kind = BundleItem.Kind
# A text of the log, and the column it is printed in.
TEXTS = {
    "place": "place", "what_happened": "what_happened", "evidence_words": "evidence_words",
    "police_response": "police", "police_reference": "police", "impact": "impact", "changes_made": "changes_made",
    "impact_on_others": "impact_on_others",
}  # fmt: skip
VERSION_BYTES = 1  # before each text, and before an empty one too
FACTS = ("behaviours", "occurred_time")
MARKING_LETTERS = 60  # above a translation stands whose it is
PAGED = (Rendition.Kind.DOCUMENT, Rendition.Kind.READING)


@dataclass(frozen=True)
class Line:
    """One entry, later note or file that is offered.

    Attributes:
        entries: the entries it goes with; of an entry, itself.
        usually_out: why it stays out unless it is ticked.
        must: goes in with its entry whatever is ticked: a withdrawal.
        weight: letters of a text; pages of a file.
        day: when it happened; `size` how long its texts are: of an entry alone.
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
    day: date | None = None
    size: Size | None = None

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

    def entries_with(self, kind: str) -> set[UUID]:
        """Entries with a file or a note that goes in where they are printed whole."""
        return self._beside[kind]

    @cached_property
    def _beside(self) -> dict[str, set[UUID]]:
        beside: dict[str, set[UUID]] = {Kind.EVIDENCE: set(), Kind.AMENDMENT: set()}
        for line in self.lines:
            if line.kind in beside and self.is_in(line):
                beside[line.kind] |= line.entries
        return beside

    @cached_property
    def pages_of_files(self) -> Counter[UUID]:
        """How many pages the files of each entry have, printed whole or not."""
        pages: Counter[UUID] = Counter()
        for line in self.of(Kind.EVIDENCE):
            if self.is_in(line):
                for entry in line.entries:
                    pages[entry] += line.weight
        return pages

    @cached_property
    def files_of(self) -> Counter[UUID]:
        """How many files each entry shows."""
        return Counter(entry for line in self.files_in for entry in line.entries)

    @cached_property
    def _later(self) -> dict[UUID, list[int]]:
        later: dict[UUID, list[int]] = {}
        for line in self.notes_in:
            for entry in line.entries:
                later.setdefault(entry, []).append(line.weight)
        return later

    def size_of(self, line: Line) -> Size:
        """How long one entry is, with what goes in with it."""
        told = line.size or Size({})
        return replace(told, files=self.files_of[line.pk], later=self._later.get(line.pk, ()))

    def sizes(self, preset: Preset | None) -> Sizes:
        """What there is to print, by the rules of an edition."""
        layout, points = (preset.layout, float(preset.type_size)) if preset else ("cards", 10.5)
        shown = self.choice.shown
        is_hers = self.choice.edition == Edition.OWN
        hidden = set() if is_hers and shown is None else set(Shown.values) - set(shown or ())
        whole = [line for line in self.entries_in if line.pk in self.whole]
        return Sizes(
            layout=layout, points=points, entries=[self.size_of(line) for line in whole],
            listed=len(self.entries_in) - len(whole), file_pages=[line.weight for line in self.files_in], hidden=hidden,
            sections=self.choice.sections, most_pages=preset.most_pages if preset else None,
        )  # fmt: skip

    def pages(self, preset: Preset | None) -> int:
        """About how many pages it makes."""
        return self.sizes(preset).pages()


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
    rows = entries.with_counts().chronological()
    rows = rows.annotate(**{f"{name}_letters": Coalesce(Length(name), 0) for name in TEXTS})
    told = ("pk", "number", "recorded_at", "is_withdrawn", "occurred_on", "police_contacted", *FACTS)
    found = rows.values_list(*told, *(f"{name}_letters" for name in TEXTS))
    translated = _translated(entries)
    return [
        Line(
            Kind.ENTRY, pk, number, frozenset([pk]), at, Reason.WITHDRAWN if is_withdrawn else None,
            weight=sum(letters), day=day,
            size=replace(
                _size(day, contact, letters, translated.get(pk, {})), behaviours=behaviours, has_hour=hour is not None
            ),
        )
        for pk, number, at, is_withdrawn, day, contact, behaviours, hour, *letters in found
    ]  # fmt: skip


def _size(day: date, contact: str, letters: Sequence[int], translated: Mapping[str, int]) -> Size:
    columns: Counter[str] = Counter()
    for (name, column), count in zip(TEXTS.items(), letters, strict=True):
        columns[column] += max(count - VERSION_BYTES, 0) + translated.get(name, 0)
    is_told = contact == PoliceContact.YES or columns["police"] > 0
    columns["police"] += CONTACT_LETTERS if contact else 0
    return Size(columns, tells_of_police=is_told, month=f"{day:%Y-%m}")


def _translated(entries: Any) -> dict[UUID, dict[str, int]]:
    """How long the translations of each text of an entry are."""
    found: dict[UUID, dict[str, int]] = {}
    rows = Translation.objects.filter(incident__in=entries, amendment=None).annotate(letters=Length("text"))
    for entry, name, letters in rows.values_list("incident_id", "field", "letters"):
        told = found.setdefault(entry, {})
        told[name] = told.get(name, 0) + letters + MARKING_LETTERS
    return found


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
    caption = Exists(Caption.objects.visible_to(by).filter(evidence=OuterRef("pk")))
    files = list(rows.annotate(copy_pages=pages, is_told=caption).defer("file_label", "description", "taken_words"))
    told_in = entries_of(files)
    for file in files:
        told = frozenset(told_in[file.pk] & places.keys())
        if not told:
            continue
        is_usual = file.incident_id is not None and file.standing.may(Use.BUNDLE)
        line = Line(
            Kind.EVIDENCE, file.pk, file.exhibit_number, told, file.arrived_at, None if is_usual else Reason.UNSAID,
            weight=_file_pages(file), row=file,
        )  # fmt: skip
        yield line, file_kind(file) in choice.file_kinds


def _file_pages(file: Any) -> int:
    """With the page before it, which a picture has only where somebody said what it shows."""
    if file.is_document or file.is_readable or file.copy_pages:
        return 1 + int(file.copy_pages)
    return 1 + bool((file.is_image or file.is_film) and file.is_told)


def file_kind(file: Evidence) -> str:
    """Which of `FILE_KINDS` a file is."""
    if file.is_film or file.is_sound:
        return "recordings"
    if file.is_image:
        return "pictures"
    return "documents" if file.is_document or file.is_readable else "other"
