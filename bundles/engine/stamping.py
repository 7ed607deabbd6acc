"""Page numbers and exhibit marks, drawn with one small font of their own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any

import pikepdf
from fontTools import subset
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name

from nsvcs.fonts import REGULAR

SIZE = 8.5
MILLIMETRE = 72 / 25.4
SIDE, BOTTOM = 20 * MILLIMETRE, 9 * MILLIMETRE
ALWAYS = "Page of 0123456789 Back to index?:ABCDEFGHIJKLMNOPQRSTUVWXYZ"
INDEX_WORDS = "Back to index"
FONT = "/Stamp"  # what every page calls it
NO_LAYOUT = {"GSUB", "GPOS", "GDEF"}  # stamps are set letter by letter


@dataclass(frozen=True)
class Stamp:
    """A few words at the left, centre or right of a page, `y` points above its lower edge.

    Attributes:
        x: where they begin or, with `align` right, end, instead of where the page's own margin is.
    """

    words: str
    align: str
    y: float
    size: float = SIZE
    x: float | None = None


class StampFont:
    """The letters the stamps need, embedded once."""

    def __init__(self, pdf: pikepdf.Pdf, letters: str) -> None:
        data, cmap, widths, units = _subset(letters + ALWAYS)
        self._cmap = cmap
        self._widths = [width * 1000 / units for width in widths]
        self.font = pdf.make_indirect(self._font(pdf, data))
        # Most of what is drawn is the same on every page.
        self.text, self.width = lru_cache(4096)(self._text), lru_cache(4096)(self._width)
        self._wide = lru_cache(1024)(lambda letter: self._widths[self._glyph(letter)])
        self._code = lru_cache(1024)(lambda letter: f"{self._glyph(letter):04X}")

    def _text(self, words: str) -> str:
        """The words as glyph numbers in hexadecimal; a letter the font lacks as a question mark."""
        return "".join(map(self._code, words))

    def _width(self, words: str, size: float = SIZE) -> float:
        return sum(map(self._wide, words)) * size / 1000

    def x(self, stamp: Stamp, page_width: float) -> float:
        """Where the words begin, in points from the page's left edge."""
        if stamp.align == "left":
            return SIDE if stamp.x is None else stamp.x
        width = self.width(stamp.words, stamp.size)
        if stamp.align == "centre":
            return (page_width - width) / 2
        return (page_width - SIDE if stamp.x is None else stamp.x) - width

    def box(self, words: str, page_width: float) -> list[float]:
        """The rectangle around centred words at the foot of a page."""
        x = self.x(Stamp(words, "centre", BOTTOM), page_width)
        return [round(side, 2) for side in (x - 3, BOTTOM - 4, x + self.width(words) + 3, BOTTOM + SIZE + 3)]

    def _glyph(self, letter: str) -> int:
        return self._cmap.get(ord(letter), self._cmap[ord("?")])

    def _font(self, pdf: pikepdf.Pdf, data: bytes) -> Dictionary:
        descriptor = Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name("/AAAAAA+NotoSans"),
            Flags=4,
            FontBBox=Array([-600, -400, 2900, 1100]),
            ItalicAngle=0,
            Ascent=1069,
            Descent=-293,
            CapHeight=714,
            StemV=80,
            FontFile2=pikepdf.Stream(pdf, data, Length1=len(data)),
        )
        inner = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=Name("/AAAAAA+NotoSans"),
            CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
            FontDescriptor=pdf.make_indirect(descriptor),
            CIDToGIDMap=Name.Identity,
            W=Array([0, Array([round(width) for width in self._widths])]),
        )
        return Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=Name("/AAAAAA+NotoSans"),
            Encoding=Name("/Identity-H"),
            DescendantFonts=Array([pdf.make_indirect(inner)]),
            ToUnicode=pikepdf.Stream(pdf, _to_unicode(self._cmap)),
        )


def drawn(font: StampFont, stamps: Sequence[Stamp], page_width: float) -> str:
    """What draws the stamps on a page that lies upright with its origin at the lower left."""
    lines, size = [], 0.0
    for stamp in sorted(stamps, key=lambda stamp: stamp.size):
        if stamp.size != size:
            size = stamp.size
            lines.append(f"{FONT} {size:g} Tf")
        lines.append(f"1 0 0 1 {font.x(stamp, page_width):.2f} {stamp.y:.2f} Tm <{font.text(stamp.words)}> Tj")
    return "q BT 0.22 g\n" + "\n".join(lines) + "\nET Q\n"


def lend(page: Any, font: StampFont) -> Iterator[Any]:
    """Let a page draw with the font; of what several pages share, each thing that is not as it was before."""
    if "/Resources" not in page:
        page.Resources = Dictionary()
    resources = page.Resources
    if "/Font" not in resources:
        resources.Font = Dictionary()
    fonts = resources.Font
    if FONT not in fonts or fonts[FONT].objgen != font.font.objgen:
        fonts[FONT] = font.font
        yield from (each for each in (resources, fonts) if each.is_indirect)


def _subset(letters: str) -> tuple[bytes, dict[int, int], list[int], int]:
    options = subset.Options(layout_features=[], notdef_outline=True, name_IDs=[])
    options.recalc_timestamp = False
    with TTFont(REGULAR, recalcTimestamp=False) as font:
        for table in NO_LAYOUT & set(font.keys()):  # left to the cutter they would be read whole first
            del font[table]
        cutter = subset.Subsetter(options)
        cutter.populate(text=letters)
        cutter.subset(font)
        cmap = {code: font.getGlyphID(name) for code, name in font.getBestCmap().items()}
        widths = [font["hmtx"][name][0] for name in font.getGlyphOrder()]
        data = BytesIO()
        font.save(data, reorderTables=False)
        return data.getvalue(), cmap, widths, font["head"].unitsPerEm


def _to_unicode(cmap: dict[int, int]) -> bytes:
    pairs = [f"<{glyph:04X}> <{chr(code).encode('utf-16-be').hex()}>" for code, glyph in sorted(cmap.items())]
    blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CMapName /Stamp def /CMapType 2 def\n"
        f"1 begincodespacerange <0000> <FFFF> endcodespacerange\n{body}\n"
        "endcmap CMapName currentdict /CMap defineresource pop end end"
    ).encode()
