"""What can be shown of a file, and why something cannot: from the rows that a view has fetched."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logs.models import Evidence, Rendition

Kind = Rendition.Kind
# Parts that are pictures made by us, which a page may show. The others hold what nobody asked to see.
VIEWABLE = frozenset({Kind.PAGE, Kind.THUMBNAIL, Kind.SHEET, Kind.STILLS})
# What is looked at of a file, best first.
SHOWN = (Kind.PAGE, Kind.SHEET, Kind.STILLS)
# Why there is no copy, in words that say what to do.
REASONS: dict[str, str | Promise] = {
    "password": gettext_lazy("It is locked with a password. Ask for a copy without one, and add that too."),
    "damaged": gettext_lazy("It is damaged and cannot be shown. Ask for it to be sent again."),
    "unreadable": gettext_lazy("It is damaged and cannot be shown. Ask for it to be sent again."),
    "no_pages": gettext_lazy("It has no pages."),
    "too_many_pages": gettext_lazy("It has more pages than can be shown here."),
    "too_large": gettext_lazy("It grows too large when it is opened, so it is not opened here."),
    "too_many_pixels": gettext_lazy("It is too large to be shown here."),
    "memory": gettext_lazy("It grows too large when it is opened, so it is not opened here."),
    "time": gettext_lazy("It takes too long to open, so it is not opened here."),
    "only_files": gettext_lazy("It holds other files, and no chat. They are not opened here."),
    "no_words": gettext_lazy("There are no words in it."),
    "no_picture": gettext_lazy("It has no pictures in it, only sound."),
}


def newest_parts(evidence: Evidence, kind: str) -> list[Rendition]:
    """All parts of one kind by the newest recipe that made one, in their order; from what the view fetched."""
    ready = [each for each in evidence.renditions.all() if each.kind == kind and each.state == Rendition.State.OK]
    recipe = max(ready, key=lambda each: each.made_at).recipe if ready else ""
    return sorted((each for each in ready if each.recipe == recipe), key=lambda each: each.number)


def shown_parts(evidence: Evidence) -> list[Rendition]:
    """What is looked at of a file: its page copy, the pictures of its pages, or its stills.

    Of a file of several pictures each page, and of a picture that moves or came with a film the stills beside it.
    """
    for kind in SHOWN:
        if parts := newest_parts(evidence, kind):
            return parts if kind != Kind.PAGE else parts + newest_parts(evidence, Kind.STILLS)
    return []


def page_count(evidence: Evidence) -> int:
    """How many pages a document has; 0 while nobody knows."""
    documents = newest_parts(evidence, Kind.DOCUMENT) or newest_parts(evidence, Kind.READING)
    return documents[-1].page_count if documents else 0


def main_kind(evidence: Evidence) -> Kind | None:
    """The part that shows a file: its picture, its pages, its stills; none where it can only be heard or taken away."""
    if evidence.is_image:
        return Kind.PAGE
    if evidence.is_document:
        return Kind.DOCUMENT
    if evidence.is_readable:
        return Kind.READING
    return Kind.STILLS if evidence.is_film else None


def is_waiting(evidence: Evidence) -> bool:
    """Whether what is looked at is still to be made."""
    kind = main_kind(evidence)
    if kind in {Kind.DOCUMENT, Kind.READING} and newest_parts(evidence, kind):
        kind = Kind.SHEET
    return kind is not None and not any(each.kind == kind for each in evidence.renditions.all())


def why_not(evidence: Evidence) -> str:
    """Why nothing of a file can be looked at; empty where nothing was tried."""
    kinds = (Kind.PAGE, Kind.DOCUMENT, Kind.READING, Kind.SHEET, Kind.STILLS)
    refused = [each for each in evidence.renditions.all() if each.kind in kinds and each.state == "refused"]
    # What could not be made of a missing part only follows: the part that failed first says why.
    codes = [each.error_code for each in refused if each.error_code != "no_copy"] or [""]
    return str(REASONS.get(codes[-1], _("No viewing copy could be made."))) if refused else ""
