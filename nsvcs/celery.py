"""The workers' settings. What is to be done is a row in the database; the broker only wakes somebody to look."""

import logging
import os
from datetime import UTC, datetime, timedelta

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_init
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nsvcs.settings")

HARD_LIMIT_SECONDS = 30 * 60
SOFT_LIMIT_SECONDS = 25 * 60
BROKER_WAIT_SECONDS = 0.4  # tried twice: a page waits under a second for a broker that is away
# A broker that hangs takes connections and says nothing. Who publishes waits this long, twice; a worker, which has
# nothing else to do, waits longer, but not for ever.
PUBLISHING = {"socket_timeout": 0.3}
BROKER_SILENT_SECONDS = 10
SEEN_KEY = "worker-seen"
SEEN_EVERY_SECONDS = 30
SEEN_KEPT_SECONDS = 600

log = logging.getLogger(__name__)
app = Celery("nsvcs")
app.conf.update(
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    task_default_queue="default",
    task_queues=[Queue("default"), Queue("bundles")],
    task_create_missing_queues=False,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_time_limit=HARD_LIMIT_SECONDS,
    task_soft_time_limit=SOFT_LIMIT_SECONDS,
    # Delivered again only long after the hard limit, so that a slow job is never taken for a lost one.
    broker_transport_options={
        "visibility_timeout": 4 * HARD_LIMIT_SECONDS,
        "socket_connect_timeout": BROKER_WAIT_SECONDS,
        "socket_timeout": BROKER_SILENT_SECONDS,
        "max_retries": 1,
        "interval_start": 0,
    },
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    task_publish_retry=False,
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    timezone="Europe/London",
    enable_utc=True,
)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.task(name="nsvcs.seen")
def seen() -> None:
    """Note that a worker was here: beat, broker and worker all had to work for it. Shown by `nsvcs.health`."""
    from django.core.cache import cache

    cache.set(SEEN_KEY, datetime.now(UTC).isoformat(), SEEN_KEPT_SECONDS)


@worker_init.connect
def refuse_unsafe_worker(**_: object) -> None:
    """End a worker whose database role or key is not as it must be.

    Raises:
        SystemExit: since the library logs any other error of a hook, and goes on.
    """
    from nsvcs import startup

    try:
        startup.refuse_if_unsafe("worker")
    except Exception as error:
        log.critical("refused to start: %s", error)
        raise SystemExit(1) from error


# By name, since this floor knows no room. A worker also sweeps and seals on a timer of its own: `jobs/timer.py`.
REGULARLY = {
    "nsvcs.seen": SEEN_EVERY_SECONDS,
    "jobs.sweep": 30,
    "audit.seal": 20,
    "logs.scans_due": 60,
    "logs.first_scans": 600,
    "logs.missing_parts": 600,
    "logs.tidy_passwords": 300,
    "logs.tidy_arrivals": 60 * 60,
    "referrals.look_at_referrals": 60 * 60,
}
DAILY = {
    "audit.keep_digest": crontab(hour=0, minute=20),
    "logs.check_originals": crontab(hour=2, minute=10),
    "logs.tidy_offline": crontab(hour=2, minute=50),
    "logs.second_looks": crontab(hour=3, minute=10),
    "referrals.support_due": crontab(hour=5, minute=20),
    "bundles.sweep_files": crontab(hour=3, minute=40),
    "referrals.late_equipment": crontab(hour=5, minute=20),
    "bundles.look_at_stamps": crontab(day_of_month=1, hour=4, minute=10),
}


@app.on_after_configure.connect
def _look_in_regularly(sender: Celery, **_: object) -> None:
    for name, seconds in REGULARLY.items():
        sender.add_periodic_task(timedelta(seconds=seconds), sender.signature(name), name=name, expires=seconds)
    for name, when in DAILY.items():
        sender.add_periodic_task(when, sender.signature(name), name=name)
