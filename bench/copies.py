"""What it takes to make the parts of a file when it arrives: memory and processor of each limited child.

`.venv/bin/python -m bench.copies` makes a file of each kind, as large as phones and scanners make them.
"""

import io
import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import django
import docx
import openpyxl
import pikepdf
from PIL import Image

from jobs.child import Outcome, run
from logs import cleaning, copies, opening, picturepages, saying, sheets, trailers
from logs.filetypes import MEDIA_TYPES, Kind
from logs.readable import making
from nsvcs.fonts import write_fonts_conf

MEGABYTE = 1024 * 1024
PHONE, LARGE = (4032, 3024), (8160, 6120)


def picture(size: tuple[int, int]) -> Image.Image:
    """A soft, grainy picture, as photographs are."""
    small = Image.frombytes(
        "RGB", (size[0] // 32, size[1] // 32), random.Random(1).randbytes(size[0] // 32 * (size[1] // 32) * 3)
    )
    return small.resize(size, Image.Resampling.BICUBIC)


def pictures(folder: Path) -> Iterator[tuple[str, str, Path]]:
    for form, media_type, size in (
        ("JPEG", "image/jpeg", PHONE), ("JPEG", "image/jpeg", LARGE), ("PNG", "image/png", (1080, 2400)),
        ("WEBP", "image/webp", LARGE), ("AVIF", "image/avif", PHONE), ("HEIF", "image/heic", PHONE),
    ):  # fmt: skip
        path = folder / f"{form}-{size[0]}"
        if form == "HEIF":
            import pillow_heif

            pillow_heif.register_heif_opener()
        picture(size).save(path, form, **({"speed": 10} if form == "AVIF" else {}))
        yield f"{form} {size[0] * size[1] / 1e6:.0f} megapixels", media_type, path


def film(path: Path, seconds: int, size: tuple[int, int]) -> Path:
    """A film of moving grain, a key picture each second, as phones make them."""
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = *size, "yuv420p", 16_000_000
        stream.gop_size = 10
        base = picture((size[0] + 640, size[1]))
        for number in range(seconds * 10):
            left = number * 16 % 640
            container.mux(stream.encode(av.VideoFrame.from_image(base.crop((left, 0, left + size[0], size[1])))))
        container.mux(stream.encode(None))
    return path


def scan(path: Path, pages: int) -> Path:
    """A document of scanned pages at 200 dots an inch, and as many of text."""
    packed = io.BytesIO()
    picture((1654, 2339)).save(packed, "JPEG", quality=80)
    with pikepdf.new() as document:
        for number in range(pages):
            page = document.add_blank_page(page_size=(595, 842))
            image = pikepdf.Stream(
                document, packed.getvalue(), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=1654,
                Height=2339, ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8, Filter=pikepdf.Name.DCTDecode,
            )  # fmt: skip
            page.add_resource(image, pikepdf.Name.XObject, pikepdf.Name.Scan)
            page.contents_add(f"q 595 0 0 842 0 0 cm /Scan Do Q % {number}".encode())
        document.save(path)
    return path


def readable(folder: Path) -> Iterator[tuple[str, Kind, Path]]:
    """Files of words and tables, each longer than its copy may be."""
    line = "3 June 2026, 22:14, another line of what was written about that night, which goes on for a while."
    document, book = docx.Document(), openpyxl.Workbook(write_only=True)
    for _ in range(3_000):
        document.add_paragraph(line)
    sheet = book.create_sheet("Calls")
    for number in range(20_000):
        sheet.append([f"{number}", "07700 900123", line, "missed"])
    for name, kind, save in (("document", Kind.DOCX, document.save), ("workbook", Kind.XLSX, book.save)):
        save(str(folder / name))
        yield f"a {name}", kind, folder / name
    chat, box = folder / "chat.txt", folder / "box.txt"
    chat.write_text("".join(f"03/06/2026, 22:14 - Dan: {line}\n" for _ in range(10_000)))
    yield "a chat of 10,000 lines", Kind.TXT, chat
    letter = f"From: a@example.org\nTo: b@example.org\nDate: Wed, 3 Jun 2026 22:14:00 +0100\n\n{line}\n\n"
    box.write_text("".join(f"From a@example.org Wed Jun  3 22:14:00 2026\n{letter}" for _ in range(3_000)))
    yield "a mailbox of 3,000", Kind.TXT, box


def measure_readable(folder: Path, out: dict[str, str], memory_mb: int) -> None:
    for what, kind, path in readable(folder):
        payload = {"source": str(path), "media_type": MEDIA_TYPES[kind], "most": 2_000_000, **out}
        payload["fonts_conf"] = str(write_fonts_conf(folder))
        child(f"words of {what}", path, making.WORDS, payload, memory_mb)
        child("pages to read of it", path, making.PAGES, payload, memory_mb)


def measure_several(folder: Path, out: dict[str, str], memory_mb: int) -> None:
    """A scan of twenty pages in TIFF, and a photo with a film."""
    path = folder / "TIFF"
    page = picture((2480, 3508))
    page.save(path, "TIFF", save_all=True, append_images=[page] * 19, compression="tiff_lzw")
    payload = {"source": str(path), "folder": str(folder), **out}
    child("copy of a TIFF of 20 pages", path, copies.IMAGE_COPY, payload, copies.memory_mb("image/tiff"))
    pages = [(out["target"], 1503, 2126)] * 20
    child("its pages as a document", path, picturepages.LAY, {"pictures": pages, "out": out["out"]}, memory_mb)
    photo = folder / "motion"
    picture(PHONE).save(photo, "JPEG")
    photo.write_bytes(photo.read_bytes() + film(folder / "inside", 3, (1920, 1080)).read_bytes())
    child("the film in a photo", photo, trailers.EXTRACT, {"source": str(photo), **out}, 200)


def told(what: str, path: Path, outcome: Outcome, limit_mb: int) -> None:
    """One line of the table."""
    peak, size = outcome.peak_rss_bytes / MEGABYTE, path.stat().st_size / MEGABYTE
    sys.stdout.write(f"| {what} | {size:.1f} | {outcome.cpu_seconds:.2f} | {peak:.0f} | {limit_mb} |\n")


def child(what: str, path: Path, target: str, payload: dict[str, Any], limit_mb: int) -> None:
    told(what, path, run(target, payload, memory_mb=limit_mb, seconds=300), limit_mb)


def documents(folder: Path, out: dict[str, str]) -> None:
    """A document that broke off, one locked with a password, and scanned pages drawn to be read."""
    path = scan(folder / "scan", 300)
    with pikepdf.open(path) as document:
        document.save(folder / "locked", encryption=pikepdf.Encryption(user="u", owner="o"))
    with path.open("rb+") as file:
        file.truncate(int(path.stat().st_size * 0.8))
    limit_mb = steps_limit()
    clean = {"path": str(path), "out": out["out"]}
    child("300 scanned pages, the last fifth cut off, rebuilt and cleaned", path, cleaning.CLEAN, clean, limit_mb)
    locked = {"path": str(folder / "locked"), "password": "u"}
    child("a password tried", folder / "locked", opening.OPENS, locked, limit_mb)
    child("300 locked pages, cleaned", folder / "locked", cleaning.CLEAN, locked | {"out": out["out"]}, limit_mb)
    (folder / "scans").mkdir()
    drawn = {"path": out["out"], "folder": str(folder / "scans"), "numbers": list(range(1, 61)), "dots": 200}
    child("60 of them drawn to be read", folder / "locked", sheets.DRAW, drawn, limit_mb)


def steps_limit() -> int:
    from logs.making import steps  # the limits, which stand among models

    return steps.DOCUMENT_MEMORY_MB


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nsvcs.settings")
    django.setup()
    from logs.making import steps  # the limits, which stand among models

    sys.stdout.write(
        "| Part | File, MB | Processor, s | Held, MB | Address space allowed, MB |\n|---|---|---|---|---|\n"
    )
    with TemporaryDirectory() as name:
        folder = Path(name)
        out = {key: str(folder / key) for key in ("target", "thumbnail", "frames", "out")}
        for what, media_type, path in pictures(folder):
            child(
                f"copy of {what}", path, copies.IMAGE_COPY, {"source": str(path), **out}, copies.memory_mb(media_type)
            )
            payload = {"source": str(path), "media_type": media_type, **out}
            child(f"report of {what}", path, saying.SAYING, payload, steps.SAYING_MEMORY_MB)
        measure_several(folder, out, steps.DOCUMENT_MEMORY_MB)
        measure_readable(folder, out, steps.READABLE_MEMORY_MB)
        for seconds, size in ((30, (1920, 1080)), (3, (3840, 2160))):
            path = film(folder / "film", seconds, size)
            payload = {"source": str(path), "media_type": "video/mp4", **out}
            child(f"stills of {seconds} s, {size[0]} by {size[1]}", path, steps.STILLS, payload, steps.FILM_MEMORY_MB)
            child("its report", path, saying.SAYING, payload, steps.SAYING_MEMORY_MB)
        documents(folder, out)
        for pages in (3, 300):
            path = scan(folder / "scan", pages)
            clean = {"path": str(path), "out": out["out"]}
            child(f"{pages} scanned pages, cleaned", path, cleaning.CLEAN, clean, steps.DOCUMENT_MEMORY_MB)
            (folder / "sheets").mkdir(exist_ok=True)
            drawn = {"path": out["out"], "folder": str(folder / "sheets")}
            child("pictures of its first pages", path, sheets.DRAW, drawn, steps.DOCUMENT_MEMORY_MB)
            read = {"path": out["out"], "target": out["target"], "most": steps.MOST_CHARACTERS}
            child("its words", path, sheets.WORDS, read, steps.DOCUMENT_MEMORY_MB)


if __name__ == "__main__":
    main()
