"""Taking out, before anything is printed, what this recipient is not to see. Pure: texts in, texts out.

Withheld text is removed and marked, never covered: by the case's protected words in all their near forms, by pattern,
and for some kinds whole columns. `docs/decisions/0004` and `0069` say why so broadly. `withhold` goes through every
text of a bundle's contents but those that `AS_THEY_ARE` names: what the contents gain later is withheld from too.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

from bundles.disclosure import spotting
from bundles.disclosure.near_forms import ALWAYS
from bundles.disclosure.spotting import Span
from bundles.disclosure.terms import Finder, Term
from bundles.models.kinds import Shown
from bundles.selection.choice import Cover, News, Preset
from bundles.selection.contents import Contents, Entry, Exhibit

MARKS = {
    Shown.ADDRESSES: "[address withheld]",
    Shown.PHONES: "[number withheld]",
    Shown.SCHOOL: "[school withheld]",
    Shown.WORKPLACE: "[workplace withheld]",
    Shown.VEHICLES: "[vehicle withheld]",
    Shown.ROUTINE: "[routine withheld]",
    Shown.CHILDREN: "[children’s details withheld]",
    Shown.THIRD_PARTIES: "[name withheld]",
    Shown.STAFF_SURNAMES: "[surname withheld]",
    Shown.PLACES: "[place withheld]",
}
EMAIL, POSITION, MARK = "[email withheld]", "[position withheld]", "[withheld]"
REDACTED = "[redacted: {reason}]"
# Columns of the log that tell by themselves what a kind is about, whatever words stand in them.
COLUMNS = {"place": Shown.PLACES, "changes": Shown.ROUTINE, "children_others": Shown.CHILDREN}
# Written by us and not by people: names, codes and digests that everything else goes by.
AS_THEY_ARE: Mapping[type, frozenset[str]] = {
    Contents: frozenset({"bundle_id", "reference", "profile", "sections", "withheld_kinds"}),
    Entry: frozenset({"id", "language", "exhibits", "digest", "commitment"}),
    Exhibit: frozenset(
        ["mark", "evidence_id", "kind", "media_type", "sha256", "original_path", "copy_path", "copy_sha256",
         "copy_details", "commitment", "areas"]
    ),
    Cover: frozenset({"copy_mark", "ring"}),
    Preset: frozenset({each.name for each in fields(Preset)}),
    News: frozenset({each.name for each in fields(News)}),
}  # fmt: skip
_OURS = re.compile(
    r"(\[(?:" + "|".join(re.escape(mark[1:-1]) for mark in (*MARKS.values(), EMAIL, POSITION, MARK)) + r")\])"
)
Piece = TypeVar("Piece")


@dataclass(frozen=True)
class Withholder:
    """What is taken out of texts for one bundle.

    Args:
        hidden: the kinds of `Shown` that are not shown.
        terms: protected words of the case; those of other kinds are left where they are, but for `always`.
        kept: texts that are ours and stay as they are, such as the marks of redactions.
        only_columns: whole columns alone go; the texts are gone through afterwards, all at once.
    """

    hidden: frozenset[str] = frozenset(Shown.values)
    terms: tuple[Term, ...] = ()
    kept: frozenset[str] = field(default_factory=frozenset)
    only_columns: bool = False

    @classmethod
    def of_nothing(cls) -> "Withholder":
        """For her own copy: everything stays."""
        return cls(hidden=frozenset())

    def of_columns(self) -> "Withholder":
        """For putting contents together that `withhold` goes through in the end."""
        return replace(self, only_columns=True)

    def hides(self, kind: str) -> bool:
        """Whether this kind is not shown."""
        return kind in self.hidden

    def clean(self, text: str) -> str:
        """The text without what is withheld, in the order in which it was; cleaned again it stays the same."""
        if not text or self.only_columns or not (self.hidden or self._finder.terms):
            return text
        return "".join(each if at % 2 else self._without(each) for at, each in enumerate(self._ours.split(text)))

    def column(self, kind: str, text: str) -> str:
        """A text that as a whole tells something of this kind."""
        return MARKS[Shown(kind)] if text and kind in self.hidden else self.clean(text)

    @cached_property
    def _ours(self) -> re.Pattern[str]:
        if not self.kept:
            return _OURS
        return re.compile(f"{_OURS.pattern[:-1]}|{'|'.join(map(re.escape, sorted(self.kept)))})")

    @cached_property
    def _finder(self) -> Finder:
        return Finder(term for term in self.terms if term.kind in self.hidden or term.kind == ALWAYS)

    def _without(self, text: str) -> str:
        kept, end = [], 0
        for start, until, mark in _over_each_other(self._spots(text)):
            kept += [text[end:start], mark]
            end = until
        return "".join([*kept, text[end:]])

    def _spots(self, text: str) -> Iterator[tuple[int, int, str]]:
        for hit in self._finder.found(text):
            yield hit.start, hit.end, MARK if hit.kind == ALWAYS else MARKS[Shown(hit.kind)]
        for kinds, spot, mark in PATTERNS:
            if self.hidden & kinds:
                yield from ((start, end, mark) for start, end in spot(text))


# Where a map position is shown, so is the address it is of: it stays in only where both are ticked.
PATTERNS: tuple[tuple[frozenset[str], Callable[[str], Iterator[Span]], str], ...] = (
    (frozenset({Shown.ADDRESSES}), spotting.postcodes, MARKS[Shown.ADDRESSES]),
    (frozenset({Shown.ADDRESSES, Shown.PLACES}), spotting.positions, POSITION),
    (frozenset({Shown.PHONES}), spotting.emails, EMAIL),
    (frozenset({Shown.PHONES}), spotting.phones, MARKS[Shown.PHONES]),
    (frozenset({Shown.SCHOOL}), spotting.schools, MARKS[Shown.SCHOOL]),
    (frozenset({Shown.VEHICLES}), spotting.plates, MARKS[Shown.VEHICLES]),
)


def _over_each_other(spots: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """In their order; those that stand over each other are one, told as the first and longest."""
    kept: list[tuple[int, int, str]] = []
    for start, end, mark in sorted(spots, key=lambda spot: (spot[0], -spot[1])):
        if kept and start < kept[-1][1]:
            kept[-1] = (kept[-1][0], max(kept[-1][1], end), kept[-1][2])
        else:
            kept.append((start, end, mark))
    return kept


def withhold(contents: Contents, withholder: Withholder) -> Contents:
    """All the texts of a bundle without what is withheld from its recipient."""
    told = _cleaned(contents, withholder)
    entries = tuple(
        _entry(before, after, withholder) for before, after in zip(contents.entries, told.entries, strict=True)
    )
    return replace(told, entries=entries)


def _entry(before: Entry, after: Entry, withholder: Withholder) -> Entry:
    """An entry without the columns that are withheld as a whole, nor translations of them.

    The digest is over the whole entry: of one that lacks no more than a house's number, somebody could try all numbers
    until it fits. So an entry that is not whole goes without.
    """
    hidden = {name: kind for name, kind in COLUMNS.items() if withholder.hides(kind)}
    marked = {name: MARKS[kind] for name, kind in hidden.items() if getattr(before, name)}
    translations = tuple(each for each in after.translations if each.field not in hidden)
    whole = replace(after, translations=translations, **marked)  # type: ignore[arg-type]
    return whole if whole == before else replace(whole, digest="")


def _cleaned(value: Piece, withholder: Withholder) -> Piece:
    """A value of the contents, and all that it holds, with its texts cleaned."""
    if isinstance(value, str):
        return withholder.clean(value)  # type: ignore[return-value]
    if isinstance(value, tuple):
        return tuple(_cleaned(each, withholder) for each in value)  # type: ignore[return-value]
    if is_dataclass(value) and not isinstance(value, type):
        names = (each.name for each in fields(value) if each.name not in AS_THEY_ARE.get(type(value), frozenset()))
        changed: dict[str, Any] = {name: _cleaned(getattr(value, name), withholder) for name in names}
        return replace(value, **changed)
    return value
