"""Where a long row of entries or exhibits is cut into parts: by what they are, not by how many stand before them.

A part is made again when what is in it changes. Cut after every so many, one entry added in the middle would move all
that follow into other parts. Cut where an entry's own id says so, it touches the part it stands in alone.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def cut(
    items: Sequence[Item],
    name: Callable[[Item], str],
    weight: Callable[[Item], int],
    *,
    about: int | None,
    most: int,
    heaviest: int,
) -> Iterator[list[Item]]:
    """The items in parts.

    Args:
        items: in their order.
        name: what an item is called for as long as it exists.
        weight: how much it is to a part that may only be so heavy, such as its letters or bytes.
        about: how many a part has in the middle; one is cut after each item whose name falls on it. None: where a part
            takes no more, and nowhere else.
        most: how many it has at most; one that would have more is cut within, again where a name says so, so that
            whatever goes into it leaves the parts behind it as they were.
        heaviest: how much its items weigh together at most; an item that is heavier stands alone.
    """  # fmt: skip
    part: list[tuple[int, int, Item]] = []  # what its name says, how much it is, and the item
    load = 0
    for item in items:
        said, own = _said(name(item)), weight(item)
        while part and (len(part) == most or load + own > heaviest):
            end = _end_within(part)
            yield [row[2] for row in part[:end]]
            part = part[end:]
            load = sum(row[1] for row in part)
        part.append((said, own, item))
        load += own
        if about and said % about == 0:
            yield [row[2] for row in part]
            part, load = [], 0
    if part:
        yield [row[2] for row in part]


def _end_within(part: Sequence[tuple[int, int, object]]) -> int:
    """Where a part that takes no more is cut: after the item of the lowest name behind its first quarter."""
    return 1 + min(range(len(part) // 4, len(part)), key=lambda place: part[place][0])


def _said(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")
