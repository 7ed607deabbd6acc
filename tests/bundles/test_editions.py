"""What an edition decides: layout, numbers, volumes; and the pages that only some bundles have."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from bundles.engine import copymarks, planning, printing, rendering, setting, tables
from bundles.engine.assembling import Built, build
from bundles.models import Shown
from bundles.selection.choice import Cover, Custody, Listed, News, Pattern, Police, Preset, Section
from bundles.selection.contents import Amendment, Contents, from_json, to_json
from nsvcs.fonts import write_fonts_conf
from nsvcs.typesetting import Typesetter
from tests.bundles import court
from tests.bundles.test_assembling import page_texts, story
from tests.bundles.world import FIRST, KEY, MADE_AT, contents, long_entry, make_pdf, pdf_exhibit, picture_exhibit

COURT = Preset(
    "court", "court", "Court edition", date(2021, 11, 29), 2, "General guidance on electronic court bundles.",
    layout="columns", type_size=8.5,
)  # fmt: skip
FAMILY = Preset(
    "family", "family", "Family court edition", date(2026, 3, 2), 1, "Practice Direction 27A.", numbering="bates",
    type_size=12, most_pages=14,
)  # fmt: skip
MARK = "Copy 2 of 3"
WHY = "outside the core selection"
POLICE = (
    Police(3, "11 January 2026", "Rang 101; a number was given."),
    Police(None, "12 to 30 January 2026", "No contact recorded for 19 days."),
)
PATTERN = Pattern(
    "By hour of the day", "7 of 12 entries tell of an evening.", ("Hour", "Entries"),
    (("Day", "5"), ("Evening", "7")), (("Day", 5), ("Evening", 7)), "Counted on entries with a time.",
)  # fmt: skip


def rich(folder: Path) -> Contents:
    """A bundle with every part there can be."""
    frozen = story(folder)
    custody = (
        Custody("Received by upload", FIRST, "the victim"), Custody("Viewing copy made", MADE_AT, "the service"),
    )  # fmt: skip
    exhibits = (
        replace(frozen.exhibits[0], custody=custody), replace(frozen.exhibits[1], custody=custody),
        replace(frozen.exhibits[2], commitment="c0ffee" * 10, custody=custody), *frozen.exhibits[3:],
    )  # fmt: skip
    entries = list(frozen.entries)
    withdrawal = Amendment("withdrawal", "I had the day wrong.", "the victim", MADE_AT)
    entries[4] = replace(entries[4], amendments=(withdrawal,))
    return replace(
        frozen, entries=tuple(entries), exhibits=exhibits, preset=COURT,
        cover=Cover("Caseworker, K P", "36/1234/26", "PC 77 Example", "01632 960123, the duty worker", MARK),
        police=POLICE, patterns=(PATTERN,), listed=tuple(Listed(number, "3 May 2026", WHY) for number in (40, 41)),
        news=News(FIRST, entries=(12,), exhibits=("KP/7",), amended=(5,), gone=("Exhibit KP/9",)),
    )  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("editions")


@pytest.fixture(scope="module")
def columns(folder: Path) -> Built:
    return build(rich(folder), folder / "columns.pdf", folder / "work", key=KEY)


@pytest.fixture(scope="module")
def volumes(folder: Path) -> Built:
    lettered = replace(rich(folder), preset=FAMILY, news=None)
    return build(lettered, folder / "volumes.pdf", folder / "work", key=KEY)


@pytest.fixture(scope="module")
def texts(columns: Built) -> list[str]:
    return page_texts(columns.path)


def test_contents_with_every_part_go_through_json(folder: Path) -> None:
    assert from_json(to_json(rich(folder))) == rich(folder)


def test_cover_and_statement_have_a_page_each_with_all_kinds_withheld_and_every_sentence_said(folder: Path) -> None:
    full = replace(rich(folder), withheld_kinds=tuple(str(kind.label) for kind in Shown))
    full = replace(full, exhibits=tuple(replace(each, read_words="x", taken_words="x") for each in full.exhibits))
    asked = {"html": rendering.front(full, has_codes=True), "out": str(folder / "front.pdf")}

    told = printing.render(asked | {"fonts_conf": str(write_fonts_conf(folder))})

    assert (told["pages"], told["places"]["statement"][0]) == (2, 1)


def test_cover_says_by_whom_for_whom_and_by_which_rules(texts: list[str]) -> None:
    for words in (
        "Court edition", "Exhibits produced by Caseworker, K P", "Crime reference 36/1234/26",
        "Officer in the case PC 77 Example", "To ring about this bundle 01632 960123, the duty worker",
        "General guidance on electronic court bundles. Version 2, in force on 29 November 2021",
        "it does not vouch for what happened before upload", "Entries named and not printed: 2", f"This copy {MARK}",
    ):  # fmt: skip
        assert words in texts[0], words
    assert "admissible" not in " ".join(texts).lower()


def test_columns_are_the_logs_eight_on_wide_upright_pages(columns: Built, texts: list[str]) -> None:
    number = columns.page_map["entries"]["1"] - 1
    with pikepdf.open(columns.path) as pdf:
        page = pdf.pages[number]
        assert (float(page.mediabox[2]) > float(page.mediabox[3]), page.get("/Rotate", 0)) == (True, 0)
    heads = "Date and time Location What happened Evidence Police contact Impact Changes made Impact on children or"
    assert heads in texts[number]


def test_withdrawn_entry_is_printed_with_its_reason(columns: Built, texts: list[str]) -> None:
    page = texts[columns.page_map["entries"]["5"] - 1]
    assert "Entry 5, withdrawn" in page
    assert "Withdrawn by the victim, 1 June 2026 at 10:30 BST I had the day wrong." in page


def test_references_stand_both_ways(columns: Built) -> None:
    """Beside each exhibit of an entry the page it is on, and on an exhibit's page the page of its entry."""
    entry, (exhibit, _) = columns.page_map["entries"]["3"], columns.page_map["exhibits"]["KP/3"]
    assert beside(columns.path, entry, exhibit) == str(exhibit)
    assert beside(columns.path, exhibit, entry) == str(entry)


def beside(path: Path, page: int, target: int) -> str:
    """The number drawn in the second link on a page that leads to another: the first is the words themselves."""
    with pikepdf.open(path) as pdf, pypdfium2.PdfDocument(path) as seen:
        to = pdf.pages[target - 1].obj.objgen
        boxes = [link.Rect for link in pdf.pages[page - 1].Annots if link.Dest[0].objgen == to]
        return str(seen[page - 1].get_textpage().get_text_bounded(*map(float, boxes[1])).strip())


def test_each_part_has_its_pages(columns: Built, texts: list[str]) -> None:
    everything = " ".join(texts)
    for words in (
        "What is new", "New entry Entry 12", "Exhibit KP/9", "Police contact and silence",
        "No contact recorded for 19 days.", "By hour of the day", "7 of 12 entries tell of an evening.",
        "Counted on entries with a time.", "Entries that are named here and not printed",
        "40 3 May 2026 outside the core selection",
    ):  # fmt: skip
        assert words in everything, words


def test_custody_and_commitment_stand_with_the_exhibit(columns: Built, texts: list[str]) -> None:
    pages = {mark: texts[first - 1] for mark, (first, _) in columns.page_map["exhibits"].items()}
    assert "Received by upload 5 January 2026 at 20:15 GMT by the victim" in pages["KP/1"]
    assert "Custody Received by upload 5 January 2026 at 20:15 GMT the victim" in pages["KP/3"]
    assert f"Salted commitment to the original {'c0ffee' * 10}" in pages["KP/3"]
    assert "SHA-256 of the original" not in pages["KP/3"]
    assert "Produced by Caseworker, K P" in pages["KP/3"]


def test_section_that_is_left_out_leaves_no_page_and_no_link(folder: Path) -> None:
    chosen = replace(rich(folder), sections=(Section.EXHIBITS, Section.POLICE))

    made = build(chosen, folder / "some.pdf", folder / "work", key=KEY)

    everything = " ".join(page_texts(made.path))
    assert "By hour of the day" not in everything
    assert made.page_map["entries"] == {}
    assert everything.index("Exhibit KP/1") < everything.index("No contact recorded")


def test_sections_are_lettered_and_go_on_from_volume_to_volume(volumes: Built) -> None:
    labels = []
    for volume in volumes.volumes:
        with pikepdf.open(volume.path) as pdf:
            labels += [page.label for page in pdf.pages]
    assert len(volumes.volumes) > 1
    assert all(volume.pages <= 14 for volume in volumes.volumes)
    assert labels[:2] == ["A1", "A2"]
    for letter in "ABCDE":
        own = [label for label in labels if label.startswith(letter)]
        assert own == [f"{letter}{number}" for number in range(1, len(own) + 1)]


def test_index_in_the_first_volume_names_volume_and_page(volumes: Built) -> None:
    first, last = volumes.page_map["volumes"][-1]
    mark, (page, _) = next((mark, at) for mark, at in volumes.page_map["exhibits"].items() if at[0] >= first)
    plan_labels = [tuple(run) for run in volumes.page_map["labels"]]
    start, letter = next(run for run in reversed(plan_labels) if run[0] <= page)

    index = page_texts(volumes.path)[volumes.page_map["index"] - 1]

    assert f"{len(volumes.volumes)}:{letter}{page - start + 1}" in index
    assert f"Exhibit {mark}" in page_texts(volumes.volumes[-1].path)[page - first]
    assert "Volume 2 of" in page_texts(volumes.volumes[1].path)[0]


def test_what_stands_in_another_volume_is_led_to_the_list_of_volumes(volumes: Built) -> None:
    """References of entries and exhibits, and bookmarks: no link leads outside its file, and none leads nowhere."""
    assert len(volumes.volumes) == 2
    for number, volume in enumerate(volumes.volumes):
        listed = 0 if number else next(at for at, text in enumerate(page_texts(volume.path)) if court.LISTED in text)
        with pikepdf.open(volume.path) as pdf, pypdfium2.PdfDocument(volume.path) as seen:
            pages = {page.obj.objgen: at for at, page in enumerate(pdf.pages)}
            told = [(words, pages[link.Dest[0].objgen]) for words, link in references(pdf, seen)]
            with pdf.open_outline() as outline:
                groups = {item.title.partition(" (")[0]: item for item in outline.root}
            targets = [pages[_first(each.destination).objgen] for each in groups[f"In volume {2 - number}"].children]
        elsewhere = [target for words, target in told if not words.startswith(f"{number + 1}:")]
        assert set(elsewhere) == {listed}
        assert set(targets) == {listed}


def _first(destination: Any) -> Any:
    return destination[0]


def references(pdf: pikepdf.Pdf, seen: pypdfium2.PdfDocument) -> list[tuple[str, pikepdf.Object]]:
    """The page numbers that are drawn in links, such as `2:E3`, and each link."""
    found = []
    for page, shown in zip(pdf.pages, seen, strict=True):
        text = shown.get_textpage()
        for link in page.get("/Annots", ()):
            words = text.get_text_bounded(*map(float, link.Rect)).strip()
            if court.NUMBER.fullmatch(words) and ":" in words:
                found.append((words, link))
    return found


def test_a_list_of_volumes_says_what_begins_in_each_and_names_files_that_have_names(volumes: Built) -> None:
    for volume in volumes.volumes:
        text = next(text for text in page_texts(volume.path) if court.LISTED in text)
        assert "Entries 1 to 12" in text
        assert "Exhibits KP/2 to KP/7 (6)" in text
        assert "bundle-2.pdf" not in text  # a file that goes out by itself gets a name of no meaning


def test_further_volumes_stand_beside_the_first_and_are_as_a_court_asks(volumes: Built, folder: Path) -> None:
    assert [volume.path.name for volume in volumes.volumes][:2] == ["volumes.pdf", "volumes-2.pdf"]
    assert court.faults(volumes) == []
    assert sum(volume.pages for volume in volumes.volumes) == volumes.pages


def test_letters_of_sections_go_past_the_alphabet() -> None:
    assert [planning.letters(number) for number in (0, 25, 26, 51, 52)] == ["A", "Z", "AA", "AZ", "BA"]


def test_copy_is_named_by_its_foot_alone(columns: Built) -> None:
    others = [f"Copy {number} of 3" for number in (1, 3)]

    fits = copymarks.who(columns.path, [MARK, *others])

    assert fits[MARK] == (columns.pages, columns.pages)
    assert all(agreed < columns.pages / 4 for agreed, _ in (fits[other] for other in others))


def test_copy_without_a_mark_stands_where_it_always_does(volumes: Built, folder: Path) -> None:
    assert copymarks.shift("", 7) == (0, 0, 0)
    assert copymarks.shift(MARK, 1) != copymarks.shift(MARK, 2)


def test_new_entry_in_the_middle_prints_one_part_of_the_log_anew(tmp_path: Path) -> None:
    entries = [long_entry(number) for number in range(1, 401)]
    build(contents(*entries), tmp_path / "first.pdf", tmp_path / "work", key=KEY)
    added = replace(long_entry(401), occurred_sort=entries[199].occurred_sort)

    again = build(contents(*entries[:200], added, *entries[200:]), tmp_path / "second.pdf", tmp_path / "work", key=KEY)

    assert again.parts_made == 3  # its chapter, the index, the cover that counts them


def test_new_exhibit_at_the_end_leaves_the_pages_of_others_alone(tmp_path: Path) -> None:
    exhibits = tuple(picture_exhibit(tmp_path, f"KP/{number}", 1, size=(90, 60)) for number in range(1, 150))
    first = contents(long_entry(1), exhibits=exhibits)
    build(first, tmp_path / "first.pdf", tmp_path / "work", key=KEY)
    make_pdf(tmp_path / "a.pdf").close()
    more = replace(first, exhibits=(*exhibits, pdf_exhibit(tmp_path / "a.pdf", "KP/150", 1)))

    again = build(more, tmp_path / "second.pdf", tmp_path / "work", key=KEY)

    assert again.parts_made == 4  # the document's pages, its batch, the index's last piece, the cover


def test_what_was_recorded_of_an_entry_stands_on_the_page_of_its_end(tmp_path: Path) -> None:
    """Alone at the head of a page a line of times and digits says of no entry what it is of."""
    entries = [long_entry(number) for number in range(1, 61)]
    entries = [replace(row, what_happened=row.what_happened * (1 + row.number % 4)) for row in entries]
    values = tables.chapter(entries, Typesetter(), COURT) | {"out": str(tmp_path / "part.pdf")}

    setting.set_pages(values)

    texts = [text.partition("children or others ")[2] for text in page_texts(tmp_path / "part.pdf")]
    assert len(texts) > 20
    assert [text for text in texts if re.match(r"(\w+ 2026 )?(Recorded|Added later)", text)] == []
