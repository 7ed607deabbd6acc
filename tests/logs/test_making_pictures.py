"""Files of several pictures, films that phones keep in a photo's file, and photos of very many pixels."""

import io
import struct

import av
import pikepdf
import pytest
from django.urls import reverse
from PIL import Image

from audit.models import Event
from jobs.actions import run_due
from jobs.models import Job
from logs import copies
from logs.dimensions import read_size
from logs.filetypes import FileType, Kind, sniff
from logs.models import CustodyEvent, Rendition
from tests.factories import CaseFactory, UserFactory
from tests.logs import recordings, samples
from tests.logs.test_checking import arrived
from tests.logs.test_making import bytes_of, facts_of, made_of, part, states
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
COLOURS = ("red", "green", "blue")


def tiff(*pages: Image.Image, **options: object) -> bytes:
    return samples.encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:], **options)


def colours(count: int) -> list[Image.Image]:
    return [Image.new("RGB", (60, 90), COLOURS[number % 3]) for number in range(count)]


def motion_photo(film: bytes) -> bytes:
    """A photo as phones make it: the film behind the picture's end, and the maker's own list behind the film."""
    return samples.jpeg(exif=samples.exif(1)) + film + b"SEFH" + bytes(40)


def heic_with_film(film: bytes) -> bytes:
    return samples.heic() + struct.pack(">I4s", len(film) + 8, b"mpvd") + film


# --- several pictures in a file ---


@pytest.mark.parametrize(
    "options", [{}, {"compression": "tiff_lzw"}, {"compression": "jpeg"}, {"big_tiff": True}], ids=str
)
def test_16_each_page_of_a_scan_in_tiff_is_shown(tmp_path, options):
    content = tiff(*colours(3), **options)
    assert sniff(samples.written(tmp_path, content)) == FileType(Kind.TIFF, width=60, height=90)
    evidence = made_of(content)
    pages = [part(evidence, "page", number) for number in (1, 2, 3)]
    assert [(row.width, row.height, row.media_type) for row in pages] == [(60, 90, "image/jpeg")] * 3
    for row, (strong, others) in zip(pages, ((0, 1), (1, 2), (2, 0)), strict=True):
        with Image.open(io.BytesIO(bytes_of(row))) as image:
            seen = image.getpixel((30, 45))
            assert seen[strong] > seen[others] + 80
    assert "several_pages" in pages[0].notes
    document = part(evidence, "reading")
    assert document.page_count == 3
    with pikepdf.open(io.BytesIO(bytes_of(document))) as laid:
        assert len(laid.pages) == 3


def test_16_a_tiff_of_one_page_is_a_picture_and_no_document():
    evidence = made_of(tiff(*colours(1)))
    assert states(evidence)["page"] == "ok"
    assert not {"reading", "stills"} & states(evidence).keys()


def test_16_of_very_many_pages_the_first_is_shown_and_others_in_small():
    evidence = made_of(tiff(*colours(copies.MOST_PAGES + 1)))
    assert Rendition.objects.filter(evidence=evidence, kind="page").count() == 1
    assert "first_frame_only" in part(evidence, "page").notes
    assert part(evidence, "stills").page_count == 12
    assert (part(evidence, "reading").page_count, part(evidence, "reading").notes) == (2, ["first_and_sheet"])


def test_16_frames_of_a_moving_picture_are_on_a_sheet_that_bundles_print_too():
    evidence = made_of(samples.animated_gif())
    sheet = part(evidence, "stills")
    assert min(sheet.page_count, sheet.width, sheet.height) > 1
    assert part(evidence, "reading").page_count == 2


def test_16_a_page_too_large_to_be_opened_costs_no_other(monkeypatch):
    content = tiff(Image.new("1", (20, 20)), Image.new("1", (13_000, 13_000)), compression="group4")
    evidence = made_of(content)
    assert (states(evidence)["page"], "damaged" in part(evidence, "page").notes) == ("ok", True)
    assert Rendition.objects.filter(evidence=evidence, kind="page").count() == 1


def test_16_a_tiff_that_names_its_own_start_as_its_next_page_comes_to_an_end():
    content = bytearray(tiff(Image.new("L", (20, 20))))
    (start,) = struct.unpack("<I", content[4:8])
    (count,) = struct.unpack("<H", content[start : start + 2])
    place = start + 2 + 12 * count
    content[place : place + 4] = content[4:8]
    assert states(made_of(bytes(content)))["page"] == "ok"


def test_a_tiff_loses_its_secrets_and_is_turned_upright():
    turned = samples.drawing().transpose(Image.Transpose.ROTATE_90)
    evidence = made_of(samples.encoded(turned, "TIFF", exif=samples.exif(6)))
    copy = part(evidence, "page")
    assert (copy.width, copy.height) == (400, 300)
    assert b"SECRET" not in bytes_of(copy)
    assert facts_of(evidence)["device"] == "SECRET-MAKER"


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "RGBA", "I;16"])
def test_15_tiffs_of_every_colour_become_plain_red_green_and_blue(mode):
    picture = Image.new(mode, (50, 50), 30_000) if mode == "I;16" else samples.drawing(mode=mode)
    with Image.open(io.BytesIO(bytes_of(part(made_of(tiff(picture)), "page")))) as image:
        assert image.mode == "RGB"


@pytest.mark.parametrize("content", [b"II*\0", b"II*\0\x08\0\0\0\xff\xff", b"MM\0*\0\0\0\x08\0\1" + bytes(12)])
def test_the_size_of_a_broken_tiff_is_not_known(tmp_path, content):
    assert read_size(samples.written(tmp_path, content), "TIFF") is None


# --- films in the files of photos ---


@pytest.mark.parametrize("made", [motion_photo, heic_with_film])
def test_10_the_film_of_a_photo_becomes_a_part_of_its_own_with_stills(tmp_path, made):
    film = recordings.film(tmp_path / "f.mp4")
    content = made(film)
    evidence = made_of(content)
    kept = part(evidence, "film")
    assert (bytes_of(kept), kept.media_type) == (film, "video/mp4")
    assert part(evidence, "stills").page_count == 12
    for kind in ("page", "thumbnail", "stills", "reading"):
        assert b"ftyp" not in bytes_of(part(evidence, kind))
    assert part(evidence, "reading").notes == ["film_stills"]
    with av.open(io.BytesIO(bytes_of(kept))) as container:
        assert container.streams.video


def test_10_what_is_no_film_after_all_is_kept_too_and_costs_no_copy():
    evidence = made_of(samples.telltale_jpeg())
    assert "had_film" in part(evidence, "page").notes
    assert bytes_of(part(evidence, "film")) == samples.movie(b"mp42")
    assert not {"stills", "reading"} & states(evidence).keys()


def test_10_a_photo_without_a_film_has_no_such_part():
    assert "film" not in states(made_of(samples.jpeg(exif=samples.exif())))


def test_the_film_of_a_photo_leaves_as_an_original_does_and_is_never_shown(client, tmp_path):
    worker = UserFactory()
    film = recordings.film(tmp_path / "f.mp4")
    photo = arrived(motion_photo(film), case=CaseFactory(portal=True, worker=worker))
    run_due()
    case = photo.case
    sign_in(client, worker)
    page = client.get(reverse("logs:entry", args=[case.pk, photo.incident_id])).text
    address = f"{reverse('logs:original', args=[case.pk, photo.pk])}?film=yes"
    assert address in page
    assert client.get(reverse("logs:copy", args=[case.pk, photo.pk, "film"])).status_code == 404
    assert "film=yes" in client.get(address).text  # the page that warns keeps in mind what was asked for
    taken = client.get(f"{address}&sure=yes")
    assert b"".join(taken.streaming_content) == film
    assert taken["Content-Type"] == "application/octet-stream"
    assert taken["Content-Disposition"].startswith("attachment")
    assert Event.objects.filter(action="evidence.downloaded").get().detail["part"] == "film"
    assert CustodyEvent.objects.filter(evidence=photo, kind="downloaded").count() == 1


def test_a_photo_without_a_film_has_none_to_download(client):
    worker = UserFactory()
    photo = arrived(samples.jpeg(), case=CaseFactory(portal=True, worker=worker))
    run_due()
    address = reverse("logs:original", args=[photo.case_id, photo.pk])
    assert sign_in(client, worker).get(address, {"film": "yes", "sure": "yes"}).status_code == 404


# --- very many pixels ---


def noise(size):
    """As large a picture of noise as is asked for, of one tile: every dot made by chance takes seconds."""
    tile, picture = Image.effect_noise((500, 500), 40), Image.new("L", size)
    for left in range(0, size[0], 500):
        for top in range(0, size[1], 500):
            picture.paste(tile, (left, top))
    return picture


def test_a_photo_of_48_million_pixels_is_decoded_small_and_shown():
    evidence = made_of(samples.encoded(noise((8_064, 6_048)), "JPEG", quality=60))
    assert (part(evidence, "page").width, part(evidence, "page").notes) == (2_126, ["made_smaller"])


def test_a_heic_of_50_million_pixels_is_shown():
    assert part(made_of(samples.large_heic()), "page").width == 2_126


def test_what_is_too_large_to_be_decoded_is_kept_and_says_why(monkeypatch):
    monkeypatch.setattr(copies, "memory_mb", lambda media_type: 200)
    evidence = made_of(samples.encoded(noise((7_000, 6_500)).convert("RGB"), "PNG", compress_level=1))
    assert states(evidence)["page"] in {"memory", "too_many_pixels"}
    assert CustodyEvent.objects.filter(evidence=evidence, kind="not_copied").exists()


def test_9_a_sequence_of_avif_frames_is_shown_too():
    frames = [Image.new("RGB", (60, 40), colour) for colour in COLOURS]
    evidence = made_of(samples.encoded(frames[0], "AVIF", save_all=True, append_images=frames[1:]))
    assert (states(evidence)["page"], part(evidence, "stills").page_count) == ("ok", 3)


def test_24_the_same_photo_twice_is_two_exhibits_and_never_one():
    first = made_of(samples.jpeg())
    Job.objects.all().delete()
    second = made_of(samples.jpeg())
    assert first.sha256 == second.sha256
    assert first.storage_name != second.storage_name
