"""How pages name what the log holds."""

from collections.abc import Iterable

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.forms.people import LANGUAGES
from logs.behaviours import BY_CODE
from logs.lines import line_of
from logs.models import CustodyEvent, Evidence, Incident, Rendition
from logs.private import parts_in_words
from logs.standing import Use
from nsvcs.access import Role

register = template.Library()

# What staff should know of an original; the rest of the copier's notes are its own business.
NOTES: dict[str, str | Promise] = {
    "had_location": _("The original holds a place (GPS). The viewing copy does not."),
    "had_film": _("The original holds a short film too."),
    "damaged": _("The original is damaged. The copy shows what could be read."),
    "first_frame_only": _("The copy shows the first picture of several."),
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
def ready_copy(evidence: Evidence, kind: str) -> Rendition | None:
    """The newest copy of one kind that can be shown, from what the view fetched."""
    if not evidence.standing.may(Use.VIEW):
        return None
    ready = [each for each in evidence.renditions.all() if each.kind == kind and each.state == Rendition.State.OK]
    return ready[-1] if ready else None


@register.filter
def copy_state(evidence: Evidence) -> str:
    """Why there is no picture to see yet."""
    if any(each.state == Rendition.State.REFUSED for each in evidence.renditions.all()):
        return str(_("No viewing copy could be made. The original is kept and can be downloaded."))
    if evidence.standing.is_waiting:
        return str(_("A viewing copy is made once the file has been checked."))
    return str(_("A viewing copy is being made."))


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
