"""Pictures put in while a file is written for the last time."""

import hashlib
from pathlib import Path

import pikepdf
import pytest

from bundles.engine.pictures import read
from bundles.engine.splicing import Wanted, splice
from jobs.child import Refused
from jobs.placing import put
from tests.bundles.world import make_picture

LETTERS = [f"picture {number} {'a' * 64}".encode() for number in range(3)]


@pytest.fixture
def skeleton(tmp_path: Path) -> Path:
    """Three pages with letters in the place of each picture, and a page of text after each."""
    with pikepdf.new() as pdf:
        for letters in LETTERS:
            page = pdf.add_blank_page(page_size=(595, 842))
            put(pdf, page, letters, size=(30, 20), colours="/DeviceRGB", box=(0, 0, 30, 20))
            pdf.add_blank_page().contents_add(b"% a page\n")
        pdf.save(tmp_path / "skeleton.pdf", object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return tmp_path / "skeleton.pdf"


def wanted(folder: Path) -> dict[bytes, Wanted]:
    rows = {}
    for number, letters in enumerate(LETTERS):
        path = folder / f"{number}.jpg"
        make_picture(path, (30 + number, 20), seed=str(number))
        rows[letters] = Wanted(str(path), len(read(str(path)).data))
    return rows


def test_each_picture_stands_in_its_place_and_every_object_is_found(skeleton: Path, tmp_path: Path) -> None:
    pictures = wanted(tmp_path)

    splice(skeleton, tmp_path / "out.pdf", pictures)

    with pikepdf.open(tmp_path / "out.pdf", attempt_recovery=False) as pdf:
        assert pdf.check_pdf_syntax() == []
        for number, picture in enumerate(pictures.values()):
            found = pdf.pages[2 * number].resources.XObject.Picture.read_raw_bytes()
            assert found == read(picture.path).data
            assert b"a page" in b"".join(part.read_bytes() for part in pdf.pages[2 * number + 1].Contents)


def test_picture_that_changed_meanwhile_is_refused(skeleton: Path, tmp_path: Path) -> None:
    pictures = wanted(tmp_path)
    make_picture(Path(pictures[LETTERS[1]].path), (90, 70))

    with pytest.raises(Refused):
        splice(skeleton, tmp_path / "out.pdf", pictures)


def test_letters_that_stand_twice_or_not_at_all_are_refused(skeleton: Path, tmp_path: Path) -> None:
    pictures = wanted(tmp_path)
    missing = {hashlib.sha256(letters).hexdigest().encode(): told for letters, told in pictures.items()}
    with pytest.raises(Refused):
        splice(skeleton, tmp_path / "out.pdf", missing)

    with pikepdf.open(skeleton) as pdf:
        pdf.pages[1].resources.XObject = pikepdf.Dictionary(Again=pdf.make_stream(b"% " + LETTERS[0]))
        pdf.save(tmp_path / "twice.pdf", object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False)
    with pytest.raises(Refused):
        splice(tmp_path / "twice.pdf", tmp_path / "out.pdf", pictures)


def test_letters_outside_a_picture_are_refused(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page().contents_add(b"% " + LETTERS[0])
        pdf.save(tmp_path / "text.pdf", object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False)

    with pytest.raises(Refused):
        splice(tmp_path / "text.pdf", tmp_path / "out.pdf", {LETTERS[0]: wanted(tmp_path)[LETTERS[0]]})
