"""Whether certificates were taken back: fetched when a bundle is sealed, and kept in it for later years.

Source: RFC 5280, 4.2.1.13 and 4.2.2.1; RFC 6960.
"""

import urllib.request
from collections.abc import Iterable, Iterator, Sequence

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from bundles.seals.sealing import Proofs, SealFailed
from bundles.seals.stamping import issued_by

SECONDS = 15
MOST_BYTES = 8_000_000


def fetch(certificates: Iterable[x509.Certificate], among: Sequence[x509.Certificate]) -> Proofs:
    """What there is to say of each certificate: an answer about it, else the list it might stand in.

    Args:
        certificates: those that stand under another.
        among: where their issuers are found.

    Raises:
        SealFailed: `revocation_unreachable`: nobody answered. `certificate_revoked`: one was taken back.
    """
    lists: dict[bytes, None] = {}
    answers: dict[bytes, None] = {}
    for certificate in certificates:
        if answer := _answer(certificate, among):
            answers[answer] = None
        elif found := _list(certificate):
            lists[found] = None
        else:
            raise SealFailed("revocation_unreachable")
    return Proofs(tuple(lists), tuple(answers))


def _answer(certificate: x509.Certificate, among: Sequence[x509.Certificate]) -> bytes | None:
    issuer = next((each for each in among if issued_by(each, certificate)), None)
    if issuer is None:
        return None
    asked = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1()).build()  # noqa: S303 - a name
    headers = {"Content-Type": "application/ocsp-request"}
    for address in _asked_at(certificate):
        told = _fetched(urllib.request.Request(address, asked.public_bytes(Encoding.DER), headers))  # noqa: S310
        try:
            answer = ocsp.load_der_ocsp_response(told)
            if answer.response_status != ocsp.OCSPResponseStatus.SUCCESSFUL:
                continue
            status = answer.certificate_status
        except ValueError:
            continue
        if status == ocsp.OCSPCertStatus.REVOKED:
            raise SealFailed("certificate_revoked")
        if status == ocsp.OCSPCertStatus.GOOD:
            return told
    return None


def _list(certificate: x509.Certificate) -> bytes | None:
    for address in _listed_at(certificate):
        told = _fetched(urllib.request.Request(address))  # noqa: S310
        try:
            found = x509.load_der_x509_crl(told)
        except ValueError:
            continue
        if found.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None:
            raise SealFailed("certificate_revoked")
        return told
    return None


def _asked_at(certificate: x509.Certificate) -> Iterator[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return
    for each in found:
        if each.access_method == AuthorityInformationAccessOID.OCSP and _is_web(each.access_location):
            yield each.access_location.value


def _listed_at(certificate: x509.Certificate) -> Iterator[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return
    for point in found:
        yield from (name.value for name in point.full_name or () if _is_web(name))


def _is_web(name: x509.GeneralName) -> bool:
    return isinstance(name, x509.UniformResourceIdentifier) and name.value.startswith(("http://", "https://"))


def _fetched(request: urllib.request.Request) -> bytes:
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - web addresses alone
            told: bytes = answer.read(MOST_BYTES)
            return told
    except OSError:
        return b""
