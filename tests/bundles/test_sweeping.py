import io
import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection
from django.utils import timezone

from bundles.building import sweeping, working
from bundles.models import Bundle, BundleDraft, BundleFile, ComingFile, Redaction
from bundles.tasks import ask_for_sweep
from jobs.actions import run_due
from jobs.models import Job
from logs.models import Evidence, Rendition
from nsvcs import celery, storage
from nsvcs.identity import acting_as
from tests.bundles.test_actions import ask_for, world
from tests.factories import CaseFactory, UserFactory

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
    known |= {"referrals_letterfile"}
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


def test_choices_that_nobody_goes_on_with_are_swept_after_ninety_days():
    """Unfinished, thrown away or asked for; what was to be taken out by hand goes too, but of no bundle."""
    worker = UserFactory()
    case = CaseFactory(worker=worker)
    now = timezone.now()
    of = {"case": case, "user": worker}
    old, young = now - timedelta(days=90, minutes=1), now - timedelta(days=89)
    left = BundleDraft.objects.create(changed_at=old, **of)
    thrown = BundleDraft.objects.create(changed_at=old, used_at=old, **of)
    asked = BundleDraft.objects.create(changed_at=old, used_at=old, **of)
    kept = [
        BundleDraft.objects.create(changed_at=young, **of),
        BundleDraft.objects.create(changed_at=old, used_at=young, **of),
    ]
    for draft in (left, thrown, asked, kept[0]):
        Redaction.objects.create(
            choice_id=draft.pk, case=case, target="entry", object_id=case.pk, end=2, digest="0" * 64, reason="safety",
            by=worker, words="why",
        )  # fmt: skip
    bundle = Bundle.objects.create(
        id=asked.pk, case=case, recipient="police", purpose="x", asked_by=worker, asked_at=old
    )
    ask_for_sweep()
    run_due()
    assert set(BundleDraft.objects.values_list("pk", flat=True)) == {each.pk for each in kept}
    assert set(Redaction.objects.values_list("choice_id", flat=True)) == {bundle.pk, kept[0].pk}


def test_files_that_were_announced_and_never_named_go_however_many_they_are(names, media, caplog):
    """Their worker died between storing them and writing their rows: that is known, and nobody has to look."""
    now = timezone.now()
    lost = [storage.file_store().store(io.BytesIO(b"x")).name for _ in range(storage.FEW_ORPHANS + 3)]
    ages = {name: now - timedelta(days=2) for name in (*lost, *names)} | {storage.new_name(): now - timedelta(days=2)}
    young = storage.file_store().store(io.BytesIO(b"x")).name
    ComingFile.objects.bulk_create(ComingFile(name=name, at=at) for name, at in (ages | {young: now}).items())
    age(*(media / name for name in (*lost, *names)))

    ask_for_sweep()
    run_due()

    assert [name for name in lost if (media / name).exists()] == []
    assert [name for name in (*names, young) if not (media / name).is_file()] == []
    assert [row.name for row in ComingFile.objects.all()] == [young]
    assert Job.objects.get(kind="sweep_files").state == Job.State.DONE
    assert not set(caplog.text.split()) & set(lost)


def test_every_file_of_a_bundle_is_announced_and_struck_out_with_its_row(world, monkeypatch):
    worker, case = world
    seen, finish = [], working._finish

    def look_and_finish(*args):
        seen.append(set(ComingFile.objects.values_list("name", flat=True)))
        return finish(*args)

    monkeypatch.setattr(working, "_finish", look_and_finish)
    bundle = ask_for(case, worker)
    run_due()
    bundle.refresh_from_db()
    assert seen == [{bundle.storage_name, *bundle.files.values_list("storage_name", flat=True)}]
    assert not ComingFile.objects.exists()


def test_the_functions_are_the_workers_alone():
    with pytest.raises(ProgrammingError, match="permission denied"), acting_as(), connection.cursor() as cursor:
        cursor.execute("SELECT stored_names('{}')")
    with pytest.raises(ProgrammingError, match="permission denied"), acting_as(), connection.cursor() as cursor:
        cursor.execute("SELECT forget_drafts(now())")


def test_sweep_is_asked_for_every_day():
    assert ask_for_sweep.name in celery.DAILY
