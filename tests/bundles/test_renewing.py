"""Later time stamps, before an authority's certificate ends: beside the bundle, which stays the file it was."""

import hashlib
import subprocess
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings

from audit.models import Event
from bundles.models import Bundle, BundleFile
from bundles.releases.given_files import given_files
from bundles.seals.certificates import self_made, service_sealer
from bundles.seals.signing import BadMessage, Identity
from bundles.seals.stamping import OwnAuthority, signer_of
from bundles.tasks import ask_for_look_at_stamps
from jobs.actions import run_due
from jobs.models import Job
from nsvcs.identity import acting_as
from nsvcs.storage import file_store
from tests.bundles.test_releasing import ready_bundle
from tests.factories import CaseFactory, UserFactory

pytestmark = pytest.mark.django_db


def short_lived(days: int) -> OwnAuthority:
    """An authority under our root whose certificate ends soon."""
    root, key, now = self_made().root, ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Short")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(root.certificate.subject)
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=days))
    purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    signed = builder.add_extension(purpose, critical=True).sign(root.key, hashes.SHA256())
    return OwnAuthority(Identity(signed, key, (root.certificate,)))


@pytest.fixture
def worker(db: Any) -> Any:
    return UserFactory()


def bundle_stamped_by(worker: Any, authority: OwnAuthority) -> Bundle:
    bundle = ready_bundle(CaseFactory(portal=True, worker=worker), worker, edition="police")
    listed = b'{"seal": {}}'
    for kind, data in (("list", listed), ("list_stamp", authority.stamp(hashlib.sha256(listed).digest()))):
        stored = file_store().store(BytesIO(data))
        kept = {"storage_name": stored.name, "sha256": stored.sha256, "size_bytes": stored.size_bytes}
        BundleFile.objects.create(bundle=bundle, case=bundle.case, kind=kind, made_at=bundle.asked_at, **kept)
    return bundle


def look() -> None:
    Job.objects.filter(kind__in=["look_at_stamps", "stamp_again"]).delete()
    ask_for_look_at_stamps()
    run_due()


def read(row: BundleFile) -> bytes:
    with file_store().open(row.storage_name) as file:
        return bytes(file.read())


def test_a_bundle_whose_stamp_ends_soon_is_stamped_again_beside_it_and_others_find_that_valid(
    worker: Any, tmp_path: Path
) -> None:
    bundle = bundle_stamped_by(worker, short_lived(days=300))
    look()
    later, token = (bundle.files.get(kind=kind) for kind in ("later", "later_tsr"))
    told = dict(reversed(line.split("  ")) for line in read(later).decode().splitlines())
    assert told == {
        "bundle.pdf": bundle.sha256,
        "manifest.json": bundle.files.get(kind="list").sha256,
        "manifest.tsr": bundle.files.get(kind="list_stamp").sha256,
    }
    (tmp_path / "later.txt").write_bytes(read(later))
    (tmp_path / "later.tsr").write_bytes(read(token))
    (tmp_path / "root.pem").write_bytes(self_made().root.certificate.public_bytes(Encoding.PEM))
    command = ["openssl", "ts", "-verify", "-token_in", "-data", "later.txt", "-in", "later.tsr", "-CAfile", "root.pem"]
    assert b"Verification: OK" in subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout
    bundle.refresh_from_db()
    assert told["bundle.pdf"] == bundle.sha256  # the file itself stays what was approved and sent
    assert Event.objects.filter(action="bundle.stamped_again", target_id=str(bundle.pk)).count() == 1
    with acting_as(worker.pk):
        assert [file.name for file in given_files(bundle, worker)][-2:] == [
            "Digests under a later time stamp 1", "Later time stamp 1"
        ]  # fmt: skip


def test_nothing_is_stamped_twice_for_one_end_and_the_next_stamp_is_over_the_ones_before(
    worker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = bundle_stamped_by(worker, short_lived(days=60))
    monkeypatch.setattr(OwnAuthority, "stamp", short_lived(days=200).stamp, raising=True)
    look()
    assert bundle.files.filter(kind="later").count() == 1
    monkeypatch.undo()
    look()
    assert bundle.files.filter(kind="later").count() == 2
    second = read(bundle.files.get(kind="later", number=2)).decode()
    assert "later-1.txt" in second
    assert "later-1.tsr" in second
    look()
    assert bundle.files.filter(kind="later").count() == 2


def test_an_authority_that_ends_as_early_itself_is_not_asked_for_more(
    worker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = short_lived(days=100)
    bundle = bundle_stamped_by(worker, authority)
    monkeypatch.setattr(OwnAuthority, "stamp", authority.stamp)
    look()
    assert not bundle.files.filter(kind="later").exists()


@pytest.mark.parametrize("spoil", ["changed", "missing"])
def test_what_is_not_the_file_that_was_sealed_is_never_stamped(worker: Any, spoil: str) -> None:
    bundle = bundle_stamped_by(worker, short_lived(days=300))
    name = file_store().store(BytesIO(b"another")).name
    if spoil == "missing":
        file_store().remove_orphan(name)
    Bundle.objects.filter(pk=bundle.pk).update(storage_name=name)
    look()
    job = Job.objects.get(kind="stamp_again")
    assert (job.state, job.error_code, job.error_item) == ("failed", f"file_{spoil}", "bundle.pdf")
    assert not bundle.files.filter(kind="later").exists()


def test_a_stamp_that_lasts_is_left_alone(worker: Any) -> None:
    bundle = bundle_stamped_by(worker, OwnAuthority(self_made().time))
    look()
    assert not bundle.files.filter(kind="later").exists()
    assert not Job.objects.filter(kind="stamp_again").exists()


def test_the_signer_of_what_is_no_token_is_nobody() -> None:
    assert signer_of(service_sealer().stamp(b"x")) == self_made().time.certificate
    for told in (b"", b"x", b"\x30\x80"):
        with pytest.raises(BadMessage):
            signer_of(told)
    assert settings.TIMESTAMP_URL == ""
