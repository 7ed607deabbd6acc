"""The last writing of a file: some objects anew, pictures' bytes in their places, and every object found again."""

from pathlib import Path

import pikepdf
import pytest

from bundles.engine.pictures import read
from bundles.engine.splicing import Changes, Picture, Wanted, splice, stream
from jobs.child import Refused
from tests.bundles.world import make_picture

COUNT = 3
TOLD = b"/Type /XObject /Subtype /Image /Width 30 /Height 20 /BitsPerComponent 8 /ColorSpace /DeviceRGB "


@pytest.fixture
def joined(tmp_path: Path) -> Path:
    """Three pages with a letter in the place of each picture, and a page of text after each."""
    with pikepdf.new() as pdf:
        for _ in range(COUNT):
            page = pdf.add_blank_page(page_size=(595, 842))
            page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Picture=pdf.make_stream(b"-")))
            pdf.add_blank_page().Contents = pdf.make_stream(b"% a page\n")
        pdf.save(tmp_path / "joined.pdf", object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return tmp_path / "joined.pdf"


@pytest.fixture
def changes(joined: Path, tmp_path: Path) -> Changes:
    """Each picture in its place, and one object more."""
    with pikepdf.open(joined) as pdf:
        made = Changes(int(pdf.trailer.Size))
        for number in range(COUNT):
            path = tmp_path / f"{number}.jpg"
            make_picture(path, (30 + number, 20), seed=str(number))
            wanted = Wanted(str(path), len(read(str(path)).data))
            place = pdf.pages[2 * number].Resources.XObject.Picture.objgen[0]
            made.by[place] = Picture(TOLD + b"/Filter /DCTDecode ", wanted)
        root = pdf.Root.objgen[0]
        made.by[root] = pdf.Root.unparse(resolved=True)[:-2] + b"/More %d 0 R >>" % made.add(stream(b"more" * 99))
    return made


def spliced(joined: Path, changes: Changes) -> Path:
    with pikepdf.open(joined) as pdf:
        trailer = b"/Root %d 0 R " % pdf.Root.objgen[0]
    out = joined.with_name("out.pdf")
    splice(joined, out, changes, trailer)
    return out


def test_each_picture_stands_in_its_place_and_every_object_is_found(
    joined: Path, changes: Changes, tmp_path: Path
) -> None:
    with pikepdf.open(spliced(joined, changes), attempt_recovery=False) as pdf:
        assert pdf.check_pdf_syntax() == []
        assert pdf.Root.More.read_bytes() == b"more" * 99
        for number in range(COUNT):
            found = pdf.pages[2 * number].Resources.XObject.Picture.read_raw_bytes()
            assert found == read(str(tmp_path / f"{number}.jpg")).data
            assert pdf.pages[2 * number + 1].Contents.read_bytes() == b"% a page\n"


def test_what_is_left_is_gone_and_its_number_given_to_another(joined: Path) -> None:
    with pikepdf.open(joined) as pdf:
        page = pdf.pages[1].obj
        number, size = page.Contents.objgen[0], int(pdf.trailer.Size)
    changes = Changes(size)
    changes.leave([number])

    assert changes.add(stream(b"% another\n")) == number
    assert changes.add(b"true") == size

    with pikepdf.open(spliced(joined, changes), attempt_recovery=False) as pdf:
        assert pdf.pages[1].Contents.read_bytes() == b"% another\n"
        assert pdf.check_pdf_syntax() == []


def test_what_is_left_and_wanted_by_nobody_is_nothing(joined: Path) -> None:
    with pikepdf.open(joined) as pdf:
        number, size = pdf.pages[1].obj.Contents.objgen[0], int(pdf.trailer.Size)
    changes = Changes(size)
    changes.leave([number])

    with pikepdf.open(spliced(joined, changes), attempt_recovery=False) as pdf:
        assert pdf.get_object(number, 0) is None


def test_picture_that_changed_meanwhile_is_refused(joined: Path, changes: Changes, tmp_path: Path) -> None:
    make_picture(tmp_path / "1.jpg", (90, 70))

    with pytest.raises(Refused, match="pictures_differ"):
        spliced(joined, changes)


def test_file_with_its_table_in_another_form_is_refused(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(tmp_path / "joined.pdf", object_stream_mode=pikepdf.ObjectStreamMode.generate)

    with pytest.raises(Refused):
        spliced(tmp_path / "joined.pdf", Changes(9))
