"""`bin/start`: the whole service on this machine, until Ctrl-C."""

import argparse
import contextlib
import fcntl
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import environ

from nsvcs.embedded import VAR, SetUpError
from nsvcs.embedded.place import open_var
from nsvcs.starting import machine
from nsvcs.starting.copy import ROOT, Copy
from nsvcs.starting.screen import say, step

LOOK_SECONDS = 5.0


def main() -> None:
    """Do what the command line asks; every expected failure is one sentence and exit code 1."""
    parser = argparse.ArgumentParser(prog="bin/start", description="Run the whole service on this machine.")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--empty", action="store_true", help="without the invented demo data")
    kind.add_argument("--check", action="store_true", help="bring up a throw-away copy, use it, and say how that went")
    asked = parser.parse_args()
    if (ROOT / ".env").exists():
        environ.Env.read_env(ROOT / ".env")
    os.umask(0o077)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # also where Ctrl-C was set to be ignored
        signal.signal(number, _interrupt)
    try:
        _check() if asked.check else _start(empty=asked.empty)
    except SetUpError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"{error.filename or VAR} cannot be used ({error.strerror}): put that right, then run this again.")
    except KeyboardInterrupt:
        sys.exit(130)


def _check() -> NoReturn:
    from nsvcs.starting.check import check

    sys.exit(check())


def _start(*, empty: bool) -> None:
    machine.need_room(VAR)
    open_var(VAR)
    with _only_one() as first:
        if not first:
            say(f"It is already running at {_noted('url')}. Stop it with Ctrl-C where it was started.")
            return
        copy = Copy(VAR, int(os.environ.get("PORT") or 8000))
        copy.children.clear_leftovers()
        machine.need_port(copy.port)
        say(f"Starting in {VAR}")
        with step("libraries for PDF"):
            machine.need_pango()
        _note(url=copy.url, empty=empty or bool(_noted("empty")))
        try:
            copy.start(with_demo=not _noted("empty"))
            _tell(copy)
            _stay(copy)
        finally:
            _stop(copy)


def _stay(copy: Copy) -> None:
    """Until Ctrl-C: start again whatever ends by itself."""
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            time.sleep(LOOK_SECONDS)
            copy.children.mend()
            with contextlib.suppress(SetUpError):
                copy.start_servers()


def _stop(copy: Copy) -> None:
    """A second Ctrl-C does not leave half of it running."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    say("\nStopping ...")
    copy.stop()
    say("Stopped; the data is kept.")


def _tell(copy: Copy) -> None:
    began = float(os.environ.get("NSVCS_BEGAN") or time.time())
    say(f"\nReady after {time.time() - began:.1f} s at {copy.url}")
    if _noted("empty"):
        say("No accounts yet. Make the first administrator with: .venv/bin/python manage.py first_administrator E-MAIL")
    else:
        _tell_demo(copy)
    say("Stop with Ctrl-C.")


def _tell_demo(copy: Copy) -> None:
    """The invented people, and the bundle that the worker built the first time."""
    for person in demo_people(copy.var):
        say("  " + "  ".join(f"{value:<28}" for value in person).rstrip())
    say("  Second factor: .venv/bin/python manage.py demo_code SIGN-IN")
    with step("evidence bundle by the worker"):
        path = str(_noted("bundle") or "")
        if not (path and Path(path).exists()):
            lines = copy.run("owner", "demo_bundle").split()
            path = lines[-1] if lines else ""
            _note(bundle=path)
    if path:
        say(f"Evidence bundle: {path}")


def demo_people(var: Path) -> list[list[str]]:
    """Role, sign-in, password of each invented person, and who it is, as `demo.json` holds them."""
    with contextlib.suppress(OSError, ValueError):
        people = json.loads((var / "demo.json").read_text())["people"]
        return [[str(person[name]) for name in ("role", "sign_in", "password", "label")] for person in people]
    return []


@contextlib.contextmanager
def _only_one() -> Iterator[bool]:
    """Whether no other `bin/start` runs in this folder; held until we end, however we end."""
    with (VAR / "start.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _noted(name: str) -> object:
    with contextlib.suppress(OSError, ValueError):
        return json.loads((VAR / "started.json").read_text()).get(name)
    return None


def _note(**facts: object) -> None:
    known: dict[str, object] = {}
    with contextlib.suppress(OSError, ValueError):
        known = json.loads((VAR / "started.json").read_text())
    (VAR / "started.json").write_text(json.dumps(known | facts))


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
