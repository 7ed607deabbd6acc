"""The kinds of thing on a case's timeline that later rooms bring; this room imports none of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise

from accounts.models import User
from cases.models import Case


@dataclass(frozen=True)
class RoomStream:
    """One kind.

    Attributes:
        kind: its short name, in the page's address; unlike every other.
        label: what the filter calls it.
        rows: the rows of a case that somebody may see.
        template: draws one, a `timeline_item`, from `moment` (kind, at, row) and `case`.
        at: which of a row's times counts.
        related: what is read with the rows of a page, so that drawing them asks nothing more.
    """

    kind: str
    label: str | Promise
    rows: Callable[[Case, User], models.QuerySet[Any, Any]]
    template: str
    at: str = "at"
    related: tuple[str, ...] = ()


_streams: dict[str, RoomStream] = {}


def bring(stream: RoomStream) -> None:
    """Add a kind, from an app's `ready`."""
    _streams[stream.kind] = stream


def brought() -> dict[str, RoomStream]:
    """The kinds that later rooms have brought, by their short names."""
    return _streams
