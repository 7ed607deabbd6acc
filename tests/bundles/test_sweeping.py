import io
import os
import time
from pathlib import Path

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection

from bundles.building import sweeping
from bundles.models import Bundle, BundleFile
from bundles.tasks import ask_for_sweep
from jobs.actions import run_due
from jobs.models import Job
from logs.models import Evidence, Rendition
from nsvcs import celery, storage
from nsvcs.identity import acting_as
from tests.bundles.test_actions import ask_for, world

__all__ = ["world"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def names(world):
    """The names of every kind of file that a row can name: an original, its copies, a bundle, those beside it."""
    worker, case = world
    ask_for(case, worker)
    run_due()
    found = [
        name
        for model in (Evidence, Rendition, Bundle, BundleFile)
        for name in model.objects.values_list("storage_name")
    ]
    return {name for (name,) in found if name}


def age(*paths: Path) -> None:
    two_days_ago = time.time() - 2 * 24 * 60 * 60
    for path in paths:
        os.utime(path, (two_days_ago, two_days_ago))


@pytest.fixture
def media(settings):
    return Path(settings.MEDIA_ROOT)


def test_no_model_names_a_file_that_the_sweep_does_not_know():
    tables = {
        model._meta.db_table
        for model in apps.get_models()
        if {field.name for field in model._meta.fields} & {"storage_name", "file", "stored_name"}
    }
    known = {"logs_arrival", "logs_evidence", "logs_rendition", "bundles_bundle", "bundles_bundlefile"}
    names_of_bundles = {"bundles_portalcopy", "cases_sharelink"}  # a bundle's own file, which its row names too
    assert tables == {*known, *names_of_bundles, "bundles_bundlepart", "bundles_owncopy"}


def test_files_of_every_case_are_known_to_nobody_in_particular(names):
    assert len(names) == 10
    with acting_as(process="worker"):
        assert Evidence.objects.count() == 0
        assert sweeping.stored_names([*names, storage.new_name()]) == names


@pytest.mark.h("H30")
def test_daily_sweep_removes_what_no_row_names_and_nothing_else(names, media, settings, tmp_path, caplog):
    """H30: the sweep leaves no orphan, and takes no file that a row of any case names."""
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "arriving")
    old, young = (storage.file_store().store(io.BytesIO(b"x")).name for _ in range(2))
    left = [media / old, media.parent / "bundle-work" / "0f", tmp_path / "arriving" / "upload"]
    left[1].mkdir(parents=True, exist_ok=True)
    left[2].parent.mkdir()
    left[2].write_bytes(b"half")
    age(*left, *(media / name for name in names))

    ask_for_sweep()
    ask_for_sweep()
    run_due()

    assert [path for path in left if path.exists()] == []
    assert [name for name in {*names, young} if not (media / name).is_file()] == []
    assert Job.objects.get(kind="sweep_files").state == Job.State.DONE
    assert "swept 1 files" in caplog.text
    assert old not in caplog.text


def test_sweep_that_sees_no_rows_removes_nothing_and_says_so(names, media, monkeypatch, caplog):
    monkeypatch.setattr(sweeping, "stored_names", lambda names: set())
    age(*(media / name for name in names))

    ask_for_sweep()
    run_due()

    assert [name for name in names if not (media / name).is_file()] == []
    assert Job.objects.get(kind="sweep_files").error_code == "too_many_orphans"
    assert "no file swept: 10 of" in caplog.text


def test_the_function_is_the_workers_alone():
    with pytest.raises(ProgrammingError, match="permission denied"), acting_as(), connection.cursor() as cursor:
        cursor.execute("SELECT stored_names('{}')")


def test_sweep_is_asked_for_every_day():
    assert ask_for_sweep.name in celery.DAILY
