"""What the copy of a document leaves out, and in what it falls short of the original, in words for people.

For pages of staff and for bundles; nothing here asks a database, and for a bundle no running service either.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from django.utils import translation

DETAILS = ("removed", "failed", "lost", "large")
GONE = ("script", "action", "link", "attachment", "media", "signature", "form_program", "about")
DRAWN = ("field", "comment")
MOST_RUNS = 20  # in a list of page numbers that somebody reads


class Speech(NamedTuple):
    """How words are found: one sentence, and one of two by a number."""

    say: Callable[[str], str]
    many: Callable[[str, str, int], str]


HERE = Speech(translation.gettext, translation.ngettext)
ENGLISH = Speech(str, lambda one, many, n: one if n == 1 else many)


def runs(numbers: Iterable[int], speech: Speech = ENGLISH) -> str:
    """Numbers such as "1 to 3, 5"."""
    _ = speech.say
    found: list[list[int]] = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    pieces = (str(a) if a == b else _("%(first)s to %(last)s") % {"first": a, "last": b} for a, b in found)
    return ", ".join(pieces)


def kept_details(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of what `logs.cleaning.clean` told, beside the copy: only what there is."""
    return {name: cleaned[name] for name in DETAILS if cleaned[name]}


def _gone(speech: Speech, of: Mapping[str, int]) -> dict[str, str]:
    """What there was of each kind that is not in the copy at all."""
    _, ngettext = speech
    script, action, link, files, media, signed = (of.get(kind, 0) for kind in GONE[:6])
    return {
        "script": ngettext("%(n)s script", "%(n)s scripts", script),
        "action": ngettext(
            "%(n)s action that starts by itself or at a press",
            "%(n)s actions that start by themselves or at a press",
            action,
        ),
        "link": ngettext("%(n)s link", "%(n)s links", link),
        "attachment": ngettext("%(n)s attached file", "%(n)s attached files", files),
        "media": ngettext("%(n)s film or sound", "%(n)s films or sounds", media),
        "signature": ngettext("%(n)s digital signature", "%(n)s digital signatures", signed),
        "form_program": _("a form that is a program (XFA)"),
        "about": _("what the file says of itself, such as its author"),
    }


def _drawn(speech: Speech, of: Mapping[str, int]) -> dict[str, str]:
    """What there was of each kind that is drawn as far as it is seen."""
    _, ngettext = speech
    boxes, comments = of.get("field", 0), of.get("comment", 0)
    return {
        "field": ngettext("%(n)s box of a form", "%(n)s boxes of a form", boxes),
        "comment": ngettext("%(n)s comment or mark", "%(n)s comments or marks", comments),
    }


def removed_in_words(removed: Mapping[str, int], speech: Speech = HERE) -> list[str]:
    """What a document carried beside its pages, as sentences; none where it carried nothing.

    Args:
        removed: how much of each kind, as `logs.carrying.carried` counts it.
        speech: how words are found.
    """
    _ = speech.say
    gone, drawn = _listed(_gone(speech, removed), removed), _listed(_drawn(speech, removed), removed)
    said = [_("Not in the copy: %(things)s.") % {"things": gone}] if gone else []
    if drawn:
        said.append(_("Drawn as far as it is seen, the rest not in the copy: %(things)s.") % {"things": drawn})
    return said


def _listed(words: Mapping[str, str], removed: Mapping[str, int]) -> str:
    return ", ".join(word % {"n": removed[kind]} for kind, word in words.items() if removed.get(kind))


def shortfalls_in_words(details: Mapping[str, Any], speech: Speech = HERE) -> list[str]:
    """Which pages of a document could not be copied as they are, as sentences.

    Args:
        details: as in `Rendition.details`.
        speech: how words are found.
    """
    _ = speech.say
    words = {
        "lost": _("Pages that could not be read: %(pages)s."),
        "failed": _("Pages shown as pictures, because they could not be copied otherwise: %(pages)s."),
        "large": _("Pages far larger than paper, made smaller here: %(pages)s."),
    }
    return [sentence % {"pages": few(details[name], speech)} for name, sentence in words.items() if details.get(name)]


def few(numbers: list[int], speech: Speech = HERE) -> str:
    """Page numbers; how many they are where they would fill a page."""
    listed = runs(numbers, speech)
    return listed if listed.count(",") < MOST_RUNS else str(len(numbers))


def searched_in_words(details: Mapping[str, Any], *, is_cut: bool, page_count: int) -> list[str]:
    """Which pages of a document were read by a machine, and which cannot be searched, as sentences.

    Args:
        details: of the part that holds its words.
        is_cut: it holds more words than are kept.
        page_count: how many pages the words are of.
    """
    _ = HERE.say
    said = []
    if details.get("read"):
        said.append(_("Read off pictures by a machine: pages %(pages)s.") % {"pages": few(details["read"])})
    if details.get("unread"):
        words = _("Words in the pictures of these pages were not read and cannot be searched: %(pages)s.")
        said.append(words % {"pages": few(details["unread"])})
    if is_cut:
        said.append(_("Only the first %(count)s pages can be searched.") % {"count": page_count})
    return said
