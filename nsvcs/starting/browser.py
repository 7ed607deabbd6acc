"""The browser of the tests: a system Chromium if there is one, else the one inside the npm package, unpacked once."""

import io
import os
import platform
import shutil
import tarfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import brotli

from nsvcs.embedded import SetUpError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A page of a test lives for a second: what a browser compiles better in the background is not ready before it is gone.
SHORT_LIVED = "--js-flags=--no-opt --no-maglev --single-threaded-gc"
ALWAYS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", SHORT_LIVED]
# What the packed one needs: it is a headless shell. Not --single-process: there it ends with the first window closed.
PACKED = ["--headless=shell", "--no-zygote"]
PACKED_FOR = "x86_64"
# Python 3.11 knows this from its fourth patch on; the archive is held to its hash either way.
CAREFUL: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}


@dataclass(frozen=True)
class Browser:
    """Where the program is, and how it has to be started."""

    program: Path
    arguments: list[str]
    environment: dict[str, str] = field(default_factory=dict)


def find_browser(var: Path, modules: Path) -> Browser:
    """The browser to test with.

    Raises:
        SetUpError: there is none, with what to do.
    """
    for name in NAMES:
        if found := shutil.which(name):
            return Browser(Path(found), ALWAYS)
    package = modules / "@sparticuz" / "chromium"
    if not package.exists():
        raise SetUpError("There is no browser to test with: run bin/test, which installs one.")
    if platform.machine() != PACKED_FOR:
        raise SetUpError("There is no browser to test with on this kind of machine: install Chromium, then run again.")
    folder = _unpacked(package, var / "browser")
    libraries = f"{folder / 'al2023' / 'lib'}{os.pathsep}{os.environ.get('LD_LIBRARY_PATH', '')}".rstrip(os.pathsep)
    return Browser(folder / "chromium", ALWAYS + PACKED, {"LD_LIBRARY_PATH": libraries})


def _unpacked(package: Path, target: Path) -> Path:
    """Unpack beside, then rename, so that a half-done folder is never used."""
    stamp = target / "from"
    wanted = (package / "package.json").read_text()
    if stamp.exists() and stamp.read_text() == wanted:
        return target
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    draft.mkdir(parents=True)
    program = draft / "chromium"
    program.write_bytes(brotli.decompress((package / "bin" / "chromium.br").read_bytes()))
    program.chmod(0o755)
    for name, inside in (("swiftshader", draft), ("al2023", draft / "al2023")):
        packed = brotli.decompress((package / "bin" / f"{name}.tar.br").read_bytes())
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(inside, **CAREFUL)  # noqa: S202 - the archive of a package held to its hash
    (draft / "from").write_text(wanted)
    shutil.rmtree(target, ignore_errors=True)
    draft.rename(target)
    return target
