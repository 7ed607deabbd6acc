"""A process and all that come of it, looked at many times a second: processor, and the most memory each ever held."""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
AGAIN = "5"  # written to clear_refs: the most memory held so far begins anew


@dataclass
class Seen:
    """One process, living or gone."""

    role: str
    peak_mb: float = 0.0


@dataclass
class Tree:
    """The family of one process.

    Attributes:
        root: its number.
        name: what it is called.
        seen: every process of it that was met, by number and time of birth, since the last `begin`.
        together_mb: the most memory that all of them held at once, what they share counted once.
    """

    root: int
    name: str
    seen: dict[tuple[int, str], Seen] = field(default_factory=dict)
    together_mb: float = 0.0

    def look(self) -> float:
        """Note what each holds; seconds of processor that all of them have used, those that ended included."""
        ticks = 0
        for pid, parent in self._family():
            with suppress(OSError, ValueError, IndexError):
                fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
                ticks += sum(map(int, fields[11:15]))  # user and system, its own and of children that were waited for
                self._note(pid, fields[19], parent)
        return ticks / TICKS

    def weigh(self) -> None:
        """Add up what all of them hold now: slower than a look, since the system has to count pages."""
        total = 0
        for pid, _ in self._family():
            with suppress(OSError):
                told = (PROC / str(pid) / "smaps_rollup").read_text()
                total += int(told.partition("\nPss:")[2].split()[0]) if "\nPss:" in told else 0
        self.together_mb = max(self.together_mb, total / 1000)

    def begin(self) -> None:
        """Count the most memory from now on."""
        for pid, _ in self._family():
            with suppress(OSError):
                (PROC / str(pid) / "clear_refs").write_text(AGAIN)
        self.seen, self.together_mb = {}, 0.0

    def _family(self) -> Iterator[tuple[int, int]]:
        """Each process with its parent, the root first."""
        waiting = [(self.root, 0)]
        while waiting:
            pid, parent = waiting.pop()
            yield pid, parent
            with suppress(OSError):
                for task in os.listdir(PROC / str(pid) / "task"):
                    with suppress(OSError):
                        children = (PROC / str(pid) / "task" / task / "children").read_text().split()
                        waiting += [(int(child), pid) for child in children]

    def _note(self, pid: int, born: str, parent: int) -> None:
        peak = (PROC / str(pid) / "status").read_text().partition("VmHWM:")[2].split()
        known = self.seen.get((pid, born))
        if not peak:  # it has ended, and nobody has asked how
            return
        role = self._role(pid, parent)
        if known is None or known.role != role:  # until it becomes another program it looks like its parent
            self.seen[pid, born] = Seen(role, int(peak[0]) / 1000)
        else:
            known.peak_mb = max(known.peak_mb, int(peak[0]) / 1000)

    def _role(self, pid: int, parent: int) -> str:
        if pid == self.root:
            return f"{self.name}, main"
        words = (PROC / str(pid) / "cmdline").read_text().split("\0")
        if "jobs.nursery" in words:
            module = words[words.index("jobs.nursery") + 2]
            is_child = "jobs.nursery" in (PROC / str(parent) / "cmdline").read_text()
            return f"child, {module}" if is_child else f"nursery, {module}"
        if "jobs.child" in words:
            return "child, from nothing"
        return f"{self.name}, pool" if parent == self.root else f"other, {words[0].rpartition('/')[2]}"


@dataclass
class Curve:
    """How much processor was used by when; between two looks it is taken to have grown evenly."""

    points: list[tuple[float, float]] = field(default_factory=list)

    def add(self, seconds: float) -> None:
        self.points.append((time.time(), seconds))

    def at(self, when: float) -> float:
        """Seconds used by an instant."""
        before = max((point for point in self.points if point[0] <= when), default=self.points[0])
        after = min((point for point in self.points if point[0] >= when), default=self.points[-1])
        if after[0] <= before[0]:
            return before[1]
        return before[1] + (after[1] - before[1]) * (when - before[0]) / (after[0] - before[0])

    def between(self, start: float, end: float) -> float:
        """Seconds used from one instant to another."""
        return self.at(end) - self.at(start)
