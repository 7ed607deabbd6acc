"""What the machine itself must bring: room on the disk, a free port, and the libraries that set pages."""

import ctypes
import os
import shutil
import socket
import subprocess
from pathlib import Path

from nsvcs.embedded import SetUpError

ROOM_NEEDED_BYTES = 300 * 1024 * 1024
LIBRARIES = {
    "gobject-2.0": "libgobject-2.0.so.0",
    "pango-1.0": "libpango-1.0.so.0",
    "pangoft2-1.0": "libpangoft2-1.0.so.0",
    "harfbuzz": "libharfbuzz.so.0",
    "harfbuzz-subset": "libharfbuzz-subset.so.0",  # without it fonts are cut otherwise: not the same file twice
    "fontconfig": "libfontconfig.so.1",
}
DEBIAN_PACKAGES = ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"]
COMMANDS = {
    "apt-get": f"apt-get install {' '.join(DEBIAN_PACKAGES)}",
    "dnf": "dnf install pango",
    "apk": "apk add pango",
    "brew": "brew install pango",
}


def need_room(folder: Path) -> None:
    """Refuse to begin on a full or read-only disk.

    Raises:
        SetUpError: with the sentence to show.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.write_bytes(b"probe")
        probe.unlink()
    except OSError as error:
        words = f"{folder} cannot be written ({error.strerror})"
        raise SetUpError(f"{words}: make it writable or free some space, then run this again.") from error
    free = shutil.disk_usage(folder).free
    if free < ROOM_NEEDED_BYTES:
        need, have = ROOM_NEEDED_BYTES // 1024**2, free // 1024**2
        raise SetUpError(f"{folder} has {have} MB left and {need} MB are needed: free some, then run this again.")


def need_port(port: int) -> None:
    """Refuse a port that another program holds.

    Raises:
        SetUpError: with the sentence to show.
    """
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind(("127.0.0.1", port))
        except OSError as error:
            words = f"Port {port} is in use by another program or not allowed"
            raise SetUpError(f"{words}: choose another, for example PORT={port + 1} bin/start.") from error


def free_port() -> int:
    """A port nobody holds at present."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def need_pango() -> None:
    """Make sure that pages can be set as PDF; install the libraries where that is allowed.

    Raises:
        SetUpError: with the exact command to run.
    """
    if not missing_libraries():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *DEBIAN_PACKAGES]
        for command in (["apt-get", "update", "-qq"], install):
            subprocess.run(command, check=False, env=environment, stdin=subprocess.DEVNULL)
    if missing := missing_libraries():
        raise SetUpError(f"Pango is incomplete ({', '.join(missing)} missing): {_command()}, then run this again.")


def missing_libraries() -> list[str]:
    """The names of the libraries that cannot be opened here."""
    return [name for name, file in LIBRARIES.items() if not (_opens(file) or _opens(f"lib{name}.dylib"))]


def _opens(file: str) -> bool:
    try:
        ctypes.CDLL(file)
    except OSError:
        return False
    return True


def _command() -> str:
    known = next((words for tool, words in COMMANDS.items() if shutil.which(tool)), "install Pango 1.44 or newer")
    needs_root = os.geteuid() != 0 and not known.startswith(("brew", "install"))
    return f"run {'sudo ' if needs_root else ''}{known}" if not known.startswith("install") else known
