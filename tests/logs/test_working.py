"""Parts of an original are made once, and tried again when it was not the file's fault."""

from datetime import date
from io import BytesIO

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from jobs.actions import BACKOFF, run_due
from jobs.child import ChildFailed
from jobs.models import Job
from logs import copies
from logs.actions import record_incident
from logs.making import steps
from logs.models import Rendition
from nsvcs.ids import uuid7
from nsvcs.storage import StorageFull
from tests.factories import CaseFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def copy_job():
    case = CaseFactory(portal=True)
    content = BytesIO()
    Image.new("RGB", (60, 40), "red").save(content, "JPEG")
    fields = {"occurred_on": date(2026, 6, 3), "what_happened": "He rang."}
    files = [SimpleUploadedFile("a.jpg", content.getvalue())]
    record_incident(draft_id=uuid7(), case=case, fields=fields, files=files, by=case.victim.user)
    return Job.objects.get(kind="copy")


def failing(monkeypatch, failure, times):
    real, left = steps._child, [failure] * times

    def run(target, *args):
        if target == copies.IMAGE_COPY and left:
            raise left.pop()
        return real(target, *args)

    monkeypatch.setattr(steps, "_child", run)


def run_until_nothing_is_due():
    now = timezone.now()
    for attempt in range(6):
        with time_machine.travel(now + BACKOFF * attempt * 5):
            run_due()


@pytest.mark.parametrize("failure", [ChildFailed("crash", "ended with -9"), ChildFailed("time"), StorageFull()])
def test_a_child_ended_from_outside_is_tried_again(copy_job, monkeypatch, failure):
    failing(monkeypatch, failure, 2)
    run_until_nothing_is_due()
    made = set(Rendition.objects.filter(state="ok").values_list("kind", flat=True))
    assert made >= {"report", "page", "thumbnail"}


def test_what_fails_each_time_is_said_in_the_end(copy_job, monkeypatch):
    failing(monkeypatch, ChildFailed("crash"), 9)
    run_until_nothing_is_due()
    copy_job.refresh_from_db()
    assert Rendition.objects.get(kind="page").error_code == "crash"
    assert (copy_job.state, copy_job.attempts) == (Job.State.DONE, 4)


def test_a_picture_that_cannot_be_read_is_not_tried_again(copy_job, monkeypatch):
    failing(monkeypatch, ChildFailed("refused:unreadable"), 9)
    run_until_nothing_is_due()
    copy_job.refresh_from_db()
    assert Rendition.objects.get(kind="page").error_code == "unreadable"
    assert copy_job.attempts == 1
