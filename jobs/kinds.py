"""The kinds of job there are. Rooms register theirs when they load; this room imports none of them."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Kind:
    """One kind of job.

    Args:
        name: as in `bundle`.
        target: dotted path of a function that takes a `jobs.working.Work`.
        queue: `default` or `bundles`.
        lease: how long its worker may be silent before another takes it; a living one speaks four times in it.
        most_attempts: after so many the job has failed.
        given_up: dotted path of a function that takes the `Work` of a job which the queue gave up, and tells whom it
            concerns: what such a job did it could not tell itself. Called with no transaction open.
        as_itself: a system job sees the one case of its row; otherwise it sees what its requester may see.
    """

    name: str
    target: str
    queue: str = "default"
    lease: timedelta = timedelta(minutes=1)
    most_attempts: int = 4
    as_itself: bool = False
    given_up: str = ""

    def function(self) -> object:
        """The function that does it."""
        return import_string(self.target)


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind, from an app's `ready`."""
    _kinds[kind.name] = kind


def kind(name: str) -> Kind:
    """The kind of that name.

    Raises:
        KeyError: no room has registered it.
    """
    return _kinds[name]


def kinds() -> list[Kind]:
    """All kinds."""
    return list(_kinds.values())
