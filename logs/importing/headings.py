"""Which column of the booklet a heading means, however it was typed.

Source: `domain.md` 3.3 of the design: the booklet's eight columns and their order.
"""

import difflib
import re
from collections.abc import Mapping, Sequence

# The eight columns as a table without headings has them.
IN_ORDER = (
    "when", "place", "what_happened", "evidence_words", "police_response", "impact", "changes_made",
    "impact_on_others",
)  # fmt: skip
MAX_HEADING = 200
ENOUGH = 3
# The first that fits wins: "impact on children" before "impact", "date reported to police" before "date".
_WORDS: tuple[tuple[str, str], ...] = (
    (
        "police_reference",
        r"^(?!.*(contact|did|respon|report)).*\b((crime|cad|incident|log) ?(no|num|number|ref)|reference|ref)\b",
    ),
    ("police_response", r"police|officer|\breported\b"),
    ("impact_on_others", r"child|others\b|other people|family|friends"),
    ("changes_made", r"\bchang|what (have )?(i|you) (done|do) (since|differently)|differently"),
    ("impact", r"impact|affect|effect|\bfeel|felt\b"),
    ("evidence_words", r"eviden|\bproof|photos|screenshots|witness"),
    (
        "what_happened",
        r"what (has )?happen|happened|describ|descript|details|\bincident\b|behaviou?r|what (he|she|they) did",
    ),
    ("when", r"\bdate|\bday\b|when\b|\btime"),
    ("place", r"locat|\bplace|where\b|address"),
)
_FIGURES = re.compile(r"\d[\d/.:-]*\d|\d(?:st|nd|rd|th|am|pm)\b")
_PATTERNS = tuple((field, re.compile(pattern)) for field, pattern in _WORDS)
_USUAL = {
    "date and time": "when", "date": "when", "time": "when", "when": "when", "location": "place",
    "location if relevant": "place", "where": "place", "what happened": "what_happened", "incident": "what_happened",
    "description": "what_happened", "evidence": "evidence_words", "police contacted": "police_response",
    "police response": "police_response", "police reference": "police_reference", "crime reference": "police_reference",
    "impact": "impact", "impact on you": "impact", "changes made": "changes_made", "changes": "changes_made",
    "impact on children or others": "impact_on_others", "impact on children": "impact_on_others",
}  # fmt: skip


def field_of(heading: str) -> str:
    """The column a heading means; empty when it means none."""
    words = re.sub(r"[^\w ]+", " ", " ".join(heading.lower().split()))[:MAX_HEADING]
    words = " ".join(words.split())
    if not words:
        return ""
    if words in _USUAL:
        return _USUAL[words]
    for field, pattern in _PATTERNS:
        if pattern.search(words):
            return field
    near = difflib.get_close_matches(words, _USUAL, n=1, cutoff=0.78) if len(words) < 60 else []
    return _USUAL[near[0]] if near else ""


def fields_of(cells: Sequence[str], columns: Mapping[str, str] | None = None) -> tuple[str, ...] | None:
    """The field of each cell when a row is one of headings; None when it is not.

    What a victim wrote holds the same words as the headings ("police called", "children upset"), so a row of headings
    names the date or what happened too, holds no figures, and means something else by each cell.

    Args:
        cells: the row.
        columns: heading → field as somebody settled it; a heading not in it is guessed.
    """
    settled = columns or {}
    filled = [cell.strip() for cell in cells if cell.strip()]
    if len(filled) < 2 or any(len(cell) > MAX_HEADING for cell in filled):
        return None
    fields = tuple(settled[cell.strip()] if cell.strip() in settled else field_of(cell) for cell in cells)
    if settled and sum(cell in settled for cell in filled) * 2 >= len(filled):
        return fields
    known = [field for field in fields if field]
    is_enough = len(set(known)) >= min(ENOUGH, len(filled)) and len(known) * 2 >= len(filled)
    return fields if is_enough and {"when", "what_happened"} & set(known) and _are_headings(filled, known) else None


def more_fields_of(cells: Sequence[str]) -> tuple[str, ...] | None:
    """As `fields_of`, for the right one of two facing pages, where date and what happened stand on the left."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    fields = tuple(field_of(cell) for cell in cells)
    known = [field for field in fields if field]
    is_enough = len(known) >= 2 and len(known) == len(filled) and not {"when", "what_happened"} & set(known)
    return fields if is_enough and _are_headings(filled, known) else None


def same_headings(cells: Sequence[str], headings: Sequence[str]) -> bool:
    """Whether a row is the headings once more, as at the top of every page."""
    pairs = zip(cells, headings, strict=False)
    return bool(headings) and len(cells) == len(headings) and all(_plain(one) == _plain(two) for one, two in pairs)


def _plain(cell: str) -> str:
    return " ".join(re.sub(r"[^\w]+", " ", cell.lower()).split())


def _are_headings(filled: Sequence[str], known: Sequence[str]) -> bool:
    others = [field for field in known if field != "when"]
    return len(others) == len(set(others)) and not any(_FIGURES.search(cell) for cell in filled)
