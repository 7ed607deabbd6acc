"""The kinds of thing on a case's timeline that later rooms bring; this room imports none of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import Case


class Group(models.TextChoices):
    """The headings that the kinds stand under in the filter."""

    CONTACT = "contact", _("Contact with the victim")
    RISK = "risk", _("Log and risk")
    WORK = "work", _("Notes, tasks and status")
    SUPPORT = "support", _("Support, referrals and equipment")
    PAPERS = "papers", _("Agreements and letters")


@dataclass(frozen=True)
class RoomStream:
    """One kind.

    Attributes:
        kind: its short name, in the page's address; unlike every other.
        label: what the filter calls it.
        rows: the rows of a case that somebody may see.
        template: draws one, a `timeline_item`, from `moment` (kind, at, row) and `case`.
        at: which of a row's times counts.
        group: the heading it stands under.
        related: what is read with the rows of a page, so that drawing them asks nothing more.
    """

    kind: str
    label: str | Promise
    rows: Callable[[Case, User], models.QuerySet[Any, Any]]
    template: str
    at: str = "at"
    related: tuple[str, ...] = ()
    group: Group = Group.SUPPORT


_streams: dict[str, RoomStream] = {}


def bring(stream: RoomStream) -> None:
    """Add a kind, from an app's `ready`."""
    _streams[stream.kind] = stream


def brought() -> dict[str, RoomStream]:
    """The kinds that later rooms have brought, by their short names."""
    return _streams
