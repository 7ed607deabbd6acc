"""Going back in time while the demo is loaded, so that an entry of last month was also written last month.

Demo only: the service itself has one clock. Audit rows keep the database's own, true time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from unittest import mock

from cases.rules.days import LONDON


@contextmanager
def at(moment: datetime) -> Iterator[datetime]:
    """Let `timezone.now` answer `moment`, and nothing later than the true present."""
    moment = min(moment, datetime.now(UTC))
    with mock.patch("django.utils.timezone.now", return_value=moment):
        yield moment


def days_ago(days: int, clock: time = time(10)) -> datetime:
    """A time of day so many days before today, London time."""
    return datetime.combine(day_ago(days), clock, LONDON)


def day_ago(days: int) -> date:
    """The date so many days before the true today, whatever the clock says now; a later one when negative."""
    return datetime.now(LONDON).date() - timedelta(days=days)
