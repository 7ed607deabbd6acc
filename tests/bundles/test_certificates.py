"""Certificates and time stamps from outside: a made-up authority with an address of its own on this machine."""

import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID
from django.conf import settings

from bundles.checks import seal_can_be_used
from bundles.seals import authority, stamping
from bundles.seals.certificates import CertificateError, own_sealer, self_made, service_sealer, trust
from bundles.seals.sealing import SealFailed, fingerprint
from bundles.seals.signing import BadMessage, Identity
from bundles.seals.stamping import OutsideAuthority, OwnAuthority, TimestampUnreachable, check
from bundles.seals.verifying import UNCHANGED, UNKNOWN, verify
from nsvcs import embedded
from tests.bundles.test_sealing import long_term_status
from tests.bundles.world import KEY, make_pdf, seal_it

OUTSIDE = authority.read(authority.make())
DIGEST = hashlib.sha256(b"hello").digest()


@dataclass
class Server:
    """An authority over HTTP, and what it was asked."""

    address: str
    answers: list[Callable[[bytes], tuple[int, bytes]]] = field(default_factory=list)
    asked: list[bytes] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.asked.append(body)
            status, answer = (told.answers.pop(0) if told.answers else granted)(body)
            self.answer(status, answer)

        def do_GET(self) -> None:
            self.answer(200, OUTSIDE.revoked().public_bytes(Encoding.DER))

        def answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        told = Server(f"http://127.0.0.1:{http.server_port}/")
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield told
        http.shutdown()


def granted(request: bytes) -> tuple[int, bytes]:
    return 200, OwnAuthority(OUTSIDE.time).answer(request)


def broken(request: bytes) -> tuple[int, bytes]:
    return 503, b"busy"


def older(request: bytes) -> tuple[int, bytes]:
    """An answer to somebody else's question."""
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": DIGEST}
    question = stamping.tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "nonce": 7})
    return 200, OwnAuthority(OUTSIDE.time).answer(question.dump())


def by_a_stranger(request: bytes) -> tuple[int, bytes]:
    return 200, OwnAuthority(KEY.authority.identity).answer(request)  # type: ignore[attr-defined]


def not_for_stamps(request: bytes) -> tuple[int, bytes]:
    return 200, OwnAuthority(OUTSIDE.seal).answer(request)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamping, "PAUSE_SECONDS", 0)


def outside(server: Server) -> OutsideAuthority:
    return OutsideAuthority(server.address, (OUTSIDE.root.certificate,))


def test_stamp_comes_from_the_authority_and_leads_to_its_root(server: Server) -> None:
    token = outside(server).stamp(DIGEST)

    assert abs(check(token, DIGEST, [OUTSIDE.root.certificate]).at - datetime.now(UTC)) < timedelta(minutes=1)
    with pytest.raises(BadMessage):
        check(token, hashlib.sha256(b"other").digest(), [OUTSIDE.root.certificate])
    with pytest.raises(BadMessage):
        check(token, DIGEST, KEY.time_roots)


def test_authority_that_stumbles_is_asked_again(server: Server) -> None:
    server.answers += [broken, broken]

    outside(server).stamp(DIGEST)

    assert len(server.asked) == 3
    assert len(set(server.asked)) == 3  # a new question each time


@pytest.mark.parametrize("answer", [broken, older, by_a_stranger, not_for_stamps, lambda _: (200, b"?")])
def test_answer_that_does_not_hold_is_none(server: Server, answer: Callable[[bytes], tuple[int, bytes]]) -> None:
    server.answers += [answer] * 3

    with pytest.raises(TimestampUnreachable):
        outside(server).stamp(DIGEST)


def test_authority_that_is_away_fails_the_seal_by_name(tmp_path: Path, settings: Any) -> None:
    settings.TIMESTAMP_URL, settings.TIMESTAMP_ROOT = "http://127.0.0.1:9/", pem(tmp_path, OUTSIDE.root.certificate)
    make_pdf(tmp_path / "f.pdf").close()

    with pytest.raises(SealFailed) as caught:
        seal_it(tmp_path / "f.pdf", service_sealer())

    assert caught.value.code == "timestamp_unreachable"


# --- a certificate from settings -----------------------------------------------------------------------------------


def pem(folder: Path, *certificates: x509.Certificate, name: str = "roots.pem") -> str:
    path = folder / name
    path.write_bytes(b"".join(each.public_bytes(Encoding.PEM) for each in certificates))
    return str(path)


def issued(list_at: str = "", key: Any = None, *, is_for_time: bool = False, asked_at: str = "") -> Identity:
    """A certificate by an authority outside, which says where its list of revoked ones is, and whom to ask of it."""
    key = key or rsa.generate_private_key(65537, 2048)
    now, root = datetime.now(UTC), OUTSIDE.root
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Harbour Support Network")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(root.certificate.subject)
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=90))
    builder = builder.add_extension(authority._usage("digital_signature", "content_commitment"), critical=True)
    above = x509.AuthorityKeyIdentifier.from_issuer_public_key(root.certificate.public_key())  # type: ignore[arg-type]
    builder = builder.add_extension(above, critical=False)
    if list_at:
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(list_at)], None, None, None)
        builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
    if asked_at:
        told = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(asked_at))
        builder = builder.add_extension(x509.AuthorityInformationAccess([told]), critical=False)
    if is_for_time:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(purpose, critical=True)
    return Identity(builder.sign(root.key, hashes.SHA256()), key, (root.certificate,))


def configure(settings: Any, folder: Path, identity: Identity, password: str = "") -> None:
    kept = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    (folder / "key.pem").write_bytes(identity.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, kept))
    settings.SEAL_CERTIFICATE = pem(folder, identity.certificate, name="seal.pem")
    settings.SEAL_KEY, settings.SEAL_PASSWORD = str(folder / "key.pem"), password
    settings.SEAL_CHAIN = pem(folder, *identity.chain, name="chain.pem")


def configure_whole(settings: Any, folder: Path, identity: Identity, password: str) -> None:
    held = pkcs12.serialize_key_and_certificates(
        b"seal", identity.key, identity.certificate, list(identity.chain), BestAvailableEncryption(password.encode())
    )
    (folder / "seal.p12").write_bytes(held)
    settings.SEAL_CERTIFICATE, settings.SEAL_PASSWORD = str(folder / "seal.p12"), password


@pytest.mark.parametrize("configured", [configure, configure_whole])
def test_bundle_is_sealed_with_the_certificate_of_settings(
    server: Server, settings: Any, tmp_path: Path, configured: Callable[..., None]
) -> None:
    identity = issued(f"{server.address}list.crl")
    configured(settings, tmp_path, identity, "four words in a row")
    settings.TIMESTAMP_URL, settings.TIMESTAMP_ROOT = server.address, pem(tmp_path, OUTSIDE.root.certificate)
    stamps = OwnAuthority(issued(f"{server.address}list.crl", is_for_time=True))
    server.answers += [lambda request: (200, stamps.answer(request))] * 2
    make_pdf(tmp_path / "f.pdf").close()
    sealer = service_sealer()

    seal_it(tmp_path / "f.pdf", sealer)

    assert len(server.asked) == 2
    assert sealer.fingerprint == fingerprint(identity.certificate)
    assert verify(tmp_path / "f.pdf", trust()).state == UNCHANGED
    assert long_term_status(tmp_path / "f.pdf", sealer).api_status.bottom_line


def test_former_certificate_still_counts_once_it_is_named(settings: Any, tmp_path: Path, server: Server) -> None:
    former = issued(f"{server.address}list.crl", ec.generate_private_key(ec.SECP256R1()))
    configure(settings, tmp_path, former)
    make_pdf(tmp_path / "f.pdf").close()
    seal_it(tmp_path / "f.pdf", service_sealer())
    configure(settings, tmp_path, issued(key=ec.generate_private_key(ec.SECP256R1())))

    assert verify(tmp_path / "f.pdf", trust()).state == UNKNOWN
    settings.SEAL_FORMER = pem(tmp_path, former.certificate, name="former.pem")
    assert verify(tmp_path / "f.pdf", trust()).state == UNCHANGED


def test_issuer_that_does_not_answer_fails_the_seal_by_name(settings: Any, tmp_path: Path) -> None:
    configure(settings, tmp_path, issued("http://127.0.0.1:9/list.crl", ec.generate_private_key(ec.SECP256R1())))
    make_pdf(tmp_path / "f.pdf").close()

    with pytest.raises(SealFailed) as caught:
        seal_it(tmp_path / "f.pdf", service_sealer())

    assert caught.value.code == "revocation_unreachable"


def test_copy_of_her_own_notes_never_bears_the_services_name(settings: Any, tmp_path: Path) -> None:
    configure(settings, tmp_path, issued(key=ec.generate_private_key(ec.SECP256R1())))

    assert own_sealer().fingerprint == fingerprint(self_made().seal.certificate)
    assert own_sealer().identity.certificate in trust().seals


def wrong_key(settings: Any, folder: Path) -> None:
    settings.SEAL_KEY = str(folder / "other.pem")
    other = ec.generate_private_key(ec.SECP256R1())
    Path(settings.SEAL_KEY).write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def wrong_password(settings: Any, folder: Path) -> None:
    settings.SEAL_PASSWORD = "five"  # pragma: allowlist secret


def no_chain(settings: Any, folder: Path) -> None:
    settings.SEAL_CHAIN = ""


def no_file(settings: Any, folder: Path) -> None:
    settings.SEAL_CERTIFICATE = str(folder / "none.pem")


@pytest.mark.parametrize("spoil", [wrong_key, wrong_password, no_chain, no_file])
def test_certificate_that_cannot_be_used_is_said_in_a_sentence(
    settings: Any, tmp_path: Path, spoil: Callable[[Any, Path], None]
) -> None:
    configure(settings, tmp_path, issued(key=ec.generate_private_key(ec.SECP256R1())), "four")
    spoil(settings, tmp_path)

    with pytest.raises(CertificateError) as caught:
        service_sealer()

    assert str(caught.value).endswith((".", "?"))


def test_start_says_what_is_wrong_with_the_certificate_and_when_it_ends(settings: Any, tmp_path: Path) -> None:
    assert seal_can_be_used() == []
    configure(settings, tmp_path, issued(key=ec.generate_private_key(ec.SECP256R1())))
    assert seal_can_be_used() == []
    with time_machine.travel(datetime.now(UTC) + timedelta(days=70)):
        assert [each.id for each in seal_can_be_used()] == ["bundles.W001"]
    with time_machine.travel(datetime.now(UTC) + timedelta(days=91)):
        assert [each.id for each in seal_can_be_used()] == ["bundles.E001"]
    wrong_key(settings, tmp_path)
    assert [each.id for each in seal_can_be_used()] == ["bundles.E001"]


HALVES = [
    {"SEAL_CERTIFICATE": "seal.pem"},
    {"SEAL_KEY": "key.pem"},
    {"SEAL_CERTIFICATE": "seal.p12", "SEAL_KEY": "key.pem"},
    {"SEAL_CHAIN": "chain.pem"},
    {"TIMESTAMP_URL": "http://time.invalid/"},
    {"TIMESTAMP_ROOT": "root.pem"},
]


@pytest.mark.parametrize("half", HALVES, ids=lambda half: "+".join(half))
def test_half_a_set_is_refused_at_the_start(half: dict[str, str]) -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import nsvcs.settings"], cwd=settings.BASE_DIR, env=os.environ | half,
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert told.returncode
    assert "go together" in told.stderr


def test_self_made_certificates_are_made_once_and_kept_to_their_owner() -> None:
    first = self_made()
    path = embedded.VAR / "secrets" / "seal-certificates"

    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert authority.read(path.read_text()).seal.certificate == first.seal.certificate
