"""By which version of its rules each part is made. A changed rule gets a new number: the sweep makes parts anew."""

from logs import reading
from logs.filetypes import READABLE_TYPES
from logs.models import Rendition

Kind = Rendition.Kind
VERSIONS: dict[Kind, str] = {
    Kind.REPORT: "report-2",
    Kind.PAGE: "picture-2",
    Kind.THUMBNAIL: "picture-2",
    Kind.FILM: "film-1",
    Kind.DOCUMENT: "document-3",
    Kind.READING: "reading-4",
    Kind.SHEET: "sheet-1",
    Kind.STILLS: "stills-1",
    Kind.TEXT: "text-2",
}
# What each part is made of, by how the media type begins.
MADE_OF: dict[Kind, tuple[str, ...]] = {
    Kind.REPORT: ("",),
    Kind.PAGE: ("image/",),
    Kind.DOCUMENT: ("application/pdf",),
    Kind.READING: READABLE_TYPES,
    Kind.SHEET: ("application/pdf", *READABLE_TYPES),
    Kind.STILLS: ("video/",),
    Kind.TEXT: ("image/", "application/pdf", *READABLE_TYPES),
}
READ_BY_MACHINE = "+read"
# Behind the recipe of parts of a locked file that a password opened: they cannot be made again without it.
OPENED = "+opened"


def made_from(kind: Kind, media_type: str) -> Kind | None:
    """The part that a part of a file of this type is made from; none where it is made from the original."""
    if kind == Kind.SHEET:
        return Kind.DOCUMENT if media_type == "application/pdf" else Kind.READING
    if kind == Kind.TEXT and media_type.startswith("image/"):
        return Kind.PAGE
    # Of a scanned page the words are in its picture.
    return Kind.SHEET if kind == Kind.TEXT and media_type == "application/pdf" else None


def recipe_of(kind: Kind) -> str:
    """Today's recipe of one kind of part. A machine that can read pictures makes another text than one that cannot."""
    return VERSIONS[kind] + (READ_BY_MACHINE if kind == Kind.TEXT and reading.is_here() else "")


def is_made_of(kind: Kind, media_type: str) -> bool:
    """Whether there is such a part of a file of this type."""
    return media_type.startswith(MADE_OF[kind])


def version() -> str:
    """All recipes in one word: it changes when any of them does."""
    return "-".join(f"{kind.value[:2]}{recipe_of(kind).partition('-')[2]}" for kind in VERSIONS)
