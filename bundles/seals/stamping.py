"""Time stamps: an authority's signed word that a digest was there at a time. RFC 3161.

From the authority that settings name, over HTTP; without one from the service's own, in this process: that shows the
order of things and proves nothing to anybody else.
"""

import hashlib
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from asn1crypto import algos, cms, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import ExtendedKeyUsageOID

from bundles.seals.signing import BadMessage, DigestOf, Identity, der, opened, signed

POLICY = "2.25.205646531447914283093160218471365480143"  # of the service's own authority
TRIES, PAUSE_SECONDS = 3, 1.0
SECONDS = 15
MOST_BYTES = 100_000
DEEPEST_CHAIN = 6


class TimestampUnreachable(Exception):
    """The authority gave no time stamp; another try later may help."""


class Authority(Protocol):
    """Whoever stamps digests."""

    def stamp(self, digest: bytes) -> bytes:
        """A token over a SHA-256 digest."""


@dataclass(frozen=True)
class Stamp:
    """What a token says, once it held.

    Attributes:
        at: the time, by the authority's clock.
        signer: its certificate.
        certificates: all that came with the token.
    """

    at: datetime
    signer: x509.Certificate
    certificates: tuple[x509.Certificate, ...]


@dataclass(frozen=True)
class OwnAuthority:
    """The service's own authority."""

    identity: Identity

    def stamp(self, digest: bytes) -> bytes:
        """A token over a SHA-256 digest, by this machine's clock."""
        return self.token({"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest}, None).dump()

    def answer(self, request: bytes) -> bytes:
        """The answer to a request as an authority gets it over the network."""
        asked = tsp.TimeStampReq.load(request)
        token = self.token(asked["message_imprint"], asked["nonce"].native)
        return tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token}).dump()

    def token(self, imprint: object, nonce: int | None) -> cms.ContentInfo:
        """A token over what was asked for."""
        subject = asn1_x509.Certificate.load(der(self.identity.certificate)).subject
        told = {
            "version": "v1",
            "policy": POLICY,
            "message_imprint": imprint,
            "serial_number": secrets.randbits(127) + 1,
            "gen_time": datetime.now(UTC).replace(microsecond=0),
            "accuracy": {"seconds": 1},
            "tsa": asn1_x509.GeneralName(name="directory_name", value=subject),
        }
        if nonce is not None:
            told["nonce"] = nonce
        content = tsp.TSTInfo(told).dump()
        digest = hashlib.sha256(content).digest()
        return signed(self.identity, digest=digest, content_type="tst_info", content=content)


@dataclass(frozen=True)
class OutsideAuthority:
    """An authority at an address; its tokens count only when they lead to one of its known roots."""

    address: str
    roots: tuple[x509.Certificate, ...]

    def stamp(self, digest: bytes) -> bytes:
        """A token over a SHA-256 digest; asked for three times before giving up.

        Raises:
            TimestampUnreachable: none came, or one that does not hold.
        """
        for attempt in range(TRIES):
            try:
                return self._asked(digest)
            except (OSError, ValueError):  # the line, the server, or its answer
                if attempt + 1 == TRIES:
                    break
                time.sleep(PAUSE_SECONDS * 2**attempt)
        raise TimestampUnreachable

    def _asked(self, digest: bytes) -> bytes:
        nonce = secrets.randbits(63) + 1
        imprint = {"hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}), "hashed_message": digest}
        query = tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "nonce": nonce, "cert_req": True})
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        request = urllib.request.Request(self.address, query.dump(), headers)  # noqa: S310 - settings allow http alone
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            told = tsp.TimeStampResp.load(answer.read(MOST_BYTES))
        if told["status"]["status"].native not in {"granted", "granted_with_mods"}:
            raise BadMessage("refused")
        token: bytes = told["time_stamp_token"].dump()
        if _info(token)["nonce"].native != nonce:
            raise BadMessage("an answer to another question")
        check(token, digest, self.roots)
        return token


def check(token: bytes, digest: bytes, roots: Iterable[x509.Certificate]) -> Stamp:
    """Read a token and check that it is over this SHA-256 digest, by an authority under one of these roots.

    Raises:
        BadMessage: it is not.
    """
    try:
        info = _info(token)
        content = info.dump()
        imprint = info["message_imprint"]
        if imprint["hash_algorithm"]["algorithm"].native != "sha256" or imprint["hashed_message"].native != digest:
            raise BadMessage("over something else")
        at: datetime = info["gen_time"].native
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadMessage(type(error).__name__) from None
    held = opened(token, DigestOf(content), "tst_info")
    if not _may_stamp(held.signer):
        raise BadMessage("not for time stamps")
    check_chain(held.signer, held.certificates, roots, at)
    return Stamp(at, held.signer, held.certificates)


def signer_of(token: bytes) -> x509.Certificate:
    """Whose certificate signed a token, whatever it is over and wherever that certificate leads.

    Raises:
        BadMessage: it is no token.
    """
    try:
        content = _info(token).dump()
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadMessage(type(error).__name__) from None
    return opened(token, DigestOf(content), "tst_info").signer


def _info(token: bytes) -> tsp.TSTInfo:
    info: tsp.TSTInfo = cms.ContentInfo.load(token)["content"]["encap_content_info"]["content"].parsed
    return info


def _may_stamp(certificate: x509.Certificate) -> bool:
    try:
        found = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except (x509.ExtensionNotFound, ValueError):
        return False
    return found.critical and list(found.value) == [ExtendedKeyUsageOID.TIME_STAMPING]


def check_chain(
    certificate: x509.Certificate,
    others: Iterable[x509.Certificate],
    roots: Iterable[x509.Certificate],
    at: datetime,
) -> tuple[x509.Certificate, ...]:
    """The certificates from this one up to one of the roots, each in force at a time.

    Raises:
        BadMessage: it does not lead there.
    """
    trusted, between = tuple(roots), tuple(others)
    path = [certificate]
    while len(path) <= DEEPEST_CHAIN:
        if not path[-1].not_valid_before_utc <= at <= path[-1].not_valid_after_utc:
            raise BadMessage("not in force")
        if path[-1] in trusted:
            return tuple(path)
        above = next((each for each in (*trusted, *between) if issued_by(each, path[-1])), None)
        if above is None or above in path:
            break
        path.append(above)
    raise BadMessage("leads to no known root")


def issued_by(above: x509.Certificate, below: x509.Certificate) -> bool:
    """Whether one certificate was issued by another: by its signature, since anybody may bear a name."""
    try:
        below.verify_directly_issued_by(above)
        return above.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
