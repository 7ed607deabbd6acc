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
