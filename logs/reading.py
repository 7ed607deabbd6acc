"""What runs in the child process to read words off pictures: tesseract, where the system has it.

It is given pictures that we made, never a file that was sent.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from jobs.child import Refused

READ = "logs.reading:read"
PROGRAM = "tesseract"
# The languages of the service's own pages, and Arabic; of these, those that the system has.
LANGUAGES = ("eng", "lit", "pol", "por", "ron", "ara")
SECONDS_EACH = 60
PAGE_END = "\f"


def is_here() -> bool:
    """Whether this machine can read pictures."""
    return shutil.which(PROGRAM) is not None


def read(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Read each of the pictures at `sources`.

    Returns:
        `texts`: what each says, up to `most` characters of each; `reader`: what read it.

    Raises:
        Refused: `no_reader`: the system has none.
    """
    version = _version()
    texts = [_read(source, int(payload["most"])) for source in payload["sources"]]
    return {"texts": texts, "reader": version}


def _read(source: str, most: int) -> str:
    found = _run([source, "stdout", "-l", "+".join(_languages()) or "eng", "--psm", "3"])
    return found.decode("utf-8", "replace").replace(PAGE_END, " ").replace("\0", "").strip()[:most]


@cache
def _languages() -> tuple[str, ...]:
    listed = set(_run(["--list-langs"]).decode("utf-8", "replace").split())
    return tuple(each for each in LANGUAGES if each in listed)


def _version() -> str:
    if not is_here():
        raise Refused("no_reader")
    lines = _run(["--version"]).decode("utf-8", "replace").splitlines()
    return lines[0][:40] if lines else PROGRAM


def _run(arguments: Sequence[str]) -> bytes:
    # One thread: each further one takes address space of its own.
    environment = {"PATH": os.environ.get("PATH", ""), "OMP_THREAD_LIMIT": "1", "LANG": "C.UTF-8"}
    if "TESSDATA_PREFIX" in os.environ:
        environment["TESSDATA_PREFIX"] = os.environ["TESSDATA_PREFIX"]
    try:
        done = subprocess.run(
            [PROGRAM, *arguments], env=environment, capture_output=True, timeout=SECONDS_EACH, check=True
        )
    except FileNotFoundError:
        raise Refused("no_reader") from None
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        raise Refused("not_read") from None
    return done.stdout or done.stderr
