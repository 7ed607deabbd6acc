"""How the lines of the list to choose from are called."""

from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from bundles.choosing.offering import Kind, Line
from logs.lines import line_of
from logs.models import Amendment, Evidence, Incident, Rendition
from logs.standing import Use
from nsvcs.days import day_words

LONGEST = 90  # letters
SMALL = (Rendition.Kind.THUMBNAIL, Rendition.Kind.STILLS, Rendition.Kind.SHEET)


def labels_of(lines: Sequence[Line], numbers: dict[UUID, int], by: User) -> dict[UUID, str]:
    """The labels of some lines, with the first words of each text.

    Args:
        lines: those of one page.
        numbers: the numbers of all entries by id.
        by: whoever looks.
    """
    found = {line.pk: _file_label(line.row, line, numbers) for line in lines if line.row is not None}
    entries = Incident.objects.visible_to(by).filter(pk__in=_pks(lines, Kind.ENTRY)).with_counts()
    found |= {row.pk: _entry_label(row) for row in entries}
    notes = Amendment.objects.visible_to(by).filter(pk__in=_pks(lines, Kind.AMENDMENT))
    return found | {row.pk: _note_label(row, numbers) for row in notes}


def pictures_of(lines: Sequence[Line], by: User) -> dict[UUID, str]:
    """Of files on one page of the list, the kind of small copy to show beside them; none of what may not be seen."""
    files = {line.pk for line in lines if line.row is not None and line.row.standing.may(Use.VIEW)}
    rows = Rendition.objects.visible_to(by).filter(evidence__in=files, kind__in=SMALL, state="ok", number=1)
    found = dict(rows.values_list("evidence_id", "kind").order_by("made_at"))
    return {pk: str(kind) for pk, kind in found.items()}


def _pks(lines: Sequence[Line], kind: str) -> list[UUID]:
    return [line.pk for line in lines if line.kind == kind]


def _short(words: str) -> str:
    words = " ".join(words.split())
    return f"{words[:LONGEST]}…" if len(words) > LONGEST else words


def _entry_label(row: Incident) -> str:
    said = {"number": row.number, "when": row.when, "words": _short(line_of(row))}
    if getattr(row, "is_withdrawn", False):
        return _("Entry %(number)s (withdrawn), %(when)s: %(words)s") % said
    return _("Entry %(number)s, %(when)s: %(words)s") % said


def _note_label(row: Amendment, numbers: dict[UUID, int]) -> str:
    said = {
        "number": numbers[row.incident_id], "day": day_words(timezone.localtime(row.recorded_at)),
        "words": _short(row.text),
    }  # fmt: skip
    if row.kind == Amendment.Kind.WITHDRAWAL:
        return _("Withdrawal of entry %(number)s on %(day)s: goes in with the entry") % said
    return _("Added to entry %(number)s on %(day)s: %(words)s") % said


def _file_label(row: Evidence, line: Line, numbers: dict[UUID, int]) -> str:
    words = _named(row, line, numbers)
    if row.standing.may(Use.BUNDLE):
        return words
    return _("%(file)s (%(state)s: a page says that it is not shown)") % {"file": words, "state": row.standing.word}


def _named(row: Evidence, line: Line, numbers: dict[UUID, int]) -> str:
    said = {"number": row.exhibit_number, "kind": row.kind_words}
    if row.incident_id is None:
        return ngettext(
            "Exhibit E%(number)s, %(kind)s, the whole file that %(entries)s entry was brought in from",
            "Exhibit E%(number)s, %(kind)s, the whole file that %(entries)s entries were brought in from",
            len(line.entries),
        ) % (said | {"entries": len(line.entries)})
    return _("Exhibit E%(number)s, %(kind)s, of entry %(entry)s") % (said | {"entry": numbers[row.incident_id]})
