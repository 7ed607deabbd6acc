import hashlib
from uuid import UUID

from bundles.selection.commitments import TINY_BYTES, commitment_of, salt_of

ONE, OTHER = UUID(int=1), UUID(int=2)
DIGEST = hashlib.sha256(b"01632 960123").hexdigest()


def test_only_a_file_that_could_be_guessed_has_one() -> None:
    assert commitment_of(evidence_id=ONE, size_bytes=TINY_BYTES - 1, sha256=DIGEST)
    assert commitment_of(evidence_id=ONE, size_bytes=TINY_BYTES, sha256=DIGEST) == ""


def test_two_files_of_one_content_have_two_and_neither_is_its_digest() -> None:
    found = {commitment_of(evidence_id=each, size_bytes=12, sha256=DIGEST) for each in (ONE, OTHER)}

    assert len(found | {DIGEST}) == 3


def test_told_its_salt_anybody_checks_it() -> None:
    told = hashlib.sha256((salt_of(ONE) + DIGEST).encode()).hexdigest()

    assert told == commitment_of(evidence_id=ONE, size_bytes=12, sha256=DIGEST)
