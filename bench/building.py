"""A bundle as the service makes it, measured: asked for by a caseworker, made by a worker, looked over by its gate.

The copy of the service is a throw-away one: database, broker and worker of its own in a temporary folder, set up as
`bin/start` sets up the demo's.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from django.db import connections

from bench.bundle import ASSEMBLY, PRESETS, floor_seconds
from bench.stalking_log import Kept, Log, open_door, patterns
from bench.watching import Curve, Tree
from bundles.actions import Said, request_bundle
from bundles.engine.parts import file_digest
from bundles.models import Bundle, BundleFile, Shown
from logs.actions import record_incident
from logs.models import Evidence, Incident
from nsvcs.embedded.database import admin_connection
from nsvcs.embedded.place import open_var, place_of
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from nsvcs.starting import machine
from nsvcs.starting.copy import SCHEMA, WORKER, Copy

LOOK_SECONDS, WEIGH_SECONDS = 0.05, 1.0
READY_SECONDS, PATIENCE_SECONDS = 60.0, 1500.0
# What most recipients are shown; the rest is taken out of every text.
SHOWN = (Shown.PLACES, Shown.ROUTINE, Shown.CHILDREN, Shown.THIRD_PARTIES)
JOB = (
    "SELECT state, step, told_at, claimed_at, finished_at, error_code FROM jobs_job WHERE (object_id, kind) = (%s, %s)"
)
OPEN = "SELECT count(*) FROM jobs_job WHERE state IN ('queued', 'running')"
REDS = "SELECT code, what, count(*) FROM bundles_bundlecheck WHERE bundle_id = %s AND colour = 'red' GROUP BY 1, 2"
OVER = frozenset({"done", "failed", "cancelled"})
WAITING, COPIES, READING, ROWS = "waiting", "copies", "reading", "rows"
RECIPIENTS = {
    "court": "court", "police": "police", "family": "family_court", "safe": "court", "short": "solicitor",
    "own": "victim",
}  # fmt: skip


class Broken(Exception):
    """The service did not do what is measured."""


@dataclass
class Service:
    """The throw-away copy."""

    copy: Copy
    server: psycopg.Connection | None = None
    worker: Tree | None = None
    database: Tree | None = None

    @contextmanager
    def running(self) -> Iterator["Service"]:
        """Bring up database and broker with empty tables; everything that was started ends, and nothing is left."""
        try:
            machine.need_room(self.copy.var)
            machine.need_pango()
            open_var(self.copy.var)
            self.copy.start_servers()
            self.copy.run("owner", *SCHEMA)
            open_door()
            place = place_of(self.copy.var)
            self.server = admin_connection(place, "nsvcs")
            self.database = Tree(int((place.database / "postmaster.pid").read_text().splitlines()[0]), "database")
            yield self
        finally:
            connections.close_all()
            if self.server:
                self.server.close()
            self.copy.remove()

    def start_worker(self) -> None:
        """The one worker that `bin/start` has, with its two processes; come back when it listens.

        Raises:
            Broken: it does not.
        """
        self.copy.children.start("worker", WORKER, self.copy.environment("worker"))
        log, until = self.copy.var / "output" / "worker.log", time.monotonic() + READY_SECONDS
        while " ready." not in log.read_text():
            if time.monotonic() > until or self.copy.children.ended("worker"):
                raise Broken("The worker does not listen:\n" + log.read_text()[-2000:])
            time.sleep(0.1)
        self.worker = Tree(self.copy.children.running["worker"].pid, "worker")

    def rest(self) -> None:
        """Wait until there is nothing to be done."""
        until = time.monotonic() + PATIENCE_SECONDS
        while self.row(OPEN)[0]:
            if time.monotonic() > until:
                raise Broken("The worker does not come to an end.")
            time.sleep(LOOK_SECONDS)

    def row(self, question: str, *values: object) -> tuple[Any, ...]:
        """One row, as the server's administrator."""
        assert self.server
        return self.server.execute(question.encode(), values).fetchone() or ()


@dataclass
class Step:
    """One step of a job: when it was told of first and last."""

    name: str
    first: float
    last: float


@dataclass
class Watch:
    """One job while it is done: when each step was told of, and what the processes took meanwhile."""

    service: Service
    object_id: UUID
    kind: str
    cpu: Curve = field(default_factory=Curve)
    database_cpu: Curve = field(default_factory=Curve)
    steps: list[Step] = field(default_factory=list)
    weighed: float = 0.0
    row: tuple[Any, ...] = ()

    def look(self) -> bool:
        """Look once; whether the job is over.

        Raises:
            Broken: it failed.
        """
        worker, database = self.service.worker, self.service.database
        assert worker
        assert database
        self.row = self.service.row(JOB, self.object_id, self.kind)
        self.cpu.add(worker.look())
        self.database_cpu.add(database.look())
        if time.monotonic() - self.weighed > WEIGH_SECONDS:
            self.weighed = time.monotonic()
            worker.weigh()
        if not self.row:
            return False
        state, step, told_at, _, _, code = self.row
        if step and told_at:
            self._note(step, told_at.timestamp())
        if state == "failed":
            raise Broken(f"{self.kind} failed: {code}")
        return state in OVER

    def _note(self, name: str, at: float) -> None:
        if not self.steps or self.steps[-1].name != name:
            self.steps.append(Step(name, at, at))
        self.steps[-1].last = at

    @property
    def claimed(self) -> float:
        """When a worker took it."""
        return float(self.row[3].timestamp())

    @property
    def finished(self) -> float:
        """When it was done."""
        return float(self.row[4].timestamp())

    def stages(self, asked: float) -> dict[str, dict[str, float]]:
        """What each step took from the asking on: on the clock, and of the processor."""
        found: dict[str, Counter[str]] = {}
        start = asked
        for name, end in ((WAITING, self.claimed), *self._ends(), (ROWS, self.finished)):
            took = {"wall": max(end - start, 0.0), **self._used(start, end)}
            found.setdefault(name, Counter()).update(took)  # type: ignore[arg-type]
            start = max(end, start)
        return {name: dict(took) for name, took in found.items()}

    def _used(self, start: float, end: float) -> dict[str, float]:
        return {"cpu": self.cpu.between(start, end), "database_cpu": self.database_cpu.between(start, end)}

    def _ends(self) -> Iterator[tuple[str, float]]:
        """When each step was over. Reading alone is told of when it begins, the others piece by piece."""
        for step, following in zip(self.steps, [*self.steps[1:], None], strict=True):
            if step.name == READING:
                yield COPIES, step.first
                yield READING, following.first if following else step.last
            elif step.name != COPIES:
                yield step.name, step.last

    def whole(self, start: float) -> dict[str, Any]:
        """Clock, processor and memory from an instant to its end."""
        assert self.service.worker
        seen = sorted(self.service.worker.seen.values(), key=lambda each: -each.peak_mb)
        processes = [{"role": each.role, "peak_mb": round(each.peak_mb, 1)} for each in seen]
        took = {"wall": self.finished - start, **self._used(start, self.finished), "processes": processes}
        return took | {"together_mb": self.service.worker.together_mb}


def watched(*watches: Watch) -> None:
    """Look at jobs until all of them are over.

    Raises:
        Broken: one failed, or they come to no end.
    """
    until = time.monotonic() + PATIENCE_SECONDS
    left = list(watches)
    while left := [watch for watch in left if not watch.look()]:
        if time.monotonic() > until:
            raise Broken(f"{left[0].kind} comes to no end.")
        time.sleep(LOOK_SECONDS)


# --- what is measured -----------------------------------------------------------------------------------------------


def measured(folder: Path, preset: str, edition: str, *, with_turns: bool) -> dict[str, Any]:
    """Fill a copy, build, look over, build again after one new entry; the figures."""
    exhibits, entries = PRESETS[preset]
    service = Service(Copy(folder / "var", machine.free_port()))
    with service.running():
        began, made = time.monotonic(), patterns()
        log, beside = Log("large"), Log("small")
        shown = log.fill(exhibits, entries, made)
        if with_turns:
            beside.fill(*PRESETS["small"], made)
        os.sync()
        filled = time.monotonic() - began
        service.start_worker()
        files = [each.path() for each in shown]
        floors = [floor_seconds(files, folder) for _ in range(2)]
        first = built(service, log, edition)
        floors += [floor_seconds(files, folder) for _ in range(2)]
        write_new_entry(service, log)
        again = built(service, log, edition)
        told = {
            "preset": preset, "edition": edition, "exhibits": exhibits, "entries": entries, "filled_seconds": filled,
            "floor": min(floors), "shown_mb": sum(each.size_bytes for each in shown) / 1e6,
            "originals": _originals(log), "first": first, "rebuild": again, "ratio": first["wall"] / min(floors),
            "assembly_ratio": first["assembly_wall"] / min(floors), "rebuild_share": again["wall"] / first["wall"],
            "rebuild_cpu_share": again["cpu"] / first["cpu"],
        }  # fmt: skip
        return told | ({"turns": turns(service, log, beside, edition)} if with_turns else {})


def asked_for(log: Log, edition: str) -> Bundle:
    """Ask for a bundle of all of it, as its caseworker does on the last page of choosing."""
    said = Said(edition=edition, producer="SR", crime_reference="36/1/26", ring="01632 960100")
    with acting_as(log.worker.pk):
        entries = Incident.objects.filter(case=log.case).values_list("pk", flat=True)
        files = Evidence.objects.filter(case=log.case).values_list("pk", flat=True)
        return request_bundle(
            key=uuid7(), case=log.case, entry_ids=entries, evidence_ids=files, recipient=RECIPIENTS[edition],
            recipient_name="", purpose="An order", date_from=None, date_to=None, shown=SHOWN, by=log.worker, said=said,
        )  # fmt: skip


def built(service: Service, log: Log, edition: str) -> dict[str, Any]:
    """One bundle from the asking to its end, and the look at it that follows by itself."""
    service.rest()
    assert service.worker
    service.worker.begin()
    began = time.monotonic()
    bundle = asked_for(log, edition)
    asking = time.monotonic() - began
    watch = Watch(service, bundle.pk, "bundle")
    watched(watch)
    asked = bundle.asked_at.timestamp()
    found = watch.whole(asked) | {"asking": asking, "stages": watch.stages(asked)}
    service.worker.begin()
    gate = Watch(service, bundle.pk, "gate")
    watched(gate)
    found["assembly_wall"] = sum(found["stages"][step]["wall"] for step in ASSEMBLY if step in found["stages"])
    return found | _of_file(bundle, log) | {"gate": gate.whole(gate.claimed) | _seen_by_gate(service, bundle)}


def _of_file(bundle: Bundle, log: Log) -> dict[str, Any]:
    with acting_as(log.worker.pk):
        bundle.refresh_from_db()
        beside = list(BundleFile.objects.filter(bundle=bundle).values_list("kind", "size_bytes"))
    return {"pages": bundle.page_count, "bytes": bundle.size_bytes, "beside": beside, "sha256": bundle.sha256}


def _seen_by_gate(service: Service, bundle: Bundle) -> dict[str, Any]:
    """What the look found that would stop a release, by check: how many of each."""
    assert service.server
    found = service.server.execute(REDS.encode(), [bundle.pk]).fetchall()
    return {"red": {f"{code} {what}".strip(): count for code, what, count in found}}


def _originals(log: Log) -> dict[str, float]:
    """How much the originals are, and what reading and hashing them takes: a build makes sure of every one."""
    with acting_as(log.worker.pk):
        names = Evidence.objects.filter(case=log.case).values_list("storage_name", flat=True)
        paths = [Kept(name, 0, "").path() for name in names]
    began = time.monotonic()
    for path in paths:
        file_digest(path)
    return {"mb": sum(path.stat().st_size for path in paths) / 1e6, "hashed_seconds": time.monotonic() - began}


def write_new_entry(service: Service, log: Log) -> None:
    """She writes one more, about a day in the middle of her log."""
    with acting_as(log.her.pk):
        middle = Incident.objects.filter(case=log.case).chronological()[log.count // 2]
    fields = {"occurred_on": middle.occurred_on, "what_happened": "He stood at the corner again and waved."}
    record_incident(draft_id=uuid7(), case=log.case, fields=fields, by=log.her)
    service.rest()


def turns(service: Service, large: Log, small: Log, edition: str) -> dict[str, Any]:
    """A small bundle by itself; and one that is asked for while a large one is printed."""
    alone = built(service, small, edition)["wall"]
    service.rest()
    assert service.server
    service.server.execute("DELETE FROM bundles_bundlepart")  # so that both are printed anew
    huge = Watch(service, asked_for(large, edition).pk, "bundle")
    while not (huge.look() or any(step.name == "printing" for step in huge.steps)):
        time.sleep(LOOK_SECONDS)
    bundle = asked_for(small, edition)
    little = Watch(service, bundle.pk, "bundle")
    watched(huge, little)
    return {
        "small_alone": alone, "small_beside": little.finished - bundle.asked_at.timestamp(),
        "large_ended_later": huge.finished - little.finished,
    }  # fmt: skip
