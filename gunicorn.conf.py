"""How the web process runs: a few processes with threads, since requests wait for the database."""

import gc
import os
from typing import Any

bind = f"{os.environ.get('WEB_HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "0")) or min(4, max(2, os.cpu_count() or 2))
worker_class = "gthread"
threads = 8
timeout = 120
graceful_timeout = 20
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
accesslog = None  # a victim's address and the pages she opens are written nowhere
control_socket_disable = True


def post_worker_init(worker: Any) -> None:
    """Leave the code's own hundred thousand objects out of every later search for garbage, each a pause of 60 ms."""
    gc.collect()
    gc.freeze()
