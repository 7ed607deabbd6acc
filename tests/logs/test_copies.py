import hashlib
from pathlib import Path

import pytest
from PIL import Image

from jobs.child import ChildFailed, run
from logs import copies
from tests.logs import samples

RED, BLUE = (200, 20, 20), (20, 20, 200)


def copied(folder: Path, content: bytes, memory_mb: int = copies.IMAGE_MEMORY_MB):
    source = samples.written(folder, content)
    payload = {"source": str(source), "target": str(folder / "copy"), "thumbnail": str(folder / "thumbnail")}
    outcome = run(copies.IMAGE_COPY, payload, memory_mb=memory_mb, seconds=30)
    assert source.read_bytes() == content
    return outcome, folder / "copy", folder / "thumbnail"


def near(pixel, colour) -> bool:
    return all(abs(one - other) < 25 for one, other in zip(pixel, colour, strict=True))


def left_and_right(path: Path) -> tuple[bool, bool]:
    with Image.open(path) as image:
        width, height = image.size
        return near(image.getpixel((width // 8, height // 2)), RED), near(
            image.getpixel((-1 % width, height // 2)), BLUE
        )


@pytest.mark.h("H29")
def test_nothing_but_pixels_survives_and_the_team_is_told(tmp_path):
    content = samples.telltale_jpeg()
    digest = hashlib.sha256(content).hexdigest()
    assert [secret for secret in samples.SECRETS if secret not in content] == []
    outcome, copy, thumbnail = copied(tmp_path, content)
    for path in (copy, thumbnail):
        kept = path.read_bytes()
        assert [secret for secret in samples.SECRETS if secret in kept] == []
        with Image.open(path) as image:
            assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
            assert (image.format, image.mode, dict(image.getexif())) == ("JPEG", "RGB", {})
        assert kept.endswith(b"\xff\xd9")
    assert {"had_location", "had_film", "turned"} <= set(outcome.result["notes"])
    assert hashlib.sha256((tmp_path / "sent").read_bytes()).hexdigest() == digest


@pytest.mark.h("H29")
@pytest.mark.parametrize(
    "content",
    [
        samples.telltale_png(),
        samples.animated_gif(),
        samples.heic(exif=samples.exif(1), xmp=b"SECRET-XMP"),
        samples.encoded(samples.drawing(), "WEBP", exif=samples.exif(1), xmp=b"SECRET-XMP"),
    ],
    ids=["png", "gif", "heic", "webp"],
)
def test_other_pictures_lose_their_secrets_too(tmp_path, content):
    assert [secret for secret in samples.SECRETS if secret in content]
    _, copy, thumbnail = copied(tmp_path, content)
    assert [secret for secret in samples.SECRETS if secret in copy.read_bytes() + thumbnail.read_bytes()] == []


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_are_turned_upright(tmp_path, orientation):
    turn_back = {2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}.get(orientation)
    held = samples.drawing() if turn_back is None else samples.drawing().transpose(copies._TURNS[turn_back])
    content = samples.encoded(held, "JPEG", exif=samples.exif(orientation))
    outcome, copy, _ = copied(tmp_path, content)
    assert (outcome.result["width"], outcome.result["height"]) == (400, 300)
    assert left_and_right(copy) == (True, True)


def test_copies_and_thumbnails_are_made_smaller(tmp_path):
    outcome, copy, thumbnail = copied(tmp_path, samples.jpeg(4_000, 3_000))
    with Image.open(copy) as large, Image.open(thumbnail) as small:
        assert (large.size, small.size) == ((2_126, 1_594), (480, 360))
    assert outcome.result["notes"] == ["made_smaller"]
    assert left_and_right(copy) == (True, True)


@pytest.mark.parametrize("size", [(30_000, 20), (20, 30_000), (1, 1), (2_127, 2_126)])
def test_odd_shapes_come_out_whole(tmp_path, size):
    outcome, copy, _ = copied(tmp_path, samples.encoded(samples.drawing(*size), "PNG"))
    with Image.open(copy) as image:
        assert max(image.size) == min(max(size), copies.LONGEST_SIDE)
        assert min(image.size) >= 1


def test_small_pictures_keep_their_size(tmp_path):
    outcome, copy, _ = copied(tmp_path, samples.encoded(samples.drawing(), "PNG"))
    assert (outcome.result, left_and_right(copy)) == ({"width": 400, "height": 300, "notes": []}, (True, True))


@pytest.mark.parametrize(
    ("picture", "form"),
    [
        (samples.drawing(mode="CMYK"), "JPEG"),
        (samples.drawing(mode="P"), "PNG"),
        (samples.drawing(mode="RGBA"), "PNG"),
        (samples.drawing(mode="RGBA"), "WEBP"),
        (samples.drawing(mode="RGB"), "HEIF"),
    ],
)
def test_colours_come_through_in_every_mode(tmp_path, picture, form):
    _, copy, _ = copied(tmp_path, samples.encoded(picture, form))
    assert left_and_right(copy) == (True, True)


@pytest.mark.parametrize(
    ("mode", "value", "seen"), [("I;16", 40_000, 156), ("L", 156, 156), ("1", 1, 255), ("LA", 0, 255)]
)
def test_grey_pictures_keep_their_brightness(tmp_path, mode, value, seen):
    content = samples.encoded(Image.new(mode, (50, 50), value), "PNG")
    _, copy, _ = copied(tmp_path, content)
    with Image.open(copy) as image:
        assert near(image.getpixel((25, 25)), (seen,) * 3)


def test_transparent_parts_become_white(tmp_path):
    see_through = Image.new("RGBA", (3_000, 1_000), (255, 0, 0, 0))
    outcome, copy, _ = copied(tmp_path, samples.encoded(see_through, "PNG"))
    with Image.open(copy) as image:
        assert near(image.getpixel((100, 100)), (255, 255, 255))
    assert "flattened" in outcome.result["notes"]


def test_a_broken_colour_profile_is_passed_over(tmp_path):
    outcome, copy, _ = copied(tmp_path, samples.jpeg(icc_profile=b"nonsense" * 20))
    assert outcome.result["notes"] == []
    assert left_and_right(copy) == (True, True)


def test_moving_pictures_give_their_first_frame_and_say_so(tmp_path):
    outcome, copy, _ = copied(tmp_path, samples.animated_gif())
    with Image.open(copy) as image:
        assert near(image.getpixel((30, 20)), (255, 0, 0))
    assert "first_frame_only" in outcome.result["notes"]


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_cut_off_pictures_show_what_there_is_and_are_marked(tmp_path, form):
    content = samples.encoded(Image.effect_noise((400, 300), 90).convert("RGB"), form)
    outcome, copy, _ = copied(tmp_path, content[: len(content) // 2])
    assert outcome.result["notes"] == ["damaged"]
    with Image.open(copy) as image:
        assert image.size == (400, 300)


@pytest.mark.parametrize(
    "content", [b"", b"not a picture", samples.HTML, samples.jpeg()[:30], b"\xff\xd8\xff" + bytes(500)]
)
def test_what_cannot_be_read_is_refused(tmp_path, content):
    with pytest.raises(ChildFailed) as failed:
        copied(tmp_path, content)
    assert failed.value.code == "refused:unreadable"


@pytest.mark.parametrize("form", ["BMP", "PPM"])
def test_other_decoders_are_never_reached(tmp_path, form):
    with pytest.raises(ChildFailed):
        copied(tmp_path, samples.encoded(samples.drawing(), form))


@pytest.mark.h("H26")
def test_too_many_pixels_are_refused_before_decoding(tmp_path):
    with pytest.raises(ChildFailed) as failed:
        copied(tmp_path, samples.huge_png(), memory_mb=300)
    assert failed.value.code == "refused:too_many_pixels"


@pytest.mark.parametrize(
    ("make", "memory_mb", "most_mb"),
    [
        (samples.large_heic, copies.HEIC_MEMORY_MB, 400),
        (lambda: samples.jpeg(8_160, 6_120), copies.IMAGE_MEMORY_MB, 200),
    ],
    ids=["heic", "jpeg"],
)
def test_fifty_million_pixels_of_a_new_phone_are_made_smaller_in_little_memory(tmp_path, make, memory_mb, most_mb):
    outcome, copy, _ = copied(tmp_path, make(), memory_mb=memory_mb)
    assert outcome.peak_rss_bytes < most_mb * 1024**2
    with Image.open(copy) as image:
        assert max(image.size) == 2_126


@pytest.mark.h("H26")
def test_the_largest_picture_allowed_stays_below_300_megabytes(tmp_path):
    largest = Image.new("RGBA", (6_324, 6_324), (9, 99, 199, 128))
    outcome, copy, _ = copied(tmp_path, samples.encoded(largest, "PNG", compress_level=1))
    assert outcome.peak_rss_bytes < 300 * 1024**2
    with Image.open(copy) as image:
        assert image.size == (2_126, 2_126)


def test_a_progressive_picture_too_large_to_hold_is_not_called_damaged(tmp_path):
    content = samples.jpeg(7_000, 5_600, progressive=True, subsampling=0)
    with pytest.raises(ChildFailed) as failed:
        copied(tmp_path, content)
    assert failed.value.code == "memory"


@pytest.mark.h("H25")
@pytest.mark.parametrize("content", [samples.jpeg() + samples.HTML, samples.animated_gif() + samples.HTML])
def test_pages_hidden_in_pictures_die_in_the_copy(tmp_path, content):
    _, copy, thumbnail = copied(tmp_path, content)
    assert b"script" not in copy.read_bytes() + thumbnail.read_bytes()


def test_copies_are_the_owners_only(tmp_path):
    _, copy, thumbnail = copied(tmp_path, samples.jpeg())
    assert {path.stat().st_mode & 0o777 for path in (copy, thumbnail)} == {0o600}


def facts(folder: Path, content: bytes):
    payload = {"source": str(samples.written(folder, content))}
    return run(copies.PDF_FACTS, payload, memory_mb=copies.PDF_MEMORY_MB, seconds=30).result


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (samples.pdf(pages=3), {"pages": 3, "locked": False, "restricted": False}),
        (samples.pdf(password="x"), {"pages": 0, "locked": True, "restricted": True}),
        (samples.pdf(owner="x"), {"pages": 2, "locked": False, "restricted": True}),
    ],
    ids=["open", "locked", "restricted"],
)
def test_facts_about_pdfs(tmp_path, content, expected):
    assert facts(tmp_path, content) == expected


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7\nnonsense", bytes(range(256)) * 4, b""], ids=["empty shell", "noise", "empty"]
)
def test_damaged_pdfs_are_refused(tmp_path, content):
    with pytest.raises(ChildFailed) as failed:
        facts(tmp_path, content)
    assert failed.value.code == "refused:damaged"


def test_pdfs_of_too_many_pages_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(copies, "MAX_PDF_PAGES", 1)
    source = samples.written(tmp_path, samples.pdf(pages=2))
    with pytest.raises(copies.Refused) as refused:
        copies.pdf_facts({"source": str(source)})
    assert refused.value.code == "too_many_pages"
