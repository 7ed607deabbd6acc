"""What runs in the child process to read words off pictures.

A library reads English on every machine. The program `tesseract` reads instead where the machine has it with more of
our languages. Both are given pictures that we made, never a file that was sent.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jobs.child import Refused
from nsvcs import tessdata

READ = "logs.reading:read"
PROGRAM = "tesseract"
# The languages of the service's own pages, and Arabic; of these, those that the system has.
LANGUAGES = ("eng", "lit", "pol", "por", "ron", "ara")
OF_LIBRARY = ("eng",)
SECONDS_EACH = 60
LIST_SECONDS = 10
MOST_PIXELS = 40_000_000
PAGE_END = "\f"


def is_here() -> bool:
    """Whether this machine can read pictures."""
    return tessdata.is_here() or shutil.which(PROGRAM) is not None


def payload(sources: Sequence[Path], most: int, folder: Path) -> dict[str, Any]:
    """What `read` is called with: pictures, most characters of each, and where what the reader knows is unpacked."""
    knows = str(tessdata.unpacked(folder)) if tessdata.is_here() else ""
    return {"sources": [str(path) for path in sources], "most": most, "knows": knows}


def read(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Read each of the pictures at `sources`.

    Returns:
        `texts`: what each says, up to `most` characters of each; `reader`: what read it.

    Raises:
        Refused: `no_reader`: the system has none; `not_read`: it gave up.
    """
    sources, most = payload["sources"], int(payload["most"])
    knows = payload.get("knows", "")
    if not knows or len(_languages()) > len(OF_LIBRARY):
        return {"texts": [_by_program(source)[:most] for source in sources], "reader": _version()}
    texts, version = _by_library(sources, knows)
    return {"texts": [text[:most] for text in texts], "reader": version}


def _by_library(sources: Sequence[str], knows: str) -> tuple[list[str], str]:
    # Here, since neither web nor worker processes load it; one thread, as each further one takes address space.
    os.environ["OMP_THREAD_LIMIT"] = "1"
    import tesserocr
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    texts = []
    with tesserocr.PyTessBaseAPI(path=knows, lang="+".join(OF_LIBRARY), psm=tesserocr.PSM.AUTO) as reader:
        for source in sources:
            with Image.open(source) as picture:
                reader.SetImage(picture.convert("L"))
            if not reader.Recognize(SECONDS_EACH * 1000):
                raise Refused("not_read")
            texts.append(_plain(reader.GetUTF8Text()))
    return texts, tesserocr.tesseract_version().splitlines()[0][:40]


def _by_program(source: str) -> str:
    found = _run([source, "stdout", "-l", "+".join(_languages()) or "eng", "--psm", "3"])
    return _plain(found.decode("utf-8", "replace"))


def _plain(text: str) -> str:
    return text.replace(PAGE_END, " ").replace("\0", "").strip()


@cache
def _languages() -> tuple[str, ...]:
    if shutil.which(PROGRAM) is None:
        return ()
    listed = set(_run(["--list-langs"], LIST_SECONDS).decode("utf-8", "replace").split())
    return tuple(each for each in LANGUAGES if each in listed)


def _version() -> str:
    if shutil.which(PROGRAM) is None:
        raise Refused("no_reader")
    lines = _run(["--version"], LIST_SECONDS).decode("utf-8", "replace").splitlines()
    return lines[0][:40] if lines else PROGRAM


def _run(arguments: Sequence[str], seconds: int = SECONDS_EACH) -> bytes:
    # One thread: each further one takes address space of its own.
    environment = {"PATH": os.environ.get("PATH", ""), "OMP_THREAD_LIMIT": "1", "LANG": "C.UTF-8"}
    if "TESSDATA_PREFIX" in os.environ:
        environment["TESSDATA_PREFIX"] = os.environ["TESSDATA_PREFIX"]
    try:
        done = subprocess.run([PROGRAM, *arguments], env=environment, capture_output=True, timeout=seconds, check=True)
    except FileNotFoundError:
        raise Refused("no_reader") from None
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        raise Refused("not_read") from None
    return done.stdout or done.stderr
