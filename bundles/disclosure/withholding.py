"""Taking out, before anything is printed, what this recipient is not to see. Pure: texts in, texts out.

Withheld text is removed and marked, never covered: by the case's protected words in all their near forms, by pattern,
and for some kinds whole columns. `docs/decisions/0004` and `0069` say why so broadly. `withhold` goes through every
text of a bundle's contents but those that `AS_THEY_ARE` names: what the contents gain later is withheld from too.
"""

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date, datetime
from functools import cache, cached_property
from typing import Any

from bundles.disclosure import spotting
from bundles.disclosure.near_forms import ALWAYS
from bundles.disclosure.sieving import heaps
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
# Most fields that hold no text hold one of these.
TEXTLESS = frozenset({int, float, bool, datetime, date})
_OURS = re.compile(
    r"(\[(?:" + "|".join(re.escape(mark[1:-1]) for mark in (*MARKS.values(), EMAIL, POSITION, MARK)) + r")\])"
)


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
        return self._clean(text)

    def changed(self, texts: Iterable[str]) -> dict[str, str]:
        """Of many texts those that `clean` changes, with what becomes of them. Most hold nothing, and are not read."""
        if self.only_columns or not (self.hidden or self._finder.terms):
            return {}
        told: dict[str, str] = {}
        for many in heaps(dict.fromkeys(texts)):
            unread, formless = self._finder.unread(many), spotting.formless(many)
            for text in many.texts:
                is_read, has_form = text not in unread, text not in formless
                if is_read or has_form:
                    told[text] = self._clean(text, is_read=is_read, has_form=has_form)
        return {text: after for text, after in told.items() if text != after}

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

    def _clean(self, text: str, *, is_read: bool = True, has_form: bool = True) -> str:
        if "[" not in text:  # none of the texts that are ours
            return self._without(text, is_read, has_form)
        pieces = enumerate(self._ours.split(text))
        return "".join(each if at % 2 else self._without(each, is_read, has_form) for at, each in pieces)

    def _without(self, text: str, is_read: bool, has_form: bool) -> str:
        kept, end = [], 0
        for start, until, mark in _over_each_other(self._spots(text, is_read, has_form)):
            kept += [text[end:start], mark]
            end = until
        return "".join([*kept, text[end:]])

    def _spots(self, text: str, is_read: bool, has_form: bool) -> Iterator[tuple[int, int, str]]:
        for hit in self._finder.found(text) if is_read else ():
            yield hit.start, hit.end, MARK if hit.kind == ALWAYS else MARKS[Shown(hit.kind)]
        for kinds, spot, mark in PATTERNS if has_form else ():
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
    texts: list[str] = []
    _gather(contents, texts)
    told: Contents = _with(contents, withholder.changed(texts))
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
    marked: dict[str, Any] = {name: MARKS[kind] for name, kind in hidden.items() if getattr(before, name)}
    if hidden and any(each.field in hidden for each in after.translations):
        marked["translations"] = tuple(each for each in after.translations if each.field not in hidden)
    if after is before and not marked:
        return before
    whole = replace(after, **marked)
    return whole if whole == before else replace(whole, digest="")


@cache
def _is_row(kind: type) -> bool:
    """Whether values of this class are told by their fields."""
    return is_dataclass(kind)


@cache
def _names(kind: type) -> tuple[str, ...]:
    """The fields of a class of the contents that people wrote in, or that hold such."""
    ours = AS_THEY_ARE.get(kind, frozenset())
    return tuple(each.name for each in fields(kind) if each.name not in ours)


def _gather(value: Any, texts: list[str]) -> None:
    """Every text of a value of the contents, and of all that it holds."""
    kind: Any = type(value)
    if kind is str or isinstance(value, str):
        texts.append(value)
    elif kind is tuple or isinstance(value, tuple):
        for each in value:
            _gather(each, texts)
    elif _is_row(kind):
        of = vars(value)
        for name in _names(kind):
            if (each := of[name]) and type(each) not in TEXTLESS:
                _gather(each, texts)


def _with(value: Any, changed: Mapping[str, str]) -> Any:
    """The value with these texts in place of others; itself where none of them is in it."""
    kind: Any = type(value)
    if kind is str or isinstance(value, str):
        return changed.get(value, value)
    if kind is tuple or isinstance(value, tuple):
        after = tuple(_with(each, changed) for each in value)
        return value if all(map(operator.is_, after, value)) else after
    if not _is_row(kind):
        return value
    of, told = vars(value), dict[str, Any]()
    for name in _names(kind):
        old = of[name]
        if old and type(old) not in TEXTLESS and (new := _with(old, changed)) is not old:
            told[name] = new
    return replace(value, **told) if told else value
