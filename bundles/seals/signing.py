"""One signed message (CMS): over a PDF's bytes, over a list, over the time an authority saw a digest.

Source: RFC 5652 (signed data), RFC 5035 (the certificate named inside), ETSI EN 319 122-1 (what a seal holds).
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from asn1crypto import cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding

Key = EllipticCurvePrivateKey | RSAPrivateKey
SHA256 = {"algorithm": "sha256"}
BLOCK = 1024 * 1024
TRACE_BYTES = 48
HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512
}  # fmt: skip


class BadMessage(ValueError):
    """This is no signed message, or not one that holds."""


@dataclass(frozen=True)
class Identity:
    """A certificate, its key, and the certificates above it, the nearest first and the root last."""

    certificate: x509.Certificate
    key: Key
    chain: tuple[x509.Certificate, ...]

    @property
    def all(self) -> tuple[x509.Certificate, ...]:
        """The certificate and those above it."""
        return (self.certificate, *self.chain)


def der(certificate: x509.Certificate) -> bytes:
    """The certificate's own bytes."""
    return certificate.public_bytes(Encoding.DER)


def bears_trace(path: Path, certificates: Iterable[x509.Certificate]) -> bool:
    """Whether the end of one of the certificates stands anywhere in a file, as a seal writes it.

    A trace of a seal that no longer holds; read in blocks, and never taken apart.
    """
    traces = [der(each)[-TRACE_BYTES:].hex().encode() for each in certificates]
    before = b""
    with open(path, "rb") as file:
        while block := file.read(BLOCK):
            seen = (before + block).lower()
            if any(trace in seen for trace in traces):
                return True
            before = block[-2 * TRACE_BYTES :]
    return False


def signed(
    by: Identity,
    *,
    digest: bytes,
    content_type: str = "data",
    content: bytes | None = None,
    unsigned: Sequence[cms.CMSAttribute] = (),
) -> cms.ContentInfo:
    """A signed message over a SHA-256 digest.

    Args:
        by: who signs.
        digest: of the content.
        content_type: what the content is.
        content: the content itself, to stand in the message; without it the message stands beside it.
        unsigned: what stands beside the signature, not under it.
    """
    attributes = _attributes(by.certificate, content_type, digest)
    signature = sign(by.key, attributes.dump())
    return message(by, attributes, signature, content_type=content_type, content=content, unsigned=unsigned)


def message(
    by: Identity,
    attributes: cms.CMSAttributes,
    signature: bytes,
    *,
    content_type: str = "data",
    content: bytes | None = None,
    unsigned: Sequence[cms.CMSAttribute] = (),
) -> cms.ContentInfo:
    """The message around a signature that was already made."""
    theirs = asn1_x509.Certificate.load(der(by.certificate))
    info = {
        "version": "v1",
        "sid": {"issuer_and_serial_number": {"issuer": theirs.issuer, "serial_number": theirs.serial_number}},
        "digest_algorithm": SHA256,
        "signed_attrs": attributes,
        "signature_algorithm": {"algorithm": _algorithm(by.key)},
        "signature": signature,
    }
    if unsigned:
        info["unsigned_attrs"] = cms.CMSAttributes(list(unsigned))
    held: dict[str, object] = {"content_type": content_type}
    if content is not None:
        held["content"] = cms.ParsableOctetString(content)
    body = {
        "version": "v1" if content_type == "data" else "v3",
        "digest_algorithms": [SHA256],
        "encap_content_info": held,
        "certificates": [asn1_x509.Certificate.load(der(each)) for each in by.all],
        "signer_infos": [info],
    }
    return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(body)})


def attributes_of(by: Identity, digest: bytes) -> cms.CMSAttributes:
    """What is signed for a digest: for callers that need the signature before the message."""
    return _attributes(by.certificate, "data", digest)


def sign(key: Key, data: bytes) -> bytes:
    """A signature over some bytes, with SHA-256."""
    if isinstance(key, EllipticCurvePrivateKey):
        return key.sign(data, ECDSA(hashes.SHA256()))
    return key.sign(data, PKCS1v15(), hashes.SHA256())


@dataclass(frozen=True)
class Opened:
    """What a signed message says, once its signature was found to be that of one of its certificates.

    Attributes:
        signer: the certificate that signed it.
        certificates: all that came with it.
        signature: the signature's own bytes, over which a time stamp may stand.
        info: the rest of what its signer said.
    """

    signer: x509.Certificate
    certificates: tuple[x509.Certificate, ...]
    signature: bytes
    info: cms.SignerInfo


def opened(data: bytes, digests: "DigestOf", content_type: str = "data") -> Opened:
    """Read a signed message and check its one signature against its content.

    Args:
        data: the message's bytes; filling after its end is passed over.
        digests: gives the content's digest for the name of an algorithm.
        content_type: what the content has to be.

    Raises:
        BadMessage: it cannot be read, is over something else, or its signature does not hold.
    """
    try:
        return _opened(data, digests, content_type)
    except BadMessage:
        raise
    except Exception as error:  # a stranger's bytes: the reader fails in as many ways as there are
        raise BadMessage(type(error).__name__) from None


class DigestOf:
    """The digests of some content by algorithm."""

    def __init__(self, content: bytes) -> None:
        """Keep the content."""
        self.content = content

    def get(self, algorithm: str) -> bytes:
        """The digest by this algorithm."""
        return hashlib.new(algorithm, self.content).digest()


class Known(DigestOf):
    """One SHA-256 digest of content that is not at hand."""

    def __init__(self, digest: bytes) -> None:
        """Keep the digest."""
        self.digest = digest

    def get(self, algorithm: str) -> bytes:
        """The digest, if it is asked for by that name.

        Raises:
            BadMessage: by another.
        """
        if algorithm != "sha256":
            raise BadMessage("another algorithm")
        return self.digest


def _opened(data: bytes, digests: DigestOf, content_type: str) -> Opened:
    info = cms.ContentInfo.load(data)
    if info["content_type"].native != "signed_data":
        raise BadMessage("not signed data")
    body = info["content"]
    if body["encap_content_info"]["content_type"].native != content_type or len(body["signer_infos"]) != 1:
        raise BadMessage("other content")
    one = body["signer_infos"][0]
    certificates = tuple(x509.load_der_x509_certificate(each.chosen.dump()) for each in body["certificates"])
    said = {each["type"].native: each["values"] for each in one["signed_attrs"]}
    algorithm = one["digest_algorithm"]["algorithm"].native
    wanted = digests.get(algorithm)
    if said["content_type"][0].native != content_type or said["message_digest"][0].native != wanted:
        raise BadMessage("over something else")
    signer = _signer(said, certificates)
    attributes = one["signed_attrs"].untag().dump()
    used = one["signature_algorithm"]
    _check(signer, one["signature"].native, attributes, used.signature_algo, used_hash(used, algorithm))
    return Opened(signer, certificates, one["signature"].native, one)


def used_hash(used: cms.SignedDigestAlgorithm, digest_algorithm: str) -> str:
    """The digest under the signature: named with it, or the same as over the content."""
    try:
        return str(used.hash_algo)
    except ValueError:
        return digest_algorithm


def _signer(said: dict[str, core.Asn1Value], certificates: Iterable[x509.Certificate]) -> x509.Certificate:
    """The certificate that the signed part itself names: the message's own word for it is not signed."""
    if "signing_certificate_v2" in said:
        named = said["signing_certificate_v2"][0]["certs"][0]
        algorithm, wanted = named["hash_algorithm"]["algorithm"].native, named["cert_hash"].native
    else:
        named = said["signing_certificate"][0]["certs"][0]
        algorithm, wanted = "sha1", named["cert_hash"].native
    for each in certificates:
        if hashlib.new(algorithm, der(each)).digest() == wanted:
            return each
    raise BadMessage("no certificate")


def _check(signer: x509.Certificate, signature: bytes, data: bytes, algorithm: str, hash_name: str) -> None:
    key, chosen = signer.public_key(), HASHES[hash_name]()
    try:
        if isinstance(key, EllipticCurvePublicKey) and algorithm == "ecdsa":
            key.verify(signature, data, ECDSA(chosen))
        elif isinstance(key, RSAPublicKey) and algorithm == "rsassa_pkcs1v15":
            key.verify(signature, data, PKCS1v15(), chosen)
        else:
            raise BadMessage("another kind of signature")
    except InvalidSignature:
        raise BadMessage("does not hold") from None


def _attributes(certificate: x509.Certificate, content_type: str, digest: bytes) -> cms.CMSAttributes:
    theirs = asn1_x509.Certificate.load(der(certificate))
    issuer = [asn1_x509.GeneralName({"directory_name": theirs.issuer})]
    named = tsp.ESSCertIDv2(
        {
            "hash_algorithm": SHA256,
            "cert_hash": hashlib.sha256(theirs.dump()).digest(),
            "issuer_serial": {"issuer": issuer, "serial_number": theirs.serial_number},
        }
    )
    return cms.CMSAttributes(
        [
            attribute("content_type", content_type),
            attribute("message_digest", digest),
            attribute("signing_certificate_v2", tsp.SigningCertificateV2({"certs": [named]})),
        ]
    )


def attribute(name: str, value: object) -> cms.CMSAttribute:
    """One attribute with one value."""
    return cms.CMSAttribute({"type": name, "values": [value]})


def _algorithm(key: Key) -> str:
    return "sha256_ecdsa" if isinstance(key, EllipticCurvePrivateKey) else "sha256_rsa"
