import docx
import pytest

from logs import filetypes
from logs.dimensions import has_too_many_pixels
from logs.filetypes import FileType, Kind, Refusal, sniff
from tests.logs import samples

MAIL = (
    b"Received: from x\r\nFrom: sam@example.org\r\nSubject: hi\r\nDate: Wed, 3 Jun 2026 14:30:00 +0100\r\n\r\n"
    b"<html>hi</html>"
)
CHAT = "[03/06/2026, 14:30:01] Sam: hi\n[03/06/2026, 14:31:01] Jo: hello, you\n" * 5
ANDROID_CHAT = "03/06/2026, 14:30 - Sam: hi\n03/06/2026, 14:31 - Jo: hello\n" * 5

KEPT = [
    (samples.jpeg(), Kind.JPEG),
    (samples.telltale_jpeg(), Kind.JPEG),
    (samples.encoded(samples.drawing(), "PNG"), Kind.PNG),
    (samples.heic(), Kind.HEIC),
    (samples.encoded(samples.drawing(), "WEBP"), Kind.WEBP),
    (samples.encoded(samples.drawing(), "WEBP", lossless=True), Kind.WEBP),
    (samples.animated_gif(), Kind.GIF),
    (samples.pdf(), Kind.PDF),
    (samples.movie(b"isom"), Kind.MP4),
    (samples.movie(b"mp42"), Kind.MP4),
    (samples.movie(b"M4V "), Kind.MP4),
    (samples.movie(b"qt  "), Kind.MOV),
    (b"\0\0\0\x08wide\0\0\0\x08mdat" + bytes(100), Kind.MOV),
    (samples.mp3(), Kind.MP3),
    (samples.mp3(tagged=True), Kind.MP3),
    (b"ID3\3" + bytes(60), Kind.MP3),
    (samples.movie(b"M4A "), Kind.M4A),
    (samples.sound(), Kind.WAV),
    (samples.ogg(), Kind.OGG),
    (samples.docx(), Kind.DOCX),
    (MAIL, Kind.EML),
    (b"Subject: hi\nX-A: b\n folded\nFrom: a@example.org\n\nbody", Kind.EML),
    (b"He rang at three.\n", Kind.TXT),
    ("Él llamó".encode("latin-1"), Kind.TXT),
    ("He rang.\n".encode("utf-16"), Kind.TXT),
    (b"Dear Jo, I went out,\nand then, he rang, twice,\nthen left", Kind.TXT),
    (CHAT.encode(), Kind.TXT),
    (ANDROID_CHAT.encode(), Kind.TXT),
    (b'{"messages": [{"from": "Sam"}]}', Kind.TXT),
    (b"date,what\n3 June,rang\n4 June,rang\n", Kind.CSV),
    (b"\xef\xbb\xbfdate;what\r\n3 June;rang\r\n", Kind.CSV),
    (b'"date","what"\n"3 June","he said, ""hi"""\n', Kind.CSV),
    (samples.zipped(("a.txt", b"x")), Kind.ZIP),
    (samples.zipped(("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"x")), Kind.XLSX),
    (b"<?xml version='1.0'?>\n<smses count='1'><sms body='x'/></smses>", Kind.XML),
    (b"<smses count='1'><sms body='x'/></smses>", Kind.XML),
]
REFUSED = [
    (b"", "empty"),
    (samples.HTML, "web_page"),
    (b" \n<!-- x --><!DOCTYPE html>\n<p>x", "web_page"),
    (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'></html>", "web_page"),
    (b"From: <Saved>\nSnapshot-Content-Location: https://example.org\nMIME-Version: 1.0\n\nx", "web_page"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "drawing"),
    (b"<?xml version='1.0'?><!-- x --><svg:svg xmlns:svg='http://www.w3.org/2000/svg'/>", "drawing"),
    (samples.encoded(samples.drawing(), "BMP"), "picture_kind"),
    (samples.encoded(samples.drawing(), "BMP"), "picture_kind"),
    (samples.movie(b"3gp4"), "video_kind"),
    (b"#!AMR\n" + bytes(40), "sound_kind"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1_000), "old_office"),
    (b"{\\rtf1 hello}", "office"),
    (samples.zipped(("mimetype", b"application/vnd.oasis.opendocument.text")), "office"),
    (samples.zipped(("META-INF/MANIFEST.MF", b"x")), "program"),
    (b"MZ" + bytes(200), "program"),
    (b"Rar!\x1a\x07\x01\0" + bytes(40), "archive_kind"),
    (bytes(range(128, 256)) + bytes(range(256)), "unknown"),
]


@pytest.mark.parametrize(("content", "kind"), KEPT, ids=lambda value: value if isinstance(value, str) else "")
def test_kept_kinds_are_told_by_content(tmp_path, content, kind):
    found = sniff(samples.written(tmp_path, content, "photo.exe"))
    assert isinstance(found, FileType), found
    assert found.kind == kind


@pytest.mark.parametrize(("content", "code"), REFUSED, ids=lambda value: value if isinstance(value, str) else "")
def test_other_kinds_are_refused_in_words(tmp_path, content, code):
    found = sniff(samples.written(tmp_path, content, "photo.jpg"))
    assert found == Refusal(code)
    assert found.sentence.endswith(".")


def test_every_kind_has_a_media_type_and_an_ending_of_its_own():
    assert {kind.media_type for kind in Kind} == set(filetypes.MEDIA_TYPES.values())
    assert len({kind.extension for kind in Kind}) == len(Kind) == 21


def test_no_refusal_blames_or_names_what_it_is_about():
    for code in filetypes.REFUSALS:
        sentence = Refusal(code).sentence.lower()
        assert not [word for word in ("invalid", "error", "evidence", "virus", "police") if word in sentence]


@pytest.mark.h("H25")
@pytest.mark.parametrize(
    "content",
    [b"<html>x</html>", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<script>alert(1)</script>"],
)
def test_pages_and_drawings_called_jpg_are_refused(tmp_path, content):
    assert isinstance(sniff(samples.written(tmp_path, content, "holiday.jpg")), Refusal)


@pytest.mark.h("H25")
def test_polyglots_are_kept_as_the_picture_they_open_as(tmp_path):
    gif = samples.animated_gif() + samples.HTML
    assert sniff(samples.written(tmp_path, gif)).media_type == "image/gif"
    assert sniff(samples.written(tmp_path, samples.jpeg() + samples.HTML)).media_type == "image/jpeg"


@pytest.mark.h("H26")
def test_a_small_file_of_too_many_pixels_is_refused_by_its_header(tmp_path):
    content = samples.huge_png()
    assert len(content) < 30_000
    assert sniff(samples.written(tmp_path, content)) == Refusal("too_many_pixels")


@pytest.mark.h("H26")
@pytest.mark.parametrize(("side", "is_kept"), [(6_324, True), (6_325, False)])
def test_forty_million_pixels_is_the_limit_of_what_bursts(tmp_path, side, is_kept):
    found = sniff(samples.written(tmp_path, samples.huge_png(side)))
    assert isinstance(found, FileType) is is_kept


def test_a_photo_of_a_new_phone_is_kept_however_large(tmp_path):
    found = sniff(samples.written(tmp_path, samples.large_heic()))
    assert (found.kind, found.width, found.height) == (Kind.HEIC, 8_160, 6_120)


@pytest.mark.h("H26")
@pytest.mark.parametrize(
    ("size", "file_bytes", "is_too_large"),
    [
        ((16_320, 12_240), 15_000_000, False),
        ((16_320, 12_240), 400_000, True),
        ((16_000, 15_625), 40_000_000, False),
        ((16_000, 15_626), 40_000_000, True),
        ((6_000, 6_000), 1, False),
    ],
)
def test_more_pixels_than_forty_million_have_to_look_like_a_cameras_work(size, file_bytes, is_too_large):
    assert has_too_many_pixels(size, file_bytes) is is_too_large


def test_size_is_read_from_the_header(tmp_path):
    for content in (samples.jpeg(), samples.telltale_jpeg(), samples.heic(), samples.encoded(samples.drawing(), "PNG")):
        found = sniff(samples.written(tmp_path, content))
        assert (found.width, found.height) == (400, 300)
    for options in ({}, {"lossless": True}, {"exif": samples.exif()}):
        found = sniff(samples.written(tmp_path, samples.encoded(samples.drawing(401, 299), "WEBP", **options)))
        assert (found.width, found.height) == (401, 299)


@pytest.mark.parametrize("length", [30, 200])
def test_a_picture_cut_off_in_its_header_is_kept_and_marked(tmp_path, length):
    assert sniff(samples.written(tmp_path, samples.telltale_jpeg()[:length])).notes == ("damaged",)


def test_locked_files_are_kept_and_marked(tmp_path):
    assert sniff(samples.written(tmp_path, samples.pdf(password="x"))).notes == ("locked",)
    assert sniff(samples.written(tmp_path, samples.pdf())).notes == ()
    assert sniff(samples.written(tmp_path, samples.locked_zip())) == FileType(Kind.ZIP, ("locked",))


def test_a_document_with_a_program_in_it_is_marked(tmp_path):
    found = sniff(samples.written(tmp_path, samples.docx(("word/vbaProject.bin", b"x"))))
    assert found == FileType(Kind.DOCX, ("macros",))


@pytest.mark.parametrize("encoding", ["ascii", "utf-16"])
def test_xml_that_declares_entities_is_marked_and_not_expanded(tmp_path, encoding):
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [{" " * 2_000_000}<!ENTITY a "b">]><x>&a;</x>'
    found = sniff(samples.written(tmp_path, bomb.encode(encoding)))
    assert found == FileType(Kind.XML, ("entities",))


def test_a_document_that_libmagic_does_not_know_is_told_by_its_parts(tmp_path):
    """What a library writes of an empty document: libmagic calls it a stream of bytes."""
    path = tmp_path / "made"
    docx.Document().save(str(path))
    assert sniff(path) == FileType(Kind.DOCX)
