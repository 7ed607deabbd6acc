"""Processor time of the service's own processes: what a page costs, whoever else uses the machine meanwhile."""

from pathlib import Path

from nsvcs.embedded.place import place_of

PROC = Path("/proc")


class Processor:
    """The web process and the database server of one copy, each with all its children."""

    def __init__(self, var: Path, web: int) -> None:
        postmaster = (place_of(var).database / "postmaster.pid").read_text().splitlines()[0]
        self.roots = {"web": web, "database": int(postmaster)}

    def used(self) -> dict[str, float]:
        """Milliseconds so far, user and system; nothing where the machine does not tell."""
        if not (PROC / "self" / "schedstat").exists():
            return dict.fromkeys(self.roots, 0.0)
        parents = _parents()
        return {name: sum(map(_milliseconds, _family(root, parents))) for name, root in self.roots.items()}


def _parents() -> dict[int, int]:
    found = {}
    for path in PROC.glob("[0-9]*/stat"):
        try:
            found[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has ended meanwhile
            continue
    return found


def _family(root: int, parents: dict[int, int]) -> set[int]:
    family = {root}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return family


def _milliseconds(pid: int) -> float:
    total = 0
    for path in (PROC / str(pid) / "task").glob("*/schedstat"):
        try:
            total += int(path.read_text().split()[0])
        except OSError:
            continue
    return total / 1e6
