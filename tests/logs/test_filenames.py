import re

import pytest

from logs.filenames import content_disposition, download_name, escaped_name, safe_label

NAMES = [
    ("holiday.jpg", "holiday.jpg"),
    ("../../etc/passwd", "passwd"),
    ("C:\\Users\\sam\\new flat.jpg", "new flat.jpg"),
    ("a\x00b.jpg", "ab.jpg"),
    ("photo\u202egpj.exe", "photogpj.exe"),
    ("a.jpg\r\nSet-Cookie: x=1", "a.jpgSet-Cookie: x=1"),
    ("CON", "_CON"),
    ("lpt1.txt", "_lpt1.txt"),
    ("console.txt", "console.txt"),
    ("  two   spaces .jpg", "two spaces .jpg"),
    ("...hidden...", "hidden"),
    ("👩‍👧 at the park.jpg", "👩‍👧 at the park.jpg"),
    ("שלום.jpg", "שלום.jpg"),
    ("", "file without a name"),
    ("folder/", "file without a name"),
    ("\u202e\u200d", "file without a name"),
]


@pytest.mark.h("H28")
@pytest.mark.parametrize(("name", "label"), NAMES)
def test_labels_are_cleaned_for_reading(name, label):
    assert safe_label(name) == label


@pytest.mark.h("H28")
def test_long_labels_keep_their_ending():
    label = safe_label("x" * 300 + ".jpeg")
    assert len(label) == 120
    assert label.endswith("x.jpeg")
    assert "…" in label


@pytest.mark.h("H28")
def test_escaped_names_show_what_is_hidden():
    assert escaped_name("photo\u202egpj\r\n.exe\x00") == "photo\\u202egpj\\u000d\\u000a.exe\\u0000"
    assert escaped_name("\U000e0041") == "\\U000e0041"
    assert len(escaped_name("x" * 1_000)) == 301


@pytest.mark.h("H28")
@pytest.mark.parametrize(
    "name", [name for name, _ in NAMES] + ["x" * 300, 'a"; filename="b.exe', "a;b", "a%0d%0ab", "\ud83d.jpg"]
)
def test_disposition_is_one_valid_attachment_header(name):
    header = content_disposition(name)
    assert re.fullmatch(r"attachment; filename(=\"([^\"\\\r\n]|\\.)*\"|\*=utf-8''[A-Za-z0-9%._~!$&+^`|#-]+)", header)
    header.encode("ascii")


def test_our_own_names_pass_unchanged():
    assert content_disposition("document-qwerty.pdf") == 'attachment; filename="document-qwerty.pdf"'


@pytest.mark.parametrize(("media_type", "ending"), [("image/jpeg", "jpg"), ("application/pdf", "pdf"), ("x/y", "bin")])
def test_download_names_say_nothing(media_type, ending):
    assert re.fullmatch(rf"document-[a-z]{{6}}\.{ending}", download_name(media_type))
