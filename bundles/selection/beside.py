"""What the log has made of an exhibit's file since it arrived: the copy to show, its facts, what was heard in it."""

from typing import Any

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bundles.disclosure.withholding import Withholder
from bundles.engine.rendering import language_words
from bundles.gate.picture_words import read_at_arrival
from bundles.models import Bundle, Shown
from bundles.selection.contents import LONDON, london
from logs import facts
from logs.making.recipes import OPENED, recipe_of
from logs.making.showing import main_kind, newest_parts
from logs.models import Caption, Evidence, EvidenceFact, Rendition
from logs.standing import Use
from nsvcs.access import Role

Kind = Rendition.Kind
NO_READING = gettext_lazy("No pages to read could be made of this file.")
READING_NOT_READY = gettext_lazy("The pages to read of this file were not ready when the bundle was made.")
NO_COPY = gettext_lazy("No viewing copy could be made of this picture.")
COPY_NOT_READY = gettext_lazy("The viewing copy of this picture was not ready when this document was made.")
# Why a file that may not be used is not shown. Of a lock no more than that: not why, nor what the file is called.
LOCKED = gettext_lazy("This exhibit is kept by the service and is not shown here.")
UNSAFE = gettext_lazy("This file could not be opened safely.")
NOT_CHECKED = gettext_lazy("This file had not been checked for viruses when this document was made.")
# What another day may show.
NOT_YET = (COPY_NOT_READY, NOT_CHECKED)
# What the maker of a viewing copy noted and a reader has to know.
COPY_NOTES = {
    "damaged": gettext_lazy("The file is damaged: this is what could be read of it."),
    "cut": gettext_lazy("The file is long: its beginning is shown."),
    "parts_unseen": gettext_lazy("The first page says what of the file is not shown."),
    "first_frame_only": gettext_lazy("The file holds several pictures: this is the first."),
    "several_pages": gettext_lazy("The file holds several pictures: each has a page."),
    "first_and_sheet": gettext_lazy("The file holds several pictures: this is the first, and others in small."),
    "film_stills": gettext_lazy("The picture's file holds a short film too: stills of it follow the picture."),
}


def as_engine_takes_it(row: Evidence, bundle: Bundle, withholder: Withholder) -> dict[str, Any]:
    """Of one file: its kind, its copy if there is one, why there is none, and what stands beside it."""
    standing = row.standing
    if not standing.may(Use.BUNDLE):
        why = LOCKED if standing.is_locked else UNSAFE if standing.is_infected else NOT_CHECKED
        kind = "image" if row.is_image else "pdf" if row.is_document else "other"
        return {"kind": kind, "taken_words": withholder.clean(row.taken_words), "placeholder_reason": str(why)}
    copy, told = shown_copy(row), facts.newest(row)
    length = facts.length_in_words(told[EvidenceFact.Kind.LENGTH]) if EvidenceFact.Kind.LENGTH in told else ""
    taken = row.taken_words or facts.taken_in_words(told.get(EvidenceFact.Kind.TAKEN, ""))
    return {
        "kind": _engine_kind(row, copy),
        "taken_words": withholder.clean(taken),
        "placeholder_reason": _why_not_shown(row, copy, length),
        **(_of_copy(row, copy, length) if copy else {}),
        **(_read_by_machine(row, copy) if copy else {}),
        **_heard(row, bundle, withholder),
    }


def what_was_said(row: Evidence, bundle: Bundle, withholder: Withholder) -> dict[str, Any]:
    """What somebody said that a file shows, when it was taken and by whom; who said so, and on which day.

    The newest version before the choice was frozen; nothing where she keeps it, or her words about evidence, out of
    papers for others.
    """
    said = next((each for each in row.captions.all() if each.said_at <= bundle.frozen_at), None)
    if said is None or not _may_be_told(said, row, bundle):
        return {}
    who = _("the victim") if said.is_hers else _("a caseworker on the victim’s behalf")
    words = {"who": who, "day": format_date(said.said_at.astimezone(LONDON), "j F Y")}
    told = {"taken_said": withholder.clean(said.taken), "taken_by": withholder.clean(said.taker)}
    if said.taken_by_words and withholder.hides(Shown.THIRD_PARTIES):
        told["taken_by"] = said.taker.replace(said.taken_by_words, withholder.column(Shown.THIRD_PARTIES, "someone"))
    if shows := withholder.clean(said.shows.strip()):
        told["description"] = shows
    described_by = [_("as said by %(who)s on %(day)s") % words, language_words(said.language)]
    return told | {"described_by": ", ".join(part for part in described_by if part)}


def _may_be_told(said: Caption, row: Evidence, bundle: Bundle) -> bool:
    """Her own copy has all of it."""
    if bundle.is_hers:
        return True
    return not (said.never_disclose or (row.incident and "evidence_words" in row.incident.never_disclose))


def _engine_kind(row: Evidence, copy: Rendition | None) -> str:
    """Stills of a film are shown as a picture is, and all that has become pages of ours as a document is."""
    if row.is_document or (copy and copy.kind == Kind.READING):
        return "pdf"
    return "image" if row.is_image or (row.is_film and copy) else "other"


def _of_copy(row: Evidence, copy: Rendition, length: str) -> dict[str, Any]:
    notes = [str(words) for note, words in COPY_NOTES.items() if note in copy.notes]
    if row.is_film:
        of_length = _("a film of %(length)s") % {"length": length} if length else _("a film")
        notes.insert(0, _("Stills from %(film)s, each with its place in it.") % {"film": of_length})
    told: dict[str, Any] = {"copy_path": copy.storage_name, "copy_sha256": copy.sha256, "copy_note": " ".join(notes)}
    if row.is_readable:
        told["copy_note"] = " ".join([_("A reading copy: the words of the file, not how they were laid out."), *notes])
    if row.is_document:
        details = dict.fromkeys(copy.notes, True) | copy.details
        told |= {"copy_note": "", "copy_details": details, "copy_is_opened": "opened" in details}
        told["copy_pictured"] = tuple(copy.pictured)
    return told | {"copy_pages": copy.page_count} if copy.media_type == "application/pdf" else told


def _read_by_machine(row: Evidence, copy: Rendition) -> dict[str, Any]:
    """What was read in the very pages that are shown: not before they were made, and not in others of the file."""
    if not (row.is_document or (row.is_image and copy.media_type == "image/jpeg")):
        return {}
    pages = read_at_arrival(row, copy.made_at)
    if row.is_image and len(pages) != 1:
        return {}
    return {"read_words": tuple((number, words) for number, words in enumerate(pages, 1) if words)}


def shown_copy(row: Evidence) -> Rendition | None:
    """The newest copy to show; of a document only the one that the engine would make itself today."""
    # A picture of several, or with a film behind it, has pages of its own besides its page copy.
    ready = newest_parts(row, Kind.READING) or newest_parts(row, main_kind(row) or "")
    if row.is_document:
        ready = [each for each in ready if _is_todays(each) and each.original_sha256 == row.sha256]
    return ready[0] if ready else None


def _is_todays(copy: Rendition) -> bool:
    """Made by today's recipe, or of what a password opened: that cannot be made anew."""
    return copy.recipe == recipe_of(Kind.DOCUMENT) or copy.recipe.endswith(OPENED)


def _why_not_shown(row: Evidence, copy: Rendition | None, length: str) -> str | None:
    if row.is_image and not copy:
        was_tried = any(each.kind == Kind.PAGE for each in row.renditions.all())
        return str(NO_COPY if was_tried else COPY_NOT_READY)
    if row.is_readable and not copy:
        return _why_not_readable(row)
    if row.is_sound and length:
        return _("It is a sound recording of %(length)s.") % {"length": length}
    return None


def _why_not_readable(row: Evidence) -> str | None:
    tried = [each for each in row.renditions.all() if each.kind == Kind.READING]
    if tried and tried[-1].error_code == "only_files":
        return None  # an archive: the engine has words for files of kinds that are not printed
    return str(NO_READING if tried else READING_NOT_READY)


def _heard(row: Evidence, bundle: Bundle, withholder: Withholder) -> dict[str, str]:
    """The newest version that was typed before the choice was frozen."""
    typed = next((each for each in row.transcripts.all() if each.typed_at <= bundle.frozen_at), None)
    if typed is None:
        return {}
    by = _("the victim") if typed.typed_by.role == Role.VICTIM else str(typed.typed_by.get_role_display()).lower()
    note = _("Typed by %(who)s on %(when)s. It does not stand for the recording.")
    words = [note % {"who": by, "when": london(typed.typed_at)}]
    if language := language_words(typed.language):
        words.insert(0, _("Language: %(name)s.") % {"name": language})
    return {"transcript": withholder.clean(typed.text), "transcript_note": " ".join(words)}
