"""In the gate's child process: which exhibit a page of the bundle belongs to, by the list in the file."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from typing import Any


class Marks:
    """The exhibits of a list, by pages of the whole bundle."""

    def __init__(self, listed: Mapping[str, Any]) -> None:
        """Put them in the order of their pages."""
        rows = [(each["first_page"], each["last_page"], each["mark"]) for each in listed.get("exhibits", ())]
        self._rows = sorted(rows)
        self.firsts = [first for first, _last, _mark in self._rows]
        self._beginning: dict[int, list[str]] = defaultdict(list)
        for first, _last, mark in self._rows:
            self._beginning[first].append(mark)

    def on(self, page: int) -> str:
        """The mark of the exhibit that a page belongs to; nothing where it is no exhibit's."""
        at = bisect_right(self.firsts, page) - 1
        return self._rows[at][2] if at >= 0 and page <= self._rows[at][1] else ""

    def beginning_on(self, page: int) -> list[str]:
        """The marks of exhibits whose first page this is."""
        return self._beginning.get(page, [])
