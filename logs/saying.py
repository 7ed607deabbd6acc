"""What runs in the child process to read what a file says of itself: a report of all of it, and the few facts of it.

Nothing here is believed. A camera's clock may be wrong, and whoever sends a file may have written into it.
"""

import importlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from email import policy
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from PIL import ExifTags, Image

from jobs.child import Refused
from logs import copies, opening
from logs.carrying import carried

SAYING = "logs.saying:report"
MOST_FIELDS, LONGEST_VALUE, LONGEST_FACT = 400, 400, 200
MOST_PROPERTY_BYTES = 1_000_000
MOST_HEADER_BYTES = 256 * 1024
CHUNK_BYTES = 1024 * 1024
_ODD = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")
_DEGREES = re.compile(r"([+-]\d{1,2}(?:\.\d+)?)([+-]\d{1,3}(?:\.\d+)?)")
Field = tuple[str, str, str]  # group, name, value


def report(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Write all that the file at `source` says of itself to `target` as JSON.

    Returns:
        `facts`: pairs of a kind (as in `EvidenceFact.Kind`) and what is written there; `count`: fields in the report.
    """
    reader = _READERS.get(payload["media_type"].partition("/")[0]) or _READERS.get(payload["media_type"])
    fields: list[Field] = []
    facts: dict[str, str] = {}
    found = reader(payload["source"], payload["media_type"]) if reader else iter(())
    if payload.get("password"):
        found = _pdf(payload["source"], payload["media_type"], payload["password"])
    with suppress(Exception):  # a file that cannot be read, or breaks off, says no more: so does the report
        for group, name, value, kind in found:
            plain = _plain(value)
            if plain and group and len(fields) < MOST_FIELDS:
                fields.append((group, name, plain[:LONGEST_VALUE]))
            if plain and kind:
                facts.setdefault(kind, plain[:LONGEST_FACT])
    told = {"fields": fields, "facts": facts}
    Path(payload["target"]).write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    return {"facts": list(facts.items()), "count": len(fields)}


Found = Iterator[tuple[str, str, Any, str]]  # group, name, value, kind of fact


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace") if value.isascii() else f"{len(value)} bytes"
    return _ODD.sub(" ", str(value)).encode("utf-8", "replace").decode().strip()


# --- pictures -------------------------------------------------------------------------------------------------------


def _picture(source: str, media_type: str) -> Found:
    Image.MAX_IMAGE_PIXELS = None  # nothing is decoded here
    try:
        with copies.opened(source) as image:
            yield "", "", f"{image.width} × {image.height}", "size"
            yield from _exif(image)
            packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp")
            if packet:
                yield "XMP", "packet", packet, ""
            for name in ("comment", "Comment", "Software", "Description"):
                if name in image.info:
                    yield "Text", name, image.info[name], ""
    except copies.UNREADABLE:
        return
    if _holds(source, b"c2pa"):
        yield "C2PA", "content credentials", "present, not checked", ""


def _exif(image: Image.Image) -> Found:
    tags = image.getexif()
    inner, gps = tags.get_ifd(ExifTags.IFD.Exif), tags.get_ifd(ExifTags.IFD.GPSInfo)
    maker, model = _plain(tags.get(ExifTags.Base.Make, "")), _plain(tags.get(ExifTags.Base.Model, ""))
    taken = inner.get(ExifTags.Base.DateTimeOriginal) or inner.get(ExifTags.Base.DateTimeDigitized)
    zone = inner.get(ExifTags.Base.OffsetTimeOriginal) or ""
    if taken := _plain(taken or tags.get(ExifTags.Base.DateTime, "")):
        yield "", "", f"{taken} {_plain(zone)}", "taken"
    yield "", "", model if model.startswith(maker) else f"{maker} {model}", "device"
    yield "", "", tags.get(ExifTags.Base.Software, ""), "software"
    yield "", "", tags.get(ExifTags.Base.Artist, ""), "author"
    yield "", "", _decimal(gps), "place"
    for group, found, names in (("EXIF", tags, ExifTags.TAGS), ("EXIF", inner, ExifTags.TAGS), ("GPS", gps, _GPS)):
        for tag, value in found.items():
            if not isinstance(value, dict):
                yield group, names.get(tag, f"tag {tag}"), value, ""


_GPS = ExifTags.GPSTAGS


def _decimal(gps: Mapping[int, Any]) -> str:
    """Latitude and longitude in degrees, as maps take them; empty where they make no sense."""
    try:
        north, east = (_degrees(gps[place]) for place in (ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLongitude))
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return ""
    north = -north if _plain(gps.get(ExifTags.GPS.GPSLatitudeRef, "")).upper() == "S" else north
    east = -east if _plain(gps.get(ExifTags.GPS.GPSLongitudeRef, "")).upper() == "W" else east
    return _place(north, east)


def _degrees(parts: Any) -> float:
    whole, minutes, seconds = (float(part) for part in parts)
    return whole + minutes / 60 + seconds / 3600


def _place(north: float, east: float) -> str:
    is_sensible = abs(north) <= 90 and abs(east) <= 180 and (north, east) != (0.0, 0.0)
    return f"{north:.6f}, {east:.6f}" if is_sensible else ""


# --- films and recordings -------------------------------------------------------------------------------------------


def _recording(source: str, media_type: str) -> Found:
    films = importlib.import_module("logs.films")  # a large library: only for what needs it
    if media_type not in films.FORMS:
        return
    with films.opened(source, media_type) as container:
        seconds = films.seconds_of(container)
        if seconds:
            yield "", "", f"{seconds:.1f}", "length"
        named = [(stream.type, stream.codec_context) for stream in container.streams if stream.codec_context]
        yield "", "", ", ".join(context.name for _, context in named), "format"
        for kind, context in named:
            if kind == "video":
                yield "", "", f"{context.width} × {context.height}", "size"
        yield from _tags(dict(container.metadata))
        for number, stream in enumerate(container.streams):
            for name, value in stream.metadata.items():
                yield f"Stream {number + 1}", name, value, ""


def _tags(tags: Mapping[str, str]) -> Found:
    apple = "com.apple.quicktime."
    yield "", "", tags.get(f"{apple}creationdate") or tags.get("creation_time") or tags.get("date", ""), "taken"
    maker, model = tags.get(f"{apple}make", ""), tags.get(f"{apple}model", "")
    yield "", "", f"{maker} {model}", "device"
    yield "", "", tags.get(f"{apple}software") or tags.get("encoder", ""), "software"
    yield "", "", tags.get("artist", ""), "author"
    written = _DEGREES.match(tags.get(f"{apple}location.ISO6709") or tags.get("location", ""))
    if written:
        yield "", "", _place(float(written[1]), float(written[2])), "place"
    for name, value in tags.items():
        yield "Container", name, value, ""


# --- documents and letters ------------------------------------------------------------------------------------------


def _pdf(source: str, media_type: str, password: str = "") -> Found:
    pikepdf = importlib.import_module("pikepdf")
    try:
        with opening.opened(source, password) as document:
            told = {str(name): str(value) for name, value in document.docinfo.items()}
            locks, beside = document.is_encrypted, carried(document)
    except (Refused, pikepdf.PdfError, ValueError, TypeError, RuntimeError):
        return
    yield "", "", told.get("/CreationDate", ""), "taken"
    yield "", "", told.get("/Creator") or told.get("/Producer", ""), "software"
    yield "", "", told.get("/Author", ""), "author"
    for kind, count in beside.items():
        yield "Beside the pages", kind.replace("_", " "), count, ""
    for name, value in told.items():
        yield "PDF", name.lstrip("/"), value, ""
    if locks and not password:
        yield "PDF", "restrictions", "opens, but asks not to be changed or printed", ""


def _office(source: str, media_type: str) -> Found:
    with suppress(BadZipFile, KeyError, OSError, ParseError, DefusedXmlException, NotImplementedError, RuntimeError):
        with ZipFile(source) as archive, archive.open("docProps/core.xml") as member:
            told = {
                each.tag.rpartition("}")[2]: each.text or "" for each in fromstring(member.read(MOST_PROPERTY_BYTES))
            }
        yield "", "", told.get("created", ""), "taken"
        yield "", "", told.get("creator", ""), "author"
        for name, value in told.items():
            yield "Document", name, value, ""


def _letter(source: str, media_type: str) -> Found:
    with open(source, "rb") as file:
        head = file.read(MOST_HEADER_BYTES)
    for name, value in BytesHeaderParser(policy=policy.compat32).parsebytes(head).items():
        if name.lower() == "date":
            yield "", "", value, "taken"
        yield "Header", name, value, ""


def _holds(source: str, mark: bytes) -> bool:
    tail = b""
    with open(source, "rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            if mark in tail + chunk:
                return True
            tail = chunk[-len(mark) :]
    return False


_READERS: dict[str, Callable[[str, str], Found]] = {
    "image": _picture,
    "video": _recording,
    "audio": _recording,
    "application/pdf": _pdf,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": _office,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": _office,
    "message/rfc822": _letter,
}


# --- in words -------------------------------------------------------------------------------------------------------

# How files write a moment; what follows it says which clock it was.
_MOMENT = re.compile(
    r"(?:D:)?(\d{4})[-:.]?(\d{2})[-:.]?(\d{2})(?:[T ]?(\d{2}):?(\d{2})(?::?(\d{2}))?(?:\.\d+)?)?\s*"
    r"(Z|[+-]\d{2}[:']?\d{2}'?)?'?"
)


def moment_of(written: str) -> tuple[datetime, bool, str] | None:
    """A moment as a file writes it: the moment without a zone, whether it has a time of day, and its zone as written.

    None where it is written in no way that we know: then it is shown letter by letter.
    """
    found = _MOMENT.fullmatch(written.strip())
    if not found:
        return None
    numbers = [int(part) if part else 0 for part in found.groups()[:6]]
    try:
        year, month, day, hour, minute, second = numbers
        moment = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - a file names none
        return moment, found[4] is not None, (found[7] or "").replace("'", "")
    except ValueError:
        return None
