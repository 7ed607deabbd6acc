"""Answers about single certificates (OCSP) and lists of revoked ones: they count only once they are checked.

Whoever can answer at an issuer's address may say what they like; what counts is signed by the issuer, or by somebody
whom the issuer put up for it, is about this certificate, and is of now. Source: RFC 6960, 3.2, 4.2.1 and 4.2.2; RFC
9654 for what makes a question one's own; RFC 5280, 6.3.3, for lists.
"""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from bundles.seals.stamping import issued_by

CLOCKS_DIFFER = timedelta(minutes=5)
LASTS = timedelta(days=1)  # an answer that does not say until when it holds
NONCE_BYTES = 32
Status = ocsp.OCSPCertStatus
Kind = TypeVar("Kind", bound=x509.ExtensionType)


class BadAnswer(ValueError):
    """What was told is no answer to this question, or is not signed by anybody who may give one."""


@dataclass(frozen=True)
class Question:
    """Whether one certificate was taken back.

    Attributes:
        nonce: made for this question: an answer that bears another is an old one.
    """

    certificate: x509.Certificate
    issuer: x509.Certificate
    nonce: bytes = field(default_factory=lambda: secrets.token_bytes(NONCE_BYTES))

    def request(self) -> bytes:
        """As it is sent."""
        asked = ocsp.OCSPRequestBuilder().add_certificate(self.certificate, self.issuer, hashes.SHA1())  # noqa: S303 - a name
        return asked.add_extension(x509.OCSPNonce(self.nonce), critical=False).build().public_bytes(Encoding.DER)


@dataclass(frozen=True)
class Answer:
    """What one answer says, once it held.

    Attributes:
        signer: the issuer, or whom it put up.
    """

    status: Status
    signer: x509.Certificate

    @property
    def needs_list(self) -> bool:
        """Whether the signer could itself have been taken back: its issuer did not say that nobody need look."""
        return _extension(self.signer, x509.OCSPNoCheck) is None


def read_answer(told: bytes, question: Question, now: datetime | None = None) -> Answer:
    """Check an answer.

    Raises:
        BadAnswer: it does not hold.
    """
    now = now or datetime.now(UTC)
    try:
        answer = ocsp.load_der_ocsp_response(told)
        if answer.response_status != ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise BadAnswer("refused")
        signer = _signer(answer, question.issuer, now)
        _refuse_old(answer, question)
        return Answer(_single(answer, question, now).certificate_status, signer)
    except BadAnswer:
        raise
    except (ValueError, TypeError) as error:  # of whatever was sent
        raise BadAnswer(type(error).__name__) from None


def _signer(answer: ocsp.OCSPResponse, issuer: x509.Certificate, now: datetime) -> x509.Certificate:
    """Whoever signed it, of those who may. Source: RFC 6960, 4.2.2.2."""
    for each in (issuer, *(each for each in answer.certificates if _may_answer(each, issuer, now))):
        if _is_signed_by(answer, each):
            return each
    raise BadAnswer("signed by a stranger")


def _may_answer(certificate: x509.Certificate, issuer: x509.Certificate, now: datetime) -> bool:
    purposes = _extension(certificate, x509.ExtendedKeyUsage)
    is_named = purposes is not None and ExtendedKeyUsageOID.OCSP_SIGNING in purposes
    in_force = certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc
    return is_named and in_force and issued_by(issuer, certificate)


def _is_signed_by(answer: ocsp.OCSPResponse, certificate: x509.Certificate) -> bool:
    key, chosen = certificate.public_key(), answer.signature_hash_algorithm
    if chosen is None:
        return False
    try:
        if isinstance(key, EllipticCurvePublicKey):
            key.verify(answer.signature, answer.tbs_response_bytes, ECDSA(chosen))
        elif isinstance(key, RSAPublicKey):
            key.verify(answer.signature, answer.tbs_response_bytes, PKCS1v15(), chosen)
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _refuse_old(answer: ocsp.OCSPResponse, question: Question) -> None:
    """Many answer without a nonce, from what they made before: then the times alone say that it is of now."""
    try:
        nonce = answer.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    except x509.ExtensionNotFound:
        return
    if nonce != question.nonce:
        raise BadAnswer("an answer to another question")


def _single(answer: ocsp.OCSPResponse, question: Question, now: datetime) -> ocsp.OCSPSingleResponse:
    for each in answer.responses:
        if _is_about(each, question):
            until = each.next_update_utc or each.this_update_utc + LASTS
            if not each.this_update_utc - CLOCKS_DIFFER <= now <= until + CLOCKS_DIFFER:
                raise BadAnswer("not of now")
            return each
    raise BadAnswer("about another certificate")


def _is_about(single: ocsp.OCSPSingleResponse, question: Question) -> bool:
    builder = ocsp.OCSPRequestBuilder()
    named = builder.add_certificate(question.certificate, question.issuer, single.hash_algorithm).build()
    told = (single.serial_number, single.issuer_name_hash, single.issuer_key_hash)
    return told == (named.serial_number, named.issuer_name_hash, named.issuer_key_hash)


def read_list(told: bytes, question: Question, now: datetime | None = None) -> x509.CertificateRevocationList:
    """Check a list in which the certificate might stand.

    Raises:
        BadAnswer: it is not the issuer's, not of now, or leaves out such certificates.
    """
    now = now or datetime.now(UTC)
    try:
        found = x509.load_der_x509_crl(told)
        is_theirs = found.issuer == question.issuer.subject and _is_theirs(found, question.issuer)
        until = found.next_update_utc
        is_of_now = until is not None and found.last_update_utc - CLOCKS_DIFFER <= now <= until + CLOCKS_DIFFER
        if not (is_theirs and is_of_now and _has_all_of(found, question.certificate)):
            raise BadAnswer("list")
    except BadAnswer:
        raise
    except (ValueError, TypeError) as error:
        raise BadAnswer(type(error).__name__) from None
    return found


def _is_theirs(found: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    key = issuer.public_key()
    return isinstance(key, EllipticCurvePublicKey | RSAPublicKey) and found.is_signature_valid(key)


def _has_all_of(found: x509.CertificateRevocationList, certificate: x509.Certificate) -> bool:
    """Whether the list would name this certificate, and is no list of what changed since another."""
    if _extension(found, x509.DeltaCRLIndicator) is not None:
        return False
    scope = _extension(found, x509.IssuingDistributionPoint)
    if scope is None:
        return True
    basic = _extension(certificate, x509.BasicConstraints)
    is_ca = basic is not None and basic.ca
    others = scope.only_contains_user_certs if is_ca else scope.only_contains_ca_certs
    return not (others or scope.indirect_crl or scope.only_some_reasons or scope.only_contains_attribute_certs)


def _extension(told: x509.Certificate | x509.CertificateRevocationList, kind: type[Kind]) -> Kind | None:
    try:
        return told.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
