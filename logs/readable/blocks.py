"""What a readable copy is made of, whatever kind of file it comes from."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    """A title over what follows: of a document's chapter, or a sheet's name."""

    words: str

    @property
    def plain(self) -> str:
        """As lines of text."""
        return self.words


@dataclass(frozen=True)
class Words:
    """A paragraph or a line."""

    words: str

    @property
    def plain(self) -> str:
        """As lines of text."""
        return self.words


@dataclass(frozen=True)
class Row:
    """A row of a table, with its number in the file; 0 where rows have none."""

    cells: tuple[str, ...]
    number: int = 0

    @property
    def plain(self) -> str:
        """As lines of text."""
        return "\t".join(self.cells)


@dataclass(frozen=True)
class Enclosed:
    """A picture in a mail or chat: what it is called there, and a function that gives its bytes in pieces."""

    name: str
    content: Callable[[], Iterator[bytes]]


@dataclass(frozen=True)
class Message:
    """A mail, a text message or a call: what heads it, as pairs of label and words, what it says, its pictures.

    Attributes:
        places: for each picture behind how many letters of its words it stands; none where all stand beneath.
    """

    head: tuple[tuple[str, str], ...]
    words: str
    pictures: tuple[Enclosed, ...] = ()
    places: tuple[int, ...] = ()

    @property
    def pieces(self) -> Iterator["str | Enclosed"]:
        """What it says and its pictures, one after the other."""
        at = 0
        for picture, place in zip(self.pictures, self.places or [len(self.words)] * len(self.pictures), strict=True):
            if place > at:
                yield self.words[at:place]
            yield picture
            at = max(at, place)
        if at < len(self.words):
            yield self.words[at:]

    @property
    def plain(self) -> str:
        """As lines of text."""
        return "\n".join([*(f"{label}: {words}" for label, words in self.head), self.words, ""])


Block = Heading | Words | Row | Message
