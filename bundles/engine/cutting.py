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
    about: int,
    most: int,
    heaviest: int,
) -> Iterator[list[Item]]:
    """The items in parts.

    Args:
        items: in their order.
        name: what an item is called for as long as it exists.
        weight: how much it is to a part that may only be so heavy, such as its letters or bytes.
        about: how many a part has in the middle; one is cut after each item whose name falls on it.
        most: how many it has at most.
        heaviest: how much its items weigh together at most; an item that is heavier stands alone.
    """  # fmt: skip
    part: list[Item] = []
    load = 0
    for item in items:
        own = weight(item)
        if part and (len(part) == most or load + own > heaviest):
            yield part
            part, load = [], 0
        part.append(item)
        load += own
        if _falls(name(item), about):
            yield part
            part, load = [], 0
    if part:
        yield part


def _falls(name: str, about: int) -> bool:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % about == 0
