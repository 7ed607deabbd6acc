"""What a job's function is given: who it acts for, a way to say how far it is, and one way to be done."""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, models
from django.utils import timezone

from jobs.kinds import Kind
from jobs.models import Job
from nsvcs.identity import acting_as

log = logging.getLogger(__name__)
BREATHS_A_LEASE = 4


class JobFailed(Exception):
    """The job cannot be done, and trying again would not help.

    Args:
        code: for the log and the page that explains it.
        item: which thing stopped it: an exhibit mark or an entry number, never a name.
    """

    def __init__(self, code: str, item: str = "") -> None:
        """Keep code and item."""
        super().__init__(code)
        self.code = code
        self.item = item


class Superseded(Exception):
    """Another worker has taken this job over; nothing more may be written."""


class GivesWay(Exception):
    """The job steps back behind those that wait, and goes on when its turn comes; that is no failed attempt.

    Args:
        pause: nobody is to take it up again before then, unless it is brought forward.
    """

    def __init__(self, pause: timedelta = timedelta()) -> None:
        """Keep the pause."""
        super().__init__()
        self.pause = pause


class Work:
    """One attempt at a job. Every write of its own goes through a check that the attempt is still the present one."""

    def __init__(self, job: Job, kind: Kind) -> None:
        """Keep the row and its kind."""
        self.job = job
        self.kind = kind
        self.is_closed = False

    @property
    def object_id(self) -> UUID:
        """What the job is done on.

        Raises:
            JobFailed: the row names nothing.
        """
        if self.job.object_id is None:
            raise JobFailed("no_object")
        return self.job.object_id

    @contextmanager
    def acting(self) -> Iterator[None]:
        """A transaction with the rights of whom the job is for, looked up anew each time."""
        if self.kind.as_itself:
            with acting_as(job_id=self.job.pk, process="worker"):
                yield
        else:
            with acting_as(self.job.requester_id, process="worker"):
                yield

    def mine(self) -> models.QuerySet[Job]:
        """The row, if this attempt still holds it."""
        return Job.objects.filter(pk=self.job.pk, state=Job.State.RUNNING, attempts=self.job.attempts)

    def progress(
        self, step: str, done: int = 0, total: int = 0, *, items: tuple[int, int] = (0, 0), left: int | None = None
    ) -> None:
        """Say how far it is, and that the worker lives.

        Args:
            step: what is being done.
            done: how many pieces of the whole are done.
            total: of how many.
            items: which piece of this step is in hand, and of how many.
            left: about how many seconds it will still take, if that is known.

        Raises:
            Superseded: another worker holds the job now, or it was called off.
        """
        told = {"step": step[:40], "done": done, "total": total, "item": items[0], "items": items[1]}
        told |= {"seconds_left": left, "told_at": timezone.now(), "silent_after": self._next_silence()}
        if not self.mine().update(**told):
            raise Superseded

    def is_waited_for(self, patience: timedelta, *, only_new: bool = False, not_for: Sequence[str] = ()) -> bool:
        """Whether other work has waited in the same queue for longer than this: no worker was free for it.

        Args:
            patience: how long it has been ready and not begun.
            only_new: ask only for what has not had a turn yet.
            not_for: kinds of job that are not given way to.
        """
        waiting = Job.objects.due(timezone.now() - patience).filter(queue=self.job.queue)
        if only_new:
            waiting = waiting.filter(claimed_at=None)
        return waiting.exclude(kind__in=not_for).exists()

    @contextmanager
    def breathing(self) -> Iterator[None]:
        """Say every so often that the worker lives, however long one step of the work takes.

        So that the time after which a silent worker counts as dead can be short: a step may take ten minutes.
        """
        stop = threading.Event()
        breath = threading.Thread(target=self._breathe, args=[stop], name=f"job-{self.job.pk}", daemon=True)
        breath.start()
        try:
            yield
        finally:
            stop.set()
            breath.join()

    def _breathe(self, stop: threading.Event) -> None:
        while not stop.wait(self.kind.lease.total_seconds() / BREATHS_A_LEASE):
            try:
                if not self.mine().update(silent_after=self._next_silence()):
                    return
            except DatabaseError:
                log.warning("job %s could not say that it lives", self.job.pk)
            finally:
                connection.close()

    def _next_silence(self) -> datetime:
        return timezone.now() + self.kind.lease

    def close(self, state: str, **fields: Any) -> None:
        """Write the end of the job, in the transaction of its result: both or neither.

        Raises:
            Superseded: another worker holds the job now; the result is rolled back with this.
        """
        if not self.mine().update(state=state, finished_at=timezone.now(), **fields):
            raise Superseded
        self.is_closed = True

    def finish(self) -> None:
        """The result stands: call it last inside the transaction that writes it."""
        self.close(Job.State.DONE)

    def finish_if_open(self) -> None:
        """For kinds that have no result of their own to write."""
        if not self.is_closed:
            self.finish()
