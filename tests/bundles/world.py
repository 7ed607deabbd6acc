"""Invented contents and files for bundles."""

import hashlib
import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
from PIL import Image

from bundles.seals import authority
from bundles.seals.sealing import Sealer, read_back, seal, self_made_sealer
from bundles.selection.contents import Amendment, Contents, Entry, Exhibit, LeftOut
from jobs import child

KEY = self_made_sealer(authority.read(authority.make()))
TRUSTED = KEY.trust
MADE_AT = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
FIRST = datetime(2026, 1, 5, 20, 15, tzinfo=UTC)
SENTENCES = (
    "He was parked opposite the shop when I came out and stayed until the bus came.",
    "Three calls from a withheld number, each one silent.",
    "A card was pushed through the door with my old nickname on it.",
    "He walked behind me from the station and said nothing.",
    "My sister told me he had asked her where I am living now.",
    "There was a new message from an account I do not know, with a picture of my car.",
)


def seal_it(path: Path, sealer: Sealer = KEY) -> str:
    """Seal a file as a build does, with the limits that its children have."""
    seal(path, sealer, in_child)
    return read_back(path, sealer, in_child)


def in_child(target: str, payload: Mapping[str, Any], seconds: int) -> dict[str, Any]:
    return child.run(target, payload, memory_mb=1024, seconds=seconds).result


def under_the_seal(path: Path) -> str:
    """The digest of a bundle without its seal, which is another each time."""
    data = path.read_bytes()
    end = len(data)
    for _ in ("time stamp", "seal", "bundle"):
        end = data.rindex(b"%%EOF", 0, end)
    return hashlib.sha256(data[:end]).hexdigest()


def entry(number: int = 1, **changes: Any) -> Entry:
    at = FIRST + timedelta(days=2 * number)
    values: dict[str, Any] = {
        "number": number,
        "id": f"00000000-0000-7000-8000-{number:012d}",
        "occurred_words": f"About 8.15 pm, {at:%A} {at.day} {at:%B %Y}",
        "occurred_sort": at,
        "recorded_at": at + timedelta(hours=2),
        "place": "Outside work",
        "what_happened": SENTENCES[number % len(SENTENCES)],
        "impact": "I could not sleep and did not go in the next day.",
        "source_words": "Written by her in the portal",
        "digest": hashlib.sha256(str(number).encode()).hexdigest(),
    }
    return Entry(**values | changes)


def long_entry(number: int, marks: tuple[str, ...] = ()) -> Entry:
    chance = random.Random(number)
    words = " ".join(chance.choice(SENTENCES) for _ in range(5))
    later = (Amendment("addition", "I forgot to say that it was raining.", "the victim", MADE_AT),)
    return entry(
        number,
        what_happened=words,
        evidence_words="Photographs on my phone." if marks else "",
        police_words="Rang 101 on the same day; they gave me a number." if number % 3 == 0 else "",
        changes="I take another way home." if number % 4 == 0 else "",
        exhibits=marks,
        amendments=later if number % 10 == 0 else (),
    )


def contents(*entries: Entry, exhibits: tuple[Exhibit, ...] = (), **changes: Any) -> Contents:
    values: dict[str, Any] = {
        "bundle_id": "00000000-0000-7000-8000-0000000000b1",
        "reference": "B-000123",
        "made_at": MADE_AT,
        "title": "Log of incidents",
        "profile": "Police",
        "purpose": "To accompany a report",
        "recipient": "Norfolk Constabulary",
        "prepared_by_role": "Caseworker",
        "date_from": FIRST.date(),
        "date_to": MADE_AT.date(),
        "scope_words": "All entries between these dates",
        "entries": entries or (entry(),),
        "exhibits": exhibits,
        "left_out": (LeftOut("entries", 2, "outside the dates covered"),),
        "withheld_kinds": ("addresses", "telephone numbers"),
        "statement": "The log is kept by the person it happened to, in an online service run by a victim care service.",
    }
    return Contents(**values | changes)


def exhibit(path: Path, mark: str = "KP/1", entry_number: int | None = 1, **changes: Any) -> Exhibit:
    data = path.read_bytes()
    values: dict[str, Any] = {
        "mark": mark,
        "evidence_id": hashlib.md5(mark.encode(), usedforsecurity=False).hexdigest(),
        "entry_number": entry_number,
        "description": "Photograph of the gate",
        "kind": "other",
        "media_type": "application/octet-stream",
        "size_bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "received_at": FIRST + timedelta(days=3),
        "original_path": str(path),
    }
    return Exhibit(**values | changes)


def picture_exhibit(folder: Path, mark: str, entry_number: int | None = 1, **changes: Any) -> Exhibit:
    original, copy = folder / f"{abs(hash(mark))}.orig", folder / f"{abs(hash(mark))}.copy"
    size = changes.pop("size", (800, 600))
    make_picture(original, size, seed=mark)
    make_picture(copy, size, seed=mark)
    with_copy = {"kind": "image", "media_type": "image/jpeg", "copy_path": str(copy)}
    return exhibit(original, mark, entry_number, **with_copy | changes)


def pdf_exhibit(path: Path, mark: str, entry_number: int | None = 1, **changes: Any) -> Exhibit:
    document = {"kind": "pdf", "media_type": "application/pdf", "description": "Letter from the landlord"}
    return exhibit(path, mark, entry_number, **document | changes)


def make_picture(path: Path, size: tuple[int, int], seed: str = "", **save: Any) -> None:
    chance = random.Random(seed)
    small = Image.frombytes("RGB", (32, 24), chance.randbytes(32 * 24 * 3))
    small.resize(size, Image.Resampling.BICUBIC).save(path, "JPEG", quality=80, **save)


def make_pdf(path: Path, pages: int = 1, words: str = "Letter", size: tuple[float, float] = (595, 842)) -> pikepdf.Pdf:
    """Write a PDF with one line of text a page, and return it open for further mischief."""
    pdf = pikepdf.new()
    font = pdf.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    )
    for number in range(pages):
        page = pdf.add_blank_page(page_size=size)
        page.add_resource(font, pikepdf.Name.Font, pikepdf.Name.F1)
        edge = f"40 40 {size[0] - 80} {size[1] - 80} re S"
        text = f"BT /F1 24 Tf 72 {size[1] - 100} Td ({words} page {number + 1}) Tj ET {edge}"
        page.contents_add(text.encode())
    pdf.save(path)
    return pdf


def metadata_jpeg(size: tuple[int, int] = (640, 480)) -> bytes:
    """A JPEG with a place in its EXIF, a comment, and a trailer after its end."""
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (52.0, 37.0, 0.0), 3: "E", 4: (1.0, 17.0, 0.0)}
    exif[0x010E] = "SECRET-EXIF"
    out = BytesIO()
    Image.new("RGB", size, "grey").save(out, "JPEG", exif=exif, comment=b"SECRET-COMMENT")
    return out.getvalue() + b"SECRET-TRAILER"
