"""Asking for work and doing it: one row decides, whoever brings the news of it."""

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import cast
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, connection, models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import import_string

from jobs.kinds import Kind, kind, kinds
from jobs.models import Job
from jobs.working import GivesWay, JobFailed, Superseded, Work

log = logging.getLogger(__name__)
BACKOFF = timedelta(seconds=10)


def ask(
    *,
    name: str,
    key: str,
    object_id: UUID | None,
    case_id: UUID | None,
    by: UUID | None,
    delay: timedelta = timedelta(),
) -> Job:
    """Write a job in the present transaction and wake a worker after it commits; the same key asks once.

    Args:
        name: a registered kind.
        object_id: what it is done on.
        case_id: the case that object belongs to; a system job sees no other.
        key: what makes two requests the same, as in `copy:<evidence id>`.
        by: the person it is done for; none for a system kind.
        delay: do not start before this time from now.

    Returns:
        the new job, or the one already asked for under this key.
    """
    now = timezone.now()
    job = Job(kind=name, key=key, object_id=object_id, case_id=case_id, requester_id=by, queue=kind(name).queue)
    job.created_at, job.not_before = now, now + delay
    Job.objects.bulk_create([job], ignore_conflicts=True)
    job = Job.objects.get(key=key)
    if not delay:
        transaction.on_commit(lambda: wake(job), robust=True)
    return job


def wake(job: Job) -> bool:
    """Tell a worker; false when the broker is away or silent. No loss: the row waits and the sweeper finds it."""
    from jobs.tasks import run_job
    from nsvcs.celery import PUBLISHING, app

    try:
        # A connection of its own: one from the pool may lead to a broker that has stopped answering.
        with app.connection_for_write(transport_options=PUBLISHING) as connection:
            run_job.apply_async(
                args=[str(job.pk)], queue=job.queue, retry=False, ignore_result=True, connection=connection
            )
    except Exception:
        log.warning("broker away: job %s waits in the database", job.pk)
        return False
    return True


def run(job_id: UUID) -> bool:
    """Do one job if it is still waiting; a second delivery stops here. Returns whether this call did it."""
    job = Job.objects.filter(pk=job_id).first()
    if job is None:
        return False
    what = kind(job.kind)
    if not Job.objects.claim(job.pk, timezone.now(), what.lease):
        return False
    job.refresh_from_db()
    work = Work(job, what)
    try:
        with work.breathing():
            cast(Callable[[Work], None], what.function())(work)
        work.finish_if_open()
    except Superseded:
        log.warning("job %s was taken over or called off", job.pk)
    except GivesWay as way:
        _step_back(work, way.pause)
    except JobFailed as failure:
        _give_up(work, failure.code, failure.item)
    except ObjectDoesNotExist:
        # It went, or whoever asked may not see it any more: the answer is the same, and trying again would not help.
        _give_up(work, "not_found")
    except Exception:
        log.exception("job %s broke", job.pk)
        _try_again(work, what)
    return True


def _give_up(work: Work, code: str, item: str = "") -> None:
    with suppress(Superseded):
        work.close(Job.State.FAILED, error_code=code[:60], error_item=item[:120])
        _tell_given_up(work)


def _tell_given_up(work: Work) -> None:
    if work.kind.given_up:
        cast(Callable[[Work], None], import_string(work.kind.given_up))(work)


def _try_again(work: Work, what: Kind) -> None:
    """A database that restarted has forgotten this connection; one that is still away leaves the row to the sweeper."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    try:
        _write_another_attempt(work, what)
    except DatabaseError:
        log.warning("job %s waits for the database and for a sweep", work.job.pk)


def _write_another_attempt(work: Work, what: Kind) -> None:
    if work.job.attempts >= what.most_attempts:
        _give_up(work, "unexpected")
        return
    again = timezone.now() + BACKOFF * work.job.attempts
    work.mine().update(state=Job.State.QUEUED, not_before=again)


def _step_back(work: Work, pause: timedelta) -> None:
    """Behind those that are ready now. A turn is no attempt: a long job may have many."""
    now = timezone.now()
    waiting = Job.objects.due(now).filter(queue=work.job.queue).first()
    if not work.mine().update(state=Job.State.QUEUED, attempts=F("attempts") - 1, not_before=now + pause):
        return
    if waiting is not None:
        wake(waiting)  # its own call may have been lost, and then nobody would come for it
    if not pause:
        wake(work.job)


def bring_forward(names: Iterable[str]) -> None:
    """Let the oldest job of some kinds that stepped back for a while go on now; call it with no transaction open."""
    now = timezone.now()
    paused = Job.objects.filter(state=Job.State.QUEUED, attempts=0, not_before__gt=now).exclude(claimed_at=None)
    job = paused.filter(kind__in=list(names)).order_by("pk").first()
    if job and Job.objects.filter(pk=job.pk, state=Job.State.QUEUED).update(not_before=now):
        wake(job)


def call_off(object_id: UUID, name: str) -> bool:
    """End every job of one kind for one object that is not over, in the present transaction; whether there was any.

    A worker that has one in hand learns of it the next time it says how far it is, and can write nothing more.
    """
    jobs = Job.objects.unfinished(object_id, name)
    return bool(jobs.update(state=Job.State.CANCELLED, finished_at=timezone.now()))


@dataclass(frozen=True)
class Swept:
    """What a sweep found: how many jobs are due, and whether workers could be told."""

    due: int
    is_broker_away: bool


def sweep() -> Swept:
    """Bring back what a dead worker left, then wake workers for all that is due.

    Counting attempts on the row keeps a job that kills its worker from going round for ever. The first refusal of a
    dead broker ends the waking: each further one would only wait again.
    """
    now = timezone.now()
    for what in kinds():
        stale = Job.objects.stale(now).filter(kind=what.name)
        for lost in list(stale.filter(attempts__gte=what.most_attempts)):
            _give_up(Work(lost, what), "worker_lost")
        stale.update(state=Job.State.QUEUED, not_before=now)
    due = list(Job.objects.due(now)[:200])
    return Swept(len(due), is_broker_away=not all(wake(job) for job in due))


def run_due() -> int:
    """Do everything that is due, here and now: tests, and the worker's own timer when the broker is away."""
    count = 0
    while job := Job.objects.due(timezone.now()).values_list("pk", flat=True).first():
        run(job)
        count += 1
    return count


def latest_for(object_id: UUID, name: str) -> Job | None:
    """The newest job of one kind for one object."""
    return (
        cast("models.QuerySet[Job]", Job.objects.filter(object_id=object_id, kind=name)).order_by("-created_at").first()
    )


def given_up(object_ids: Iterable[UUID], name: str) -> set[UUID]:
    """Of these objects, those whose newest job of one kind has failed, in one query."""
    jobs = Job.objects.filter(object_id__in=object_ids, kind=name).order_by("object_id", "-created_at")
    newest = jobs.distinct("object_id").values_list("object_id", "state")
    return {object_id for object_id, state in newest if object_id and state == Job.State.FAILED}
