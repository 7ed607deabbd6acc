"""What kind of file was sent, judged by its content and never by its name; refusals in words that say what to do."""

import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pylibmagic  # noqa: F401 - finds the library for the next import

# isort: split
import magic
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from logs import archives, dimensions, texttypes

CHUNK_BYTES = 1024 * 1024


class Kind(TextChoices):
    """The kinds of file that are kept."""

    JPEG = "JPEG", _("JPEG picture")
    PNG = "PNG", _("PNG picture")
    HEIC = "HEIC", _("HEIC picture")
    AVIF = "AVIF", _("AVIF picture")
    WEBP = "WEBP", _("WebP picture")
    GIF = "GIF", _("GIF picture")
    TIFF = "TIFF", _("TIFF picture")
    PDF = "PDF", _("PDF document")
    MP4 = "MP4", _("MP4 video")
    MOV = "MOV", _("MOV video")
    MP3 = "MP3", _("MP3 recording")
    M4A = "M4A", _("M4A recording")
    WAV = "WAV", _("WAV recording")
    OGG = "OGG", _("OGG recording")
    DOCX = "DOCX", _("Word document")
    XLSX = "XLSX", _("Excel table")
    EML = "EML", _("Email")
    TXT = "TXT", _("Plain text")
    CSV = "CSV", _("Table (CSV)")
    ZIP = "ZIP", _("ZIP archive")
    XML = "XML", _("XML data")

    @property
    def media_type(self) -> str:
        """The one media type we call it by."""
        return MEDIA_TYPES[self]

    @property
    def extension(self) -> str:
        """The ending of its name when it leaves us."""
        return f".{self.value.lower()}" if self is not Kind.JPEG else ".jpg"

    @property
    def is_picture(self) -> bool:
        """Whether a viewing copy can be made of it."""
        return self in PICTURES


PICTURES = frozenset({Kind.JPEG, Kind.PNG, Kind.HEIC, Kind.AVIF, Kind.WEBP, Kind.GIF, Kind.TIFF})
RECORDINGS = frozenset({Kind.MP4, Kind.MOV, Kind.MP3, Kind.M4A, Kind.WAV, Kind.OGG})  # films and sound: may be long
# Files of words and tables, of which pages are made to read; an archive only if a chat is in it.
READABLE = (Kind.DOCX, Kind.XLSX, Kind.EML, Kind.TXT, Kind.CSV, Kind.XML, Kind.ZIP)
MEDIA_TYPES: dict[Kind, str] = {
    Kind.JPEG: "image/jpeg",
    Kind.PNG: "image/png",
    Kind.HEIC: "image/heic",
    Kind.AVIF: "image/avif",
    Kind.WEBP: "image/webp",
    Kind.GIF: "image/gif",
    Kind.TIFF: "image/tiff",
    Kind.PDF: "application/pdf",
    Kind.MP4: "video/mp4",
    Kind.MOV: "video/quicktime",
    Kind.MP3: "audio/mpeg",
    Kind.M4A: "audio/mp4",
    Kind.WAV: "audio/wav",
    Kind.OGG: "audio/ogg",
    Kind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.EML: "message/rfc822",
    Kind.TXT: "text/plain",
    Kind.CSV: "text/csv",
    Kind.ZIP: "application/zip",
    Kind.XML: "application/xml",
}
READABLE_TYPES = tuple(MEDIA_TYPES[kind] for kind in READABLE)
_WORDS: dict[str, str] = {media_type: kind for kind, media_type in MEDIA_TYPES.items()}
# What libmagic calls a kind besides our own name for it.
_ALSO_KNOWN: dict[str, Kind] = {
    "image/heif": Kind.HEIC,
    "image/heic-sequence": Kind.HEIC,
    "image/heif-sequence": Kind.HEIC,
    "video/x-m4v": Kind.MP4,
    "audio/x-m4a": Kind.M4A,
    "audio/x-wav": Kind.WAV,
    "audio/vnd.wave": Kind.WAV,
    "audio/mpegapplication/octet-stream": Kind.MP3,
    "application/ogg": Kind.OGG,
    "video/ogg": Kind.OGG,
}
_TEXT = {Kind.TXT, Kind.CSV, Kind.EML, Kind.XML}
_KNOWN = {media_type: kind for kind, media_type in MEDIA_TYPES.items() if kind not in _TEXT} | _ALSO_KNOWN


def kind_words(media_type: str) -> str:
    """A kind of file in words for people, such as "JPEG picture"; the media type itself where it is none of ours."""
    kind = _WORDS.get(media_type)
    return str(Kind(kind).label) if kind else media_type


REFUSALS: dict[str, Promise] = {
    "empty": _("This file is empty. Check that it opens on your phone or computer, then add it again."),
    "web_page": _("This looks like a web page. Take a screenshot of it and add that instead."),
    "drawing": _("This is a drawing made of code (SVG). Take a screenshot of it and add that instead."),
    "picture_kind": _(
        "We cannot keep this kind of picture. Take a screenshot of it, or save it as JPEG or PNG, and add that instead."
    ),
    "video_kind": _("We cannot keep this kind of video. Save it as MP4 and add that instead."),
    "sound_kind": _("We cannot keep this kind of recording. Save it as MP3 or M4A and add that instead."),
    "old_office": _(
        "This is an older Word, Excel or Outlook file, or one with a password. Open it, save it as a PDF without a "
        "password, and add that instead."
    ),
    "office": _("We cannot keep this kind of document. Open it, save it as a PDF, and add that instead."),
    "program": _(
        "This is a program, not a document. Do not open it. If someone sent it to you, take a screenshot of the "
        "message it came with and add that instead."
    ),
    "archive_kind": _(
        "We cannot look inside this kind of compressed folder. Unpack it and add the files one by one, or as a ZIP."
    ),
    "zip_damaged": _("This ZIP is damaged and cannot be opened. Make it again, or add the files one by one."),
    "zip_too_many": _("This ZIP holds more than 10,000 files. Split it into smaller ones, or add only what matters."),
    "zip_too_big": _("This ZIP would unpack to far more than we can keep. Add the files one by one instead."),
    "zip_nested": _("This ZIP has another compressed folder inside. Unpack it and add the files one by one."),
    "zip_unsafe": _(
        "This ZIP has parts that could overwrite other files when it is unpacked. Add the files one by one instead."
    ),
    "too_many_pixels": _(
        "This picture is too large for any camera to have made it. Take a screenshot of it, or save it in a smaller "
        "size, and add that instead."
    ),
    "unknown": _(
        "We do not recognise this kind of file. Take a screenshot of what it shows, or save it as a PDF, and add that "
        "instead."
    ),
}


@dataclass(frozen=True)
class FileType:
    """A file that is kept.

    Args:
        kind: what it is.
        notes: codes of what staff should know: `locked` (a password is needed), `entities` (XML that declares
            entities; never expanded), `macros` (a document with a program in it), `damaged` (a picture whose header
            makes no sense).
        width: of a picture, in pixels.
        height: of a picture, in pixels.
    """

    kind: Kind
    notes: tuple[str, ...] = ()
    width: int | None = None
    height: int | None = None

    @property
    def media_type(self) -> str:
        """The one media type we call it by."""
        return self.kind.media_type


@dataclass(frozen=True)
class Refusal:
    """A file that is not kept: a code for the log, and a sentence that says what to do."""

    code: str

    @property
    def sentence(self) -> str:
        """Plain English for whoever sent it."""
        return str(REFUSALS[self.code])


def sniff(path: Path) -> FileType | Refusal:
    """Tell what a file is by its content.

    Nothing is decoded or unpacked: pictures and archives are judged by their headers and tables of contents. The answer
    routes a file; what protects is that originals are only ever downloaded and viewing copies are made anew.
    """
    if path.stat().st_size == 0:
        return Refusal("empty")
    found = _media_type(path)
    kind = _KNOWN.get(found)
    if kind is None and texttypes.is_text(found):
        return _text(path, found)
    if _is_zip(found):
        return _archive(path)
    if kind in PICTURES:
        return _picture(path, kind)
    if kind is Kind.PDF:
        return FileType(kind, ("locked",) if _holds(path, b"/Encrypt") else ())
    return FileType(kind) if kind else Refusal(_refusal_code(found))


def begins_as(path: Path) -> Kind | Refusal | None:
    """What a file will be, judged by its beginning while the rest is on its way; none where only the whole can tell."""
    found = _media_type(path)
    if texttypes.is_text(found) or _is_zip(found):
        return None
    return _KNOWN.get(found) or Refusal(_refusal_code(found))


@cache
def _reader() -> tuple[Any, threading.Lock]:
    return magic.Magic(mime=True), threading.Lock()


def _media_type(path: Path) -> str:
    reader, lock = _reader()
    with lock:
        found = str(reader.from_file(str(path)))
    if found != "application/octet-stream":
        return found
    with path.open("rb") as file:
        head = file.read(64)
    # Older cameras begin a MOV without saying so; some players write tags that libmagic does not look behind; and of a
    # ZIP it sometimes makes out neither what it is nor that it is one: an office document that Word did not write.
    if head[:4] == b"PK\3\4":
        return MEDIA_TYPES[Kind.ZIP]
    if head[4:8] in {b"wide", b"mdat", b"skip", b"pnot"}:
        return MEDIA_TYPES[Kind.MOV]
    return MEDIA_TYPES[Kind.MP3] if head[:3] == b"ID3" and head[3:4] in {b"\2", b"\3", b"\4"} else found


def _text(path: Path, found: str) -> FileType | Refusal:
    code = texttypes.judge(path, found)
    if code in Kind:
        kind = Kind(code)
        has_entities = kind is Kind.XML and any(_holds(path, each) for each in texttypes.ENTITY_MARKS)
        return FileType(kind, ("entities",) if has_entities else ())
    return Refusal(code)


def _is_zip(found: str) -> bool:
    return found == "application/zip" or found.startswith(
        ("application/vnd.openxmlformats", "application/vnd.oasis", "application/epub", "application/java-archive")
        + ("application/vnd.android.package", "application/x-java")
    )


def _archive(path: Path) -> FileType | Refusal:
    try:
        contents = archives.read_contents(path)
    except archives.ArchiveRefused as refused:
        return Refusal(refused.code)
    names = contents.names
    locked = ("locked",) if contents.is_locked else ()
    if {"[Content_Types].xml", "word/document.xml"} <= names:
        return FileType(Kind.DOCX, (*locked, "macros") if "word/vbaProject.bin" in names else locked)
    if {"[Content_Types].xml", "xl/workbook.xml"} <= names:
        return FileType(Kind.XLSX, (*locked, "macros") if "xl/vbaProject.bin" in names else locked)
    if {"META-INF/MANIFEST.MF", "AndroidManifest.xml", "classes.dex"} & names:
        return Refusal("program")
    if {"[Content_Types].xml", "mimetype"} & names:
        return Refusal("office")
    return FileType(Kind.ZIP, locked)


def _picture(path: Path, kind: Kind) -> FileType | Refusal:
    size = dimensions.read_size(path, kind)
    if size is None or 0 in size:
        return FileType(kind, ("damaged",))
    if dimensions.has_too_many_pixels(size, path.stat().st_size):
        return Refusal("too_many_pixels")
    return FileType(kind, width=size[0], height=size[1])


def _holds(path: Path, mark: bytes) -> bool:
    with path.open("rb") as file:
        tail = b""
        while chunk := file.read(CHUNK_BYTES):
            if mark in tail + chunk:
                return True
            tail = chunk[-len(mark) :]
    return False


def _refusal_code(found: str) -> str:
    exact = {
        "image/svg+xml": "drawing",
        "application/x-dosexec": "program",
        "application/vnd.microsoft.portable-executable": "program",
        "application/x-executable": "program",
        "application/x-pie-executable": "program",
        "application/x-sharedlib": "program",
        "application/x-mach-binary": "program",
        "application/x-ms-shortcut": "program",
        "application/encrypted": "old_office",
        "application/msword": "old_office",
        "application/x-rar": "archive_kind",
        "application/x-7z-compressed": "archive_kind",
        "application/gzip": "archive_kind",
        "application/x-bzip2": "archive_kind",
        "application/x-xz": "archive_kind",
        "application/x-tar": "archive_kind",
    }
    starts = {
        "image/": "picture_kind",
        "video/": "video_kind",
        "audio/": "sound_kind",
        "application/CDFV2": "old_office",
        "application/vnd.ms-": "old_office",
        "text/rtf": "office",
    }
    by_start = next((code for start, code in starts.items() if found.startswith(start)), "unknown")
    return exact.get(found, by_start)
