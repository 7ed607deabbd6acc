"""Whether certificates were taken back: fetched and checked when a bundle is sealed, and kept in it for later years.

Source: RFC 5280, 4.2.1.13 and 4.2.2.1; RFC 6960. What is checked of each answer: `bundles.seals.answers`.
"""

import urllib.request
from collections.abc import Iterable, Iterator, Sequence

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from bundles.seals.answers import Answer, BadAnswer, Question, Status, read_answer, read_list
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
        SealFailed: `revocation_unreachable`: nobody answered. `revocation_unproved`: somebody did, and it did not hold.
            `certificate_revoked`: one was taken back.
    """
    asking = _Asking()
    for certificate in certificates:
        issuer = next((each for each in among if issued_by(each, certificate)), None)
        if issuer is None or not asking.about(Question(certificate, issuer)):
            raise SealFailed("revocation_unproved" if asking.had_answers else "revocation_unreachable")
    return Proofs(tuple(asking.lists), tuple(asking.answers))


class _Asking:
    """What was told so far that held."""

    def __init__(self) -> None:
        self.lists: dict[bytes, None] = {}
        self.answers: dict[bytes, None] = {}
        self.had_answers = False

    def about(self, question: Question) -> bool:
        """Whether something holds that says the certificate is good."""
        return any(self._answered(question, each) for each in _asked_at(question.certificate)) or self._listed(question)

    def _answered(self, question: Question, address: str) -> bool:
        headers = {"Content-Type": "application/ocsp-request"}
        told = self._fetched(urllib.request.Request(address, question.request(), headers))  # noqa: S310
        try:
            answer = read_answer(told, question)
        except BadAnswer:
            return False
        if not self._may_be_believed(answer, question):
            return False
        if answer.status == Status.REVOKED:
            raise SealFailed("certificate_revoked")
        if answer.status != Status.GOOD:
            return False
        self.answers[told] = None
        return True

    def _may_be_believed(self, answer: Answer, question: Question) -> bool:
        """Whoever was put up to answer could have been taken back too: then a list has to say that they were not."""
        if answer.signer == question.issuer or not answer.needs_list:
            return True
        return self._is_on_list(Question(answer.signer, question.issuer)) is False

    def _listed(self, question: Question) -> bool:
        is_on_it = self._is_on_list(question)
        if is_on_it:
            raise SealFailed("certificate_revoked")
        return is_on_it is False

    def _is_on_list(self, question: Question) -> bool | None:
        """Whether a list names the certificate as taken back; none where no list holds."""
        for address in _listed_at(question.certificate):
            told = self._fetched(urllib.request.Request(address))  # noqa: S310
            try:
                found = read_list(told, question)
            except BadAnswer:
                continue
            self.lists[told] = None
            return found.get_revoked_certificate_by_serial_number(question.certificate.serial_number) is not None
        return None

    def _fetched(self, request: urllib.request.Request) -> bytes:
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - web addresses alone
                told: bytes = answer.read(MOST_BYTES)
        except OSError:
            return b""
        self.had_answers = self.had_answers or bool(told)
        return told


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
