"""Going back in time while the demo is loaded, so that an entry of last month was also written last month.

Demo only: the service itself has one clock. Audit rows keep the database's own, true time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from unittest import mock

from django.utils import timezone

from cases.rules.days import LONDON


@contextmanager
def at(moment: datetime) -> Iterator[datetime]:
    """Let `timezone.now` answer `moment`, and nothing later than the true present."""
    moment = min(moment, timezone.now())
    with mock.patch("django.utils.timezone.now", return_value=moment):
        yield moment


def days_ago(days: int, clock: time = time(10)) -> datetime:
    """A time of day so many days before today, London time."""
    return datetime.combine(day_ago(days), clock, LONDON)


def day_ago(days: int) -> date:
    """The date so many days before today; before the future when negative."""
    return timezone.localdate() - timedelta(days=days)
