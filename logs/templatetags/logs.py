"""How pages name what the log holds."""

from collections.abc import Iterable

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.languages import LANGUAGES
from logs import facts
from logs.behaviours import BY_CODE
from logs.lines import line_of
from logs.making import showing
from logs.models import CustodyEvent, Evidence, EvidenceFact, Incident, Rendition
from logs.private import parts_in_words
from logs.standing import Use
from nsvcs.access import Role

register = template.Library()

# What staff should know of an original; the rest of the copier's notes are its own business.
NOTES: dict[str, str | Promise] = {
    "had_location": _("The original holds a place (GPS). The viewing copy does not."),
    "had_film": _("The original holds a short film too."),
    "mended": _("The original is damaged. The copy shows what could be read."),
    "damaged": _("The original is damaged. The copy shows what could be read."),
    "parts_unseen": _("Some of it is not in the pages to read. The first page says what."),
    "cut": _("It is long. The pages to read show the beginning."),
    "first_frame_only": _("The copy shows the first picture of several."),
    "several_pages": _("The original holds several pictures. The copy shows each."),
}


@register.filter
def behaviour(code: str) -> str:
    """The field's term for a behaviour."""
    return str(BY_CODE[code].staff_label) if code in BY_CODE else code


@register.filter
def line(incident: Incident) -> str:
    """An entry in a line: its words, or which files it is without words."""
    return line_of(incident)


@register.filter
def kept_out(incident: Incident, reader: str = "her") -> list[str]:
    """The parts that no paper may show, as she calls them or, for `staff`, as they do."""
    return parts_in_words(incident.never_disclose, for_staff=reader == "staff")


@register.filter
def language_name(code: str) -> str:
    """A language in words; its code when it is none that we offer."""
    return str(dict(LANGUAGES).get(code, code))


@register.filter
def parts(evidence: Evidence, kind: str) -> list[Rendition]:
    """The parts of one kind that can be shown, from what the view fetched."""
    return showing.newest_parts(evidence, kind)


@register.filter
def ready_copy(evidence: Evidence, kind: str) -> Rendition | None:
    """The first of them."""
    found = showing.newest_parts(evidence, kind) if evidence.standing.may(Use.VIEW) else []
    return found[0] if found else None


@register.filter
def main_copy(evidence: Evidence) -> Rendition | None:
    """The copy whose making was noted: the picture, the document's pages or the stills."""
    found = showing.newest_parts(evidence, showing.main_kind(evidence) or "")
    return found[0] if found else None


@register.filter
def is_waiting(evidence: Evidence) -> bool:
    """Whether what can be looked at is still to be made."""
    return showing.is_waiting(evidence)


@register.filter
def copy_state(evidence: Evidence) -> str:
    """Why there is nothing to see yet, or why there will be nothing."""
    if showing.is_waiting(evidence):
        if evidence.standing.is_waiting:
            return str(_("A viewing copy is made once the file has been checked."))
        return str(_("A viewing copy is being made."))
    why = showing.why_not(evidence)
    return f"{why} {_('The original is kept and can be downloaded.')}" if why else ""


@register.filter
def page_count(evidence: Evidence) -> int:
    """How many pages a document has; 0 while nobody knows."""
    return showing.page_count(evidence)


@register.filter
def text_state(evidence: Evidence) -> str:
    """Whether a file's words can be searched: `here`, `none`, `no_reader`; empty while nobody knows."""
    rows = [each for each in evidence.renditions.all() if each.kind == Rendition.Kind.TEXT]
    if any(each.storage_name for each in rows):
        return "here"
    if any(each.error_code == "no_reader" or "no_reader" in each.notes for each in rows[-1:]):
        return "no_reader"
    return "none" if rows else ""


@register.filter
def says(evidence: Evidence, reader: str = "staff") -> list[tuple[str, str]]:
    """What a file says of itself, as pairs of what it is about and the words; a place is not among them.

    In the portal only when, with what, and how long: the rest is technical.
    """
    return [
        (str(EvidenceFact.Kind(kind).label), facts.in_words(kind, value))
        for kind, value in facts.newest(evidence).items()
        if reader == "staff" or kind in facts.PLAIN
    ]


@register.filter
def who(event: CustodyEvent, name: str) -> str:
    """Who handled an original: a colleague by name, the victim, or one of our workers."""
    if event.by_role == Role.VICTIM:
        return str(_("The victim"))
    return name or str(_("Automatic"))


@register.filter
def sent_by(evidence: Evidence) -> str:
    """Who sent a file: the victim, or the colleague by name."""
    by = evidence.uploaded_by
    return str(_("The victim")) if by.role == Role.VICTIM else by.name


@register.filter
def notes_in_words(codes: Iterable[str] | None) -> list[str]:
    """The copier's notes that staff should see."""
    return [str(NOTES[code]) for code in codes or () if code in NOTES]
