"""The log's clockwork."""

from celery import shared_task
from django.utils import timezone

from jobs.actions import ask
from logs import sweeping
from logs.actions.offline import purge_offline, rotate_keys
from logs.actions.opening import purge_passwords
from logs.making.sweeping import ask_for_missing_parts
from nsvcs.identity import acting_as


@shared_task(name="logs.scans_due", ignore_result=True)
def scans_due() -> None:
    """Ask for the scans that are due again."""
    sweeping.ask_for_due_scans()


@shared_task(name="logs.first_scans", ignore_result=True)
def first_scans() -> None:
    """Ask for scans of files that never had one."""
    sweeping.ask_for_first_scans()


@shared_task(name="logs.check_originals", ignore_result=True)
def check_originals() -> None:
    """Ask for tonight's share of digests."""
    sweeping.ask_for_checks()


@shared_task(name="logs.second_looks", ignore_result=True)
def second_looks() -> None:
    """Ask for tonight's second looks at files that have been scanned."""
    sweeping.ask_for_second_looks()


@shared_task(name="logs.tidy_arrivals", ignore_result=True)
def ask_to_tidy() -> None:
    """Ask for this hour's look at files on their way."""
    hour = timezone.localtime().strftime("%Y-%m-%d-%H")
    with acting_as(process="worker"):
        ask(name="tidy_arrivals", key=f"tidy_arrivals:{hour}", object_id=None, case_id=None, by=None)


@shared_task(name="logs.missing_parts", ignore_result=True)
def missing_parts() -> None:
    """Ask for parts that today's recipes would make of what is in the store already."""
    ask_for_missing_parts()


@shared_task(name="logs.tidy_offline", ignore_result=True)
def tidy_offline() -> None:
    """Replace the key that phones seal to when it is due, and throw away what could not be opened."""
    with acting_as(process="worker"):
        rotate_keys(now=timezone.now())
        purge_offline()


@shared_task(name="logs.tidy_passwords", ignore_result=True)
def tidy_passwords() -> None:
    """Throw away passwords of files that no job has used in time."""
    purge_passwords()
