import random
import shutil
from pathlib import Path

import pikepdf
import pytest

from bundles.engine.assembling import Built, build
from bundles.seals import authority
from bundles.seals.inspecting import inspect
from bundles.seals.sealing import self_made_sealer
from bundles.seals.verifying import CHANGED, UNCHANGED, UNKNOWN, verify
from tests.bundles.world import KEY, TRUSTED, contents, entry, exhibit, make_pdf, pdf_exhibit


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("verify")


@pytest.fixture(scope="module")
def built(folder: Path) -> Built:
    make_pdf(folder / "a.pdf", 2).close()
    (folder / "v").write_bytes(b"a video")
    exhibits = (pdf_exhibit(folder / "a.pdf", "KP/1"), exhibit(folder / "v", "KP/2"))
    frozen = contents(entry(1, exhibits=("KP/1", "KP/2")), entry(2), exhibits=exhibits)
    return build(frozen, folder / "out.pdf", folder / "work", key=KEY)


@pytest.fixture
def copy(built: Built, tmp_path: Path) -> Path:
    return Path(shutil.copy(built.path, tmp_path / "copy.pdf"))


def test_bundle_is_found_unchanged(built: Built) -> None:
    verdict = verify(built.path, TRUSTED)

    assert (verdict.state, verdict.problems) == (UNCHANGED, ())
    assert verdict.manifest is not None
    assert verdict.manifest["pages"] == built.pages


@pytest.mark.parametrize("at", [0, 10, 0.1, 0.3, 0.5, 0.8, -10, -60, -120, -200, -260])
def test_one_flipped_byte_is_a_change(copy: Path, at: float) -> None:
    data = bytearray(copy.read_bytes())
    place = int(at * len(data)) if isinstance(at, float) else at
    data[place] ^= 0x20
    copy.write_bytes(data)

    assert verify(copy, TRUSTED).state == CHANGED


def test_bytes_cut_off_or_added_are_a_change(copy: Path) -> None:
    data = copy.read_bytes()
    chance = random.Random(3)
    for changed in (data[:-1], data + b"\n", data[: chance.randrange(len(data))], data + b"%%EOF\n"):
        copy.write_bytes(changed)
        assert verify(copy, TRUSTED).state in {CHANGED, UNKNOWN}
    assert verify(copy, TRUSTED).state == CHANGED


def test_file_saved_again_by_another_program_is_a_change(copy: Path) -> None:
    with pikepdf.open(copy, allow_overwriting_input=True) as pdf:
        pdf.save(copy)

    assert verify(copy, TRUSTED).state == CHANGED


def test_seal_of_another_service_is_not_known(built: Built) -> None:
    verdict = verify(built.path, self_made_sealer(authority.read(authority.make())).trust)

    assert verdict.state == UNKNOWN


def test_file_that_never_was_a_bundle_is_not_known(tmp_path: Path) -> None:
    make_pdf(tmp_path / "a.pdf").close()
    (tmp_path / "b.pdf").write_bytes(b"no PDF at all")

    assert verify(tmp_path / "a.pdf", TRUSTED).state == UNKNOWN
    assert verify(tmp_path / "b.pdf", TRUSTED).state == UNKNOWN


def test_originals_are_compared_by_content(built: Built, folder: Path, tmp_path: Path) -> None:
    shutil.copy(folder / "a.pdf", tmp_path / "renamed")
    (tmp_path / "stranger").write_bytes(b"?")

    verdict = verify(built.path, TRUSTED, tmp_path)

    assert (verdict.missing, verdict.strangers) == (("KP/2",), ("stranger",))


def spoil_link(pdf: pikepdf.Pdf) -> None:
    link = pdf.pages[-1].Annots[0]
    link.A = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("http://tracker.invalid"))


def spoil_labels(pdf: pikepdf.Pdf) -> None:
    pdf.Root.PageLabels.Nums[1].St = 2


def spoil_pages(pdf: pikepdf.Pdf) -> None:
    pdf.add_blank_page()


def spoil_bookmark(pdf: pikepdf.Pdf) -> None:
    with pdf.open_outline() as outline:
        outline.root[0].title = "Cover, page 2"


def spoil_index(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages[:-4]:
        if "/Annots" in page:
            del page["/Annots"]


def spoil_script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AA = pikepdf.Dictionary()


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (spoil_link, "link"),
        (spoil_labels, "page_labels"),
        (spoil_pages, "page_count"),
        (spoil_bookmark, "bookmark"),
        (spoil_index, "index"),
        (spoil_script, "active_content"),
    ],
)
def test_what_is_not_as_it_should_be_is_named(copy: Path, spoil: object, problem: str) -> None:
    with pikepdf.open(copy, allow_overwriting_input=True) as pdf:
        spoil(pdf)
        pdf.save(copy)

    assert problem in inspect({"path": str(copy)})["problems"]
    assert verify(copy, TRUSTED).problems
