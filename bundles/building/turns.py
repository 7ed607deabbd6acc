"""One huge bundle at a time on each machine: whatever else its workers have to do finds a place.

Reading a huge choice, hashing its originals and joining its pages are steps of several seconds that nobody can be let
in between without losing them. A huge bundle uses every core by itself, so that two at once gain nothing; with a place
of a worker for one of them, the others are free. Decision 0075.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from django.db import DatabaseError

from bundles.building.folders import work_folders
from jobs.actions import bring_forward
from jobs.working import GivesWay

SMALL = 300  # entries, files or pages: what is made in some seconds
AGAIN = timedelta(seconds=30)  # should nobody bring it forward before
KINDS = ("bundle", "own_copy", "gate")


@contextmanager
def one_huge_at_a_time(pieces: int) -> Iterator[None]:
    """Hold this machine's place for what is huge, for as long as the context lasts; what is small needs none.

    The place is a lock of the system's: a worker that dies gives it back.

    Args:
        pieces: of how many entries, files or pages the work is.

    Raises:
        GivesWay: somebody has the place; the job goes on when it is free.
    """
    if pieces <= SMALL:
        yield
        return
    path = work_folders().with_suffix(".lock")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise GivesWay(AGAIN) from None
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)
            with suppress(DatabaseError):
                bring_forward(KINDS)
