"""The client: what it makes of every answer, and of none."""

import io
import logging
import time
from datetime import UTC, datetime

import pytest

from logs.scanning import PIECE_BYTES, Engine, Verdict, engine, is_there, scan
from logs.standing import ScanState
from tests.logs.clamd import NAME, VIRUS, UnixClamd, as_document, as_mail, running, zipped

CLEAN, COULD_NOT, INFECTED = ScanState.CLEAN, ScanState.COULD_NOT, ScanState.INFECTED


@pytest.fixture
def clamd():
    with running() as server:
        yield server


def said_of(server, content=b"nothing to see", **more):
    return scan(server.url, io.BytesIO(content), **more)


def test_a_clean_file_is_clean(clamd):
    assert said_of(clamd) == Verdict(CLEAN)
    assert clamd.commands == ["zINSTREAM"]


@pytest.mark.h("H23")
@pytest.mark.parametrize("packed", [bytes, zipped, as_document, as_mail, lambda each: zipped(zipped(each))])
def test_the_test_virus_is_found_bare_and_packed(clamd, packed, caplog):
    with caplog.at_level(logging.DEBUG):
        assert said_of(clamd, packed(VIRUS)) == Verdict(INFECTED, found=NAME)
    assert "icar" not in caplog.text


def test_a_unix_socket_will_do(tmp_path):
    with running(UnixClamd(tmp_path / "s")) as server:
        assert said_of(server, VIRUS).state == INFECTED
        assert is_there(server.url)


class Endless:
    """A file of any length that keeps count of what was asked of it."""

    def __init__(self, size):
        self.left, self.largest = size, 0

    def read(self, size=-1):
        self.largest = max(self.largest, size)
        piece = min(size, self.left)
        self.left -= piece
        return bytes(piece)


def test_a_file_goes_in_pieces_and_is_never_held_whole(clamd):
    file = Endless(20_000_000)
    assert scan(clamd.url, file).state == CLEAN
    assert (file.left, file.largest) == (0, PIECE_BYTES)


@pytest.mark.h("H24")
def test_a_file_above_the_scanners_limit_is_not_scanned_and_not_sent_to_its_end(clamd):
    clamd.stream_bytes = 1_000_000
    file = Endless(80_000_000)
    assert scan(clamd.url, file) == Verdict(COULD_NOT, "too_large")
    assert file.left > 0


@pytest.mark.h("H24")
@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ("Heuristics.Limits.Exceeded FOUND", "limits"),
        ("Heuristics.Limits.Exceeded.MaxScanSize FOUND", "limits"),
        ("Heuristics.Encrypted.Zip FOUND", "limits"),
        ("Can't allocate memory ERROR", "error"),
        ("OK maybe", "error"),
        ("not OK", "error"),
        ("ok", "error"),
    ],
)
def test_only_the_one_answer_makes_a_file_clean(clamd, says, reason):
    clamd.says = says
    assert said_of(clamd) == Verdict(COULD_NOT, reason)


@pytest.mark.h("H24")
def test_a_zip_packed_deeper_than_the_scanner_looks_is_not_scanned(clamd):
    content = VIRUS
    for _ in range(12):
        content = zipped(content)
    assert said_of(clamd, content) == Verdict(COULD_NOT, "limits")


@pytest.mark.h("H24")
def test_a_slow_scanner_is_not_waited_for(clamd):
    clamd.seconds = 3.0
    began = time.monotonic()
    assert said_of(clamd, seconds=0.3) == Verdict(COULD_NOT, "slow")
    assert time.monotonic() - began < 2


@pytest.mark.h("H24")
def test_a_stopped_scanner_and_one_that_hangs_up_are_away(clamd, tmp_path):
    clamd.is_hanging_up = True
    assert said_of(clamd) == Verdict(COULD_NOT, "away")
    assert scan(f"unix://{tmp_path}/none", io.BytesIO(b"x")) == Verdict(COULD_NOT, "away")
    assert scan("tcp://127.0.0.1:9", io.BytesIO(b"x")) == Verdict(COULD_NOT, "away")
    assert not is_there("tcp://127.0.0.1:9")
    assert engine("tcp://127.0.0.1:9") == Engine()


def test_a_name_from_a_scanner_is_kept_in_plain_letters(clamd):
    clamd.says = "Evil<script>\r\n" + "x" * 300 + " FOUND"
    found = said_of(clamd).found
    assert found.startswith("Evil?script???x")
    assert len(found) == 120


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        (
            "ClamAV 1.4.6/27830/Wed Nov 25 08:22:11 2026",
            Engine("ClamAV 1.4.6/27830", datetime(2026, 11, 25, 8, 22, 11, tzinfo=UTC)),
        ),
        ("ClamAV 1.5.0-rc", Engine("ClamAV 1.5.0-rc")),
        ("ClamAV 1.4.6/27830/yesterday", Engine("ClamAV 1.4.6/27830")),
        ("something else", Engine()),
    ],
)
def test_which_scanner_it_is_and_how_old_its_signatures_are(clamd, version, expected):
    clamd.version = version
    assert engine(clamd.url) == expected
