"""The service as a browser meets it: a threaded server on loopback, style sheets and scripts included."""

import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import BaseServer

from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test import override_settings
from django.test.testcases import QuietWSGIRequestHandler

from nsvcs.frontend import build

BUILT = Path(settings.BASE_DIR) / "build" / "frontend"


def build_once() -> None:
    """Make the style sheets and scripts, unless they are there; test processes wait for one another."""
    BUILT.mkdir(parents=True, exist_ok=True)
    with (BUILT / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        build(Path(settings.BASE_DIR) / "node_modules", BUILT)


class Weather(BaseHTTPRequestHandler):
    """The neutral site that the exit leads to."""

    def do_GET(self) -> None:
        """One plain page."""
        page = b"<!doctype html><html lang=en><link rel=icon href=data:,><title>Weather</title><h1>Weather</h1></html>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serving(media: Path) -> Iterator[str]:
    """Answer on a free port with files below `media`; yields the address. The exit leads to a server of its own."""
    build_once()
    away = ThreadingHTTPServer(("127.0.0.1", 0), Weather)
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietWSGIRequestHandler, connections_override={})
    address = f"http://localhost:{server.server_port}"
    ours = {
        "STATICFILES_DIRS": [BUILT, *settings.STATICFILES_DIRS],
        "MEDIA_ROOT": str(media),
        "SITE_URL": address,
        "SAFE_EXIT_URL": f"http://127.0.0.1:{away.server_port}/weather",
    }
    with override_settings(**ours), _running(away), _running(server):
        server.set_app(StaticFilesHandler(WSGIHandler()))
        yield address


@contextmanager
def _running(server: BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=[0.05], daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
