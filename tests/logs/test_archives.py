import pytest

from logs import archives
from logs.filetypes import FileType, Kind, Refusal, sniff
from tests.logs import samples


def many_entries(count: int) -> bytes:
    return samples.zipped(*((f"{number}.txt", b"") for number in range(count)))


@pytest.mark.h("H27")
@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: samples.zipped(("zeros", bytes(200_000_000)), pressed=True), "zip_too_big"),
        (lambda: samples.overlapping_zip(), "zip_too_big"),
        (lambda: samples.zipped(("inner.zip", samples.zipped(("a", b"x")))), "zip_nested"),
        (lambda: samples.zipped(("inner.7Z", b"x")), "zip_nested"),
        (lambda: samples.zipped(("a/" * 20 + "b", b"x")), "zip_nested"),
        (lambda: samples.zipped(("../../etc/cron.d/x", b"x")), "zip_unsafe"),
        (lambda: samples.zipped(("a\\..\\..\\x", b"x")), "zip_unsafe"),
        (lambda: samples.zipped(("/etc/passwd", b"x")), "zip_unsafe"),
        (lambda: samples.zipped(("C:\\x", b"x")), "zip_unsafe"),
        (lambda: samples.zip_with_link(), "zip_unsafe"),
        (lambda: many_entries(10_001), "zip_too_many"),
        (lambda: samples.zipped(("a.txt", b"x" * 500))[:-30], "zip_damaged"),
        (lambda: b"PK\3\4" + bytes(100), "zip_damaged"),
    ],
)
def test_archives_that_would_do_harm_are_refused_unopened(tmp_path, monkeypatch, make, code):
    path = samples.written(tmp_path, make())
    monkeypatch.setattr(archives.zipfile.ZipFile, "open", None)
    assert sniff(path) == Refusal(code)


@pytest.mark.h("H27")
def test_ten_thousand_entries_are_still_kept(tmp_path):
    assert sniff(samples.written(tmp_path, many_entries(10_000))) == FileType(Kind.ZIP)


@pytest.mark.h("H27")
def test_a_false_length_of_the_contents_costs_no_memory(tmp_path):
    content = bytearray(samples.zipped(("a.txt", bytes(5_000_000))))
    end = content.rindex(b"PK\5\6")
    content[end + 12 : end + 16] = (4_000_000).to_bytes(4, "little")
    with pytest.raises(archives.ArchiveRefused) as refused:
        archives.read_contents(samples.written(tmp_path, bytes(content)))
    assert refused.value.code == "zip_too_many"


@pytest.mark.h("H27")
def test_limits_hold_for_word_documents_too(tmp_path):
    content = samples.docx(("word/media/link/../../../x", b"x"))
    assert sniff(samples.written(tmp_path, content)) == Refusal("zip_unsafe")


def test_ordinary_archives_pass(tmp_path):
    content = samples.zipped(("WhatsApp Chat.txt", b"x" * 50_000), ("photos/", b""), ("photos/1.jpg", samples.jpeg()))
    found = archives.read_contents(samples.written(tmp_path, content))
    assert found.names == {"WhatsApp Chat.txt", "photos/", "photos/1.jpg"}
    assert not found.is_locked
