"""What can be redacted by hand: the texts of a case as they are kept, word by word, and the pages of its files."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from bundles.disclosure.painting import PARTS
from bundles.disclosure.redacting import FIELDS, Target, cut, digest_of
from bundles.models import Redaction
from bundles.selection.beside import shown_copy
from cases.models import Case
from logs.models import Amendment, Caption, Evidence, Incident, Rendition, Transcript, Translation
from logs.standing import Use

COLUMNS, ROWS = 20, 28
FIELD_NAMES = {
    "what_happened": gettext_lazy("What happened"),
    "place": gettext_lazy("Where"),
    "evidence_words": gettext_lazy("Words about evidence"),
    "police_response": gettext_lazy("What the police did"),
    "police_reference": gettext_lazy("Police reference"),
    "impact": gettext_lazy("Impact"),
    "changes_made": gettext_lazy("Changes made"),
    "impact_on_others": gettext_lazy("Impact on children or others"),
    "when_words": gettext_lazy("Words about the time"),
    "helped_by": gettext_lazy("Who helped"),
    "shows": gettext_lazy("What the file shows"),
    "taken_by_words": gettext_lazy("Who took it"),
}
_WORD = re.compile(r"\S+")


@dataclass(frozen=True)
class Piece:
    """One text that something can be taken out of."""

    target: str
    pk: UUID
    field: str
    name: str
    text: str
    where: str = ""

    @property
    def digest(self) -> str:
        """Of the text as it is kept."""
        return digest_of(self.text)

    @property
    def words(self) -> list[tuple[int, int, str]]:
        """Start, end and letters of each word."""
        return [(*found.span(), found.group()) for found in _WORD.finditer(self.text)]

    def spans(self, numbers: Iterable[int]) -> list[tuple[int, int]]:
        """From where to where words run that were chosen by their numbers; neighbours as one, with what is between."""
        words, last = self.words, -2
        spans: list[tuple[int, int]] = []
        for number in sorted({each for each in numbers if 0 <= each < len(words)}):
            start, end, _letters = words[number]
            if number == last + 1:
                spans[-1] = (spans[-1][0], end)
            else:
                spans.append((start, end))
            last = number
        return spans

    def without(self, rows: Iterable[Redaction]) -> str:
        """The text as it is going to be printed, before anything is withheld from it."""
        own = [(row.start, row.end, row.reason) for row in rows if self.has(row)]
        return cut(self.text, own)

    def has(self, row: Redaction) -> bool:
        """Whether something is taken out of this text by a redaction."""
        return (row.target, row.object_id, row.field) == (self.target, self.pk, self.field)


def piece_of(case: Case, target: str, pk: UUID, field: str, by: User) -> Piece | None:
    """One text of a case; none where there is no such text, or it is empty."""
    if field not in FIELDS.get(target, ()):
        return None
    row = _rows(target, by).filter(case=case, pk=pk).first()
    text = getattr(row, field, "") if row else ""
    return Piece(target, pk, field, _name(target, field), text, _where(row)) if text.strip() else None


def _where(row: Any) -> str:
    """The entry or the exhibit that a text belongs to."""
    if isinstance(row, Caption | Transcript):
        return _("exhibit E%(number)s") % {"number": row.evidence.exhibit_number}
    return _("entry %(number)s") % {"number": getattr(row, "incident", row).number}


def _rows(target: str, by: User) -> QuerySet[Any]:
    if target == Target.ENTRY:
        return Incident.objects.visible_to(by)
    if target == Target.AMENDMENT:
        return Amendment.objects.visible_to(by).select_related("incident")
    if target == Target.TRANSLATION:
        return Translation.objects.visible_to(by).select_related("incident")
    if target == Target.CAPTION:
        return Caption.objects.visible_to(by).select_related("evidence")
    return Transcript.objects.visible_to(by).select_related("evidence")


def pieces_of(entries: Sequence[Incident]) -> Iterator[tuple[Incident, list[Piece]]]:
    """The texts of entries, with what was added to them and their translations; each a link to choose in."""
    for entry in entries:
        found = [_piece(entry, Target.ENTRY, field) for field in FIELDS[Target.ENTRY]]
        found += [_piece(note, Target.AMENDMENT, "text") for note in entry.amendments.all()]
        found += [_piece(each, Target.TRANSLATION, "text") for each in entry.translations.all()]
        yield entry, [piece for piece in found if piece.text.strip()]


def pieces_of_file(file: Evidence) -> list[Piece]:
    """What was said of a file and heard in it, in the newest version of each."""
    said, typed = list(file.captions.all())[:1], list(file.transcripts.all())[:1]
    found = [_piece(each, Target.CAPTION, field) for each in said for field in FIELDS[Target.CAPTION]]
    found += [_piece(each, Target.TRANSCRIPT, "text") for each in typed]
    return [piece for piece in found if piece.text.strip()]


def _piece(row: Incident | Amendment | Translation | Caption | Transcript, target: str, field: str) -> Piece:
    return Piece(target, row.pk, field, _name(target, field), getattr(row, field))


def _name(target: str, field: str) -> str:
    if target == Target.AMENDMENT:
        return _("A later note")
    if target == Target.TRANSLATION:
        return _("A translation")
    return _("What was heard") if target == Target.TRANSCRIPT else str(FIELD_NAMES[field])


# --- pages --------------------------------------------------------------------------------------------------------


def copy_to_redact(file: Evidence) -> Rendition | None:
    """The copy of a file that a bundle shows, if one is made and may be used."""
    return shown_copy(file) if file.standing.may(Use.BUNDLE) else None


def pages_of(copy: Rendition) -> int:
    """How many pages it has; a picture has one."""
    return copy.page_count if copy.media_type == "application/pdf" else 1


def grid(ticked: Iterable[int] = ()) -> list[list[tuple[int, bool]]]:
    """The squares of a page by rows, each its number and whether it is ticked."""
    chosen = set(ticked)
    return [[(cell, cell in chosen) for cell in range(row * COLUMNS, (row + 1) * COLUMNS)] for row in range(ROWS)]


def boxes_of(cells: Iterable[int]) -> list[int]:
    """Cells of the grid, counted from the left upper one along the rows, as boxes: those side by side as one."""
    chosen = {cell for cell in cells if 0 <= cell < COLUMNS * ROWS}
    runs: dict[tuple[int, int], list[int]] = {}
    for row in range(ROWS):
        for first, last in _runs([cell % COLUMNS for cell in sorted(chosen) if cell // COLUMNS == row]):
            runs.setdefault((first, last), []).append(row)
    boxes = []
    for (left, right), rows in runs.items():
        for top, bottom in _runs(rows):
            boxes += [
                left * PARTS // COLUMNS, top * PARTS // ROWS, -(-(right + 1) * PARTS // COLUMNS),
                -(-(bottom + 1) * PARTS // ROWS),
            ]  # fmt: skip
    return boxes


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
