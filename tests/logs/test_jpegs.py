import io
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Name
from PIL import Image

from logs import cleaning, jpegs
from tests.bundles.world import make_pdf, metadata_jpeg


@pytest.mark.parametrize("data", [b"", b"no picture", metadata_jpeg()[:200], b"\xff\xd8\xff\xd9"])
def test_what_is_no_whole_jpeg_is_refused(data: bytes) -> None:
    with pytest.raises(jpegs.NoJpeg):
        jpegs.plain(data)


def test_what_a_camera_wrote_into_a_photograph_of_a_page_is_not_in_the_copy(tmp_path: Path) -> None:
    make_pdf(tmp_path / "a.pdf").close()
    with pikepdf.open(tmp_path / "a.pdf", allow_overwriting_input=True) as pdf:
        photo = pdf.make_stream(metadata_jpeg(), Type=Name.XObject, Subtype=Name.Image, Width=640, Height=480)
        photo.ColorSpace, photo.BitsPerComponent, photo.Filter = Name.DeviceRGB, 8, Name.DCTDecode
        pdf.pages[0].add_resource(photo, Name.XObject, Name.Photo)
        pdf.pages[0].contents_add(b"q 300 0 0 200 80 300 cm /Photo Do Q")
        pdf.save(tmp_path / "a.pdf")
    cleaning.clean({"path": str(tmp_path / "a.pdf"), "out": str(tmp_path / "out.pdf")})
    with pikepdf.open(tmp_path / "out.pdf") as copy:
        (kept,) = [thing for thing in copy.objects if isinstance(thing, pikepdf.Stream) and "/Width" in thing]
        data = kept.read_raw_bytes()
    assert b"SECRET" not in data
    assert b"Exif" not in data
    with Image.open(io.BytesIO(data)) as shown:
        assert shown.size == (640, 480)
