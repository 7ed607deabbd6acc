import json
import resource
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from bundles.engine import assembling, label_pages, rendering, tables
from bundles.engine.assembling import BuildFailed, Built, build
from bundles.engine.parts import file_digest
from bundles.engine.pictures import read
from bundles.selection.contents import Contents, Exhibit, to_json
from tests.bundles.world import (
    FIRST,
    KEY,
    contents,
    entry,
    exhibit,
    long_entry,
    make_pdf,
    metadata_jpeg,
    pdf_exhibit,
    picture_exhibit,
    under_the_seal,
)

STEPS = ["preparing", "printing", "checking", "joining", "sealing", "looking over"]


@lru_cache
def story(folder: Path) -> Contents:
    """Twelve entries; a picture, a tall one with a long caption, a turned document, a video, a locked document."""
    make_pdf(folder / "letter.pdf", pages=3).close()
    pdf = make_pdf(folder / "turned.pdf", words="Turned", size=(842, 595))
    pdf.pages[0].Rotate = 270
    pdf.save(folder / "turned.pdf")
    pdf.close()
    with pikepdf.open(folder / "letter.pdf") as letter:
        letter.save(folder / "locked.pdf", encryption=pikepdf.Encryption(user="u", owner="o"))
    (folder / "doorbell.mp4").write_bytes(b"a video")
    exhibits = (
        picture_exhibit(folder, "KP/1", 2),
        picture_exhibit(folder, "KP/2", 2, size=(600, 900), description="Screenshot " * 60),
        pdf_exhibit(folder / "letter.pdf", "KP/3", 3),
        pdf_exhibit(folder / "turned.pdf", "KP/4", None),
        exhibit(folder / "doorbell.mp4", "KP/5", 4, media_type="video/mp4", description="Doorbell"),
        pdf_exhibit(folder / "locked.pdf", "KP/6", 4),
        exhibit(folder / "doorbell.mp4", "KP/7", 5, media_type="video/mp4", description="The same"),
    )
    marks = {2: ("KP/1", "KP/2"), 3: ("KP/3",), 4: ("KP/5", "KP/6"), 5: ("KP/7",)}
    return contents(*(long_entry(number, marks.get(number, ())) for number in range(1, 13)), exhibits=exhibits)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bundle")


@pytest.fixture(scope="module")
def told() -> list[tuple[str, int, int, str]]:
    return []


@pytest.fixture(scope="module")
def built(folder: Path, told: list[tuple[str, int, int, str]]) -> Built:
    return build(story(folder), folder / "out.pdf", folder / "work", lambda *step: told.append(step), key=KEY)


@pytest.fixture(scope="module")
def texts(built: Built) -> list[str]:
    return page_texts(built.path)


def page_texts(path: Path) -> list[str]:
    with pypdfium2.PdfDocument(path) as pdf:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in pdf]


def test_every_page_bears_its_number(built: Built, texts: list[str]) -> None:
    assert len(texts) == built.pages
    for number, text in enumerate(texts, 1):
        assert f"Page {number} of {built.pages}" in text


def test_page_labels_are_the_printed_numbers(built: Built) -> None:
    with pikepdf.open(built.path) as pdf:
        assert [page.label for page in pdf.pages] == [str(number) for number in range(1, built.pages + 1)]


def test_every_exhibit_stands_under_its_own_mark(built: Built, texts: list[str]) -> None:
    for mark, (first, last) in built.page_map["exhibits"].items():
        for page in range(first, last + 1):
            assert f"Exhibit {mark}" in texts[page - 1], (mark, page)


def test_every_entry_stands_on_its_page(built: Built, texts: list[str]) -> None:
    for number, page in built.page_map["entries"].items():
        assert f"Entry {number}" in texts[page - 1]


def test_documents_are_there_whole(built: Built, texts: list[str]) -> None:
    first, last = built.page_map["exhibits"]["KP/3"]

    assert last - first == 3
    assert [f"Letter page {n + 1}" in texts[first + n] for n in range(3)] == [True, True, True]
    assert "page 2 of 3" in texts[first + 1]


def test_what_cannot_be_shown_has_a_page_that_says_why(built: Built, texts: list[str]) -> None:
    assert set(built.placeholders) == {"KP/5", "KP/6", "KP/7"}
    video, locked, twin = (texts[built.page_map["exhibits"][mark][0] - 1] for mark in ("KP/5", "KP/6", "KP/7"))
    assert "cannot be shown" in video
    assert "It is a video." in video
    assert "locked with a password" in locked
    assert "Same file as Exhibit KP/5" in twin


def test_what_is_left_out_and_withheld_stands_on_the_cover(texts: list[str]) -> None:
    assert "entries: 2 outside the dates covered" in texts[0]
    assert "Withheld: addresses" in texts[0]
    assert "Pictures and documents are shown as they are." in texts[0]
    assert "Index" in texts[2]  # the statement has one page


def test_index_names_the_entries_there_are() -> None:
    numbers = [17, 16, 19, 3, 18, 21]

    values = tables.index(contents(*(entry(number, occurred_sort=FIRST) for number in numbers)), (), {}, is_first=True)

    assert values["data"]["months"][0]["e"] == "3, 16 to 19, 21"


@pytest.mark.parametrize("taken", ["", "12 May 2026, 9:15pm"])
def test_time_a_file_names_is_explained_only_where_one_is_printed(tmp_path: Path, taken: str) -> None:
    exhibits = (picture_exhibit(tmp_path, "KP/1", taken_words=taken),)

    assert ("<th>Taken</th>" in rendering.front(contents(entry(1), exhibits=exhibits), has_codes=False)) is bool(taken)


def test_copy_that_falls_short_of_its_original_says_so(tmp_path: Path) -> None:
    make_pdf(tmp_path / "cut.pdf", pages=2).close()
    (tmp_path / "cut.pdf").write_bytes((tmp_path / "cut.pdf").read_bytes()[:-200])
    exhibits = (
        picture_exhibit(tmp_path, "KP/1", copy_note="The file is damaged: this is what could be read of it."),
        pdf_exhibit(tmp_path / "cut.pdf", "KP/2"),
    )
    made = build(contents(entry(1), exhibits=exhibits), tmp_path / "out.pdf", tmp_path / "work", key=KEY)

    picture, document = (page_texts(made.path)[made.page_map["exhibits"][mark][0] - 1] for mark in ("KP/1", "KP/2"))
    assert "this is what could be read of it" in picture
    assert "The file is damaged. The next 2 pages show what could be read of it" in document


def test_place_is_not_left_alone_at_the_foot_of_a_page(tmp_path: Path) -> None:
    entries = [entry(number, what_happened="Again.\n" * (1 + number % 9)) for number in range(1, 40)]
    made = build(contents(*entries), tmp_path / "out.pdf", tmp_path / "work", key=KEY)

    for text in page_texts(made.path):
        assert not text.partition(" B-000123")[0].endswith("2026 Outside work")


def numbers_beside(path: Path, page: int) -> dict[str, str]:
    """On a page of the index, the last words of each line by its first."""
    with pypdfium2.PdfDocument(path) as pdf:
        text = pdf[page - 1].get_textpage()
        boxes = [text.get_rect(number) for number in range(text.count_rects())]
        rows: dict[int, list[tuple[float, str]]] = {}
        for box in boxes:
            rows.setdefault(round(box[1] / 3), []).append((box[0], text.get_text_bounded(*box).strip()))
    lines = [sorted(row) for row in rows.values()]
    return {line[0][1]: line[-1][1] for line in lines}


def test_index_prints_the_page_of_every_exhibit(built: Built) -> None:
    printed = numbers_beside(built.path, built.page_map["index"])
    for mark, (first, _) in built.page_map["exhibits"].items():
        assert printed[mark] == str(first), mark


def test_picture_is_the_copys_own_bytes(built: Built) -> None:
    with pikepdf.open(built.path) as pdf:
        page = pdf.pages[built.page_map["exhibits"]["KP/1"][0] - 1]
        image = page.resources.XObject.Picture
        assert image.Filter == pikepdf.Name.DCTDecode
        assert image.read_raw_bytes().startswith(b"\xff\xd8")


def test_every_picture_page_shows_its_own_picture(built: Built, folder: Path) -> None:
    with pikepdf.open(built.path) as pdf:
        for made in story(folder).exhibits[:2]:
            page = pdf.pages[built.page_map["exhibits"][made.mark][1] - 1]
            assert page.resources.XObject.Picture.read_raw_bytes() == read(str(made.copy_path)).data


def test_file_names_are_not_printed(built: Built, texts: list[str]) -> None:
    everything = " ".join(texts).encode() + built.path.read_bytes()
    for name in (b"doorbell.mp4", b"letter.pdf", b"locked.pdf", b".orig"):
        assert name not in everything


def test_never_more_is_claimed_than_is_so(texts: list[str]) -> None:
    everything = " ".join(texts).lower()
    assert "it does not vouch for what happened before upload" in everything
    assert "admissible" not in everything
    assert "certified" not in everything


def test_document_says_nothing_of_the_matter_outside_its_pages(built: Built) -> None:
    with pikepdf.open(built.path) as pdf:
        assert str(pdf.docinfo.Title) == "Document"
        assert set(pdf.docinfo.keys()) == {"/Title", "/CreationDate", "/ModDate"}
        assert str(pdf.Root.Lang) == "en-GB"
        assert pikepdf.Name.Metadata not in pdf.Root


def test_manifest_lists_every_original(built: Built, folder: Path) -> None:
    with pikepdf.open(built.path) as pdf:
        listed = json.loads(pdf.attachments["manifest.json"].get_file().read_bytes())
    wanted = story(folder)
    assert {row["mark"]: row["sha256"] for row in listed["exhibits"]} == {x.mark: x.sha256 for x in wanted.exhibits}
    assert {row["number"]: row["sha256"] for row in listed["entries"]} == {e.number: e.digest for e in wanted.entries}
    assert listed["page_map"] == built.page_map


def test_progress_is_told_step_by_step(built: Built, told: list[tuple[str, int, int, str]]) -> None:
    assert [done for _, done, _, _ in told] == list(range(1, len(told) + 1))
    assert {total for _, _, total, _ in told} == {len(told)}
    assert sorted({step for step, *_ in told}, key=STEPS.index) == STEPS


def test_same_contents_give_the_same_file(built: Built, folder: Path) -> None:
    again = build(story(folder), folder / "again.pdf", folder / "other-work", key=KEY)

    assert again.page_map == built.page_map
    assert under_the_seal(again.path) == under_the_seal(built.path)


def test_changed_entry_prints_only_what_it_touches(built: Built, folder: Path) -> None:
    frozen = story(folder)
    entries = (replace(frozen.entries[0], place="Outside the library"), *frozen.entries[1:])

    again = build(replace(frozen, entries=entries), folder / "changed.pdf", folder / "work", key=KEY)

    assert again.parts_made == 1
    assert "Outside the library" in page_texts(again.path)[again.page_map["entries"]["1"] - 1]


def one_exhibit(made: Exhibit) -> Contents:
    return contents(entry(1, exhibits=(made.mark,)), exhibits=(made,))


@pytest.mark.parametrize(("data", "code"), [(b"other bytes", "original_changed"), (None, "original_missing")])
def test_original_that_is_not_what_arrived_stops_the_build(tmp_path: Path, data: bytes | None, code: str) -> None:
    (tmp_path / "f").write_bytes(b"what arrived")
    frozen = one_exhibit(exhibit(tmp_path / "f", "KP/9"))
    (tmp_path / "f").write_bytes(data) if data else (tmp_path / "f").unlink()

    with pytest.raises(BuildFailed) as caught:
        build(frozen, tmp_path / "out.pdf", tmp_path / "work", key=KEY)

    assert (caught.value.item, caught.value.code) == ("KP/9", code)
    assert not (tmp_path / "out.pdf").exists()


def test_failing_entry_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = tables.chapter
    monkeypatch.setattr(tables, "chapter", lambda *args, **named: broken(made(*args, **named)))
    frozen = contents(*(entry(n, place="BREAK" if n == 2 else "Home") for n in range(1, 3)))

    with pytest.raises(BuildFailed) as caught:
        build(frozen, tmp_path / "out.pdf", tmp_path / "work", key=KEY)

    assert (caught.value.item, caught.value.code) == ("entry 2", "text_lost")


def test_failing_exhibit_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = label_pages.sheets
    monkeypatch.setattr(label_pages, "sheets", lambda *args: broken(made(*args)))
    (tmp_path / "f").write_bytes(b"a voice")
    marks = ("E1", "E2", "E3")
    exhibits = [exhibit(tmp_path / "f", m, description="BREAK" if m == "E2" else "A voice message") for m in marks]

    with pytest.raises(BuildFailed) as caught:
        build(
            contents(entry(1, exhibits=marks), exhibits=tuple(exhibits)),
            tmp_path / "out.pdf",
            tmp_path / "work",
            key=KEY,
        )

    assert (caught.value.item, caught.value.code) == ("E2", "text_lost")


def broken(values: dict[str, Any]) -> dict[str, Any]:
    """The same values but for a word, which the pages will then lack."""
    return values | {"data": json.loads(json.dumps(values["data"]).replace("BREAK", ""))}


def test_metadata_of_a_copy_never_reaches_the_file(tmp_path: Path) -> None:
    (tmp_path / "p").write_bytes(metadata_jpeg())
    made = exhibit(tmp_path / "p", kind="image", media_type="image/jpeg", copy_path=str(tmp_path / "p"))

    build(one_exhibit(made), tmp_path / "out.pdf", tmp_path / "work", key=KEY)

    with pikepdf.open(tmp_path / "out.pdf") as pdf:
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Stream):
                assert b"SECRET" not in thing.read_raw_bytes()


def letters(text: str) -> str:
    """The text without spaces and hyphens: the reader used here takes a hyphen at a line's end for one of its own."""
    return "".join(letter for letter in text if letter.isascii() and letter.isprintable() and letter not in " -")


@pytest.mark.h("H31")
def test_markup_in_a_narrative_is_printed_and_fetches_nothing(tmp_path: Path) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.settimeout(0.1)
        base = f"http://127.0.0.1:{server.getsockname()[1]}"
        words = (
            f"<script src='{base}/s'></script><img src={base}/i><style>@import '{base}/c';"
            f"@font-face{{font-family:x;src:url({base}/f)}} p{{background:url({base}/b)}}</style>"
            f"<link rel=attachment href=file:///etc/passwd><object data={base}/o></object>"
            "<img src=http://169.254.169.254/latest><svg><image href='" + base + "/v'/></svg>"
        )
        frozen = contents(entry(1, what_happened=words, place=words, occurred_words=words), title=words, reference="R")

        built = build(frozen, tmp_path / "out.pdf", tmp_path / "work", key=KEY)

        with pytest.raises(TimeoutError):
            server.accept()
    assert letters(" ".join(page_texts(built.path))).count(letters(words)) >= 3
    with pikepdf.open(built.path) as pdf:
        assert list(pdf.attachments) == ["manifest.json"]


def processor_seconds() -> float:
    """What this process and its ended children have used: the clock would count what others do on the machine."""
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


@pytest.mark.h("H32")
def test_monstrous_text_is_printed_whole_in_time(tmp_path: Path) -> None:
    """H32: 30 seconds of processor time, one part after the other as it is; measured at 13."""
    monsters = (
        "q" * 200_000,
        "<b>" * 3000 + "deep" + "</b>" * 3000,
        "z" + "\u0301" * 2000,
        "a\x00b\x1b[31m\u202e",
        "כאן " * 3000,
        "ج" * 20_000,
        "🧿" * 2000,
    )
    frozen = contents(*(entry(number, what_happened=text) for number, text in enumerate(monsters, 1)))

    began = processor_seconds()
    built = build(frozen, tmp_path / "out.pdf", tmp_path / "work", key=KEY)

    assert processor_seconds() - began < 30
    assert built.glyphless_count == 3
    with pypdfium2.PdfDocument(built.path) as pdf:
        printed = "".join("".join(page.get_textpage().get_text_bounded().split()) for page in pdf)
    assert printed.count("q") >= 200_000
    assert printed.count("<b>") >= 2990
    assert "[U+0000]" in printed
    assert "[U+202E]" in printed


# Between two pieces, by how many are done, and inside one: ten in all.
KILLED_AT = ("part made, not noted", "3", "9", "14", "15", "16", "17", "18", "joined, not looked over")
KILLED_AT += ("sealed, not named",)


@pytest.mark.h("H37")
def test_build_killed_at_any_point_goes_on_and_makes_one_whole_file(built: Built, folder: Path) -> None:
    """H37: killed at ten points one after the other; nothing under the bundle's name until it is whole."""
    (folder / "frozen.json").write_text(to_json(story(folder)))
    place, work = folder / "killed", folder / "killed-work"
    place.mkdir()
    out = place / "bundle.pdf"
    for point in KILLED_AT:
        command = [sys.executable, "-m", "tests.bundles.killed", *map(str, (folder / "frozen.json", out, work, point))]
        ended = subprocess.run(command, cwd=Path(__file__).parents[2], check=False)
        assert (point, ended.returncode) == (point, -signal.SIGKILL)
        assert [path.name for path in place.iterdir() if not path.name.startswith(".")] == []

    finished = build(story(folder), out, work, key=KEY)

    assert under_the_seal(finished.path) == under_the_seal(built.path)
    assert finished.parts_made == 0
    assert [path.name for path in place.iterdir()] == ["bundle.pdf"]


def test_two_builds_of_one_bundle_at_once_do_not_meet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker taken for dead wakes when its successor has joined the file and not yet looked it over."""
    finish, first = assembling._Build._finish, list[str]()

    def while_another_builds(self: Any, *args: Any) -> Path:
        unsealed = finish(self, *args)
        if not first:
            first.append("under way")
            build(contents(), tmp_path / "out.pdf", tmp_path / "work", key=KEY)
            first.append(under_the_seal(tmp_path / "out.pdf"))
        return unsealed

    monkeypatch.setattr(assembling._Build, "_finish", while_another_builds)

    made = build(contents(), tmp_path / "out.pdf", tmp_path / "work", key=KEY)

    assert made.sha256 == file_digest(made.path)
    assert under_the_seal(made.path) == first[1]


def test_bundle_without_entries_or_exhibits_is_made(tmp_path: Path) -> None:
    built = build(replace(contents(), entries=()), tmp_path / "out.pdf", tmp_path / "work", key=KEY)

    assert built.pages >= 3


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-hans", "他又在我家门外。"), ("ja", "また家の外にいました。"), ("ko", "그가 또 집 밖에 있었다.")],
)
def test_far_eastern_writing_is_printed_and_can_be_copied_out(tmp_path: Path, language: str, words: str) -> None:
    made = build(
        contents(entry(1, what_happened=words, language=language)), tmp_path / "out.pdf", tmp_path / "work", key=KEY
    )

    assert made.glyphless_count == 0
    assert words in " ".join(page_texts(made.path))


def test_mark_in_another_script_is_stamped_without_harm(tmp_path: Path) -> None:
    make_pdf(tmp_path / "a.pdf").close()

    built = build(one_exhibit(pdf_exhibit(tmp_path / "a.pdf", "ŁŻ/1 😀")), tmp_path / "o.pdf", tmp_path / "w", key=KEY)

    assert "ŁŻ/1" in page_texts(built.path)[-1]


def test_picture_lies_where_the_page_leaves_room(built: Built) -> None:
    with pypdfium2.PdfDocument(built.path) as pdf:
        page = pdf[built.page_map["exhibits"]["KP/1"][0] - 1]
        drawn: Image.Image = page.render(scale=0.5).to_pil().convert("L")
    width, height = drawn.size
    head = drawn.crop((width // 2, 0, width * 3 // 4, int(height * 0.2)))
    assert head.getextrema()[0] < 200  # the rule above the mark is there
    assert drawn.getpixel((width // 2, int(height * 0.6))) != 255
