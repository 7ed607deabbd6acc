"""What later rooms do once the parts of a file are made: each asks for a job of its own, with the end of this one."""

from collections.abc import Callable, Sequence
from uuid import UUID

from logs.models import Evidence, Rendition

Follower = Callable[[Evidence, Sequence[Rendition], UUID], None]
_followers: list[Follower] = []


def follow(follower: Follower) -> None:
    """Add one, from a later floor's `ready`: it is told the file, the rows of its parts, and the job that made them."""
    if follower not in _followers:
        _followers.append(follower)


def parts_are_made(evidence: Evidence, rows: Sequence[Rendition], job_id: UUID) -> None:
    """Tell those that follow, in the transaction that ends the job: asked for with it, or not at all."""
    for follower in _followers:
        follower(evidence, rows, job_id)
