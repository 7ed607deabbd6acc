"""Workers that end themselves at a named point of a bundle, by the signal that nothing can answer.

`python -m tests.bundles.dying DATABASE MEDIA` reads lines of a job's id, a space and a point; each is done by a process
of its own, as a worker would do it, and answered with how that one ended. One interpreter starts for all of them.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
IN_A_CHILD_SECONDS = 0.05


def die(*_: Any, **__: Any) -> None:
    """End this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def before(owner: Any, name: str) -> None:
    """Die instead of calling it."""
    setattr(owner, name, die)


def after(owner: Any, name: str) -> None:
    """Die as soon as it has done its work."""
    function = getattr(owner, name)
    setattr(owner, name, lambda *args, **named: die(function(*args, **named)))


def while_a_child_runs(target: str) -> None:
    """Die while a child process is at work on this: it has its order, and nobody has heard its answer."""
    from jobs import child

    run, answer = child.run, child._answer
    here = threading.local()

    def run_and_die(name: str, *args: Any, **named: Any) -> Any:
        here.is_it = name.endswith(target)
        return run(name, *args, **named)

    def answer_or_die(process: Any, order: bytes | None, *args: Any) -> bytes:
        if not here.is_it:
            return answer(process, order, *args)
        with suppress(subprocess.TimeoutExpired):
            process.communicate(order, timeout=IN_A_CHILD_SECONDS)
        die()
        return b""

    child.run, child._answer = run_and_die, answer_or_die  # type: ignore[assignment]


def points() -> dict[str, Callable[[], None]]:
    """Every point, and what makes the worker die there."""
    from bundles.building import crew, estimating, waiting, working
    from bundles.engine import assembling
    from bundles.seals import sealing

    return {
        "claimed": lambda: before(working, "finish_copies"),
        "waiting for copies": lambda: before(waiting, "_finish_copy"),
        "reading originals": lambda: before(assembling, "file_digest"),
        "in a part": lambda: while_a_child_runs(":set_pages"),
        "part made": lambda: before(crew, "keep"),
        "between parts": lambda: after(crew, "keep"),
        "joining": lambda: while_a_child_runs(":finish"),
        "looking over": lambda: while_a_child_runs(":inspect"),
        "sealing": lambda: before(sealing, "seal"),
        "sealed": lambda: after(sealing, "seal"),
        "file kept, no row": lambda: before(working, "_finish"),
        "row written": lambda: before(estimating.Telling, "remember"),
    }


def main(database: str, media: str) -> None:
    """Set up as a worker does, and fork one for each line."""
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    settings.MEDIA_ROOT = media
    django.setup()

    from jobs.actions import run

    known = points()
    for line in sys.stdin:
        job, _, point = line.strip().partition(" ")
        pid = os.fork()
        if not pid:
            known[point]()
            run(UUID(job))
            os._exit(0)
        status = os.waitpid(pid, 0)[1]
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
