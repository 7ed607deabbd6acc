"""The seal against readers that are not ours: pyHanko's validator, OpenSSL's, and poppler's where it is installed."""

import asyncio
import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.policy_decl import (
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, RevocationCheckingPolicy, RevocationCheckingRule
from pyhanko_certvalidator.registry import SimpleTrustManager

from bundles.seals.sealing import Sealer, SealFailed, seal
from bundles.seals.signing import der
from tests.bundles.world import KEY, make_pdf, seal_it

# Poppler's reader, where the machine has it: no registry of ours carries it, and `pytest -rs` says that it is not here.
HERE = [program for program in (shutil.which("pdfsig"),) if program]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sealed")


@pytest.fixture(scope="module")
def sealed(folder: Path) -> Path:
    make_pdf(folder / "f.pdf", 3).close()
    seal_it(folder / "f.pdf")
    return folder / "f.pdf"


@pytest.fixture(scope="module")
def root(folder: Path) -> Path:
    path = folder / "root.pem"
    path.write_bytes(KEY.time_roots[0].public_bytes(Encoding.PEM))
    return path


@pytest.fixture
def deep() -> Iterator[None]:
    kept = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    yield
    sys.setrecursionlimit(kept)


def long_term_status(
    path: Path, sealer: Sealer = KEY, must: RevocationCheckingRule = RevocationCheckingRule.CRL_REQUIRED
) -> Any:
    """What pyHanko's own validator says of a file, with nothing but our roots and what the file brings with it."""
    trusted = SimpleTrustManager.build([x509.Certificate.load(der(each)) for each in sealer.time_roots])
    policy = CertValidationPolicySpec(trusted, CertRevTrustPolicy(RevocationCheckingPolicy(must, must)))
    offline = RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY)
    spec = PdfSignatureValidationSpec(SignatureValidationSpec(policy, offline))
    with open(path, "rb") as file:
        signature = PdfFileReader(file).embedded_regular_signatures[0]
        with ThreadPoolExecutor(1) as elsewhere:  # a browser's test leaves a loop running in this thread
            return elsewhere.submit(lambda: asyncio.run(ades_lta_validation(signature, spec))).result()


def parts_of(path: Path) -> list[tuple[bytes, bytes]]:
    """Of the seal and of the time stamp over it: the bytes it covers, and its message."""
    data = path.read_bytes()
    found = []
    for said in re.findall(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\]", data):
        first, behind, length = map(int, said)
        found.append(
            (data[:first] + data[behind : behind + length], bytes.fromhex(data[first + 1 : behind - 1].decode()))
        )
    return found


def run(*command: object) -> str:
    told = subprocess.run([str(each) for each in command], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    return told.stdout + told.stderr


def test_pyhanko_finds_it_valid_for_the_long_run(sealed: Path) -> None:
    status = long_term_status(sealed)

    assert status.ades_subindic.name == "OK"
    assert status.api_status.bottom_line
    assert status.api_status.timestamp_validity.valid


def test_openssl_finds_the_seal_valid_over_every_byte_but_itself(sealed: Path, root: Path, tmp_path: Path) -> None:
    covered, message = parts_of(sealed)[0]
    (tmp_path / "covered").write_bytes(covered)
    (tmp_path / "seal.p7s").write_bytes(message)

    run("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", tmp_path / "seal.p7s", "-content",
        tmp_path / "covered", "-CAfile", root, "-purpose", "any", "-out", tmp_path / "out")  # fmt: skip


def test_openssl_finds_the_time_stamp_valid_over_every_byte_but_itself(
    sealed: Path, root: Path, tmp_path: Path
) -> None:
    covered, message = parts_of(sealed)[1]
    (tmp_path / "covered").write_bytes(covered)
    (tmp_path / "time.tsr").write_bytes(message)

    assert len(covered) + 2 * len(message) + 2 == sealed.stat().st_size
    said = run("openssl", "ts", "-verify", "-data", tmp_path / "covered", "-in", tmp_path / "time.tsr", "-token_in",
               "-CAfile", root)  # fmt: skip
    assert "Verification: OK" in said


@pytest.mark.parametrize("pdfsig", HERE)
def test_poppler_finds_the_seal_valid_and_over_the_whole_document(sealed: Path, pdfsig: str) -> None:
    """What it said when it was asked by hand is in decision 0067."""
    said = run(pdfsig, sealed)
    assert "Signature is Valid." in said
    assert "Total document signed" in said


@pytest.mark.parametrize("pdfsig", HERE)
def test_poppler_finds_one_flipped_byte(sealed: Path, tmp_path: Path, pdfsig: str) -> None:
    data = bytearray(sealed.read_bytes())
    data[200] ^= 1
    (tmp_path / "changed.pdf").write_bytes(data)
    told = subprocess.run([pdfsig, tmp_path / "changed.pdf"], capture_output=True, text=True, check=False)
    assert "Signature is Valid." not in told.stdout


def test_openssl_finds_one_flipped_byte_under_the_seal_and_under_the_time_stamp(
    sealed: Path, root: Path, tmp_path: Path
) -> None:
    """The second validator beside pyHanko's, on every machine: a change that it does not see would be no check."""
    for number, (covered, message) in enumerate(parts_of(sealed)):
        changed = bytearray(covered)
        changed[200] ^= 1
        (tmp_path / "changed").write_bytes(changed)
        (tmp_path / "message").write_bytes(message)
        cms = ["cms", "-verify", "-binary", "-inform", "DER", "-in", tmp_path / "message", "-content",
               tmp_path / "changed", "-purpose", "any", "-out", tmp_path / "out"]  # fmt: skip
        stamp = ["ts", "-verify", "-data", tmp_path / "changed", "-in", tmp_path / "message", "-token_in"]
        command = ["openssl", *map(str, stamp if number else cms), "-CAfile", str(root)]
        assert subprocess.run(command, capture_output=True, check=False).returncode != 0


def test_seal_tells_nothing_but_itself(sealed: Path) -> None:
    with pikepdf.open(sealed) as pdf:
        assert "/ModDate" not in pdf.docinfo
        assert "/Producer" not in pdf.docinfo
    assert b"hanko" not in sealed.read_bytes().lower()


def test_names_in_the_certificates_say_nothing_of_the_service(sealed: Path) -> None:
    words = {each.subject.rfc4514_string() for each in (*KEY.identity.all, KEY.authority.identity.certificate)}  # type: ignore[attr-defined]
    assert not re.search(r"victim|stalk|police|court|nsvcs|norfolk", " ".join(words), re.IGNORECASE)


def test_outline_of_a_thousand_siblings_is_sealed_and_found_valid(tmp_path: Path, deep: None) -> None:
    """At Python's own limit pyHanko's validator ends in a recursion error here; ours never walks the outline."""
    with make_pdf(tmp_path / "f.pdf", 2) as pdf:
        with pdf.open_outline() as outline:
            outline.root.extend(pikepdf.OutlineItem(f"Exhibit {number}", number % 2) for number in range(1200))
        pdf.save(tmp_path / "g.pdf")

    assert seal_it(tmp_path / "g.pdf") == hashlib.sha256((tmp_path / "g.pdf").read_bytes()).hexdigest()
    assert long_term_status(tmp_path / "g.pdf").api_status.bottom_line


def test_file_that_is_no_pdf_is_not_sealed(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"no PDF")

    with pytest.raises(SealFailed):
        seal_it(tmp_path / "f")


@pytest.mark.parametrize(("start", "end"), [(10, 20), (20_000_000, 20_000_010), (-5, 9)])
def test_room_that_is_not_behind_the_file_as_it_was_is_never_signed_around(
    tmp_path: Path, start: int, end: int
) -> None:
    make_pdf(tmp_path / "plain.pdf").close()

    with pytest.raises(SealFailed, match="seal_broken"):
        seal(tmp_path / "plain.pdf", KEY, lambda target, payload, seconds: {"start": start, "end": end})
