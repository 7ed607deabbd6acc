import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.test import RequestFactory

from nsvcs import health
from nsvcs.celery import SEEN_KEY, seen

pytestmark = pytest.mark.django_db


def asked(rf: RequestFactory) -> tuple[int, dict[str, Any]]:
    answer = health.health(rf.get("/health"))
    return answer.status_code, json.loads(answer.content)


def test_a_missing_broker_and_worker_are_waited_for_and_nothing_is_wrong(rf: RequestFactory) -> None:
    status, found = asked(rf)
    assert (status, found["ok"]) == (200, True)
    assert (found["database"], found["migrations"], found["storage"]) == ("ok", "ok", "ok")
    assert (found["broker"], found["worker"]) == ("waiting", "waiting")


def test_a_worker_seen_lately_is_well_and_one_long_silent_is_waited_for(rf: RequestFactory) -> None:
    seen()
    assert asked(rf)[1]["worker"] == "ok"
    cache.set(SEEN_KEY, (datetime.now(UTC) - timedelta(minutes=5)).isoformat())
    assert asked(rf)[1]["worker"] == "waiting"


def test_files_that_cannot_be_kept_are_a_failure(rf: RequestFactory, settings: Any, tmp_path: Path) -> None:
    (tmp_path / "full").write_text("in the way")
    settings.MEDIA_ROOT = str(tmp_path / "full")
    status, found = asked(rf)
    assert (status, found["storage"]) == (503, "failing")


def test_a_lost_database_is_a_failure(rf: RequestFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost() -> str:
        raise DatabaseError

    monkeypatch.setitem(health.CHECKS, "database", lost)
    assert asked(rf)[0] == 503


def test_no_probe_is_left_behind(rf: RequestFactory, settings: Any) -> None:
    asked(rf)
    assert list(Path(settings.MEDIA_ROOT).iterdir()) == []
