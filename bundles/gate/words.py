"""What people are told of the gate: each check, what it found, and what to do about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bundles.gate.looking import CHECKS
from bundles.models import BundleCheck, Colour

Words = str | Promise
TITLES: dict[str, Words] = {
    "pages": gettext_lazy("It has the pages that were planned"),
    "marks": gettext_lazy("Every exhibit’s first page carries its own mark"),
    "active": gettext_lazy("Nothing in it acts, or leads outside"),
    "attachments": gettext_lazy("Nothing is attached but its own list"),
    "picture_data": gettext_lazy("Pictures carry nothing but the picture"),
    "text": gettext_lazy("No withheld word in its text"),
    "metadata": gettext_lazy("No withheld word in what it says of itself"),
    "bookmarks": gettext_lazy("No withheld word in its bookmarks"),
    "names": gettext_lazy("No withheld word in names and other parts"),
    "manifest": gettext_lazy("No withheld word in its attached list"),
    "pictures": gettext_lazy("No withheld word in its pictures"),
}
# Finds that are no withheld term.
WHAT: dict[str, Words] = {
    "unreadable": gettext_lazy("The file could not be opened."),
    "count": gettext_lazy("It has another number of pages."),
    "missing": gettext_lazy("The mark is not on the page."),
    "shared": gettext_lazy("Two exhibits begin on one page."),
    "action": gettext_lazy("Something in it acts by itself or at a press."),
    "script": gettext_lazy("It holds a script."),
    "form": gettext_lazy("It holds a form."),
    "note": gettext_lazy("A note lies on the page."),
    "link": gettext_lazy("A link leads outside."),
    "attached": gettext_lazy("Another file is attached."),
    "no_manifest": gettext_lazy("Its own list is missing."),
    "profile": gettext_lazy("The picture’s colours are named after a device that may be somebody’s."),
    "unread": gettext_lazy("The machine could not read this picture. Look at the page yourself."),
}
CARRIED = gettext_lazy("The picture carries data besides what is seen (%(part)s).")
WORDS_IN = {"text", "metadata", "bookmarks", "names", "manifest", "pictures"}


@dataclass(frozen=True)
class Line:
    """One find, for the page: what was found, where, and which ways there are to deal with it.

    Attributes:
        mends: of `bundles.gate.mending`, the nearest first; none of a find that needs no mending.
    """

    row: BundleCheck
    says: str
    term: str
    is_settled: bool
    mends: Sequence[Any] = field(default_factory=tuple)


@dataclass(frozen=True)
class Checked:
    """One check: how it came out, and its finds."""

    code: str
    title: str
    colour: str
    lines: list[Line]


def checked(
    rows: list[BundleCheck], kinds: dict[str, str], words: dict[str, str], mends: Mapping[UUID, Sequence[Any]]
) -> list[Checked]:
    """The checks of one look, in their order.

    Args:
        rows: all rows of the look, each with its `false_alarm` at hand.
        kinds: names of the kinds of withheld terms.
        words: the terms by their ids, looked up for whoever may see them.
        mends: how finds are mended, by their ids.
    """
    found: list[Checked] = []
    for code in CHECKS:
        own = [row for row in rows if row.code == code]
        lines = [_line(row, kinds, words, mends) for row in own if row.colour != Colour.GREEN]
        found.append(Checked(code, str(TITLES[code]), _colour(own), lines))
    return found


def _colour(rows: list[BundleCheck]) -> str:
    open_reds = [row for row in rows if row.colour == Colour.RED and not hasattr(row, "false_alarm")]
    if open_reds:
        return Colour.RED
    return Colour.YELLOW if any(row.colour != Colour.GREEN for row in rows) else Colour.GREEN


def _line(row: BundleCheck, kinds: dict[str, str], words: dict[str, str], mends: Mapping[UUID, Sequence[Any]]) -> Line:
    return Line(
        row=row,
        says=_says(row, kinds),
        term=words.get(row.term, ""),
        is_settled=hasattr(row, "false_alarm"),
        mends=mends.get(row.pk, ()),
    )


def _says(row: BundleCheck, kinds: dict[str, str]) -> str:
    if row.what in WHAT:
        return str(WHAT[row.what])
    if row.term:
        kind = kinds.get(row.what, row.what)
        if row.is_soft:
            return _("A machine read in the picture what may be: %(kind)s") % {"kind": kind}
        return _("Withheld, and in it: %(kind)s") % {"kind": kind}
    if row.what in kinds:
        by_form = _("A machine read in the picture what has the form of: %(kind)s.")
        in_text = _("The file’s own words have the form of: %(kind)s.")
        return (by_form if row.code == "pictures" else in_text) % {"kind": kinds[row.what]}
    return str(CARRIED) % {"part": row.what}
