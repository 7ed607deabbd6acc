"""A build that ends itself at one point, by the signal nothing can answer.

Called as `python -m tests.bundles.killed FROZEN OUT WORK POINT`; a point is a number of pieces done, or a name below.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bundles.engine import assembling, parts
from bundles.selection.contents import from_json
from tests.bundles.world import KEY


def die(*_: Any) -> None:
    """End this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def after(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, and then the end."""
    return lambda *args, **named: die(function(*args, **named))


class _PartMadeNotNoted(parts.Store):
    """Dies with a part under its name and no note that says it is whole."""

    def _keep(self, key: str, raw: Path, result: dict[str, Any]) -> parts.Made:
        parts.json.dumps = die  # type: ignore[assignment]
        return super()._keep(key, raw, result)


def main(frozen: str, out: str, work: str, point: str) -> None:
    """Build until the point is reached."""
    if point == "part made, not noted":
        assembling.Store = _PartMadeNotNoted  # type: ignore[misc]
    if point == "sealed, not named":
        assembling.sealing.seal = after(assembling.sealing.seal)
    if point == "joined, not looked over":
        assembling._Build._finish = after(assembling._Build._finish)  # type: ignore[method-assign]

    def step(name: str, done: int, total: int, item: str) -> None:
        if str(done) == point:
            die()

    assembling.build(from_json(Path(frozen).read_text()), Path(out), Path(work), step, key=KEY)


if __name__ == "__main__":
    main(*sys.argv[1:])
