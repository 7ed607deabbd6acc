"""The bundles' clockwork."""

from celery import shared_task
from django.utils import timezone

from jobs.actions import ask
from nsvcs.identity import acting_as


@shared_task(name="bundles.sweep_files", ignore_result=True)
def ask_for_sweep() -> None:
    """Ask for today's sweep."""
    with acting_as(process="worker"):
        ask(name="sweep_files", key=f"sweep_files:{timezone.localdate()}", object_id=None, case_id=None, by=None)


@shared_task(name="bundles.look_at_stamps", ignore_result=True)
def ask_for_look_at_stamps() -> None:
    """Ask for this month's look at the time stamps of bundles."""
    month = f"{timezone.localdate():%Y-%m}"
    with acting_as(process="worker"):
        ask(name="look_at_stamps", key=f"look_at_stamps:{month}", object_id=None, case_id=None, by=None)
