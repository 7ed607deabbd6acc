"""The checker finds each fault it looks for."""

from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from bundles.engine.assembling import build
from tests.bundles import court
from tests.bundles.world import KEY, contents, long_entry, picture_exhibit


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("court")
    exhibits = tuple(picture_exhibit(folder, f"KP/{number}", 1, size=(90, 60)) for number in (1, 11))
    rows = (long_entry(1, ("KP/1", "KP/11")), long_entry(2))
    return build(contents(*rows, exhibits=exhibits), folder / "out.pdf", folder / "work", key=KEY).path


def labels(pdf: pikepdf.Pdf) -> None:
    pdf.Root.PageLabels.Nums[1].St = 2


def opening(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction[4] = 2


def sideways(pdf: pikepdf.Pdf) -> None:
    pdf.pages[1].Rotate = 90


def twins(pdf: pikepdf.Pdf) -> None:
    """The page of one exhibit under the mark of another, as a tool that looks for names would take it."""
    last = len(pdf.pages) - 1
    pdf.pages[last].Contents = pdf.pages[last - 1].Contents


def index(pdf: pikepdf.Pdf) -> None:
    pages = [[link for link in page.get("/Annots", ()) if link.Rect[2] > court.RIGHT_EDGE] for page in pdf.pages]
    links = next(links for links in pages if links)
    links[-1].Dest = Array([pdf.pages[0].obj, Name.XYZ, 0, 0, None])


def bookmark(pdf: pikepdf.Pdf) -> None:
    with pdf.open_outline() as outline:
        outline.root[0].title = "Cover, page 2"


def font(pdf: pikepdf.Pdf) -> None:
    bare = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    pdf.pages[0].add_resource(pdf.make_indirect(bare), Name.Font, Name.Bare)


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (labels, "is labelled"),
        (opening, "does not open"),
        (sideways, "is sideways"),
        (twins, "does not bear exhibit KP/11's mark"),
        (index, "the index says page"),
        (bookmark, "tells another page"),
        (font, "is not in the file"),
    ],
)
def test_each_fault_is_found(built: Path, tmp_path: Path, spoil: Callable[[pikepdf.Pdf], None], fault: str) -> None:
    with pikepdf.open(built) as pdf:
        spoil(pdf)
        pdf.save(tmp_path / "spoilt.pdf")

    assert any(fault in found for found in court.faults_of(tmp_path / "spoilt.pdf"))


def test_bundle_as_it_was_built_has_none(built: Path) -> None:
    assert court.faults_of(built) == []
