"""The steps by which parts are made of an original, each in a limited child process."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from jobs import child
from logs import cleaning, copies, opening, picturepages, reading, saying, sheets, trailers
from logs.making.originals import Made, Original
from logs.making.recipes import is_made_of, made_from
from logs.making.telling import kept_details
from logs.models import Rendition
from nsvcs.fonts import write_fonts_conf

Kind = Rendition.Kind
# By name: the web processes and most jobs never load their libraries.
STILLS = "logs.films:stills"
READABLE_PAGES, READABLE_WORDS = "logs.readable.making:pages", "logs.readable.making:words"
# Address space of the children, in megabytes, and their seconds. Libraries reserve more than they use: the figures in
# bench/README.md are what they used.
DOCUMENT_MEMORY_MB, DOCUMENT_SECONDS = 1024, 120
FILM_MEMORY_MB, FILM_SECONDS = 1024, 120
READABLE_MEMORY_MB, READABLE_SECONDS = 1024, 120
SAYING_MEMORY_MB, SAYING_SECONDS = 700, 60
READING_MEMORY_MB, READING_SECONDS = 1024, 600
BREAKDOWNS = {"crash", "memory", "time"}
EXTRACT_MEMORY_MB, IMAGE_SECONDS = 200, 60
OPENING_SECONDS = 60
FILM_TYPE = "video/mp4"
MOST_CHARACTERS = 2_000_000
# Scanned pages of one document that are read, in a time that a job may take; and how finely they are drawn for it.
MOST_READ, READING_DOTS = 60, 200
MOST_FRAMES = 12


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes:
        kind: the kind of part whose row says that the step was done.
        make: makes the parts; raises `jobs.child.ChildFailed` where there can be none.
        is_shown: the part is what people look at: the custody of the original says whether it could be made.
    """

    kind: Kind
    make: Callable[[Original], list[Made]]
    is_shown: bool = False

    def is_due(self, original: Original) -> bool:
        """Whether this part is made of such a file, what it is made from was tried, and it was not."""
        media_type = original.evidence.media_type
        if original.has_tried(self.kind) or not is_made_of(self.kind, media_type):
            return False
        before = made_from(self.kind, media_type)
        return before is None or original.has_tried(before)


def is_opened_by(original: Original) -> bool:
    """Whether the password that was given opens the file; raises `jobs.child.ChildFailed` where that cannot be told."""
    payload = {"path": str(original.path), "password": original.password}
    try:
        _child(opening.OPENS, payload, DOCUMENT_MEMORY_MB, OPENING_SECONDS)
    except child.ChildFailed as failed:
        if failed.code == "refused:password":
            return False
        raise
    return True


def _child(target: str, payload: Mapping[str, Any], memory_mb: int, seconds: int) -> dict[str, Any]:
    return child.run(target, payload, memory_mb=memory_mb, seconds=seconds).result


def make_report(original: Original) -> list[Made]:
    """What the file says of itself."""
    target = original.folder / "report.json"
    payload = {"source": str(original.path), "media_type": original.evidence.media_type, "target": str(target)}
    payload["password"] = original.password
    told = _child(saying.SAYING, payload, SAYING_MEMORY_MB, SAYING_SECONDS)
    original.facts = [(kind, value) for kind, value in told["facts"]]
    return [Made(Kind.REPORT, target, "application/json", page_count=told["count"])]


def make_picture(original: Original) -> list[Made]:
    """A picture's page copy and small picture; of several pictures in its file, and a film in it, what shows them."""
    page, small, frames = (original.folder / name for name in ("page.jpg", "small.jpg", "frames.jpg"))
    payload = {"source": str(original.path), "target": str(page), "thumbnail": str(small), "frames": str(frames)}
    payload["folder"] = str(original.folder)
    told = _child(copies.IMAGE_COPY, payload, copies.memory_mb(original.evidence.media_type), IMAGE_SECONDS)
    size = {"width": told["width"], "height": told["height"], "notes": told["notes"]}
    made = [Made(Kind.PAGE, page, **size), Made(Kind.THUMBNAIL, small, **size)]
    made += [
        Made(Kind.PAGE, original.folder / f"{number}.jpg", number=number, width=width, height=height)
        for number, (width, height) in enumerate(told.get("sizes", []), 2)
    ]
    if told.get("frames"):
        width, height = told["sheet"]
        sheet = {"width": width, "height": height, "page_count": told["frames"], "notes": ["first_and_sheet"]}
        made.append(Made(Kind.STILLS, frames, **sheet))
    if "had_film" in told["notes"]:
        made += _film_of_picture(original)
    return [*made, *_pages_of_pictures(original, made)]


def _film_of_picture(original: Original) -> list[Made]:
    """The film that a phone kept in a picture's file, and its stills; the picture's copies do without what fails."""
    film, sheet = original.folder / "film.mp4", original.folder / "film.jpg"
    payload = {"source": str(original.path), "target": str(film)}
    try:
        _child(trailers.EXTRACT, payload, EXTRACT_MEMORY_MB, IMAGE_SECONDS)
    except child.ChildFailed:
        return []
    made = [Made(Kind.FILM, film, FILM_TYPE)]
    payload = {"source": str(film), "media_type": FILM_TYPE, "target": str(sheet)}
    try:
        told = _child(STILLS, payload, FILM_MEMORY_MB, FILM_SECONDS)
    except child.ChildFailed:
        return made  # it is kept, whatever it is
    size = {"width": told["width"], "height": told["height"], "page_count": told["count"]}
    return [*made, Made(Kind.STILLS, sheet, notes=["film_stills", *told["notes"]], **size)]


def _pages_of_pictures(original: Original, made: list[Made]) -> list[Made]:
    """All that a picture's file shows as one document, where that is more than one picture."""
    shown = [each for each in made if each.kind in {Kind.PAGE, Kind.STILLS}]
    if len(shown) < 2:
        return []
    target = original.folder / "pictures.pdf"
    pictures = [(str(each.path), each.width, each.height) for each in shown]
    payload = {"pictures": pictures, "out": str(target)}
    told = _child(picturepages.LAY, payload, DOCUMENT_MEMORY_MB, DOCUMENT_SECONDS)
    codes = {"damaged", "several_pages", "first_and_sheet", "film_stills"}
    notes = sorted({note for each in shown for note in each.notes} & codes)
    return [Made(Kind.READING, target, "application/pdf", page_count=told["pages"], notes=notes)]


def make_document(original: Original) -> list[Made]:
    """A document's pages on A4, with nothing hidden left."""
    target = original.folder / "document.pdf"
    payload = {"path": str(original.path), "out": str(target), "password": original.password}
    told = _child(cleaning.CLEAN, payload, DOCUMENT_MEMORY_MB, DOCUMENT_SECONDS)
    notes = [note for note, is_so in _noted(original, told) if is_so]
    shown = {"page_count": told["pages"], "pictured": told["pictured"], "notes": notes, "details": kept_details(told)}
    return [Made(Kind.DOCUMENT, target, "application/pdf", **shown)]


def _noted(original: Original, told: Mapping[str, Any]) -> list[tuple[str, bool]]:
    return [
        ("mended", told["is_mended"]), ("restricted", told["is_restricted"]), ("opened", bool(original.password)),
    ]  # fmt: skip


def make_reading(original: Original) -> list[Made]:
    """Pages that show the words and tables of an office file, mail, chat or text."""
    target = original.folder / "reading.pdf"
    payload = _readable(original) | {"out": str(target), "fonts_conf": str(write_fonts_conf(original.folder))}
    try:
        told = _child(READABLE_PAGES, payload, READABLE_MEMORY_MB, READABLE_SECONDS)
    except child.ChildFailed as failed:
        if failed.code not in BREAKDOWNS:
            raise
        # Perhaps at a picture in it: its words are worth having without.
        told = _child(READABLE_PAGES, payload | {"has_pictures": False}, READABLE_MEMORY_MB, READABLE_SECONDS)
    return [Made(Kind.READING, target, "application/pdf", page_count=told["pages"], notes=told["notes"])]


def _readable(original: Original) -> dict[str, Any]:
    return {"source": str(original.path), "media_type": original.evidence.media_type}


def make_sheets(original: Original) -> list[Made]:
    """Pictures of a document's first pages."""
    document, folder = _document(original), original.folder / "sheets"
    folder.mkdir()
    payload = {"path": str(document), "folder": str(folder)}
    sizes = _child(sheets.DRAW, payload, DOCUMENT_MEMORY_MB, DOCUMENT_SECONDS)["sizes"]
    return [
        Made(Kind.SHEET, folder / f"{number}.jpg", number=number, width=width, height=height)
        for number, (width, height) in enumerate(sizes, 1)
    ]


def make_stills(original: Original) -> list[Made]:
    """Twelve stills of a film."""
    target = original.folder / "stills.jpg"
    payload = {"source": str(original.path), "media_type": original.evidence.media_type, "target": str(target)}
    told = _child(STILLS, payload, FILM_MEMORY_MB, FILM_SECONDS)
    size = {"width": told["width"], "height": told["height"], "page_count": told["count"]}
    return [Made(Kind.STILLS, target, notes=told["notes"], **size)]


def make_text(original: Original) -> list[Made]:
    """The words of a file: written in it, or read off its pictures where this machine can."""
    target = original.folder / "text.txt"
    notes, details = list[str](), dict[str, Any]()
    if original.evidence.is_image:
        texts, notes = _read(_parts(original, Kind.PAGE)), ["by_machine"]
    elif original.evidence.is_document:
        texts, notes, details = _words_of_document(original, target)
    else:
        texts, notes = _words_of_readable(original, target)
    text = sheets.PAGE_END.join(texts)
    told: dict[str, Any] = {"page_count": len(texts), "details": details}
    if not text.strip():
        return [Made(Kind.TEXT, None, "text/plain", notes=[*notes, "no_words"], **told)]
    target.write_text(text[:MOST_CHARACTERS], encoding="utf-8")
    return [Made(Kind.TEXT, target, "text/plain", notes=notes, **told)]


def _parts(original: Original, kind: Kind) -> list[Path]:
    found = original.pictures(kind)
    if not found:
        raise child.ChildFailed("refused:no_copy")
    return found


def _document(original: Original) -> Path:
    return _parts(original, Kind.DOCUMENT if original.evidence.is_document else Kind.READING)[0]


def _words_of_document(original: Original, target: Path) -> tuple[list[str], list[str], dict[str, Any]]:
    """The words of each page; and of scanned ones, which were read off a picture and which could not be."""
    payload = {"path": str(_document(original)), "target": str(target), "most": MOST_CHARACTERS}
    told = _child(sheets.WORDS, payload, DOCUMENT_MEMORY_MB, DOCUMENT_SECONDS)
    texts = target.read_text(encoding="utf-8").split(sheets.PAGE_END)[:-1]
    notes = ["cut"] if told["is_cut"] else []
    if told["bare"] and not reading.is_here():
        notes.append("no_reader")
    scanned = _read_off(original, told["bare"][:MOST_READ]) if reading.is_here() else {}
    unread = [number for number in told["bare"] if number not in scanned]
    if scanned:
        notes.append("by_machine")
        for number, text in scanned.items():
            before = texts[number - 1].strip()
            texts[number - 1] = text if before in text else f"{before}\n{text}".strip()
    details = {name: pages for name, pages in (("read", list(scanned)), ("unread", unread)) if pages}
    return texts, notes, details


def _read_off(original: Original, numbers: list[int]) -> dict[int, str]:
    """The words in pictures of pages, by page; none where reading takes too much: those written in the file stay."""
    try:
        return dict(zip(numbers, _read(_drawn(original, numbers)), strict=True)) if numbers else {}
    except child.ChildFailed as failed:
        if failed.code not in {"time", "memory"}:
            raise
        return {}


def _drawn(original: Original, numbers: list[int]) -> list[Path]:
    """Pictures of scanned pages to be read, finer than those that are shown."""
    folder = original.folder / "scans"
    folder.mkdir()
    payload = {"path": str(_document(original)), "folder": str(folder), "numbers": numbers, "dots": READING_DOTS}
    _child(sheets.DRAW, payload, DOCUMENT_MEMORY_MB, DOCUMENT_SECONDS)
    return [folder / f"{number}.jpg" for number in numbers]


def _read(pictures: list[Path]) -> list[str]:
    if not reading.is_here():
        raise child.ChildFailed("refused:no_reader")
    payload = reading.payload(pictures, MOST_CHARACTERS, Path(settings.MEDIA_ROOT).parent)
    texts: list[str] = _child(reading.READ, payload, READING_MEMORY_MB, READING_SECONDS)["texts"]
    return texts


def _words_of_readable(original: Original, target: Path) -> tuple[list[str], list[str]]:
    payload = _readable(original) | {"target": str(target), "most": MOST_CHARACTERS}
    told = _child(READABLE_WORDS, payload, READABLE_MEMORY_MB, READABLE_SECONDS)
    return [target.read_text(encoding="utf-8")], ["cut"] if told["is_cut"] else []


STEPS = (
    Step(Kind.REPORT, make_report),
    Step(Kind.PAGE, make_picture, is_shown=True),
    Step(Kind.DOCUMENT, make_document, is_shown=True),
    Step(Kind.READING, make_reading, is_shown=True),
    Step(Kind.SHEET, make_sheets),
    Step(Kind.STILLS, make_stills, is_shown=True),
    Step(Kind.TEXT, make_text),
)
