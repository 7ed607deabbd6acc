"""The accounts' clockwork."""

from celery import shared_task

from accounts.actions import purge
from nsvcs.identity import acting_as


@shared_task(name="accounts.purge", ignore_result=True)
def purge_old() -> None:
    """Throw away what has had its time."""
    with acting_as(process="worker"):
        purge()
