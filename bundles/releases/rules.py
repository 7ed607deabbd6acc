"""Where a release stands: worked out from its moments and the clock, never kept."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bundles.models.kinds import Recipient
from bundles.models.releases import Way


class Standing(StrEnum):
    """Where a release stands."""

    WAITING = "waiting"  # for the second person
    PENDING = "pending"  # approved, and may still be recalled before anything leaves
    READY = "ready"  # may go
    OUT = "out"  # has gone
    LAPSED = "lapsed"  # approved too long ago
    RECALLED = "recalled"


# From where to where each move leads; whatever is not here is refused.
MOVES: dict[str, frozenset[Standing]] = {
    "second": frozenset({Standing.WAITING}),
    "take": frozenset({Standing.READY, Standing.OUT}),
    "recall": frozenset({Standing.WAITING, Standing.PENDING, Standing.READY, Standing.OUT, Standing.LAPSED}),
    "receipt": frozenset({Standing.OUT, Standing.RECALLED}),
}
# The victim's own copy is given into her hands or lies behind her own sign-in.
HERS = (Way.PORTAL, Way.HAND)
FOR_THE_POLICE = (Way.UPLOAD, Way.MAIL, Way.LINK, Way.HAND)
FOR_OTHERS = (Way.MAIL, Way.LINK, Way.HAND)


@dataclass(frozen=True)
class Times:
    """How long each stands, as the service has set it.

    Attributes:
        second_within: how long a first approval waits for the second person.
        recall: how long nothing leaves after the last approval.
        goes_within: how long an approved bundle may be taken out.
    """

    second_within: timedelta = timedelta(hours=72)
    recall: timedelta = timedelta(minutes=10)
    goes_within: timedelta = timedelta(days=7)


def standing(
    *, needs_two: bool, approved_at: datetime, moments: dict[str, datetime], times: Times, now: datetime
) -> Standing:
    """Where a release stands at an instant. A limit's last instant is the first after it.

    Args:
        needs_two: it goes to somebody else than the victim.
        approved_at: the first approval.
        moments: when it was approved by a second person, went out, was recalled; by the names of the steps.
        times: how long each stands.
        now: the instant.

    Source: the service's own rule (decision 0070): two people approve, ten minutes to recall; the numbers are limits.
    """
    if "recalled" in moments:
        return Standing.RECALLED
    if needs_two and "second" not in moments:
        return Standing.WAITING if now < approved_at + times.second_within else Standing.LAPSED
    last = moments.get("second", approved_at)
    if now >= last + times.goes_within:
        return Standing.OUT if "out" in moments else Standing.LAPSED
    if needs_two and now < last + times.recall:
        return Standing.PENDING
    return Standing.OUT if "out" in moments else Standing.READY


def needs_two(recipient: str) -> bool:
    """Two people approve what goes to anyone but the victim.

    Source: the service's own rule (decision 0070).
    """
    return recipient != Recipient.VICTIM


def ways_for(recipient: str) -> Collection[Way]:
    """The ways by which a bundle may go to such a recipient.

    Source: the service's own rule (decision 0070): the victim's own is put into her hands, or behind her sign-in.
    """
    if recipient == Recipient.VICTIM:
        return HERS
    return FOR_THE_POLICE if recipient in {Recipient.POLICE, Recipient.PROSECUTION} else FOR_OTHERS
