"""Functions for a limited child process that open a stranger's file: viewing copies of pictures, facts about PDFs.

They are called through `jobs.child.run` and by nothing else; they take and return what JSON can carry and know neither
the database nor settings.
"""

import importlib
import io
import os
import resource
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pikepdf
from PIL import Image, ImageCms, ImageFile

from jobs.child import Refused
from logs import contactsheets, trailers
from logs.dimensions import has_too_many_pixels

IMAGE_COPY, PDF_FACTS = "logs.copies:make_image_copy", "logs.copies:pdf_facts"
# Address space for the child, in megabytes: libraries take some of it without using memory. A HEIC is decoded whole
# before it can be made smaller: the 50 million pixels of a new phone take 380 MB, and more is only reserved. So is an
# AVIF (460 MB); a large WebP is read by the films' library, which reserves much and uses 150 MB.
IMAGE_MEMORY_MB, HEIC_MEMORY_MB, PDF_MEMORY_MB = 400, 700, 400

# A4's longer side at 182 dpi, its shorter at 257: below the 300 dpi that courts ask for, enough to read a screenshot.
LONGEST_SIDE = 2126
THUMBNAIL_SIDE = 480
QUALITY = 85
MAX_PDF_PAGES = 5_000

MOST_FRAMES, MOST_FRAME_PIXELS = 1_000, 4_000_000
# So many pictures of a file of several, as scanners make, are shown each; of more, small ones on a sheet.
MOST_PAGES = 20
LARGE_WEBP_PIXELS = 12_000_000
STRIP_ROWS = 64
COEFFICIENT_BYTES = 2
_ORIENTATION, _GPS = 0x0112, 0x8825
_SIGNATURES = (
    (b"\xff\xd8\xff", 0, "JPEG"),
    (b"\x89PNG\r\n\x1a\n", 0, "PNG"),
    (b"GIF8", 0, "GIF"),
    (b"WEBP", 8, "WEBP"),
    (b"ftypavif", 4, "AVIF"),
    (b"ftypavis", 4, "AVIF"),
    (b"ftyp", 4, "HEIF"),
    *((mark, 0, "TIFF") for mark in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")),
)
_PLUGINS = {"JPEG": "Jpeg", "PNG": "Png", "GIF": "Gif", "WEBP": "WebP", "AVIF": "Avif", "TIFF": "Tiff"}
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    IndexError,
    KeyError,
    TypeError,
    EOFError,
    Image.DecompressionBombError,
)


def memory_mb(media_type: str) -> int:
    """Address space for a picture of this type, in megabytes."""
    whole = {"image/heic", "image/avif", "image/webp", "image/tiff"}
    return HEIC_MEMORY_MB if media_type in whole else IMAGE_MEMORY_MB


def make_image_copy(payload: dict[str, Any]) -> dict[str, Any]:
    """Make a viewing copy of a picture and a thumbnail of it: our own JPEGs, in which nothing but the pixels survives.

    Turned the right way up, colours in sRGB, transparent parts white, longest side at most `LONGEST_SIDE`.

    Args:
        payload: paths `source`, `target` and `thumbnail`, and where a file of several pictures is to be shown whole,
            `frames` for a sheet and `folder` for the second and later pages as `2.jpg` and so on.

    Returns:
        `width` and `height` of the copy; `frames`, how many of several pictures are on their `sheet`, and its size;
        `sizes` of the pages in `folder`; `notes`, codes of what was done or found: `turned`, `made_smaller`,
        `first_frame_only`,
        `several_pages`, `colours_converted`, `flattened`, `had_location`, `had_film`, `damaged`.

    Raises:
        Refused: `too_many_pixels`, or `unreadable` when nothing of the picture can be decoded.
    """
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None  # our own limit stands right behind the opening, and lets large photos through
    notes: list[str] = []
    picture = _decode(payload["source"], notes)
    copy = _in_srgb(picture, notes)
    _save(copy, payload["target"])
    copy.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    _save(copy, payload["thumbnail"])
    told: dict[str, Any] = {"width": picture.width, "height": picture.height, "notes": notes}
    if "frames" in payload and "first_frame_only" in notes:
        told |= _show_others(payload, notes)
    return told


def pdf_facts(payload: dict[str, Any]) -> dict[str, Any]:
    """How many pages a PDF has, and whether a password keeps them closed.

    Args:
        payload: path `source`.

    Returns:
        `pages` (0 when locked), `locked` (cannot be opened without a password) and `restricted` (opens, but asks not
        to be printed or changed).

    Raises:
        Refused: `damaged`, or `too_many_pages`.
    """
    try:
        with pikepdf.open(payload["source"], access_mode=pikepdf.AccessMode.stream) as document:
            pages, is_restricted = len(document.pages), document.is_encrypted
    except pikepdf.PasswordError:
        return {"pages": 0, "locked": True, "restricted": True}
    except (pikepdf.PdfError, ValueError, RuntimeError) as error:
        raise Refused("damaged") from error
    if pages > MAX_PDF_PAGES:
        raise Refused("too_many_pages")
    return {"pages": pages, "locked": False, "restricted": is_restricted}


def _decode(source: str, notes: list[str], number: int = 0) -> Image.Image:
    try:
        return _small_and_upright(source, notes, number)
    except UNREADABLE:
        notes.clear()
    # Cut off or broken somewhere: keep what can be seen of it, and say so.
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        picture = _small_and_upright(source, notes, number)
    except UNREADABLE as error:
        raise Refused("unreadable") from error
    notes.append("damaged")
    return picture


def _small_and_upright(source: str, notes: list[str], number: int = 0) -> Image.Image:
    with opened(source) as image:
        if number:
            image.seek(number)
        if has_too_many_pixels(image.size, os.path.getsize(source)):
            raise Refused("too_many_pixels")
        full_size = image.size
        orientation = _read_tags(image, source, notes)
        if getattr(image, "n_frames", 1) > 1 and image.format != "MPO":
            notes.append("first_frame_only")
            image.seek(number)
        if image.format in {"JPEG", "MPO"}:
            # Decode at a half, a quarter or an eighth, never below what is asked for.
            image.draft(image.mode, _fitting(image.size, LONGEST_SIDE))
        _refuse_costly(image, full_size)
        small = _large_webp(image, source, notes) or _reduced(image, notes)
        image.close()
    small = _resized(small, _fitting(full_size, LONGEST_SIDE))
    if max(full_size) > LONGEST_SIDE:
        notes.append("made_smaller")
    if orientation in _TURNS:
        notes.append("turned")
        icc = small.info.get("icc_profile")
        small = small.transpose(_TURNS[orientation])
        small.info["icc_profile"] = icc
    return small


def opened(source: str) -> Image.Image:
    """Opened by the one decoder its first bytes call for: no other is loaded, none is tried."""
    with open(source, "rb") as file:
        head = file.read(12)
    form = next((form for start, offset, form in _SIGNATURES if head[offset : offset + len(start)] == start), None)
    if form is None:
        raise Refused("unreadable")
    if form == "HEIF":
        _teach_heif()
    elif form == "AVIF":
        plugin = importlib.import_module("PIL.AvifImagePlugin")
        plugin.DEFAULT_MAX_THREADS = 1  # type: ignore[attr-defined]
    else:
        importlib.import_module(f"PIL.{_PLUGINS[form]}ImagePlugin")
    return Image.open(source, formats=(form,))


def _teach_heif() -> None:
    import pillow_heif  # a large library: only for pictures that need it

    # One thread: each further one takes address space of its own.
    pillow_heif.register_heif_opener(thumbnails=False, decode_threads=1)


def _read_tags(image: Image.Image, source: str, notes: list[str]) -> int:
    try:
        tags = image.getexif()
        orientation, has_location = tags.get(_ORIENTATION, 1), bool(tags.get_ifd(_GPS))
    except UNREADABLE:
        orientation, has_location = 1, False
    packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    packet = packet.encode() if isinstance(packet, str) else packet
    if has_location or b"GPSLatitude" in packet:
        notes.append("had_location")
    if image.format in {"JPEG", "MPO", "HEIF"} and trailers.find(Path(source)):
        notes.append("had_film")
    # The library turns a TIFF itself when it opens it.
    return orientation if isinstance(orientation, int) and image.format != "TIFF" else 1


def _fitting(size: tuple[int, int], longest: int) -> tuple[int, int]:
    scale = min(1.0, longest / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _refuse_costly(image: Image.Image, full_size: tuple[int, int]) -> None:
    """Stop before a progressive JPEG whose coefficients, held all at once, do not fit: its decoder calls that broken.

    Raises:
        MemoryError: they would take more than half of what this process may use.
    """
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    layers = getattr(image, "layer", None)
    if not layers or not image.info.get("progressive") or limit == resource.RLIM_INFINITY:
        return
    blocks = [across * down for _, across, down, *_ in layers]
    if full_size[0] * full_size[1] * sum(blocks) / max(blocks) * COEFFICIENT_BYTES > limit / 2:
        raise MemoryError


def _large_webp(image: Image.Image, source: str, notes: list[str]) -> Image.Image | None:
    """A large WebP made smaller by the reader of films: in a fifth of the memory that the picture library takes."""
    if image.format != "WEBP" or image.width * image.height <= LARGE_WEBP_PIXELS:
        return None
    av = importlib.import_module("av")
    width, height = _fitting(image.size, LONGEST_SIDE)
    try:
        with open(source, "rb") as file, av.open(file, "r", format="webp_pipe") as container:
            container.streams.video[0].thread_count = 1
            frame = next(container.decode(video=0)).reformat(width=width, height=height, format="rgba")
    except (av.FFmpegError, StopIteration, ValueError):
        return None  # damaged or moving: the other way may show something of it
    plane = frame.planes[0]
    layer = Image.frombuffer("RGBA", (width, height), bytes(plane), "raw", "RGBA", plane.line_size, 1)
    small = _plain(layer if image.mode == "RGBA" else layer.convert("RGB"), notes)
    small.info["icc_profile"] = image.info.get("icc_profile")
    return small


def _reduced(image: Image.Image, notes: list[str]) -> Image.Image:
    """A copy one to two times `LONGEST_SIDE` long, made strip by strip: no second full-size picture is held."""
    factor = max(1, max(image.size) // LONGEST_SIDE)
    small: Image.Image | None = None
    image.load()
    for number, top in enumerate(range(0, image.height, STRIP_ROWS * factor)):
        strip = image.crop((0, top, image.width, min(top + STRIP_ROWS * factor, image.height)))
        strip.info = image.info
        piece = _plain(strip, notes).reduce(factor)
        small = small or Image.new(piece.mode, (piece.width, -(-image.height // factor)))
        small.paste(piece, (0, number * STRIP_ROWS))
    if small is None:
        raise Refused("unreadable")
    small.info["icc_profile"] = image.info.get("icc_profile")
    return small


def _resized(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    if picture.size == size:
        return picture
    resized = picture.resize(size, Image.Resampling.LANCZOS)
    resized.info["icc_profile"] = picture.info["icc_profile"]
    return resized


def _plain(strip: Image.Image, notes: list[str]) -> Image.Image:
    """Eight bits a channel in L, RGB or CMYK, without transparency."""
    if strip.mode in {"L", "RGB", "CMYK"} and "transparency" not in strip.info:
        return strip
    if strip.mode.startswith("I"):
        return strip.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if not strip.has_transparency_data:
        return strip.convert("L" if strip.mode == "1" else "RGB")
    if "flattened" not in notes:
        notes.append("flattened")
    layer = strip.convert("RGBA")
    white = Image.new("RGB", layer.size, "white")
    white.paste(layer, mask=layer.getchannel("A"))
    return white


def _in_srgb(picture: Image.Image, notes: list[str]) -> Image.Image:
    """The same colours in sRGB; a profile that makes no sense is passed over."""
    profile = picture.info.get("icc_profile")
    copy = None
    if profile:
        try:
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            copy = ImageCms.profileToProfile(picture, given, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            copy = None
    if copy is not None or picture.mode == "CMYK":
        notes.append("colours_converted")
    copy = copy or picture.convert("RGB")
    copy.info.clear()
    return copy


def _show_others(payload: dict[str, Any], notes: list[str]) -> dict[str, Any]:
    """The pictures of a file besides its first: each on a page of its own, or on a sheet."""
    source = payload["source"]
    with opened(source) as image:
        form, count = image.format, min(getattr(image, "n_frames", 1), MOST_FRAMES)
    if form != "TIFF":
        return _show_frames(source, payload["frames"])
    if count > MOST_PAGES:
        return _sheet(list(_small_pages(source, count)), payload["frames"])
    sizes = []
    for number in range(1, count):
        of_page: list[str] = []
        try:
            page = _in_srgb(_decode(source, of_page, number), [])
            sizes.append(page.size)
            _save(page, str(Path(payload["folder"]) / f"{len(sizes) + 1}.jpg"))
        except (Refused, MemoryError):
            of_page.append("damaged")  # what follows may still be whole
        notes += {"damaged"} & set(of_page) - set(notes)
    notes[notes.index("first_frame_only")] = "several_pages"
    return {"sizes": sizes}


def _small_pages(source: str, count: int) -> Iterator[tuple[Image.Image, str]]:
    for number in contactsheets.spread(count):
        with suppress(Refused, MemoryError):
            page = _in_srgb(_decode(source, [], number), [])
            page.thumbnail((contactsheets.WIDTH, contactsheets.HEIGHT))
            yield page, f"{number + 1} / {count}"


def _show_frames(source: str, target: str) -> dict[str, Any]:
    """Put frames of a moving picture on a sheet; what cannot be read of it is left out."""
    found: list[tuple[Image.Image, str]] = []
    try:
        with opened(source) as image:
            count = min(getattr(image, "n_frames", 1), MOST_FRAMES)
            if image.width * image.height > MOST_FRAME_PIXELS:
                return {}
            for number in contactsheets.spread(count):
                image.seek(number)
                found.append((_in_srgb(_plain(image.copy(), []), []), f"{number + 1} / {count}"))
                found[-1][0].thumbnail((contactsheets.WIDTH, contactsheets.HEIGHT))
    except (*UNREADABLE, MemoryError):
        pass
    return _sheet(found, target)


def _sheet(found: list[tuple[Image.Image, str]], target: str) -> dict[str, Any]:
    if not found:
        return {}
    sheet = contactsheets.arranged(found)
    _save(sheet, target)
    return {"frames": len(found), "sheet": sheet.size}


def _save(picture: Image.Image, target: str) -> None:
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "wb") as file:
        picture.save(file, "JPEG", quality=QUALITY)
    if not Path(target).stat().st_size:
        raise Refused("unreadable")
