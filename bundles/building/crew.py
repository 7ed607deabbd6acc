"""Makes the parts of a bundle with every worker that is free, and keeps each as a row for the case's next bundle.

Whoever builds the bundle (`Crew`) looks up what is kept, makes the rest itself, a child process a core, and where there
is much of it writes it down as orders that other workers take too (`make_parts`). All that is asked of the database is
asked by the one thread that builds. Nobody is waited for long: what somebody has had for too long is made again.
"""

import logging
import threading
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.utils import timezone

from bundles.building import handing
from bundles.building.announcing import announced, arrived
from bundles.building.folders import work_folder
from bundles.building.handing import Batch, Names
from bundles.engine.parts import AT_ONCE, Asked, Made, Order, Store, Told, file_digest
from bundles.models import Bundle, BundlePart, PartOrder
from jobs.actions import ask
from jobs.models import Job
from jobs.working import GivesWay, Superseded, Work
from nsvcs.finished import Finished
from nsvcs.fonts import write_fonts_conf
from nsvcs.ids import uuid7
from nsvcs.storage import StorageError, StoredFile, file_store

log = logging.getLogger(__name__)
HELP = "bundle_part"
MOST_HELPERS = 2
WORTH_HELP = 4  # with fewer orders, asking somebody takes as long as making them
PATIENCE = timedelta(seconds=2)  # a helper gives way at once: whoever still waits then has found no other worker
TURN_SECONDS = 20.0
STRAGGLER = timedelta(seconds=15)
LOOK_SECONDS = 0.25
LONGEST_PART_BYTES = 2 * 1024**3


class Wanted:
    """Whether a job is still to be done: asked by child processes' keepers, which end them where it is not.

    Only the thread that made it asks the database, and not more often than it must; others hear of it.
    """

    def __init__(self, work: Work) -> None:
        self.work = work
        self.thread = threading.get_ident()
        self.asked = time.monotonic()
        self.ended = threading.Event()

    def is_set(self) -> bool:
        """True once the job is called off or taken over."""
        if threading.get_ident() == self.thread and time.monotonic() - self.asked > 2 * LOOK_SECONDS:
            self.asked = time.monotonic()
            if not self.work.mine().exists():
                self.ended.set()
        return self.ended.is_set()


@dataclass
class Crew:
    """A `bundles.engine.parts.Maker` for one attempt at one bundle.

    Attributes:
        work: the job that builds it.
        bundle: of which case the parts are.
        store: where they are made; its children end when the job does.
        stack: for as long as it lasts the kept parts can be read.
        names: of the files that orders read, by their paths here.
        kept: how many parts were found ready.
        made: how many were made anew, here or by others.
    """

    work: Work
    bundle: Bundle
    store: Store
    stack: ExitStack
    names: Names = field(default_factory=dict)
    kept: int = 0
    made: int = 0
    began: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        """Let every child of this build end when nobody wants the bundle any more."""
        self.wanted = Wanted(self.work)
        self.store.stop = self.wanted

    @property
    def peak_rss_bytes(self) -> int:
        """The most memory that one child of this process held."""
        return self.store.peak_rss_bytes

    def make_all(self, orders: Sequence[Order], told: Told) -> list[Made]:
        """As `bundles.engine.parts.Maker.make_all`; call it with no transaction open.

        Raises:
            Superseded: another worker holds the job now, or it was called off.
            GivesWay: others wait; what is made so far is kept.
            StorageError: a part could not be kept.
        """
        return _Round(self, orders, told).run()

    def gives_way(self) -> bool:
        """Whether it is somebody else's turn: at once if it is their first, after a while if they had one.

        Never before something was made: each turn brings the bundle further.
        """
        if not self.made:
            return False
        is_long = time.monotonic() - self.began > TURN_SECONDS
        return self.work.is_waited_for(PATIENCE, only_new=not is_long, not_for=[HELP])


class _Round:
    """One call for some orders."""

    def __init__(self, crew: Crew, orders: Sequence[Order], told: Told) -> None:
        self.crew = crew
        self.asked = Asked(orders, told)
        self.lost: set[str] = set()  # there is a row, and its file is gone or is not the one that was made
        self.own: list[Batch] = []  # still to be made, by us alone
        self.shared: dict[int, Batch] = {}  # still to be made, by us or by others
        self.others_at_work = 0
        self.running: dict[Future[list[Made]], tuple[Batch, int | None]] = {}

    def run(self) -> list[Made]:
        self.crew.kept += self._look_up(list(self.asked.orders))
        if wanted := self.asked.open():
            self._make(list(handing.batches(wanted)))
        return self.asked.all()

    # --- what is kept -----------------------------------------------------------------------------------------

    def _look_up(self, keys: list[str], *, is_new: bool = False) -> int:
        with self.crew.work.acting():
            rows = BundlePart.objects.of(self.crew.bundle.case_id, keys)
            parts = list(rows)
            rows.update(last_used_at=timezone.now())
        found = [(part, path) for part in parts if (path := self._path_of(part))]
        for part, path in found:
            self.asked.answer(part.key, Made(str(path), part.result, is_new=is_new))
        return len(found)

    def _path_of(self, part: BundlePart) -> Path | None:
        """Where the file of a part can be read, if it is still what was made: a wrong page is worse than none."""
        try:
            path = self.crew.stack.enter_context(file_store().path_or_copy(part.storage_name))
            if file_digest(path) == part.sha256:
                return path
        except FileNotFoundError:
            pass
        self.lost.add(part.key)
        return None

    # --- what is made -----------------------------------------------------------------------------------------

    def _make(self, rows: list[Batch]) -> None:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            try:
                self.own = rows[:AT_ONCE]  # set while the others are written down
                self._begin_more(pool)
                self._share(rows[AT_ONCE:])
                self._until_all_is_there(pool)
            except BaseException:
                self.crew.wanted.ended.set()  # this attempt is over: no child works on
                raise

    def _until_all_is_there(self, pool: ThreadPoolExecutor) -> None:
        while self.own or self.shared or self.running:
            self._begin_more(pool)
            if self.running:
                self._keep_ended(wait(self.running, LOOK_SECONDS, FIRST_COMPLETED).done)
            if self.crew.wanted.is_set():
                raise Superseded
            if self.crew.gives_way():
                self._keep_ended(wait(self.running).done)  # what has begun is brought to its end
                self._withdraw()
                raise GivesWay
            if self.shared:
                self._see_what_others_did()

    def _begin_more(self, pool: ThreadPoolExecutor) -> None:
        while len(self.running) < max(AT_ONCE - self.others_at_work, 1) and (following := self._next()):
            self.running[pool.submit(self.crew.store.make, following[0])] = following

    def _next(self) -> tuple[Batch, int | None] | None:
        if self.own:
            return self.own.pop(0), None
        if not self.shared:
            return None
        with self.crew.work.acting():
            row = take(self.crew.bundle.pk, self.crew.work.job.pk, STRAGGLER)
        batch = self.shared.pop(row.position, None) if row else None
        return (batch, row.position) if row and batch else None

    def _keep_ended(self, ended: "set[Future[list[Made]]]") -> None:
        for future in ended:
            (batch, position), mades = self.running.pop(future), future.result()
            keep(self.crew.work, self.crew.bundle.case_id, batch, mades, self.lost)
            if position is not None:
                self._withdraw(position)
            for order, made in zip(batch, mades, strict=True):
                self.crew.made += not made.failed
                if order.key not in self.asked.found:  # somebody may have been quicker with what he had had for long
                    self.asked.answer(order.key, made)

    # --- what others make -------------------------------------------------------------------------------------

    def _share(self, rows: list[Batch]) -> None:
        """Write orders down for others where there are enough of them. Of an attempt before this one none is left."""
        names = self.crew.names
        alone = [batch for batch in rows if not handing.is_for_all(batch, names)]
        rows = [batch for batch in rows if handing.is_for_all(batch, names)]
        self.own = alone if len(rows) >= WORTH_HELP else [*rows, *alone]
        if len(rows) < WORTH_HELP:
            return
        work, bundle, now = self.crew.work, self.crew.bundle, timezone.now()
        with work.acting():
            PartOrder.objects.filter(bundle=bundle).delete()
            for place, batch in enumerate(rows):  # one by one: all together they are the whole log once more in memory
                told = handing.text(batch, names)
                PartOrder(bundle=bundle, case_id=bundle.case_id, position=place, payload=told, asked_at=now).save()
            for _ in range(MOST_HELPERS - Job.objects.unfinished(bundle.pk, HELP).count()):
                key, by = f"{HELP}:{uuid7()}", work.job.requester_id
                ask(name=HELP, key=key, object_id=bundle.pk, case_id=bundle.case_id, by=by)
        self.shared = dict(enumerate(rows))

    def _see_what_others_did(self) -> None:
        """An order that is gone was made, or could not be: then it is made again here, where it can be said why."""
        with self.crew.work.acting():
            left = dict(PartOrder.objects.filter(bundle=self.crew.bundle).values_list("position", "taken_by"))
        self.others_at_work = sum(by not in {None, self.crew.work.job.pk} for by in left.values())
        for place in [place for place in self.shared if place not in left]:
            batch = self.shared.pop(place)
            self.crew.made += self._look_up([order.key for order in batch], is_new=True)
            if missing := [order for order in batch if order.key not in self.asked.found]:
                self.own.append(missing)
        if not self.running and not self.own:
            time.sleep(LOOK_SECONDS / 5)

    def _withdraw(self, *positions: int) -> None:
        """Erase orders, text and all: these, or all that are left."""
        with self.crew.work.acting():
            rows = PartOrder.objects.filter(bundle=self.crew.bundle)
            (rows.filter(position__in=positions) if positions else rows).delete()


def make_parts(work: Work) -> None:
    """Make parts of somebody's bundle for as long as there are any that nobody has in hand, and nobody else waits.

    Raises:
        GivesWay: other work waits in the queue.
        Superseded: this job was taken over, or the bundle was.
    """
    if work.is_waited_for(timedelta(), not_for=[HELP]):
        raise GivesWay
    with work_folder(work) as folder:
        store = Store(folder / "parts", write_fonts_conf(folder))
        store.stop = Wanted(work)
        while _make_one(work, store):
            if work.is_waited_for(timedelta(), not_for=[HELP]):
                raise GivesWay


def _make_one(work: Work, store: Store) -> bool:
    with work.acting():
        row = take(work.object_id, work.job.pk)
    if row is None:
        return False
    with ExitStack() as stack:
        try:
            batch = handing.batch_of(row.payload, stack)
        except (FileNotFoundError, StorageError):
            log.warning("a file of order %s cannot be read: left to whoever builds the bundle", row.pk)
        else:
            keep(work, row.case_id, batch, store.make(batch))
    with work.acting():
        PartOrder.objects.filter(pk=row.pk).delete()
    work.progress("printing")
    return True


def take(bundle_id: UUID, job_id: UUID, patience: timedelta | None = None) -> PartOrder | None:
    """The next order of a bundle that nobody has in hand, in the present transaction; from now on this job has it."""
    now = timezone.now()
    free = PartOrder.objects.untaken(now, patience).filter(bundle_id=bundle_id)
    row: PartOrder | None = free.select_for_update(skip_locked=True).first()
    if row is not None:
        PartOrder.objects.filter(pk=row.pk).update(taken_at=now, taken_by=job_id)
    return row


def keep(
    work: Work, case_id: UUID, batch: Batch, mades: Sequence[Made], lost: "set[str] | frozenset[str]" = frozenset()
) -> None:
    """Keep parts that were made as rows, each once; call it with no transaction open.

    Args:
        work: the job that made them.
        case_id: whose parts they are.
        batch: what was ordered.
        mades: what became of it.
        lost: keys whose row names a file that is gone: it is given the new one.

    Raises:
        StorageError: there is no room.
    """
    store = file_store(LONGEST_PART_BYTES)
    wanted = [(order.key, made) for order, made in zip(batch, mades, strict=True) if made.is_new and not made.failed]
    if not wanted:
        return
    names = announced(work, len(wanted))
    new = [
        (key, made, store.store(Finished(Path(made.path)), name=name))
        for name, (key, made) in zip(names, wanted, strict=True)
    ]
    with work.acting():
        named = _written(case_id, new, lost)
        arrived(named)
    for _, _, stored in new:
        if stored.name not in named:
            store.remove_orphan(stored.name)  # somebody else was quicker


def _written(case_id: UUID, new: Sequence[tuple[str, Made, StoredFile]], lost: "set[str] | frozenset[str]") -> set[str]:
    """The names of the files that rows name now."""
    rows = [_row(case_id, *each) for each in new]
    BundlePart.objects.bulk_create(rows, ignore_conflicts=True)
    for row in rows:
        if row.key in lost:
            again = {"storage_name": row.storage_name, "sha256": row.sha256, "size_bytes": row.size_bytes}
            BundlePart.objects.of(case_id, [row.key]).update(**again, result=row.result)
    kept = BundlePart.objects.of(case_id, [row.key for row in rows])
    return set(kept.values_list("storage_name", flat=True))


def _row(case_id: UUID, key: str, made: Made, stored: StoredFile) -> BundlePart:
    now = timezone.now()
    return BundlePart(
        case_id=case_id, key=key, storage_name=stored.name, sha256=stored.sha256, size_bytes=stored.size_bytes,
        result=dict(made.result), made_at=now, last_used_at=now,
    )  # fmt: skip
