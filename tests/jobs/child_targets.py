"""Functions that tests run in a child process."""

import ctypes
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from typing import Any

from jobs.child import Refused


class Fatal(BaseException):
    pass


def double(payload: dict[str, Any]) -> dict[str, Any]:
    print("a library that prints")
    return {"twice": payload["number"] * 2, "environment": dict(os.environ)}


def descriptors(payload: dict[str, Any]) -> dict[str, Any]:
    return {"open": [os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd") if _is_open(n)]}


def _is_open(number: str) -> bool:
    return os.path.lexists(f"/proc/self/fd/{number}")


_remembered: list[str] = []


def remember(payload: dict[str, Any]) -> dict[str, Any]:
    before = list(_remembered)
    _remembered.append(payload["words"])
    told = {"before": before, "own": os.getpid(), "parent": os.getppid()}
    return told | {"length": len(payload["words"])}


def hold(payload: dict[str, Any]) -> dict[str, Any]:
    held = b"x" * (payload["megabytes"] * 1024 * 1024)
    return {"size": len(held)}


def refuse(payload: dict[str, Any]) -> dict[str, Any]:
    raise Refused(payload["code"])


def fatal(payload: dict[str, Any]) -> dict[str, Any]:
    raise Fatal("a narrative that must not travel")


def eat_memory(payload: dict[str, Any]) -> dict[str, Any]:
    return {"size": len(bytearray(2 * 1024**3))}


def limits(payload: dict[str, Any]) -> dict[str, Any]:
    return {name: resource.getrlimit(getattr(resource, name))[0] for name in ("RLIMIT_AS", "RLIMIT_FSIZE")}


def sleep(payload: dict[str, Any]) -> dict[str, Any]:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    with open(payload["pids"], "w") as file:
        file.write(f"{os.getpid()} {child.pid}")
    time.sleep(60)
    return {}


def wait(payload: dict[str, Any]) -> dict[str, Any]:
    time.sleep(payload["seconds"])
    return {"waited": payload["seconds"]}


def work_for_ever(payload: dict[str, Any]) -> dict[str, Any]:
    while True:
        pass


def crash(payload: dict[str, Any]) -> dict[str, Any]:
    os.kill(os.getpid(), signal.SIGSEGV)
    return {}


def write_large(payload: dict[str, Any]) -> dict[str, Any]:
    with open(payload["path"], "wb") as file:
        file.write(bytes(3 * 1024 * 1024))
    return {}


def connect(payload: dict[str, Any]) -> dict[str, Any]:
    if payload["family"] == "unix":
        socket.socket(socket.AF_UNIX).connect(payload["address"])
    else:
        socket.create_connection(("127.0.0.1", payload["port"]), timeout=2)
    return {}


def connect_beneath_python(payload: dict[str, Any]) -> dict[str, Any]:
    """Connect as a C library would, past the audit hook."""
    libc = ctypes.CDLL(None, use_errno=True)
    number = libc.socket(2, 1, 0)
    address = b"\x02\x00" + payload["port"].to_bytes(2, "big") + bytes([127, 0, 0, 1]) + bytes(8)
    return {"answer": libc.connect(number, address, len(address))}


def fail_as_a_library_does(payload: dict[str, Any]) -> dict[str, Any]:
    raise RuntimeError(f"failed to write the file ({os.strerror(payload['errno'])})")
