"""How pages name what the log holds."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.languages import LANGUAGES
from logs import facts
from logs.actions import opening
from logs.behaviours import BY_CODE
from logs.lines import line_of
from logs.making import showing, telling
from logs.models import CustodyEvent, Evidence, EvidenceFact, Incident, Rendition
from logs.private import parts_in_words
from logs.standing import Use
from nsvcs.access import Role

register = template.Library()

# What staff should know of an original; the rest of the copier's notes are its own business.
NOTES: dict[str, str | Promise] = {
    "had_location": _("The original holds a place (GPS). The viewing copy does not."),
    "had_film": _("The original holds a short film too."),
    "mended": _("Repaired view: the original is damaged. The copy shows what could be read."),
    "restricted": _("The original asks not to be printed or changed. The viewing copy was made all the same."),
    "damaged": _("The original is damaged. The copy shows what could be read."),
    "parts_unseen": _("Some of it is not in the pages to read. The first page says what."),
    "cut": _("It is long. The pages to read show the beginning."),
    "opened": _("The original is locked with a password. The copy was made with it; the original stays locked."),
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
def locked_state(evidence: Evidence) -> str:
    """What to say of a file that is locked with a password; empty if it is not, or nothing may be done with it now."""
    return opening.locked_state(evidence) if evidence.standing.may(Use.COPY) else ""


@register.filter
def password_words(state: str) -> str:
    """What came of the newest password that was given for a locked file."""
    words = {
        "held": _("A password is being tried. Look again in a few minutes."),
        "wrong": _("The last password that was given did not open it."),
        "lapsed": _("The last password that was given could not be tried. It was thrown away."),
    }
    return str(words.get(state, ""))


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
def searched(evidence: Evidence) -> list[str]:
    """Which pages of a document were read by a machine, and which cannot be searched."""
    parts = showing.newest_parts(evidence, Rendition.Kind.TEXT)
    if not parts or not evidence.is_document:
        return []
    text = parts[-1]
    return telling.searched_in_words(text.details, is_cut="cut" in text.notes, page_count=text.page_count)


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
    return victim_or_name(evidence.uploaded_by)


@register.filter
def victim_or_name(by: User) -> str:
    """Who did something, in words for staff: an account of the portal holds no name of its own."""
    return str(_("The victim")) if by.role == Role.VICTIM else by.name


@register.filter
def notices(copy: Rendition | None) -> list[str]:
    """What staff should know of a copy: the copier's notes, in what it falls short, and what is not in it."""
    if copy is None:
        return []
    notes = [str(NOTES[code]) for code in copy.notes if code in NOTES]
    if copy.pictured and (hidden := set(copy.pictured) - set(copy.details.get("failed", ()))):
        notes.append(_hidden(sorted(hidden)))
    removed = copy.details.get("removed", {})
    return [*notes, *telling.shortfalls_in_words(copy.details), *telling.removed_in_words(removed)]


def _hidden(pages: list[int]) -> str:
    words = _("Pages shown as pictures, because part of each was cut off or hidden in the original: %(pages)s.")
    return str(words % {"pages": telling.few(pages)})
