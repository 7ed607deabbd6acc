"""Words that a machine read in pictures can be searched for, and are not seen."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from bundles.engine.assembling import Built, build
from bundles.engine.planning import Volume
from bundles.engine.rendering import Sheet
from bundles.engine.searching import read_pages
from bundles.engine.unseen import MOST_LINES, lines_of
from bundles.selection.choice import Area
from bundles.selection.contents import Contents
from cases.models import ProtectedTerm
from jobs.actions import run_due
from tests.bundles.test_actions import ask_for
from tests.bundles.test_freezing import contents as frozen_contents
from tests.bundles.test_reading_ahead import scan, send
from tests.bundles.world import KEY, contents, entry, make_pdf, pdf_exhibit, picture_exhibit
from tests.factories import CaseFactory, UserFactory
from tests.logs.samples import screenshot

SAID = "I saw you at the bus stop\n\nAnswer me now"
WIDE = " ".join(["unbroken"] * 60)


@pytest.fixture(scope="module")
def chosen(tmp_path_factory: pytest.TempPathFactory) -> Contents:
    folder = tmp_path_factory.mktemp("files")
    make_pdf(folder / "scan.pdf", 2).close()
    picture = picture_exhibit(folder, "E1", read_words=((1, SAID),))
    document = pdf_exhibit(folder / "scan.pdf", "E2", read_words=((2, f"Dear tenant\n{WIDE}"),))
    return contents(entry(1, exhibits=("E1", "E2")), exhibits=(picture, document))


@pytest.fixture(scope="module")
def built(chosen: Contents, tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("built")
    return build(chosen, folder / "bundle.pdf", folder / "work", key=KEY)


def text_of(path: Path, page: int) -> str:
    with pypdfium2.PdfDocument(path) as pdf:
        return " ".join(str(pdf[page - 1].get_textpage().get_text_bounded()).split())


def drawn(path: Path, page: int) -> bytes:
    with pypdfium2.PdfDocument(path) as pdf:
        return bytes(pdf[page - 1].render(scale=1).to_pil().tobytes())


def test_words_are_found_on_the_page_of_the_picture_and_of_the_scan_alone(built: Built) -> None:
    picture, scanned = built.page_map["exhibits"]["E1"][1], built.page_map["exhibits"]["E2"][1]
    assert "I saw you at the bus stop Answer me now" in text_of(built.path, picture)
    assert f"Dear tenant {WIDE}" in text_of(built.path, scanned)
    assert "Dear tenant" not in text_of(built.path, scanned - 1)


def test_words_are_not_seen(chosen: Contents, built: Built, tmp_path: Path) -> None:
    plain = replace(chosen, exhibits=tuple(replace(each, read_words=()) for each in chosen.exhibits))
    other = build(plain, tmp_path / "bundle.pdf", tmp_path / "work", key=KEY)
    for mark in ("E1", "E2"):
        page = built.page_map["exhibits"][mark][1]
        assert drawn(built.path, page) == drawn(other.path, page)
    assert "a machine read them" in text_of(built.path, built.page_map["statement"])
    assert "a machine read them" not in text_of(other.path, other.page_map["statement"])


def test_a_file_of_which_something_is_taken_out_or_that_is_not_shown_has_none(chosen: Contents) -> None:
    picture = chosen.exhibits[0]
    sheet = Sheet(1, picture, picture=(800, 600, "RGB"))
    volume = Volume(1, 0, 10, ())
    assert list(read_pages([sheet], {"E1": (3, 4)}, volume)) == [3]
    assert not read_pages([sheet._replace(exhibit=replace(picture, areas=(AREA,)))], {"E1": (3, 4)}, volume)
    assert not read_pages([sheet._replace(reason="It is not shown.")], {"E1": (3, 4)}, volume)
    assert not read_pages([sheet], {"E1": (3, 4)}, Volume(2, 4, 10, ()))


AREA = Area(page=1, boxes=(1000, 1000, 2000, 2000), label="1: address", digest="a" * 64)


def test_of_very_many_lines_none_is_lost() -> None:
    lines = lines_of("\n".join(f"line {number}" for number in range(1000)))
    assert len(lines) <= MOST_LINES
    assert " ".join(lines) == " ".join(f"line {number}" for number in range(1000))
    assert lines_of(" \n\f\n") == []


@pytest.mark.django_db
def test_what_was_read_at_arrival_goes_in_without_what_is_withheld() -> None:
    worker: Any = UserFactory()
    case: Any = CaseFactory(portal=True, worker=worker)
    send(case, ("a.png", screenshot("I know about Willowbank")), ("b.pdf", scan("Answer me now", "Last warning")))
    run_due()
    ProtectedTerm.objects.create(case=case, kind="addresses", words="Willowbank", added_by=worker)
    shot, document = frozen_contents(ask_for(case, worker), worker).exhibits
    ((number, words),) = shot.read_words
    assert (number, "Willowbank" in words, "[address withheld]" in words) == (1, False, True)
    assert [number for number, _ in document.read_words] == [1, 2]
    assert "warning" in document.read_words[1][1]
