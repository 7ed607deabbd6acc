import random
from pathlib import Path

import pytest

from bundles.sealing import bears_mark, public_text, read_seal, seal, sealing_key
from tests.bundles.world import KEY, make_pdf


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    make_pdf(tmp_path / "f.pdf").close()
    seal(tmp_path / "f.pdf", KEY)
    return tmp_path / "f.pdf"


def test_sealed_file_fits_its_seal(sealed: Path) -> None:
    found = read_seal(sealed)

    assert found is not None
    assert found.fits
    assert found.public_key == public_text(KEY)


def test_every_flipped_bit_is_found(sealed: Path) -> None:
    data = bytearray(sealed.read_bytes())
    chance = random.Random(7)
    # All of the end, where the seal and the file's own last lines stand, and a sample of the rest.
    places = [*range(len(data) - 300, len(data)), *chance.sample(range(len(data)), 200)]
    for at in places:
        for bit in (0, 5):
            data[at] ^= 1 << bit
            sealed.write_bytes(data)
            found = read_seal(sealed)
            assert found is None or not found.fits, at
            data[at] ^= 1 << bit


@pytest.mark.parametrize("addition", [b"\n", b" ", b"%%EOF\n", b"x" * 1000])
def test_addition_at_the_end_leaves_a_trace_without_a_seal(sealed: Path, addition: bytes) -> None:
    sealed.write_bytes(sealed.read_bytes() + addition)

    assert read_seal(sealed) is None
    assert bears_mark(sealed)


def test_file_that_ends_otherwise_is_not_sealed(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"no PDF")

    with pytest.raises(ValueError, match="does not end"):
        seal(tmp_path / "f", KEY)


def test_key_comes_from_the_master_key_alone() -> None:
    assert public_text(sealing_key("one")) == public_text(sealing_key("one"))
    assert public_text(sealing_key("one")) != public_text(sealing_key("two"))
