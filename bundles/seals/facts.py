"""What a page says of a bundle's seal: whose it is, when and by whom stamped, and what to compare it with."""

from dataclasses import dataclass
from datetime import datetime

from cryptography.x509 import Name
from cryptography.x509.oid import NameOID

from accounts.models import User
from bundles.models import Bundle, BundleFile
from bundles.seals.certificates import CertificateError, self_made, trust
from bundles.seals.listed import listed_beside
from bundles.seals.sealing import Trust, fingerprint
from bundles.seals.signing import BadMessage
from bundles.seals.stamping import Stamp, check
from nsvcs.storage import file_store

LETTERS_A_GROUP = 4
MOST_TOKEN_BYTES = 100_000


@dataclass(frozen=True)
class SealFacts:
    """A bundle's seal.

    Attributes:
        level: as its list names it.
        groups: SHA-256 of the seal's certificate, four letters and figures each, as they are read out.
        sealed_by, issued_by: names in the certificate; empty of one that the service does not know any more.
        is_self_made: the service made it itself, so PDF readers name its issuer as untrusted.
        stamped_at, authority: of the time stamp over its list, which followed the seal; none where it does not hold.
    """

    level: str
    groups: tuple[str, ...]
    sealed_by: str = ""
    issued_by: str = ""
    is_self_made: bool = False
    stamped_at: datetime | None = None
    authority: str = ""


def seal_of(bundle: Bundle, by: User) -> SealFacts | None:
    """The seal of a finished bundle; none where its list is not there to say."""
    seal = listed_beside(bundle, by).get("seal", {})
    sha256 = seal.get("certificate_sha256", "")
    if not sha256:
        return None
    try:
        known = trust()
    except CertificateError:  # said at the start, and to whoever asks for a bundle
        known = Trust((self_made().seal.certificate,), (self_made().root.certificate,))
    certificate = next((each for each in known.seals if fingerprint(each) == sha256), None)
    stamp = _stamp(bundle, by, known)
    return SealFacts(
        level=seal.get("format", ""),
        groups=grouped(sha256),
        sealed_by=name_of(certificate.subject) if certificate else "",
        issued_by=name_of(certificate.issuer) if certificate else "",
        is_self_made=certificate == self_made().seal.certificate,
        stamped_at=stamp.at if stamp else None,
        authority=name_of(stamp.signer.subject) if stamp else "",
    )


def grouped(sha256: str) -> tuple[str, ...]:
    """A digest as it is read out: in capitals, four at a time."""
    capitals = sha256.upper()
    return tuple(capitals[at : at + LETTERS_A_GROUP] for at in range(0, len(capitals), LETTERS_A_GROUP))


def name_of(name: Name) -> str:
    """Whoever a certificate is of, in words."""
    wanted = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
    words = [str(each.value) for oid in wanted for each in name.get_attributes_for_oid(oid)]
    return ", ".join(dict.fromkeys(words)) or name.rfc4514_string()


def _stamp(bundle: Bundle, by: User, known: Trust) -> Stamp | None:
    """The time stamp over the list, checked."""
    rows = BundleFile.objects.visible_to(by).filter(bundle=bundle)
    found = {row.kind: row for row in rows.filter(kind__in=[BundleFile.Kind.LIST, BundleFile.Kind.LIST_STAMP])}
    if len(found) < 2:
        return None
    try:
        with file_store().open(found[BundleFile.Kind.LIST_STAMP].storage_name) as file:
            digest = bytes.fromhex(found[BundleFile.Kind.LIST].sha256)
            return check(file.read(MOST_TOKEN_BYTES), digest, known.time_roots)
    except (FileNotFoundError, BadMessage):
        return None
