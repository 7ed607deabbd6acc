"""Where several letters are drawn as one, from right to left: each is copied out once, in its order.

The engine gives every piece that a group of letters is drawn in the text of the whole group: a letter with two vowel
signs is copied out three times, and some readers find only the last text that a piece was given. Of two letters in one
piece readers turn the order, or do not. Here one piece of each group says the first letter, and each other letter is
said by a piece that shows nothing and has no width, in the order in which readers expect this writing: as it is drawn,
from left to right. What else the group is drawn in becomes a shape without a text. Where the same piece stands for
several texts it gets a code for each: codes are free, and no reader need know of more than the font's own list of them.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Operator, String

from bundles.engine.glyphs import SILENT_WIDTH, Font, Step
from nsvcs.typesetting import RIGHT_TO_LEFT

NEAR = 0.05  # of a letter's size: what joined letters may lie apart
SHOWS = {"Tj", "TJ"}
BEGIN, END = Operator("BT"), Operator("ET")
Matrix = tuple[float, ...]


def mend(pdf: pikepdf.Pdf) -> None:
    """Mend every page of a document that the engine has just written."""
    fonts: dict[tuple[int, int], Font] = {}
    for page in pdf.pages:
        _Page(pdf, page, fonts).mend()
    for font in fonts.values():
        font.write()


@dataclass
class _Glyph:
    """One drawn piece.

    Attributes:
        x: where it begins, in points from where its row does.
        says: the text of the group it is drawn for.
        has_text: whether it keeps the text of its group; otherwise it is a shape and nothing else.
    """

    font: Font
    shape: int
    x: float
    width: float
    says: str
    has_text: bool = True


@dataclass
class _Row:
    """Pieces that are drawn one after the other, and the step they were drawn by.

    Attributes:
        matrix: of its text, within `drawn_in`, which is the page's where it is drawn.
        colour: the step that chose it.
    """

    font: Font | None
    name: Any
    size: float
    matrix: Matrix
    step: Step
    said: str | None
    drawn_in: Matrix
    colour: tuple[Any, ...]
    glyphs: list[_Glyph] = field(default_factory=list)
    is_as_it_was: bool = True

    @property
    def start(self) -> tuple[float, float]:
        """Where it begins on the page."""
        *_, x, y = _times(self.matrix, self.drawn_in)
        return x, y

    def follows(self, other: "_Row") -> bool:
        """Whether it goes on where another ends, drawn in the same way: then both may be one."""
        if (self.font, self.size, self.colour) != (other.font, other.size, other.colour) or not other.glyphs:
            return False
        end = other.glyphs[-1].x + other.glyphs[-1].width * other.size / 1000
        near = self.size * NEAR
        return abs(self.start[1] - other.start[1]) < near and abs(self.start[0] - other.start[0] - end) < near

    def take(self, other: "_Row") -> None:
        """Take over the pieces of one that follows."""
        moved = other.start[0] - self.start[0]
        self.is_as_it_was = False
        self.glyphs += [replace(glyph, x=glyph.x + moved) for glyph in other.glyphs]
        other.glyphs = []


class _Page:
    def __init__(self, pdf: pikepdf.Pdf, page: pikepdf.Page, fonts: dict[tuple[int, int], Font]) -> None:
        self.pdf, self.page = pdf, page
        self.names: dict[tuple[int, int], Name] = {}
        self.fonts: dict[str, Font] = {}
        for name, font in page.resources.get("/Font", {}).items():
            if font.DescendantFonts[0].Subtype == Name.CIDFontType2:
                self.fonts[name] = fonts.get(font.objgen) or fonts.setdefault(font.objgen, Font(pdf, font))

    def mend(self) -> None:
        steps, blocks = self._read()
        glyphs = [glyph for rows in blocks for row in rows for glyph in row.glyphs]
        if not any(map(_is_to_mend, glyphs)):
            return
        _choose(glyphs)
        shapes = [[self._shapes(row) for row in rows] for rows in blocks]
        _join([row for rows in blocks for row in rows])
        written: list[Step] = []
        for step in steps:
            written += _written(blocks[step], shapes[step]) if isinstance(step, int) else [step]
        self.page.Contents = self.pdf.make_stream(pikepdf.unparse_content_stream(written))

    def _shapes(self, row: _Row) -> list[Step]:
        """What of a row is drawn without a text; it goes from the row."""
        left = [glyph for glyph in row.glyphs if not glyph.has_text]
        steps: list[Step] = []
        for glyph in left:
            drawn = [(_place(row, glyph), Operator("cm")), ([self._name(glyph)], Operator("Do"))]
            steps += [([], Operator("q")), *drawn, ([], Operator("Q"))]
        return steps

    def _name(self, glyph: _Glyph) -> Name:
        key = (id(glyph.font), glyph.shape)
        if key not in self.names:
            self.names[key] = self.page.add_resource(glyph.font.form(glyph.shape), Name.XObject, prefix="Sign")
        return self.names[key]

    def _read(self) -> tuple[list[Step | int], list[list[_Row]]]:
        """The steps of the page, with a number in the place of each block of text, and the blocks."""
        steps: list[Step | int] = []
        blocks: list[list[_Row]] = []
        reader: _Block | None = None
        state = _State()
        for operands, operator in _steps(self.page):
            if operator == BEGIN:
                reader = _Block(self.fonts, state)
            elif reader is None:
                state.take(operands, str(operator))
                steps.append((list(operands), operator))
            elif operator == END:
                steps.append(len(blocks))
                blocks.append(reader.rows)
                reader = None
            else:
                reader.take(list(operands), operator)
        return steps, blocks


def _steps(page: pikepdf.Page) -> Iterator[Step]:
    """The engine puts no picture of its own into a page: every step is an operator and what it is given."""
    for step in pikepdf.parse_content_stream(page):
        if isinstance(step, pikepdf.ContentStreamInstruction):
            yield list(step.operands), step.operator


class _State:
    """Where on the page things are drawn, and in which colour."""

    def __init__(self) -> None:
        self.matrix: Matrix = (1, 0, 0, 1, 0, 0)
        self.colour: tuple[Any, ...] = ()
        self.kept: list[tuple[Matrix, tuple[Any, ...]]] = []

    def take(self, operands: Sequence[Any], name: str) -> None:
        """Take in one step."""
        if name == "q":
            self.kept.append((self.matrix, self.colour))
        elif name == "Q":
            self.matrix, self.colour = self.kept.pop()
        elif name == "cm":
            self.matrix = _times(tuple(map(float, operands)), self.matrix)
        elif name == "scn":
            self.colour = tuple(map(str, operands))


class _Block:
    """One block of text as it is read."""

    def __init__(self, fonts: dict[str, Font], state: _State) -> None:
        self.fonts, self.state = fonts, state
        self.rows: list[_Row] = []
        self.name: Any = None
        self.size = 0.0
        self.matrix: Matrix = (1, 0, 0, 1, 0, 0)
        self.spans: list[str | None] = []

    def take(self, operands: list[Any], operator: Operator) -> None:
        """Take in one step. The engine writes no other than these within a block."""
        name = str(operator)
        if name == "Tf":
            self.name, self.size = operands[0], float(operands[1])
        elif name == "Tm":
            self.matrix = tuple(map(float, operands))
        elif name in {"BDC", "BMC"}:
            told = operands[1] if name == "BDC" else {}
            self.spans.append(str(told["/ActualText"]) if "/ActualText" in told else None)
        elif name == "EMC":
            self.spans.pop()
        elif name in SHOWS:
            self._show(operands, operator)

    def _show(self, operands: list[Any], operator: Operator) -> None:
        said = next((text for text in reversed(self.spans) if text is not None), None)
        font = self.fonts.get(str(self.name))
        drawn = (self.state.matrix, self.state.colour)
        row = _Row(font, self.name, self.size, self.matrix, (operands, operator), said, *drawn)
        if font is not None:
            row.glyphs = list(self._glyphs(font, operands[0] if str(operator) == "TJ" else operands, said))
        self.rows.append(row)

    def _glyphs(self, font: Font, pieces: Sequence[Any], said: str | None) -> Iterator[_Glyph]:
        x = 0.0
        for piece in pieces:
            if not isinstance(piece, String):
                x -= float(piece) * self.size / 1000
                continue
            letters = bytes(piece)
            for place in range(0, len(letters), 2):
                shape = int.from_bytes(letters[place : place + 2], "big")
                width = font.width(shape)
                yield _Glyph(font, shape, x, width, font.texts.get(shape, "") if said is None else said)
                x += width * self.size / 1000


def _is_to_mend(glyph: _Glyph) -> bool:
    """Whether readers would be told several letters by one piece, or others than are meant, from right to left."""
    is_plain = len(glyph.says) == 1 and glyph.font.texts.get(glyph.shape) == glyph.says
    return not is_plain and any(unicodedata.bidirectional(letter) in RIGHT_TO_LEFT for letter in glyph.says)


def _choose(glyphs: Sequence[_Glyph]) -> None:
    """Of each group only the last piece keeps the text: drawn from left to right, marks come before their letter."""
    for glyph, following in zip(glyphs, glyphs[1:], strict=False):
        is_on_the_next = following.font is glyph.font and following.says == glyph.says
        glyph.has_text = not (glyph.width == 0 and is_on_the_next)


def _join(rows: Sequence[_Row]) -> None:
    """Make one of what the engine parted for the sake of a mark: readers find a word's order within a row alone."""
    last: _Row | None = None
    for row in rows:
        kept = [glyph for glyph in row.glyphs if glyph.has_text]
        row.is_as_it_was = len(kept) == len(row.glyphs) and not any(map(_is_to_mend, kept))
        row.glyphs = kept
        if last is not None and row.glyphs and _is_right_to_left(last) and _is_right_to_left(row) and row.follows(last):
            last.take(row)
        elif row.glyphs:
            last = row


def _is_right_to_left(row: _Row) -> bool:
    return any(unicodedata.bidirectional(letter) in RIGHT_TO_LEFT for glyph in row.glyphs for letter in glyph.says)


def _written(rows: Sequence[_Row], shapes: Sequence[list[Step]]) -> list[Step]:
    """A block of text as it is drawn now, and after it the shapes that have none."""
    steps: list[Step] = [([], BEGIN), ([0], Operator("Tr"))]
    for row in rows:
        chosen = [([row.name, row.size], Operator("Tf")), (row.matrix, Operator("Tm"))]
        if row.font is None or (row.is_as_it_was and row.glyphs):
            steps += [*chosen, *_as_it_was(row)]
        elif row.glyphs:
            steps += [*chosen, ([Array(_pieces(row))], Operator("TJ"))]
    return [*steps, ([], END), *(step for some in shapes for step in some)]


def _times(inner: Matrix, outer: Matrix) -> Matrix:
    a, b, c, d, e, f = inner
    g, h, i, j, k, m = outer
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m


def _as_it_was(row: _Row) -> list[Step]:
    if row.said is None:
        return [row.step]
    span = Dictionary(ActualText=String(row.said))
    return [([Name.Span, span], Operator("BDC")), row.step, ([], Operator("EMC"))]


def _pieces(row: _Row) -> Iterator[Any]:
    """What of a row has text, each piece where it was."""
    at = 0.0
    for glyph in row.glyphs:
        if abs(glyph.x - at) > 1e-4:
            yield round((at - glyph.x) * 1000 / row.size, 3)
        first, others = glyph.says[:1], glyph.says[1:]
        if others:
            yield len(others) * SILENT_WIDTH  # back, so that the letter itself stays where it was
            yield String(b"".join(map(glyph.font.silent, reversed(others))))
        yield String(glyph.font.code(glyph.shape, first))
        at = glyph.x + glyph.width * row.size / 1000


def _place(row: _Row, glyph: _Glyph) -> Matrix:
    a, b, c, d, e, f = row.matrix
    return a * row.size, b * row.size, c * row.size, d * row.size, a * glyph.x + e, b * glyph.x + f
