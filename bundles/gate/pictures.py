"""In the gate's child process: every picture in a bundle, what its bytes carry besides, and those to be read."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import pikepdf

from bundles.gate.marks import Marks
from bundles.gate.terms import Terms
from jobs.child import Refused
from logs import jpegs

FIND = "bundles.gate.pictures:find"
Find = dict[str, Any]
Place = dict[str, Any]
# Smaller than a line of letters can be: rules, dots and logos' corners.
LEAST_WIDTH, LEAST_HEIGHT = 40, 12
DESCRIBING = ("/Metadata", "/PieceInfo", "/OPI", "/Alternates", "/LastModified")
JPX_TALKING = (b"xml ", b"uuid", b"uinf")
# Colour profiles that name a standard and no device of somebody's.
STANDARDS = (
    "srgb", "adobe rgb", "display p3", "generic", "dot gain", "gamma", "coated", "fogra", "swop", "c2", "sgrey",
    "prophoto", "eci", "artifex", "gray", "grey", "apple rgb", "camera rgb", "rec709", "rec. 709", "bt.709", "bt2020",
)  # fmt: skip
DEEPEST = 6


class Pictures:
    """The pictures of one file, by page."""

    def __init__(self, pdf: pikepdf.Pdf, marks: Marks, before: int) -> None:
        """Find them; `marks` are those of the bundle, `before` its pages in volumes before this file."""
        self.marks, self.before = marks, before
        self.of_page = {number: list(_drawn(page.obj)) for number, page in enumerate(pdf.pages, 1)}
        self.first_page: dict[tuple[int, int], int] = {}
        for number, images in self.of_page.items():
            for image in images:
                self.first_page.setdefault(image.objgen, number)
        self.all = [thing for thing in pdf.objects if _is_image(thing)]
        self.digests = {image.objgen: hashlib.sha256(image.read_raw_bytes()).hexdigest() for image in self.all}

    def finds(self, terms: Terms) -> Iterator[Find]:
        """What pictures carry beside what is seen of them."""
        for image in self.all:
            page = self.first_page.get(image.objgen)
            item = self.marks.on(page + self.before) if page else ""
            for what in _carried(image):
                yield {"code": "picture_data", "page": page, "item": item, "what": what}
            yield from ({"page": page, "item": item} | find for find in _profile_finds(image, terms))

    def places(self) -> list[Place]:
        """Each page that shows a picture in which something may be written, and a digest of its pictures."""
        found = []
        for number, images in self.of_page.items():
            large = [image for image in images if _can_hold_words(image)]
            if large:
                place = {"local": number, "item": self.marks.on(number + self.before)}
                found.append(place | {"sha256": self._digest(large), "is_one": len(large) == 1})
        return found

    def _digest(self, images: list[Any]) -> str:
        digests = [self.digests[image.objgen] for image in images]
        return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()


def find(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The pages of the document at `path` that show pictures in which something may be written.

    Returns:
        `pictures`: of each page `local`, its number, and `sha256` over its pictures.

    Raises:
        Refused: `unreadable`.
    """
    try:
        with pikepdf.open(payload["path"], access_mode=pikepdf.AccessMode.stream) as pdf:
            return {"pictures": Pictures(pdf, Marks({}), 0).places()}
    except pikepdf.PdfError:
        raise Refused("unreadable") from None


def _drawn(page: Any, depth: int = 0) -> Iterator[Any]:
    """The pictures a page can draw, also those inside drawings it draws."""
    resources = page.get("/Resources", {})
    for thing in dict(resources.get("/XObject", {})).values():
        if _is_image(thing):
            yield thing
        elif depth < DEEPEST and thing.get("/Subtype") == "/Form":
            yield from _drawn(thing, depth + 1)


def _is_image(thing: Any) -> bool:
    return isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Image"


def _can_hold_words(image: Any) -> bool:
    return int(image.get("/Width", 0)) >= LEAST_WIDTH and int(image.get("/Height", 0)) >= LEAST_HEIGHT


def _carried(image: Any) -> Iterator[str]:
    """Names of parts of a picture that do not draw it."""
    for key in DESCRIBING:
        if key in image:
            yield key.removeprefix("/").lower()
    filters = image.get("/Filter")
    names = [str(each) for each in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
    if names[-1] == "/DCTDecode":
        # Behind another filter the picture's own bytes come out only when that one is undone.
        yield from _jpeg_parts(image.read_raw_bytes() if len(names) == 1 else _undone(image))
    elif names[-1] == "/JPXDecode" and any(box in image.read_raw_bytes() for box in JPX_TALKING):
        yield "jpx"


def _undone(image: Any) -> bytes:
    try:
        return bytes(image.get_stream_buffer(pikepdf.StreamDecodeLevel.generalized))
    except (AttributeError, TypeError, pikepdf.PdfError):
        return b""


def _jpeg_parts(data: bytes) -> Iterator[str]:
    """Segments that describe; and bytes after the picture's end."""
    at = 2
    try:
        for marker, _start, end in jpegs.segments(data):
            at = end
            if not jpegs.is_kept(marker):
                yield f"segment {marker:02x}"
    except (jpegs.NoJpeg, IndexError):
        return  # nothing that a reader shows
    ends = data.find(b"\xff\xd9", at)
    if ends >= 0 and data[ends + 2 :].strip(b"\0\r\n"):
        yield "trailer"


def _profile_finds(image: Any, terms: Terms) -> Iterator[Find]:
    space = image.get("/ColorSpace")
    if not isinstance(space, pikepdf.Array) or len(space) < 2 or space[0] != "/ICCBased":
        return
    said = profile_words(space[1].read_bytes())
    for hit in terms.found(said):
        yield {"code": "picture_data", **hit}
    if "'s " in said or "\u2019s " in said:
        yield {"code": "picture_data", "what": "profile"}
    elif said.strip() and not any(name in said.lower() for name in STANDARDS):
        yield {"code": "picture_data", "what": "profile", "colour": "yellow"}


def profile_words(data: bytes) -> str:
    """What a colour profile calls itself, in either of its two ways of writing."""
    count = int.from_bytes(data[128:132], "big")
    for entry in range(min(count, 100)):
        at = 132 + 12 * entry
        if data[at : at + 4] == b"desc":
            start, size = int.from_bytes(data[at + 4 : at + 8], "big"), int.from_bytes(data[at + 8 : at + 12], "big")
            told = data[start : start + size]
            if told[:4] == b"mluc":
                return told[16:].decode("utf-16-be", "ignore").replace("\0", "")
            return told[12:].split(b"\0")[0].decode("latin-1")
    return ""
