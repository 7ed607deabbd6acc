from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bundles.engine.pictures import PictureError, read
from tests.bundles.world import make_picture, metadata_jpeg


def test_nothing_but_the_picture_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "p"
    path.write_bytes(metadata_jpeg())

    picture = read(str(path))

    assert b"SECRET" in path.read_bytes()
    assert b"SECRET" not in picture.data
    assert b"Exif" not in picture.data
    assert (picture.width, picture.height, picture.colours) == (640, 480, "/DeviceRGB")
    with Image.open(BytesIO(picture.data)) as kept, Image.open(path) as original:
        assert kept.tobytes() == original.tobytes()


@pytest.mark.parametrize(
    "save", [{"progressive": True}, {"optimize": True}, {"subsampling": 0}, {"restart_marker_rows": 1}]
)
def test_every_way_of_writing_a_jpeg_is_read(tmp_path: Path, save: dict[str, object]) -> None:
    make_picture(tmp_path / "p", (333, 222), **save)

    picture = read(str(tmp_path / "p"))

    with Image.open(BytesIO(picture.data)) as kept, Image.open(tmp_path / "p") as original:
        assert kept.tobytes() == original.tobytes()


@pytest.mark.parametrize("end", [0, 1, 2, 30, 400, -2])
def test_picture_cut_short_is_refused(tmp_path: Path, end: int) -> None:
    make_picture(tmp_path / "p", (60, 40))
    (tmp_path / "p").write_bytes((tmp_path / "p").read_bytes()[:end])

    with pytest.raises(PictureError):
        read(str(tmp_path / "p"))


def test_other_kinds_are_refused(tmp_path: Path) -> None:
    Image.new("RGB", (9, 9)).save(tmp_path / "p.png")
    Image.new("CMYK", (9, 9)).save(tmp_path / "p.jpg")

    for name in ("p.png", "p.jpg"):
        with pytest.raises(PictureError):
            read(str(tmp_path / name))
