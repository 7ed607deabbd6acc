"""The worker process's own timer: a lost beat or broker delays work, and loses none.

It starts with the worker and dies with it. While the broker is away it also does the waiting jobs itself.
"""

import logging
import threading
from typing import Any

from django.db import close_old_connections

from audit.actions import seal_waiting
from jobs import actions

log = logging.getLogger(__name__)
EVERY_SECONDS = 30.0
NAME = "nsvcs-timer"


def turn() -> None:
    """One round: bring back and wake, work if nobody can be woken, and seal the trail."""
    if actions.sweep().is_broker_away:
        actions.run_due()
    seal_waiting()


def _rounds(stop: threading.Event) -> None:
    while not stop.wait(EVERY_SECONDS):
        close_old_connections()
        try:
            turn()
        except Exception:
            log.exception("a round of the timer broke")
        finally:
            close_old_connections()


def start(**_: Any) -> threading.Event:
    """Start the timer; called once, when the worker is ready. Setting the returned event ends it."""
    stop = threading.Event()
    threading.Thread(target=_rounds, args=[stop], name=NAME, daemon=True).start()
    return stop
