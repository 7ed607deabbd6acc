"""Whom the service seals as, and whose seals it knows: from settings, else of its own making."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from django.conf import settings

from bundles.seals import authority, revocation
from bundles.seals.authority import SelfMade
from bundles.seals.sealing import Proofs, Sealer, Trust, self_made_sealer
from bundles.seals.signing import Identity
from bundles.seals.stamping import Authority, OutsideAuthority, OwnAuthority, issued_by
from nsvcs import embedded

NAME = "seal-certificates"
PKCS12 = (".p12", ".pfx")


class CertificateError(ValueError):
    """The certificate, its key or what stands above it cannot be used: one sentence says why."""


@lru_cache(maxsize=1)
def _made(folder: str) -> SelfMade:
    return authority.read(embedded.secret(NAME, authority.make))


def self_made() -> SelfMade:
    """The service's own certificates, made when they are first asked for."""
    return _made(str(embedded.VAR))


def own_sealer() -> Sealer:
    """For a copy of her own notes: its certificate names nobody, and nothing leaves the machine."""
    return self_made_sealer(self_made())


def service_sealer(head: Mapping[str, Any] | None = None) -> Sealer:
    """For what leaves the building.

    Args:
        head: of the log's chain, as the list inside names it.

    Raises:
        CertificateError: what settings name cannot be used.
    """
    made = self_made()
    identity = _identity() or made.seal
    stamps: Authority = OwnAuthority(made.time)
    if settings.TIMESTAMP_URL:
        stamps = OutsideAuthority(settings.TIMESTAMP_URL, _read(settings.TIMESTAMP_ROOT))
    is_scanned = bool(settings.CLAMD_URL)
    return Sealer(identity, stamps, _time_roots(made), partial(_proofs, made), head or {}, is_scanned)


def trust() -> Trust:
    """Whose seals and time stamps the service knows for its own: today's, former ones, and those it made itself."""
    made = self_made()
    identity = _identity()
    configured = (identity.certificate,) if identity else ()
    return Trust((*configured, *_read(settings.SEAL_FORMER), made.seal.certificate), _time_roots(made))


def _time_roots(made: SelfMade) -> tuple[x509.Certificate, ...]:
    return (*_read(settings.TIMESTAMP_ROOT), made.root.certificate)


def _proofs(made: SelfMade, certificates: tuple[x509.Certificate, ...]) -> Proofs:
    root = made.root.certificate
    below = [each for each in certificates if each.issuer != each.subject]
    others = [each for each in below if not issued_by(root, each)]
    own = (made.revoked().public_bytes(Encoding.DER),) if len(others) < len(below) else ()
    found = revocation.fetch(others, (*certificates, *_time_roots(made)))
    return replace(found, lists=(*own, *found.lists))


def _read(path: str) -> tuple[x509.Certificate, ...]:
    if not path:
        return ()
    try:
        return tuple(x509.load_pem_x509_certificates(Path(path).read_bytes()))
    except (OSError, ValueError):
        raise CertificateError(f"No certificates can be read from {path}.") from None


def _identity() -> Identity | None:
    if not settings.SEAL_CERTIFICATE:
        return None
    path = Path(settings.SEAL_CERTIFICATE)
    password = settings.SEAL_PASSWORD.encode() or None
    try:
        if path.suffix in PKCS12:
            held = load_pkcs12(path.read_bytes(), password)
            key, first = held.key, held.cert.certificate if held.cert else None
            above = tuple(each.certificate for each in held.additional_certs)
        else:
            key = load_pem_private_key(Path(settings.SEAL_KEY).read_bytes(), password)
            first, *rest = _read(settings.SEAL_CERTIFICATE)
            above = tuple(rest)
    except (OSError, ValueError, TypeError):
        raise CertificateError("The seal's certificate or key cannot be read: is the password right?") from None
    if first is None or not isinstance(key, EllipticCurvePrivateKey | RSAPrivateKey):
        raise CertificateError("The seal needs a certificate with an elliptic-curve or RSA key.")
    if first.not_valid_after_utc < datetime.now(UTC):
        raise CertificateError("The seal's certificate has ended.")
    if first.public_key() != key.public_key():
        raise CertificateError("The seal's key is not that of its certificate.")
    return Identity(first, key, _in_order(first, (*above, *_read(settings.SEAL_CHAIN))))


def _in_order(first: x509.Certificate, others: tuple[x509.Certificate, ...]) -> tuple[x509.Certificate, ...]:
    """Those above a certificate, the nearest first."""
    path = [first]
    while path[-1].issuer != path[-1].subject:
        above = next((each for each in others if issued_by(each, path[-1]) and each not in path), None)
        if above is None:
            raise CertificateError("SEAL_CHAIN does not lead from the seal's certificate to a root.")
        path.append(above)
    return tuple(path[1:])
