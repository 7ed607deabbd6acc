"""A font in a page that the engine wrote: what its pieces say, and further codes for what they are to say besides."""

import io
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pikepdf
from fontTools.pens.basePen import BasePen
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, Operator

LISTED = re.compile(rb"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]*)>")
LISTS = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
LAST_OF_HEAD = b"endcodespacerange"
FOOT = b"\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
IN_A_LIST = 100  # codes, as the format has it
SILENT_WIDTH = 20  # in thousandths of a letter's size: two that have none are two lines for some readers
EMPTY = -1  # in the place of a shape: one that shows nothing
Step = tuple[Sequence[Any], Operator]


class Font:
    """A font of the document: what its codes say, how wide they are, and further codes for what they say besides."""

    def __init__(self, pdf: pikepdf.Pdf, font: Any) -> None:
        self.pdf, self.font, self.inner = pdf, font, font.DescendantFonts[0]
        listed = font.ToUnicode.read_bytes()
        self.head = listed[: listed.index(LAST_OF_HEAD) + len(LAST_OF_HEAD)]
        self.texts = {
            int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be")
            for some in LISTS.findall(listed)
            for code, text in LISTED.findall(some)
        }
        self.widths = dict(_widths(list(self.inner.get("/W", []))))
        self.shapes = max([*self.widths, *self.texts]) + 1
        self.codes: dict[tuple[int, str], int] = {}
        self.forms: dict[int, pikepdf.Object] = {}
        self.opened: tuple[Any, int, Callable[[int], str]] | None = None

    def width(self, code: int) -> float:
        return self.widths.get(code, float(self.inner.get("/DW", 1000)))

    def code(self, shape: int, letter: str) -> bytes:
        """The code that draws this shape and says this letter."""
        if self.texts.get(shape) != letter:
            shape = self.codes.setdefault((shape, letter), self.shapes + len(self.codes))
        return shape.to_bytes(2, "big")

    def silent(self, letter: str) -> bytes:
        """The code that says this letter and draws nothing."""
        return self.code(EMPTY, letter)

    def form(self, shape: int) -> pikepdf.Object:
        """The shape as a small drawing, one em wide and high at most places."""
        if shape not in self.forms:
            self.forms[shape] = self._form(shape)
        return self.forms[shape]

    def _form(self, shape: int) -> pikepdf.Object:
        if self.opened is None:
            font = TTFont(io.BytesIO(self.inner.FontDescriptor.FontFile2.read_bytes()))
            self.opened = font.getGlyphSet(), font["head"].unitsPerEm, font.getGlyphName
        glyphs, units, name = self.opened
        pen, edges = _Pen(glyphs), BoundsPen(glyphs)
        glyphs[name(shape)].draw(pen)
        glyphs[name(shape)].draw(edges)
        drawing = pikepdf.unparse_content_stream([*pen.steps, ([], Operator("f"))] if pen.steps else [])
        form = self.pdf.make_stream(drawing, Type=Name.XObject, Subtype=Name.Form)
        form.BBox = Array(list(edges.bounds or (0, 0, 0, 0)))
        form.Matrix = Array([round(1 / units, 9), 0, 0, round(1 / units, 9), 0, 0])
        form.Resources = Dictionary()
        return form

    def write(self) -> None:
        """Write the further codes into the font."""
        if not self.codes:
            return
        texts = self.texts | {code: text for (_, text), code in self.codes.items()}
        self.font.ToUnicode = self.pdf.make_stream(self.head + b"".join(_lists(texts)) + FOOT)
        empty = self._add_empty() if any(shape == EMPTY for shape, _ in self.codes) else 0
        shapes = [*range(self.shapes), *(empty if shape == EMPTY else shape for shape, _ in self.codes)]
        self.inner.CIDToGIDMap = self.pdf.make_stream(b"".join(shape.to_bytes(2, "big") for shape in shapes))
        widths = [SILENT_WIDTH if shape == EMPTY else self.width(shape) for shape, _ in self.codes]
        self.inner.W = Array([*self.inner.get("/W", []), self.shapes, Array(widths)])

    def _add_empty(self) -> int:
        """Give the font a piece that shows nothing; its number.

        It is a line there and back: without a box of its own, some readers take it for none.
        """
        font = TTFont(io.BytesIO(self.inner.FontDescriptor.FontFile2.read_bytes()), recalcTimestamp=False)
        names = font.getGlyphOrder()
        pen, units = TTGlyphPen(None), font["head"].unitsPerEm
        pen.moveTo((0, 0))
        pen.lineTo((units // 100, units // 2))
        pen.closePath()
        font["glyf"].glyphs["nothing"] = pen.glyph()
        font["hmtx"].metrics["nothing"] = (units * SILENT_WIDTH // 1000, 0)
        font.setGlyphOrder([*names, "nothing"])
        font["glyf"].setGlyphOrder([*names, "nothing"])
        written = io.BytesIO()
        font.save(written, reorderTables=None)
        self.inner.FontDescriptor.FontFile2 = self.pdf.make_stream(written.getvalue(), Length1=written.tell())
        return len(names)


def _widths(rows: Sequence[Any]) -> Iterator[tuple[int, float]]:
    """Each code's width, of the format's list of runs: a first code and its widths, or first, last and one width."""
    left = iter(rows)
    for first in left:
        following = next(left)
        if isinstance(following, Array):
            yield from ((int(first) + place, float(width)) for place, width in enumerate(following))
        else:
            width = float(next(left))
            yield from ((code, width) for code in range(int(first), int(following) + 1))


def _lists(texts: dict[int, str]) -> Iterator[bytes]:
    rows = [b"<%04X> <%s>\n" % (code, text.encode("utf-16-be").hex().encode()) for code, text in sorted(texts.items())]
    for start in range(0, len(rows), IN_A_LIST):
        some = rows[start : start + IN_A_LIST]
        yield b"\n%d beginbfchar\n%sendbfchar" % (len(some), b"".join(some))


class _Pen(BasePen):
    """Writes a glyph as steps of a drawing."""

    def __init__(self, glyphs: Any) -> None:
        super().__init__(glyphs)
        self.steps: list[Step] = []

    def _add(self, operator: str, *points: tuple[float, float]) -> None:
        self.steps.append(([round(value, 2) for point in points for value in point], Operator(operator)))

    def _moveTo(self, pt: tuple[float, float]) -> None:  # noqa: N802 - a name of the library
        self._add("m", pt)

    def _lineTo(self, pt: tuple[float, float]) -> None:  # noqa: N802 - a name of the library
        self._add("l", pt)

    def _curveToOne(self, pt1: tuple[float, float], pt2: tuple[float, float], pt3: tuple[float, float]) -> None:  # noqa: N802 - a name of the library
        self._add("c", pt1, pt2, pt3)

    def _closePath(self) -> None:  # noqa: N802 - a name of the library
        self._add("h")
