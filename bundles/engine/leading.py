"""Bookmarks and where things lead, as they stand in a file. A large bundle has six thousand: each is written once."""

from collections.abc import Mapping, Sequence
from typing import Any

from bundles.engine.splicing import Changes

# A link whose page is not known yet; finishing turns it into a place in the finished file.
PLACE = "nsvcs:"
# The same, and the page's number is drawn there: side (`l` or `r`), size in points, place.
PAGE = "nsvcs-page:"
ABOVE = 8  # points over a place, so that it is not at the very edge of what is seen
ESCAPED = str.maketrans({"\\": r"\\", "(": r"\(", ")": r"\)"})


def destination(page: int, height: float) -> str:
    """A place on a page, by the page's number as an object."""
    return f"[ {page} 0 R /XYZ 0 {round(height + ABOVE, 2):g} null ]"


def text(words: str) -> str:
    """Words as a file says them. Source: ISO 32000-2, 7.9.2."""
    if words.isascii() and words.isprintable():
        return f"({words.translate(ESCAPED)})"
    return f"<feff{words.encode('utf-16-be').hex()}>"


class Bookmarks:
    """The bookmarks of a file: all closed, so that each branch shows how many it opens to."""

    def __init__(self, changes: Changes, pages: Sequence[int]) -> None:
        """Begin.

        Args:
            changes: where they are laid.
            pages: the number of each page as an object.
        """
        self.changes, self.pages = changes, pages

    def write(self, marks: Sequence[Mapping[str, Any]], root: int) -> bytes:
        """Write those of the first level and all beneath; what their root says."""
        return f"<< /Type /Outlines {self._below(marks, root)}/Count {len(marks)} >>".encode()

    def _below(self, marks: Sequence[Mapping[str, Any]], above: int) -> str:
        numbers = [self.changes.number() for _ in marks]
        for at, (mark, number) in enumerate(zip(marks, numbers, strict=True)):
            told = f"<< /Title {text(mark['title'])} /Parent {above} 0 R "
            told += f"/Dest {destination(self.pages[mark['page']], mark['height'])} "
            told += f"/Prev {numbers[at - 1]} 0 R " if at else ""
            told += f"/Next {numbers[at + 1]} 0 R " if at + 1 < len(numbers) else ""
            if mark["below"]:
                told += f"{self._below(mark['below'], number)}/Count {-len(mark['below'])} "
            self.changes.by[number] = f"{told}>>".encode()
        return f"/First {numbers[0]} 0 R /Last {numbers[-1]} 0 R " if numbers else ""
