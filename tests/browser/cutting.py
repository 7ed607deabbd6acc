"""A line that drops: between the browser and the service, cut after so many bytes, as often as is asked."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

CHUNK = 256 * 1024


class Line:
    """What is sent over it is counted; where a cut is due, both ends are reset in the middle of what they say."""

    def __init__(self, port: int, cuts: list[int]) -> None:
        """Lead to this port; cut after these numbers of bytes, counted together."""
        self.port, self.cuts, self.sent, self.dropped = port, sorted(cuts), 0, 0
        self.lock = threading.Lock()
        self.server = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://localhost:{self.server.getsockname()[1]}"

    def accept(self) -> None:
        """Until the server is closed."""
        with suppress(OSError):
            while True:
                near, _who = self.server.accept()
                far = socket.create_connection(("127.0.0.1", self.port))
                self._start(near, far, counts=True)
                self._start(far, near, counts=False)

    def _start(self, source: socket.socket, target: socket.socket, *, counts: bool) -> None:
        threading.Thread(target=self._carry, args=[source, target, counts], daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, counts: bool) -> None:
        with suppress(OSError):
            while some := source.recv(CHUNK):
                if counts and self._is_cut(len(some)):
                    reset(source)
                    reset(target)
                    return
                target.sendall(some)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def _is_cut(self, length: int) -> bool:
        with self.lock:
            self.sent += length
            if not self.cuts or self.sent < self.cuts[0]:
                return False
            self.cuts.pop(0)
            self.dropped += 1
            return True


def reset(end: socket.socket) -> None:
    """Close without a word, as a line does that is gone."""
    with suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        end.shutdown(socket.SHUT_RD)
    with suppress(OSError):
        end.close()


@contextmanager
def cut_line(base: str, cuts: list[int]) -> Iterator[Any]:
    """A line to the service at `base`."""
    line = Line(urlsplit(base).port or 80, cuts)
    threading.Thread(target=line.accept, daemon=True).start()
    try:
        yield line
    finally:
        line.server.close()
