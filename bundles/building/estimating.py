"""How long a bundle will still take, from how long each step took in bundles before."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from statistics import median

from django.utils import timezone

from bundles.models import StepTime
from jobs.working import Work

# The steps in their order, in the four that people are told of. What a step takes where none has been measured yet.
GROUPS = (
    ("copies", "reading"),
    ("preparing", "printing"),
    ("checking", "joining", "sealing"),
    ("looking over", "keeping"),
)
SECONDS_EACH = {
    "copies": 2.0, "reading": 1.0, "checking": 0.02, "preparing": 0.05, "printing": 0.5, "joining": 2.0,
    "sealing": 1.0, "looking over": 1.0, "keeping": 0.5,
}  # fmt: skip
REMEMBERED = 20
# A pace is believed after this long; nobody's machine is so much faster or slower than what was measured on it.
BELIEVED_AFTER_SECONDS, SLOWEST, FASTEST = 2.0, 5.0, 0.2
# What is told only falls, unless it was so wrong that holding to it would be a lie.
FAR_OFF, FAR_OFF_SECONDS = 1.5, 10.0
# Pieces of a step that are done sooner after each other are told together: to write of a thousand files one by one how
# far it is takes longer than to prepare them.
TOLD_EVERY_SECONDS = 0.2


class Estimate:
    """Counts the pieces of each step as they are done, and tells about how many seconds are left."""

    def __init__(
        self,
        expected: Mapping[str, int],
        each: Mapping[str, float] = SECONDS_EACH,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start the clock.

        Args:
            expected: how many pieces each step has.
            each: seconds that a piece of each step took before.
            clock: seconds that only go on.
        """
        self.expected = dict(expected)
        self.each = dict(SECONDS_EACH) | dict(each)
        self.clock = clock
        self.done: Counter[str] = Counter()
        self.spent: Counter[str] = Counter()
        self.began = self.last = clock()
        self.ends: float | None = None
        self.first = ""

    def did(self, step: str) -> None:
        """One piece of a step is done; the time since the one before is its own."""
        now = self.clock()
        if not self.done:  # what came before the first piece was no piece, and says nothing about the others
            self.began = self.last = now
            self.first = step
        self.spent[step] += now - self.last  # type: ignore[assignment]
        self.done[step] += 1
        self.last = now

    def left(self) -> int:
        """About how many seconds are left; never more than was told before, unless that was far off."""
        now = self.clock()
        guessed = self._guess(now)
        if self.ends is None:
            self.ends = now + guessed
        promised = max(self.ends - now, 0.0)
        if guessed < promised or guessed > max(promised * FAR_OFF, promised + FAR_OFF_SECONDS):
            self.ends = now + guessed
        return round(max(self.ends - now, 0.0))

    def _guess(self, now: float) -> float:
        ahead = sum(max(count - self.done[step], 0) * self.each.get(step, 1.0) for step, count in self.expected.items())
        planned = sum(count * self.each.get(step, 1.0) for step, count in self.done.items())
        planned -= self.each.get(self.first, 1.0)
        spent = now - self.began
        pace = spent / planned if planned > 0 and spent > BELIEVED_AFTER_SECONDS else 1.0
        return ahead * min(max(pace, FASTEST), SLOWEST)

    def measured(self) -> dict[str, float]:
        """Seconds that one piece of each step took this time."""
        pieces = {step: count - (step == self.first) for step, count in self.done.items()}
        return {step: self.spent[step] / count for step, count in pieces.items() if count}


class Telling:
    """Says how far the bundle of a job is: by step, by item, and about how long it will still take."""

    def __init__(self, work: Work, exhibits: int) -> None:
        """Look up what bundles took before; call it where rows may be read.

        Args:
            work: the job.
            exhibits: how many files are printed.
        """
        self.work = work
        once = dict.fromkeys(("joining", "sealing", "looking over", "keeping"), 1)
        self.estimate = Estimate({"checking": exhibits, "preparing": exhibits, "printing": 1} | once, usual_seconds())
        self.finds_parts = False  # a bundle that found its parts ready says nothing about how long they take
        self.total = 0
        self.told: tuple[str, float] = ("", 0.0)  # the step that was told of last, and when

    def prepares(self) -> None:
        """What was chosen is read, and its files are looked at: that ends for all of them before it does for the first.

        Raises:
            Superseded: another worker holds the job now, or it was called off.
        """
        if files := self.estimate.expected["preparing"]:
            self.work.progress("preparing", items=(1, files))

    def piece(self, step: str, done: int, total: int, item: str) -> None:
        """One piece of a step is done, and so many of the whole; what the engine calls.

        The first and the last piece of a step are told at once, those between a few times a second.

        Raises:
            Superseded: another worker holds the job now, or it was called off.
        """
        self._learn(total)
        self.estimate.did(step)
        items = self.estimate.done[step], self.estimate.expected.get(step, 1)
        now, (told_of, at) = self.estimate.clock(), self.told
        if step == told_of and items[0] != items[1] and now - at < TOLD_EVERY_SECONDS:
            return
        self.work.progress(step, min(done, self.total), self.total, items=items, left=self.estimate.left())
        self.told = (step, now)

    def _learn(self, total: int) -> None:
        """The engine alone knows into how many parts it prints: what is not of any other step."""
        if total > self.total:
            self.total = total
            others = sum(self.estimate.expected.values()) - self.estimate.expected["printing"]
            self.estimate.expected["printing"] = max(total - others + 1, 1)  # keeping it is not the engine's

    def remember(self) -> None:
        """Keep what the steps took for the next bundle's estimate."""
        if not self.finds_parts:
            with self.work.acting():
                remember(self.estimate.measured())


def group_of(step: str) -> int:
    """Which of the steps that people are told of a step belongs to, from 1; 0 for one that is none of them."""
    return next((number for number, group in enumerate(GROUPS, 1) if step in group), 0)


def usual_seconds() -> dict[str, float]:
    """What a piece of each step took, the middle one of the latest bundles."""
    found: dict[str, float] = {}
    for step in SECONDS_EACH:
        latest = StepTime.objects.filter(step=step).order_by("-at").values_list("seconds_each", flat=True)[:REMEMBERED]
        if latest:
            found[step] = median(latest)
    return found


def remember(measured: Mapping[str, float]) -> None:
    """Keep what the steps of one bundle took, and only of the latest; call it where rows may be written."""
    now = timezone.now()
    StepTime.objects.bulk_create(StepTime(step=step, seconds_each=each, at=now) for step, each in measured.items())
    for step in measured:
        latest = StepTime.objects.filter(step=step).order_by("-at").values("pk")[:REMEMBERED]
        StepTime.objects.filter(step=step).exclude(pk__in=list(latest.values_list("pk", flat=True))).delete()
