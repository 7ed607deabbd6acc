"""Orders as they are handed to other workers: plain values, and files by their names in the store, never by paths.

A path says where a file lies on the machine that read the bundle's choice; another machine has its own copy, or none.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import groupby
from typing import Any

from bundles.engine.parts import AT_ONCE, TOGETHER, Order
from bundles.selection.contents import Contents
from nsvcs.storage import file_store

MOST_TOGETHER = 4  # short orders, several of which a worker takes at once
Batch = Sequence[Order]
Names = Mapping[str, str]  # of files in the store, by the paths they have here


def stored_names(chosen: Contents, ready: Contents) -> dict[str, str]:
    """Which stored file each path is a copy of: of a choice as it was read, and the same with files that can be read.

    A copy from which something is taken out by hand is made here, and is in no store.
    """
    names: dict[str, str] = {}
    for told, here in zip(chosen.exhibits, ready.exhibits, strict=True):
        names[here.original_path] = told.original_path
        if here.copy_path and told.copy_path and not here.areas:
            names[here.copy_path] = told.copy_path
    return names


def batches(orders: Sequence[Order]) -> Iterator[list[Order]]:
    """What one worker takes at a time: enough to be worth asking for, not so much that another waits for it."""
    for target, group in groupby(orders, lambda order: order.target):
        rows = list(group)
        most = min(MOST_TOGETHER, -(-len(rows) // AT_ONCE)) if target == TOGETHER else 1
        yield from (rows[start : start + most] for start in range(0, len(rows), most))


def is_for_all(batch: Batch, names: Names) -> bool:
    """Whether another machine can make it too: every file that it reads is in the store."""
    return all(order.told()[key] in names for order in batch for key in order.files)


def text(batch: Batch, names: Names) -> str:
    """A batch to be written down."""
    return json.dumps([_told(order, names) for order in batch])


def _told(order: Order, names: Names) -> dict[str, Any]:
    told = order.told()
    return order._asdict() | {"payload": told | {key: names[told[key]] for key in order.files}}


def batch_of(written: str, stack: ExitStack) -> list[Order]:
    """The batch that was written down, its files as paths that can be read here for as long as `stack` lasts.

    Raises:
        FileNotFoundError: one of them is not in the store any more.
        nsvcs.storage.StorageError: the store does not answer.
    """
    return [_here(Order(**told), stack) for told in json.loads(written)]


def _here(order: Order, stack: ExitStack) -> Order:
    told = order.told()
    fetched = {key: str(stack.enter_context(file_store().path_or_copy(told[key]))) for key in order.files}
    return order._replace(payload=told | fetched)
