"""The service as a browser meets it: a threaded server on loopback, style sheets and scripts included."""

import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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


@contextmanager
def serving(media: Path) -> Iterator[str]:
    """Answer on a free port with files below `media`; yields the address."""
    build_once()
    folders = [BUILT, *settings.STATICFILES_DIRS]
    with override_settings(STATICFILES_DIRS=folders, MEDIA_ROOT=str(media)):
        server = ThreadedWSGIServer(("127.0.0.1", 0), QuietWSGIRequestHandler, connections_override={})
        server.set_app(StaticFilesHandler(WSGIHandler()))
        thread = threading.Thread(target=server.serve_forever, args=[0.05], daemon=True)
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
