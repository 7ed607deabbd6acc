"""The log's clockwork."""

from celery import shared_task

from logs import sweeping


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
