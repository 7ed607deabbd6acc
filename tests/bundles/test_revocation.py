"""Answers about certificates and lists of revoked ones, from a made-up responder on this machine: what counts."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko_certvalidator.policy_decl import RevocationCheckingRule

from bundles.seals import authority, revocation
from bundles.seals.answers import Question, read_answer, read_list
from bundles.seals.certificates import service_sealer
from bundles.seals.sealing import Proofs, SealFailed
from bundles.seals.signing import Identity
from tests.bundles.test_certificates import OUTSIDE, configure, issued
from tests.bundles.test_sealing import long_term_status
from tests.bundles.world import make_pdf, seal_it

STRANGER = authority.read(authority.make())
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
ROOT = OUTSIDE.root.certificate


@dataclass(frozen=True)
class Says:
    """How the responder answers: as it should, but for what a test changes."""

    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD
    by: Identity = OUTSIDE.root
    since: timedelta = -MINUTE
    until: timedelta | None = DAY
    nonce: Callable[[bytes], bytes | None] = lambda nonce: nonce
    about: x509.Certificate | None = None
    brings: tuple[x509.Certificate, ...] = ()

    def answer(self, request: bytes, certificate: x509.Certificate) -> bytes:
        asked, now = ocsp.load_der_ocsp_request(request), datetime.now(UTC)
        is_revoked = self.status == ocsp.OCSPCertStatus.REVOKED
        builder = ocsp.OCSPResponseBuilder().add_response(
            self.about or certificate, ROOT, hashes.SHA1(), self.status, now + self.since,
            None if self.until is None else now + self.until, now - DAY if is_revoked else None, None,
        )  # fmt: skip
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, self.by.certificate)
        builder = builder.certificates(list(self.brings)) if self.brings else builder
        nonce = self.nonce(asked.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce)
        if nonce is not None:
            builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
        return builder.sign(self.by.key, hashes.SHA256()).public_bytes(Encoding.DER)


@dataclass
class Responder:
    """An issuer's addresses: it is asked about one certificate, and hands out its list."""

    address: str = ""
    says: Says | None = field(default_factory=Says)
    listed: bytes = field(default_factory=lambda: OUTSIDE.revoked().public_bytes(Encoding.DER))
    identity: Identity | None = None
    asked: int = 0


@pytest.fixture
def responder() -> Iterator[Responder]:
    told = Responder()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.asked += 1
            assert told.identity is not None
            self.answer(told.says.answer(body, told.identity.certificate) if told.says else b"busy")

        def do_GET(self) -> None:
            self.answer(told.listed)

        def answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        told.address = f"http://127.0.0.1:{http.server_port}/"
        told.identity = issued(key=ec.generate_private_key(ec.SECP256R1()), asked_at=told.address)
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield told
        http.shutdown()


def fetched(responder: Responder) -> Proofs:
    assert responder.identity is not None
    return revocation.fetch([responder.identity.certificate], [ROOT])


def code_of(responder: Responder) -> str:
    with pytest.raises(SealFailed) as caught:
        fetched(responder)
    return caught.value.code


def put_up(*, purpose: bool = True, no_check: bool = True, list_at: str = "", by: Identity = OUTSIDE.root,
           until: timedelta = DAY) -> Identity:  # fmt: skip
    """Somebody whom the issuer put up to answer for it."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Answers")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(by.certificate.subject)
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - 3 * DAY).not_valid_after(now + until)
    if purpose:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), critical=False)
    if no_check:
        builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
    if list_at:
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(list_at)], None, None, None)
        builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
    return Identity(builder.sign(by.key, hashes.SHA256()), key, (by.certificate,))


def by(identity: Identity) -> Says:
    return Says(by=identity, brings=(identity.certificate,))


def test_a_good_answer_of_the_issuer_is_kept(responder: Responder) -> None:
    found = fetched(responder)
    assert len(found.answers) == 1
    assert not found.lists


def test_a_good_answer_of_whom_the_issuer_put_up_is_kept(responder: Responder) -> None:
    responder.says = by(put_up())
    assert len(fetched(responder).answers) == 1


def test_a_certificate_that_was_taken_back_is_refused_for_good(responder: Responder) -> None:
    responder.says = Says(status=ocsp.OCSPCertStatus.REVOKED)
    assert code_of(responder) == "certificate_revoked"


BAD: dict[str, Callable[[], Says]] = {
    "signed by a stranger": lambda: Says(by=STRANGER.root),
    "a stranger who brings a certificate": lambda: by(STRANGER.seal),
    "a stranger says it was taken back": lambda: Says(by=STRANGER.root, status=ocsp.OCSPCertStatus.REVOKED),
    "put up by a stranger": lambda: by(put_up(by=STRANGER.root)),
    "of the issuer, but not for answers": lambda: by(put_up(purpose=False)),
    "put up until yesterday": lambda: by(put_up(until=-DAY)),
    "over": lambda: Says(since=-3 * DAY, until=-DAY),
    "without an end, and of last week": lambda: Says(since=-7 * DAY, until=None),
    "of tomorrow": lambda: Says(since=DAY, until=2 * DAY),
    "to another question": lambda: Says(nonce=lambda nonce: b"x" * len(nonce)),
    "about another certificate": lambda: Says(about=OUTSIDE.seal.certificate),
    "nobody knows": lambda: Says(status=ocsp.OCSPCertStatus.UNKNOWN),
}


@pytest.mark.parametrize("why", BAD)
def test_an_answer_that_does_not_hold_is_none_and_may_be_asked_for_again(responder: Responder, why: str) -> None:
    responder.says = BAD[why]()
    assert code_of(responder) == "revocation_unproved"
    assert responder.asked == 1


def test_what_is_no_answer_at_all_does_not_hold_either(responder: Responder) -> None:
    responder.says = None
    assert code_of(responder) == "revocation_unproved"


@pytest.mark.parametrize("says", [Says(nonce=lambda _: None), Says(until=None)], ids=["no nonce", "no end"])
def test_an_answer_made_before_counts_by_its_times(responder: Responder, says: Says) -> None:
    responder.says = says
    assert fetched(responder).answers


def test_whoever_may_have_been_taken_back_themselves_is_believed_with_a_list(responder: Responder) -> None:
    responder.says = by(put_up(no_check=False))
    assert code_of(responder) == "revocation_unproved"

    answering = put_up(no_check=False, list_at=f"{responder.address}list.crl")
    responder.says = by(answering)
    found = fetched(responder)
    assert (len(found.answers), len(found.lists)) == (1, 1)

    responder.listed = listed(answering.certificate)
    assert code_of(responder) == "revocation_unproved"


def listed(*taken_back: x509.Certificate, signer: Identity = OUTSIDE.root, since: timedelta = -MINUTE,
           until: timedelta = DAY, scope: dict[str, bool] | None = None) -> bytes:  # fmt: skip
    """A list of the issuer."""
    now = datetime.now(UTC)
    builder = x509.CertificateRevocationListBuilder().issuer_name(ROOT.subject)
    builder = builder.last_update(now + since).next_update(now + until)
    for each in taken_back:
        row = x509.RevokedCertificateBuilder().serial_number(each.serial_number).revocation_date(now - DAY).build()
        builder = builder.add_revoked_certificate(row)
    if scope:
        usual = dict.fromkeys(("only_contains_user_certs", "only_contains_ca_certs", "indirect_crl",
                               "only_contains_attribute_certs"), False)  # fmt: skip
        point = x509.IssuingDistributionPoint(
            full_name=[x509.UniformResourceIdentifier("http://list.invalid/")], relative_name=None,
            only_some_reasons=None, **usual | scope,
        )  # fmt: skip
        builder = builder.add_extension(point, critical=True)
    return builder.sign(signer.key, hashes.SHA256()).public_bytes(Encoding.DER)


@pytest.fixture
def listing(responder: Responder) -> Responder:
    """An issuer who answers nobody and hands out a list."""
    responder.identity = issued(f"{responder.address}list.crl", ec.generate_private_key(ec.SECP256R1()))
    return responder


def test_a_list_of_the_issuer_is_kept_and_one_that_names_the_certificate_refused(listing: Responder) -> None:
    assert len(fetched(listing).lists) == 1
    assert listing.identity is not None
    listing.listed = listed(listing.identity.certificate)
    assert code_of(listing) == "certificate_revoked"


@pytest.mark.parametrize(
    "changes",
    [
        {"signer": STRANGER.root},
        {"since": -3 * DAY, "until": -DAY},
        {"since": DAY, "until": 2 * DAY},
        {"scope": {"only_contains_ca_certs": True}},
        {"scope": {"only_contains_attribute_certs": True}},
        {"scope": {"indirect_crl": True}},
    ],
    ids=["a stranger's", "over", "of tomorrow", "of other certificates", "of others still", "of others' too"],
)
def test_a_list_that_does_not_hold_is_none(listing: Responder, changes: dict[str, Any]) -> None:
    listing.listed = listed(**changes)
    assert code_of(listing) == "revocation_unproved"


def test_a_list_for_such_certificates_alone_counts(listing: Responder) -> None:
    listing.listed = listed(scope={"only_contains_user_certs": True})
    assert fetched(listing).lists


def test_where_no_answer_holds_a_list_that_does_is_enough(responder: Responder) -> None:
    at = responder.address
    responder.identity = issued(f"{at}list.crl", ec.generate_private_key(ec.SECP256R1()), asked_at=at)
    responder.says = Says(by=STRANGER.root)
    assert len(fetched(responder).lists) == 1


def test_nobody_at_the_address_is_told_from_an_answer_that_does_not_hold() -> None:
    away = issued(key=ec.generate_private_key(ec.SECP256R1()), asked_at="http://127.0.0.1:9/")
    with pytest.raises(SealFailed) as caught:
        revocation.fetch([away.certificate], [ROOT])
    assert caught.value.code == "revocation_unreachable"


def test_a_bundle_is_sealed_with_the_answer_in_it_and_others_find_it_valid(
    responder: Responder, settings: Any, tmp_path: Path
) -> None:
    assert responder.identity is not None
    configure(settings, tmp_path, responder.identity)
    make_pdf(tmp_path / "f.pdf").close()
    sealer = service_sealer()

    seal_it(tmp_path / "f.pdf", sealer)

    roots = replace(sealer, time_roots=(ROOT, *sealer.time_roots))
    assert long_term_status(
        tmp_path / "f.pdf", roots, RevocationCheckingRule.CRL_OR_OCSP_REQUIRED
    ).api_status.bottom_line


def test_a_bundle_is_not_sealed_on_a_stranger_s_word(responder: Responder, settings: Any, tmp_path: Path) -> None:
    assert responder.identity is not None
    configure(settings, tmp_path, responder.identity)
    responder.says = Says(by=STRANGER.root)
    make_pdf(tmp_path / "f.pdf").close()
    with pytest.raises(SealFailed) as caught:
        seal_it(tmp_path / "f.pdf", service_sealer())
    assert caught.value.code == "revocation_unproved"


@pytest.mark.parametrize("read", [read_answer, read_list])
@pytest.mark.parametrize("told", [b"", b"\x30\x03\x0a\x01\x06", b"\x30\x80", b"x" * 5000])
def test_anything_may_be_sent_and_is_refused(read: Callable[..., Any], told: bytes) -> None:
    with pytest.raises(ValueError, match=".*"):
        read(told, Question(OUTSIDE.seal.certificate, ROOT))
