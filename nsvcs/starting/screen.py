"""What the person at the keyboard reads: one line a step, with its time."""

import contextlib
import sys
import time
from collections.abc import Iterator


def say(words: str = "") -> None:
    """One line, at once."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


@contextlib.contextmanager
def step(words: str, seconds: dict[str, float] | None = None, name: str = "") -> Iterator[None]:
    """Tell what is being done, and how long it took; the time is also put under `name`."""
    began = time.monotonic()
    yield
    took = time.monotonic() - began
    if seconds is not None:
        seconds[name] = round(seconds.get(name, 0.0) + took, 2)
    say(f"  {words:<44} {took:6.1f} s")
