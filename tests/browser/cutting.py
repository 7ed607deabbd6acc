"""Lines that drop after so many bytes, as often as is asked; that are shut for some addresses; that are slow."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, Route

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


class Shut:
    """What is asked of an address fails until it is opened.

    Its route stays: if it were taken away while a request is being handed to it, that request would hang, unheard of.
    """

    def __init__(self, place: Page | BrowserContext, address: str) -> None:
        """Shut it for one page, or for all of a browser."""
        self.is_open, self.refused = False, 0
        place.route(address, self._each)

    def _each(self, route: Route) -> None:
        if self.is_open:
            return route.continue_()
        self.refused += 1
        return route.abort()

    def open(self) -> None:
        """From now on everything gets through."""
        self.is_open = True


def stop_the_clock(page: Page) -> None:
    """From now on no wait of the page's ends by itself: the test says how much time has passed, on any machine."""
    page.clock.install()
    page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))


def slow_line(page: Page, address: str, milliseconds: int) -> None:
    """Each request to this address takes so long by the page's own clock, which is stopped."""
    stop_the_clock(page)

    def slowly(route: Route) -> None:
        page.clock.run_for(milliseconds)
        route.continue_()

    page.route(address, slowly)
