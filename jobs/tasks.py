"""Celery's side: three lines each. Arguments are ids; rights, claims and results are the rows' business."""

from uuid import UUID

from celery import shared_task
from celery.signals import worker_ready

from jobs import actions, timer

worker_ready.connect(timer.start, weak=False, dispatch_uid="jobs.timer")


@shared_task(name="jobs.run_job", acks_late=True, reject_on_worker_lost=True, ignore_result=True)
def run_job(job_id: str) -> None:
    """Do one job."""
    actions.run(UUID(job_id))


@shared_task(name="jobs.sweep", ignore_result=True)
def sweep() -> None:
    """Find what was left lying."""
    actions.sweep()
