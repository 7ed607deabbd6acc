"""The service's own certificates, for where settings name none: made once and kept with its other secrets.

A self-made root under which stand the seal's certificate and that of a time stamp authority. Their names say nothing
of the service: a reader shows them beside a copy of her own notes too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from bundles.seals.signing import Identity, Key

YEARS = 25
LIST_LASTS = timedelta(days=30)
ORGANISATION = "Self-made certificate"
ROOT, SEAL, TIME = "Document root", "Document seal", "Time stamps (self-made: shows order, not proof)"
USAGE = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
         "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip


@dataclass(frozen=True)
class SelfMade:
    """The service's own root, and what stands under it."""

    root: Identity
    seal: Identity
    time: Identity

    def revoked(self) -> x509.CertificateRevocationList:
        """Today's list of what the root has taken back: nothing; a seal for the long run carries it."""
        now = datetime.now(UTC)
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.root.certificate.subject)
        builder = builder.last_update(now - timedelta(minutes=5)).next_update(now + LIST_LASTS)
        builder = builder.add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
        key_id = self.root.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        above = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(key_id)
        return builder.add_extension(above, critical=False).sign(self.root.key, hashes.SHA256())


def make() -> str:
    """New keys and certificates, as text: root, seal and time, each its certificate before its key."""
    now = datetime.now(UTC)
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(3)]
    root = _certificate(ROOT, keys[0], ROOT, keys[0], now, _of_root)
    seal = _certificate(SEAL, keys[1], ROOT, keys[0], now, _of_seal)
    time = _certificate(TIME, keys[2], ROOT, keys[0], now, _of_time)
    return "".join(_text(made, key) for made, key in zip((root, seal, time), keys, strict=True))


def read(text: str) -> SelfMade:
    """What `make` wrote.

    Raises:
        ValueError: it is not what `make` wrote.
    """
    root, seal, time = x509.load_pem_x509_certificates(text.encode())
    head = "-----BEGIN PRIVATE KEY-----"  # pragma: allowlist secret
    keys = [_key(head + part) for part in text.split(head)[1:]]
    above = (root,)
    return SelfMade(Identity(root, keys[0], ()), Identity(seal, keys[1], above), Identity(time, keys[2], above))


def _key(text: str) -> Key:
    key = load_pem_private_key(text.encode(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("not a key of ours")
    return key


Extend = Callable[[x509.CertificateBuilder], x509.CertificateBuilder]


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    issuer_key: ec.EllipticCurvePrivateKey,
    now: datetime,
    extend: Extend,
) -> x509.Certificate:
    builder = x509.CertificateBuilder().subject_name(_name(name)).issuer_name(_name(issuer))
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=365 * YEARS))
    own_id = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    above = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    builder = builder.add_extension(own_id, critical=False).add_extension(above, critical=False)
    return extend(builder).sign(issuer_key, hashes.SHA256())


def _of_root(builder: x509.CertificateBuilder) -> x509.CertificateBuilder:
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return builder.add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)


def _of_seal(builder: x509.CertificateBuilder) -> x509.CertificateBuilder:
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    return builder.add_extension(_usage("digital_signature", "content_commitment"), critical=True)


def _of_time(builder: x509.CertificateBuilder) -> x509.CertificateBuilder:
    """RFC 3161, 2.3: this one purpose and no other, and critical."""
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage("digital_signature"), critical=True)
    return builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)


def _usage(*wanted: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{name: name in wanted for name in USAGE})


def _name(words: str) -> x509.Name:
    parts = ((NameOID.ORGANIZATION_NAME, ORGANISATION), (NameOID.COMMON_NAME, words))
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def _text(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> str:
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return certificate.public_bytes(Encoding.PEM).decode() + secret.decode()
