"""What the check page says of a choice: what goes in, what does not and why, what is withheld, what is new."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from bundles.actions.asking import earlier_bundle
from bundles.actions.drafting import NotWhole, cover_words, purpose_in_words
from bundles.choosing.drafting import Choice
from bundles.choosing.forms import SECTION_WORDS
from bundles.choosing.looked_for import without_words
from bundles.choosing.offering import Kind, Line, Offer
from bundles.choosing.recipients import candidate, kind_of
from bundles.models import Bundle, Edition, Reason, Shown
from bundles.selection.frozen import frozen
from cases.models import Case
from logs.choosing import as_runs
from nsvcs.days import day_words
from reference.models import Preset

RIGHT_TO = 0.9  # of a ceiling: what is told of pages is up to a tenth too many or too few


def preset_of(choice: Choice) -> Preset | None:
    """The rules that a bundle asked for today would follow."""
    return Preset.objects.current(choice.edition, timezone.localdate()) if choice.edition else None


def size_of(found: Offer, preset: Preset | None) -> dict[str, Any]:
    """About how many pages it makes, beside how many one volume may have."""
    pages, most = found.pages(preset), preset.most_pages if preset else None
    is_over = most is not None and pages > most
    return {"pages": pages, "most": most, "is_over": is_over, "sentence": _size_in_words(pages, most, is_over=is_over)}


def _size_in_words(pages: int, most: int | None, *, is_over: bool) -> str:
    told = {"pages": pages, "most": most}
    if most is None:
        return ngettext("About %(pages)s page.", "About %(pages)s pages.", pages) % told
    if is_over:
        return _("About %(pages)s pages; the ceiling is %(most)s: choose a core.") % told
    if pages > most * RIGHT_TO:
        return _("About %(pages)s pages, right to a tenth; the ceiling is %(most)s and may be passed.") % told
    return _("About %(pages)s pages; the ceiling is %(most)s.") % told


def summary_of(case: Case, choice: Choice, found: Offer, by: User) -> dict[str, Any]:
    """Everything the check page shows.

    Raises:
        NotWhole: an answer does not hold any more.
    """
    someone, preset = candidate(case, choice.purpose, choice.recipient_ref, by), preset_of(choice)
    if someone is None:
        raise NotWhole("recipient")
    if not found.whole:
        raise NotWhole("items")
    shown = {str(kind) for kind in choice.shown or ()}
    return {
        "edition": choice.edition.label if choice.edition else "",
        "is_for_other_side": choice.edition == Edition.SAFE,
        "preset": preset,
        "purpose": purpose_in_words(choice),
        "recipient": someone.label,
        "days": days_in_words(choice),
        "counts": _counts(found),
        "sections": [str(SECTION_WORDS[name]) for name in choice.sections],
        "files_by_entry": choice.files_by_entry,
        "cover": cover_words(case, choice, by),
        "shown": [str(kind.label) for kind in Shown if kind in shown],
        "withheld": [str(kind.label) for kind in Shown if kind not in shown],
        "is_hers": choice.edition == Edition.OWN,
        "without_words": [] if choice.edition == Edition.OWN else without_words(case, shown, by),
        "left": left_in_words(found),
        "size": size_of(found, preset),
        "late_count": len(found.late),
        "news": news_in_words(case, choice, found, by),
    }


def _counts(found: Offer) -> dict[str, int]:
    return {
        "whole": len(found.whole),
        "listed": len(found.entries_in) - len(found.whole),
        "entries": len(found.of(Kind.ENTRY)),
        "files": len(found.files_in),
        "all_files": len(found.of(Kind.EVIDENCE)),
        "notes": len(found.notes_in),
        "all_notes": len(found.of(Kind.AMENDMENT)),
    }


def days_in_words(choice: Choice) -> str:
    """The days covered."""
    first, last = choice.date_from, choice.date_to
    if first and last:
        return _("%(first)s to %(last)s") % {"first": day_words(first), "last": day_words(last)}
    if first:
        return _("from %(first)s") % {"first": day_words(first)}
    return _("up to %(last)s") % {"last": day_words(last)} if last else _("all")


LONGEST_WHICH = 150  # letters: about three lines of the table


def left_in_words(found: Offer) -> list[dict[str, str]]:
    """What is left out, item by item: those with the same reason and words on one line, with their numbers."""
    numbers = {line.pk: line.number for line in found.of(Kind.ENTRY)}
    groups: dict[tuple[str, str, str], list[Line]] = {}
    for line in found.lines:
        if line.kind != Kind.ENTRY and not line.entries & found.whole:
            groups.setdefault((line.kind, Reason.ENTRY, ""), []).append(line)
        elif not found.is_in(line):
            groups.setdefault((line.kind, *found.why(line)), []).append(line)
    return [
        _what(kind, lines, numbers) | {"why": str(Reason(reason).label), "words": words}
        for (kind, reason, words), lines in groups.items()
    ]


def _what(kind: str, lines: Sequence[Line], numbers: Mapping[UUID, int]) -> dict[str, str]:
    """Which they are; where that is long, how many, and which beside it."""
    if kind == Kind.ENTRY:
        which, words = as_runs(line.number for line in lines), _("Entries %(numbers)s")
        many = ngettext("%(n)s entry", "%(n)s entries", len(lines))
    elif kind == Kind.EVIDENCE:
        which, words = _marks(line.number for line in lines), _("Exhibits %(numbers)s")
        many = ngettext("%(n)s exhibit", "%(n)s exhibits", len(lines))
    else:
        which = as_runs(numbers[pk] for line in lines for pk in line.entries)
        words = _("Later notes to entries %(numbers)s")
        many = ngettext("%(n)s later note", "%(n)s later notes", len(lines))
    which = which.replace(",", ", ")
    if len(which) > LONGEST_WHICH:
        return {"what": many % {"n": len(lines)}, "which": words % {"numbers": which}}
    return {"what": words % {"numbers": which}, "which": ""}


def _marks(numbers: Iterable[int]) -> str:
    runs = as_runs(numbers)
    return ",".join("-".join(f"E{number}" for number in run.split("-")) for run in runs.split(",")) if runs else ""


def news_in_words(case: Case, choice: Choice, found: Offer, by: User) -> dict[str, Any] | None:
    """What is new for this recipient; none where they have no bundle of the case yet."""
    asked = Bundle(
        case=case, recipient=kind_of(choice.recipient_ref), recipient_ref=choice.recipient_ref,
        edition=choice.edition or "",
    )  # fmt: skip
    earlier = earlier_bundle(asked, by)
    if earlier is None:
        return None
    before, told = frozen(earlier, by), {line.pk for line in found.entries_in}
    numbers = {line.pk: line.number for line in found.of(Kind.ENTRY)}
    new = as_runs(numbers[pk] for pk in told - before.told).replace(",", ", ")
    files = _marks(line.number for line in found.files_in if line.pk not in set(before.files)).replace(",", ", ")
    notes = [line for line in found.notes_in if line.pk not in set(before.notes or ()) and line.entries & before.told]
    amended = as_runs(numbers[pk] for line in notes for pk in line.entries).replace(",", ", ")
    return {
        "since": earlier.asked_at, "entries": new, "exhibits": files, "amended": amended,
        "gone": len(before.told - told) + len(set(before.files) - {line.pk for line in found.files_in}),
    }  # fmt: skip
