"""How a run's tests are dealt out to its processes: what takes longest first, and not all of it to one of them.

A long test that begins last keeps the other processes waiting for it alone; and each begins with an equal part of the
list, of which others take over what is left only at its end. What may take long says so by a timeout of its own.
"""

from collections.abc import Sequence
from itertools import groupby

import pytest


def dealt(items: Sequence[pytest.Item], processes: int) -> list[pytest.Item]:
    """The list in as many parts as there are processes, each with its share of the long ones in front.

    Args:
        items: in the order of the run; tests of one file stay together, as they may share what is made for them.
        processes: how many parts of the list are taken at the same time.
    """
    usual = [item for item in items if not _seconds(item)]
    long = [item for item in items if _seconds(item)]
    files = [list(each) for _path, each in groupby(sorted(long, key=_path), key=_path)]
    shares: list[list[pytest.Item]] = [[] for _ in range(processes)]
    for file in sorted(files, key=_total, reverse=True):
        min(shares, key=_total).extend(file)
    sizes = [len(items) // processes + (number < len(items) % processes) for number in range(processes)]
    rest = iter(usual)
    found = [[*share, *_first(rest, size - len(share))] for share, size in zip(shares, sizes, strict=True)]
    return [*(item for part in found for item in part), *rest]


def _first(items, count):
    return [item for _number, item in zip(range(count), items, strict=False)]


def _seconds(item: pytest.Item) -> float:
    mark = item.get_closest_marker("timeout")
    return float(mark.args[0]) if mark else 0.0


def _total(items: Sequence[pytest.Item]) -> float:
    return sum(map(_seconds, items))


def _path(item: pytest.Item) -> str:
    return str(item.path)
