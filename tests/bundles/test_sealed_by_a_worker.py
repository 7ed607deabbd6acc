"""What lies beside a bundle that a worker made, and what happens when the time stamp authority is away."""

import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from audit.queries import head_of
from bundles.building.words import failure_sentence
from bundles.models import Bundle, BundleFile
from bundles.seals import stamping
from bundles.seals.certificates import self_made
from bundles.seals.recognising import Found, of_digest, of_file
from jobs.actions import run, run_due
from jobs.models import Job
from logs.actions import record_incident
from logs.models import Evidence
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from nsvcs.storage import file_store
from tests.bundles.test_actions import ask_for, world
from tests.factories import UserFactory

__all__ = ["world"]
pytestmark = pytest.mark.django_db
BESIDE = {"list", "table", "list_stamp", "head_stamp"}


def listed_in(bundle: Bundle) -> dict[str, Any]:
    with file_store().open(bundle.files.get(kind="list").storage_name) as file:
        found: dict[str, Any] = json.load(file)
    return found


def test_police_bundle_has_a_pack_with_every_original_and_the_head_of_its_log(world: Any) -> None:
    worker, case = world
    bundle = ask_for(case, worker)
    run_due()
    bundle.refresh_from_db()
    files = {each.kind: each for each in bundle.files.all()}
    listed = listed_in(bundle)

    assert set(files) == {*BESIDE, "pack"}
    assert listed["files"][0]["sha256"] == bundle.sha256
    with acting_as(worker.pk):
        head = head_of(case.pk)
        assert head is not None
        assert listed["seal"]["log_head"]["sequence"] <= head.sequence
        assert of_digest(bundle.sha256) == of_digest(files["pack"].sha256) == Found.UNCHANGED
    with file_store().path_or_copy(files["pack"].storage_name) as path, zipfile.ZipFile(path) as pack:
        assert of_file(str(path)) == Found.UNCHANGED
        assert pack.read("document/data/originals/E1.jpg") == original(Evidence.objects.get())
        assert not any("photo" in name or "jpeg" in name for name in pack.namelist())


def original(evidence: Evidence) -> bytes:
    with file_store().open(evidence.storage_name) as file:
        return file.read()


def test_what_lies_beside_a_bundle_is_seen_by_whoever_has_the_case(world: Any) -> None:
    worker, case = world
    bundle = ask_for(case, worker, evidence_ids=[])
    run_due()
    stranger = UserFactory()

    with acting_as(worker.pk):
        assert BundleFile.objects.visible_to(worker).filter(bundle=bundle).count() == 5
        assert head_of(case.pk) is not None
    with acting_as(stranger.pk):
        assert BundleFile.objects.count() == BundleFile.objects.visible_to(stranger).count() == 0
        assert head_of(case.pk) is None


def test_court_bundle_has_no_pack_and_tells_no_digest_of_a_tiny_file(world: Any) -> None:
    worker, case = world
    fields = {"occurred_on": timezone.localdate() - timedelta(days=1), "what_happened": "He sent a number."}
    tiny = SimpleUploadedFile("number.txt", b"07700 900123\n")
    record_incident(draft_id=uuid7(), case=case, fields=fields, files=[tiny], by=case.victim.user)
    run_due()

    bundle = ask_for(case, worker, recipient="court")
    run_due()
    bundle.refresh_from_db()
    digest = Evidence.objects.get(size_bytes__lt=100).sha256
    with file_store().path_or_copy(bundle.storage_name) as path:
        data = Path(path).read_bytes()

    assert {each.kind for each in bundle.files.all()} == BESIDE
    assert digest not in json.dumps(listed_in(bundle))
    assert digest.encode() not in data


@pytest.fixture
def away(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An authority that nobody answers for."""
    monkeypatch.setattr(stamping, "PAUSE_SECONDS", 0)
    (tmp_path / "root.pem").write_bytes(self_made().root.certificate.public_bytes(Encoding.PEM))
    settings.TIMESTAMP_URL, settings.TIMESTAMP_ROOT = "http://127.0.0.1:9/", str(tmp_path / "root.pem")


@pytest.mark.usefixtures("away")
def test_a_bundle_without_a_time_stamp_waits_in_the_queue_and_is_made_later(world: Any, settings: Any) -> None:
    worker, case = world
    bundle = ask_for(case, worker, evidence_ids=[])
    job = Job.objects.get(kind="bundle")

    run(job.pk)
    job.refresh_from_db()
    bundle.refresh_from_db()
    assert (job.state, bundle.state, bundle.storage_name) == ("queued", "building", "")
    assert job.not_before > timezone.now()

    settings.TIMESTAMP_URL = settings.TIMESTAMP_ROOT = ""
    Job.objects.filter(pk=job.pk).update(not_before=timezone.now())
    run(job.pk)
    bundle.refresh_from_db()
    assert bundle.state == "ready"


@pytest.mark.usefixtures("away")
def test_at_last_it_says_that_the_authority_does_not_answer(world: Any) -> None:
    worker, case = world
    bundle = ask_for(case, worker, evidence_ids=[])
    Job.objects.filter(kind="bundle").update(attempts=3)

    run(Job.objects.get(kind="bundle").pk)
    bundle.refresh_from_db()

    assert (bundle.state, bundle.error_code) == ("failed", "timestamp_unreachable")
    assert "The time stamp authority does not answer" in failure_sentence(bundle, Job.objects.get(kind="bundle"))


def test_a_certificate_that_cannot_be_used_fails_the_bundle_by_name(world: Any, settings: Any, tmp_path: Path) -> None:
    worker, case = world
    bundle = ask_for(case, worker, evidence_ids=[])
    settings.SEAL_CERTIFICATE = str(tmp_path / "none.pem")

    run_due()
    bundle.refresh_from_db()

    assert (bundle.state, bundle.error_code) == ("failed", "seal_certificate")
    assert "cannot be used" in failure_sentence(bundle, Job.objects.get(kind="bundle"))
