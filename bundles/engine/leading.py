"""Bookmarks and where things lead, as they stand in a file. A large bundle has six thousand: each is written once."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from bundles.engine.splicing import Changes

# A link whose page is not known yet; finishing turns it into a place in the finished file.
PLACE = "nsvcs:"
# The same, and the page's number is drawn there: side (`l` or `r`), size in points, place.
PAGE = "nsvcs-page:"
ABOVE = 8  # points over a place, so that it is not at the very edge of what is seen
ESCAPED = re.compile(rb"[\\()]")


@lru_cache(maxsize=20_000)
def destination(page: int, height: float) -> bytes:
    """A place on a page, by the page's number as an object."""
    return b"[ %d 0 R /XYZ 0 %g null ]" % (page, round(height + ABOVE, 2))


def text(words: str) -> bytes:
    """Words as a file says them. Source: ISO 32000-2, 7.9.2."""
    if words.isascii() and words.isprintable():
        return b"(%s)" % ESCAPED.sub(rb"\\\g<0>", words.encode())
    return b"<feff%s>" % words.encode("utf-16-be").hex().encode()


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
        return b"<< /Type /Outlines %s/Count %d >>" % (self._below(marks, root), len(marks))

    def _below(self, marks: Sequence[Mapping[str, Any]], above: int) -> bytes:
        numbers = [self.changes.number() for _ in marks]
        for at, (mark, number) in enumerate(zip(marks, numbers, strict=True)):
            target = destination(self.pages[mark["page"]], mark["height"])
            told = b"<< /Title %s /Parent %d 0 R /Dest %s " % (text(mark["title"]), above, target)
            told += b"/Prev %d 0 R " % numbers[at - 1] if at else b""
            told += b"/Next %d 0 R " % numbers[at + 1] if at + 1 < len(numbers) else b""
            if mark["below"]:
                told += b"%s/Count %d " % (self._below(mark["below"], number), -len(mark["below"]))
            self.changes.by[number] = told + b">>"
        return b"/First %d 0 R /Last %d 0 R " % (numbers[0], numbers[-1]) if numbers else b""
