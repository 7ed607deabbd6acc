"""Children that need not start from nothing: a process that has loaded a target's libraries, and forks for each order.

To start Python and load a library takes longer than most of what children do with it. One process for each module of
targets loads it once; it is given no order and no file, only the two pipes that the child reads its order from and
answers on, so nothing of one file is in the memory that the next child begins with. It ends with the process that
started it, and when nobody has asked it for anything for some time.
"""

import atexit
import os
import select
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

IDLE_SECONDS = 30.0
MOST = 12  # a bundle and its gate come to ten
CHUNK = 65_536


class Warm:
    """A child of a nursery, used as a `subprocess.Popen` is.

    Attributes:
        pid: its own; `parent` the nursery's.
        returncode: as `subprocess` has it, once it was waited for.
    """

    stdin = stdout = None

    def __init__(self, nursery: "Nursery", pid: int, order_end: int, answer_end: int) -> None:
        self.nursery, self.pid, self.parent = nursery, pid, nursery.process.pid
        self.order_end, self.answer_end = order_end, answer_end
        self.order, self.got = memoryview(b""), b""
        self.returncode = 0

    def communicate(self, order: bytes | None, timeout: float) -> tuple[bytes, None]:
        """Send the order, the first time it is called, and wait for the answer.

        Raises:
            subprocess.TimeoutExpired: it is not there yet; call again without an order.
        """
        if order is not None:
            self.order = memoryview(order)
        until = time.monotonic() + timeout
        with selectors.DefaultSelector() as waiting:
            waiting.register(self.answer_end, selectors.EVENT_READ)
            if self.order_end >= 0:
                waiting.register(self.order_end, selectors.EVENT_WRITE)
            while True:
                ready = waiting.select(max(0.0, until - time.monotonic()))
                if not ready:
                    raise subprocess.TimeoutExpired("child", timeout)
                for key, _ in ready:
                    if key.fd == self.order_end:
                        self._send(waiting)
                    elif piece := os.read(self.answer_end, CHUNK):
                        self.got += piece
                    else:
                        return self.got, None

    def _send(self, waiting: selectors.BaseSelector) -> None:
        with suppress(BrokenPipeError):  # it has ended: so does its answer
            self.order = self.order[os.write(self.order_end, self.order[:CHUNK]) :]
            if self.order:
                return
        waiting.unregister(self.order_end)
        os.close(self.order_end)
        self.order_end = -1

    def wait(self) -> int:
        """How it ended; call it when it has, or was killed."""
        for end in (self.order_end, self.answer_end):
            if end >= 0:
                os.close(end)
        self.order_end = self.answer_end = -1
        self.returncode = self.nursery.reap(self.pid)
        return self.returncode


class Nursery:
    """The process that has one module loaded, as its parent sees it."""

    def __init__(self, module: str, environment: Mapping[str, str], folder: Path) -> None:
        self.lock = threading.Lock()
        self.running = 0
        self.line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-s", "-m", "jobs.nursery", str(theirs.fileno()), module, str(IDLE_SECONDS)],
                cwd=folder,
                env=dict(environment),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

    def start(self) -> Warm | None:
        """A new child; none where the nursery has ended, or cannot load its module."""
        order_read, order_write = os.pipe()
        answer_read, answer_write = os.pipe()
        pid = self._ask(b"start", [order_read, answer_write])
        os.close(order_read)
        os.close(answer_write)
        if pid is None:
            os.close(order_write)
            os.close(answer_read)
            return None
        os.set_blocking(order_write, False)
        return Warm(self, pid, order_write, answer_read)

    def reap(self, pid: int) -> int:
        """The code with which a child ended; as if killed where nobody is left to tell."""
        told = self._ask(f"reap {pid}".encode(), [])
        with self.lock:
            self.running -= 1
        return -signal.SIGKILL if told is None else told

    def _ask(self, what: bytes, ends: list[int]) -> int | None:
        with self.lock:
            self.running += what == b"start"
            with suppress(OSError):
                socket.send_fds(self.line, [what], ends)
                if answer := self.line.recv(64):
                    return int(answer)
            self.running -= what == b"start"
        return None

    def end(self) -> None:
        """Let it go; what it still has running ends with it."""
        self.line.close()
        self.process.wait()


# By module and environment: a child sees the path and fonts that its caller has.
Key = tuple[str, frozenset[tuple[str, str]]]
_kept: OrderedDict[Key, Nursery] = OrderedDict()
_lock = threading.Lock()


def start(module: str, environment: Mapping[str, str], folder: Path) -> Warm | None:
    """A child that has a module loaded; none where there can be none, and one has to be started from nothing.

    Args:
        module: the module of the target.
        environment: of the child, whole.
        folder: in which it runs.
    """
    if sys.platform != "linux":
        return None
    for _ in range(2):  # the one that is kept may have ended, having had nothing to do
        nursery = _nursery(module, environment, folder)
        if nursery and (child := nursery.start()):
            return child
        if nursery:
            _drop(nursery)
    return None


def make_ready(module: str, environment: Mapping[str, str], folder: Path) -> None:
    """Have a module loaded from now on, without waiting until it is; arguments as for `start`."""
    if sys.platform != "linux":
        return
    nursery = _nursery(module, environment, folder)
    if nursery and nursery.process.poll() is not None:
        _drop(nursery)
        _nursery(module, environment, folder)


def _nursery(module: str, environment: Mapping[str, str], folder: Path) -> Nursery | None:
    key = (module, frozenset(environment.items()))
    with _lock:
        nursery = _kept.get(key)
        if nursery is None:
            try:
                nursery = _kept[key] = Nursery(module, environment, folder)
            except OSError:
                return None
        _kept.move_to_end(key)
        idle = [name for name, each in _kept.items() if not each.running and name != key]
        gone = [_kept.pop(name) for name in idle[: max(0, len(_kept) - MOST)]]
    for each in gone:
        each.end()
    return nursery


def _drop(nursery: Nursery) -> None:
    with _lock:
        for key in [key for key, each in _kept.items() if each is nursery]:
            del _kept[key]
    nursery.end()


def _forget() -> None:
    """In a process that was forked off: the nurseries are its parent's, and must see that one end."""
    global _lock
    _lock = threading.Lock()
    for nursery in _kept.values():
        nursery.line.close()
    _kept.clear()


def _end_all() -> None:
    while _kept:
        _kept.popitem()[1].end()


os.register_at_fork(after_in_child=_forget)
atexit.register(_end_all)


# --- inside the nursery -------------------------------------------------------------------------------------------


def main() -> None:
    """Load the module, then fork for whoever asks, until the line closes or nobody has asked for some time."""
    line = socket.socket(fileno=int(sys.argv[1]))
    _load(sys.argv[2])
    idle_seconds = float(sys.argv[3])
    children: set[int] = set()
    while True:
        if not select.select([line], [], [], idle_seconds)[0]:
            if children:
                continue
            os._exit(0)
        asked, ends, *_ = socket.recv_fds(line, 64, 2)
        if not asked:
            os._exit(0)  # those that still run are told to end with their parent
        if asked == b"start":
            pid = _fork(line, ends)
            children.add(pid)
            line.send(str(pid).encode())
        else:
            pid = int(asked.split()[1])
            children.discard(pid)
            line.send(str(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])).encode())


def _load(name: str) -> None:
    import importlib

    module = importlib.import_module(name)
    # What a target imports only when it is called.
    getattr(module, "warm", lambda: None)()


def _fork(line: socket.socket, ends: list[int]) -> int:
    pid = os.fork()
    if pid:
        for end in ends:
            os.close(end)
        return pid
    try:
        line.close()
        os.setsid()
        os.dup2(ends[0], 0)
        os.dup2(ends[1], 1)
        for end in ends:
            os.close(end)
        with suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")  # the most memory held so far begins anew
        from jobs import child

        child.main()
    finally:
        os._exit(1)


if __name__ == "__main__":
    main()
