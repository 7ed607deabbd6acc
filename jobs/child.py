"""Run one function in a fresh, limited Python process: for anything that opens a stranger's file.

The child gets file paths and plain values, never bytes of the parent's memory: no database, no secret in its
environment, no inherited descriptor and no network. Too much memory, time or disk ends the child, not the worker.
"""

import ctypes
import errno
import importlib
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol, TypeAlias

from jobs import nursery
from jobs.nursery import Warm

ROOT = Path(__file__).resolve().parent.parent
MARKER = "NSVCS_CHILD"
MEGABYTE = 1024 * 1024
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
STOP_SECONDS = 0.3
# On a busy machine a sound child gets its processor time late; one that only waits is ended all the same.
WAITS, LONGEST_WAIT_SECONDS = 8, 20 * 60
DIE_WITH_PARENT = 1  # prctl's PR_SET_PDEATHSIG
DISK_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
Process: TypeAlias = "subprocess.Popen[bytes] | Warm"
NETWORK_EVENTS = ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo")


class Stop(Protocol):
    """Says when a child is not wanted any more; an event, or anything that is asked the same way."""

    def is_set(self) -> bool:
        """Whether it is to end."""


class Refused(Exception):
    """Raised by a target that will not do its work for a reason the caller can name."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ChildFailed(Exception):
    """The child gave no result.

    Attributes:
        code: `memory`, `time`, `disk`, `crash`, `stopped`, or `refused:` and the target's own code.
        detail: the class of the error, or the signal; never its message, which may hold what a person wrote.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class Outcome:
    """What the target returned, and what it cost."""

    result: dict[str, Any]
    peak_rss_bytes: int
    cpu_seconds: float
    has_own_network: bool


def run(
    target: str,
    payload: Mapping[str, Any],
    *,
    memory_mb: int,
    seconds: int,
    waiting: int | None = None,
    file_mb: int = 2048,
    nice: int = 0,
    stop: Stop | None = None,
) -> Outcome:
    """Call `target` with `payload` in a child process and wait for it.

    Args:
        target: `package.module:function`; the function takes and returns a dict that JSON can carry.
        payload: what the function is called with; files go by path.
        memory_mb: address space the child may use, in megabytes.
        seconds: processor time it may take.
        waiting: seconds on the clock until it is ended, whatever it does; without it many times its processor time.
            To be given where somebody waits for a page.
        file_mb: the largest file it may write, in megabytes.
        nice: how far it steps back behind other processes.
        stop: once this is set, the child is ended within half a second.

    Raises:
        ChildFailed: it was refused or stopped, or ran out of memory, time or disk, or crashed.
    """
    order = {"target": target, "payload": dict(payload), "memory_mb": memory_mb, "seconds": seconds}
    process = nursery.start(target.partition(":")[0], _environment(), ROOT) or _from_nothing()
    order |= {"file_mb": file_mb, "nice": nice, "parent": process.parent if isinstance(process, Warm) else os.getpid()}
    try:
        answer = _answer(process, json.dumps(order).encode(), waiting or _longest_wait(seconds), stop)
    finally:
        _end_group(process)
    return _outcome(answer, process.returncode)


def _longest_wait(seconds: int) -> int:
    # Below the time that a job may take (`nsvcs.celery`), unless the processor time alone is more.
    return max(seconds, min(seconds * WAITS, LONGEST_WAIT_SECONDS))


def make_ready(*modules: str) -> None:
    """Have modules of targets loaded meanwhile: the first child of each is going to be wanted soon."""
    for module in modules:
        nursery.make_ready(module, _environment(), ROOT)


def _from_nothing() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-s", "-m", "jobs.child"],
        cwd=ROOT,
        env=_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _answer(process: "Process", order: bytes | None, seconds: int, stop: Stop | None) -> bytes:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        if stop is not None and stop.is_set():
            raise ChildFailed("stopped")
        try:
            return process.communicate(order, timeout=min(left, STOP_SECONDS) if stop else left)[0]
        except subprocess.TimeoutExpired:
            order = None  # it has been sent, or is still being sent
    raise ChildFailed("time", "waited too long")


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "FONTCONFIG_FILE") if name in os.environ}
    # A fixed hash seed: sets of strings come out in the same order in every build.
    return kept | {"LANG": "C.UTF-8", "PYTHONHASHSEED": "0", MARKER: "1"}


def _end_group(process: "Process") -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            with suppress(OSError):
                pipe.close()


def _outcome(answer: bytes, returncode: int) -> Outcome:
    try:
        told = json.loads(answer)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        code = "time" if -returncode == signal.SIGXCPU else "crash"
        raise ChildFailed(code, f"ended with {returncode}")
    if "failed" in told:
        raise ChildFailed(told["failed"], told["detail"])
    return Outcome(told["result"], told["peak_rss_bytes"], told["cpu_seconds"], told["has_own_network"])


# --- inside the child ---------------------------------------------------------------------------------------------


def main() -> None:
    """Read one order, obey it within its limits, write one answer."""
    answers = _private_answers()
    order = json.loads(sys.stdin.buffer.read())
    _limit(order)
    has_own_network = _cut_network()
    answers.write(json.dumps(_obey(order) | {"has_own_network": has_own_network}).encode())
    answers.close()
    # No tidying up: threads or libraries that hang at exit must not hold the caller.
    os._exit(0)


def _private_answers() -> BinaryIO:
    """Keep the answer's descriptor to ourselves; whatever a library prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _limit(order: Mapping[str, Any]) -> None:
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != order["parent"]:
            os._exit(1)
    os.nice(order["nice"])
    memory, seconds, size = order["memory_mb"] * MEGABYTE, order["seconds"], order["file_mb"] * MEGABYTE
    limits = ((resource.RLIMIT_AS, memory), (resource.RLIMIT_FSIZE, size), (resource.RLIMIT_CORE, 0))
    # At the first of both a signal says that it was the time; at the second there is no more asking.
    for kind, limit, last in (
        *((kind, limit, limit) for kind, limit in limits),
        (resource.RLIMIT_CPU, seconds, seconds + 1),
    ):
        hard = resource.getrlimit(kind)[1]
        allowed, most = (each if hard == resource.RLIM_INFINITY else min(each, hard) for each in (limit, last))
        with suppress(ValueError, OSError):  # macOS refuses an address space limit
            resource.setrlimit(kind, (allowed, most))


def _cut_network() -> bool:
    """Leave the network: its own empty one where the kernel allows, and no connection from Python anywhere."""
    has_own_network = False
    with suppress(OSError, AttributeError):
        has_own_network = _unshare_network()
    sys.addaudithook(_refuse_network)
    return has_own_network


def _unshare_network() -> bool:
    uid, gid = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) == 0:
        return True
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        return False
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    return True


def _refuse_network(event: str, args: tuple[Any, ...]) -> None:
    # Unix sockets too: the database listens on one.
    if event in NETWORK_EVENTS or (event == "socket.__new__" and args[1] in (socket.AF_INET, socket.AF_INET6)):
        raise PermissionError(errno.EACCES, "no network here")


def _obey(order: Mapping[str, Any]) -> dict[str, Any]:
    try:
        module, _, name = order["target"].partition(":")
        result = getattr(importlib.import_module(module), name)(order["payload"])
        usage = resource.getrusage(resource.RUSAGE_SELF)
        cost = {"peak_rss_bytes": _peak_rss(), "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 3)}
        return {"result": result} | cost
    except Refused as refused:
        return {"failed": f"refused:{refused.code}", "detail": "Refused"}
    except MemoryError:
        return {"failed": "memory", "detail": "MemoryError"}
    except BaseException as error:  # some libraries' fatal errors are no ordinary Exception
        return {"failed": "disk" if _is_of_disk(error) else "crash", "detail": type(error).__name__}


def _is_of_disk(error: BaseException) -> bool:
    """Libraries that write by themselves tell the system's words for it, in an error of their own."""
    if isinstance(error, OSError) and error.errno in DISK_ERRORS:
        return True
    said = str(error)
    return any(os.strerror(number) in said for number in DISK_ERRORS)


def _peak_rss() -> int:
    # Not ru_maxrss: on Linux that begins at the parent's size at the moment of the fork.
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    # By its real name: a target that imports Refused from jobs.child must raise the class that is caught here.
    importlib.import_module("jobs.child").main()
