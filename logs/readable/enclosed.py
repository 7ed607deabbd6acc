"""Pictures of a mail or chat in their places: our own small copies, put onto the page after it is laid out.

Runs in the child process that makes the pages.
"""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageFile

from jobs import placing
from jobs.child import Refused
from logs import copies
from logs.importing import Unreadable
from logs.importing.sources import Broken
from logs.readable.blocks import Block, Enclosed, Message

MOST_PICTURES = 60
MOST_BYTES = 60_000_000
LONGEST_SIDE = 1_200  # 110 mm of it at 277 dpi
WIDEST, HIGHEST = 110.0, 95.0  # on the page, in millimetres
NOT_SHOWN = "could not be shown"


@dataclass(frozen=True)
class Copy:
    """One copy: its file, its size in pixels and on the page in millimetres."""

    path: Path
    size: tuple[int, int]
    width: float
    height: float


class Pictures:
    """The pictures of the messages that are shown, each made into a copy of ours or counted as not shown.

    Attributes:
        failed: how many could not be shown.
        left_out: how many are beyond what is shown.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.copies: dict[int, Copy | None] = {}
        self.failed = 0
        self.left_out = 0

    def make(self, shown: Sequence[Block]) -> None:
        """Make a copy of each picture, in the order of the messages."""
        for block in shown:
            for picture in block.pictures if isinstance(block, Message) else ():
                if len(self.copies) >= MOST_PICTURES:
                    self.left_out += 1
                    continue
                copy = self._copy(picture, len(self.copies))
                self.failed += copy is None
                self.copies[id(picture)] = copy

    def _copy(self, picture: Enclosed, number: int) -> Copy | None:
        source, target = self.folder / f"enclosed-{number}", self.folder / f"enclosed-{number}.jpg"
        try:
            _write(picture, source)
            ImageFile.LOAD_TRUNCATED_IMAGES = False  # a damaged picture before this one has set it
            copies.make_image_copy({"source": str(source), "target": str(target), "thumbnail": f"{source}.small"})
            size = _smaller(target)
        except (Refused, Unreadable, Broken, *copies.UNREADABLE):
            return None
        finally:
            source.unlink(missing_ok=True)
            Path(f"{source}.small").unlink(missing_ok=True)
        scale = min(WIDEST / size[0], HIGHEST / size[1], 25.4 / 96)  # no larger than a screen shows it
        return Copy(target, size, size[0] * scale, size[1] * scale)

    def in_html(self, picture: Enclosed) -> str:
        """Where a picture stands, and what it is called; nothing where it is beyond what is shown."""
        if id(picture) not in self.copies:
            return ""
        copy, name = self.copies[id(picture)], html.escape(picture.name)
        if copy is None:
            return f"<p class=note>{name}: this picture {NOT_SHOWN}.</p>"
        style = f"width:{copy.width:.2f}mm;height:{copy.height:.2f}mm"
        place = f"<div class=picture id={copy.path.stem} style='{style}'></div>"
        return f"<div class=enclosed>{place}<p class=note>{name}</p></div>"

    def place(self, document: Any, out: str) -> None:
        """Put each onto its page of the finished file."""
        import pikepdf

        found = {copy.path.stem: copy for copy in self.copies.values() if copy}
        if not found:
            return
        with pikepdf.open(out, allow_overwriting_input=True) as pdf:
            for name, number, left, top in placing.anchors(document):
                if copy := found.get(name):
                    width, height = copy.width * placing.MILLIMETRE, copy.height * placing.MILLIMETRE
                    placing.put(
                        pdf, pdf.pages[number], copy.path.read_bytes(), size=copy.size, colours="/DeviceRGB",
                        box=(left, top - height, width, height), name=name.replace("-", ""),
                    )  # fmt: skip
            pdf.save(out, deterministic_id=True)


def _smaller(path: Path) -> tuple[int, int]:
    with Image.open(path, formats=("JPEG",)) as copy:
        copy.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        copy.save(path, "JPEG", quality=copies.QUALITY)
        return copy.size


def _write(picture: Enclosed, target: Path) -> None:
    left = MOST_BYTES
    with target.open("wb") as file:
        for piece in picture.content():
            left -= len(piece)
            if left < 0:
                raise Refused("too_large")
            file.write(piece)
