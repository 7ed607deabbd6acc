"""Celery's side of the trail: seal what is loose every few seconds, keep a digest every day."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from audit import actions, digests


@shared_task(name="audit.seal", ignore_result=True)
def seal() -> None:
    """Seal what is loose."""
    actions.seal_waiting()


@shared_task(name="audit.keep_digest", ignore_result=True)
def keep_digest() -> None:
    """Keep yesterday's digest."""
    actions.seal_waiting()
    digests.keep_digest(day=timezone.localdate() - timedelta(days=1))
