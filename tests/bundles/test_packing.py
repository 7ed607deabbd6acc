"""The police pack, against tools that are not ours: bagit, OpenSSL, the zip reader, two PDF readers."""

import csv
import json
import subprocess
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import bagit
import pikepdf
import pytest

from bundles.engine.assembling import BuildFailed, Built, build
from bundles.seals.accompanying import Beside, make_beside
from bundles.seals.packing import original_names
from bundles.seals.verifying import CHANGED, UNCHANGED, UNKNOWN, verify
from bundles.selection.contents import Contents
from nsvcs.storage import LocalStore
from tests.bundles.test_assembling import page_texts
from tests.bundles.world import KEY, TRUSTED, contents, entry, exhibit, make_pdf, pdf_exhibit

HEAD = {"sequence": 41, "sha256": "ab" * 32, "at": "2026-06-01T09:00:00+00:00"}
SEALER = replace(KEY, head=HEAD)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pack")


def story(folder: Path) -> Contents:
    """A document, a file whose name climbs out of its folder, its twin, and one that may not leave."""
    make_pdf(folder / "a.pdf", 2).close()
    for name in ("v", "w", "twin", "locked"):
        (folder / name).write_bytes(b"a video" if name != "w" else b"a sound")
    exhibits = (
        pdf_exhibit(folder / "a.pdf", "KP/1", file_label="../../etc/x‮gpj.pdf"),
        exhibit(folder / "v", "KP/2", media_type="video/mp4"),
        exhibit(folder / "twin", "KP-2", media_type="video/mp4"),
        exhibit(folder / "w", "E4"),
        exhibit(folder / "locked", "E5", evidence_id="held"),
    )
    return contents(entry(1, exhibits=tuple(each.mark for each in exhibits)), entry(2), exhibits=exhibits)


@pytest.fixture(scope="module")
def store(folder: Path) -> LocalStore:
    return LocalStore(folder / "store", max_bytes=10**9, free_floor_bytes=0)


@pytest.fixture(scope="module")
def built(folder: Path) -> Built:
    return build(story(folder), folder / "bundle.pdf", folder / "work", key=SEALER)


@pytest.fixture(scope="module")
def beside(folder: Path, built: Built, store: LocalStore) -> tuple[Beside, ...]:
    return make_beside(story(folder), built, SEALER, folder / "work", store, with_pack=True, held={"held"})


@pytest.fixture(scope="module")
def packed(beside: tuple[Beside, ...], store: LocalStore) -> Path:
    return store.root / next(each.stored.name for each in beside if each.kind == "pack")


@pytest.fixture(scope="module")
def bag(packed: Path, folder: Path) -> Path:
    with zipfile.ZipFile(packed) as pack:
        pack.extractall(folder / "unpacked")
    return folder / "unpacked" / "document"


def run(bag: Path, *command: str) -> str:
    told = subprocess.run(command, cwd=bag, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    return told.stdout + told.stderr


def test_bagit_finds_it_whole(bag: Path) -> None:
    found = bagit.Bag(str(bag))

    assert found.is_valid()
    assert found.info["External-Identifier"] == "B-000123"
    (bag / "data" / "originals" / "E4.bin").write_bytes(b"a sounD")
    assert not found.is_valid()
    (bag / "data" / "originals" / "E4.bin").write_bytes(b"a sound")


def test_originals_are_there_under_plain_names_and_both_twins_are_kept(bag: Path) -> None:
    names = sorted(path.name for path in (bag / "data" / "originals").iterdir())

    assert names == ["E4.bin", "KP-1.pdf", "KP-2-b.mp4", "KP-2.mp4"]
    assert (bag / "data" / "originals" / "KP-2-b.mp4").read_bytes() == b"a video"


def test_names_stay_plain_and_apart_whatever_the_marks_are(folder: Path) -> None:
    one = story(folder).exhibits[1]
    marks = ["../x", "..\\X", "x", "con/..", "", "😀", "ä", "A" * 300, "a" * 300]
    names = list(original_names([replace(one, mark=mark) for mark in marks]).values())

    assert len({name.lower() for name in names}) == len(marks)
    assert all(name.isascii() and name.replace("-", "").replace(".", "").isalnum() for name in names)
    assert max(map(len, names)) < 60


def test_it_is_stored_and_not_deflated_and_no_name_leads_out_of_it(packed: Path) -> None:
    with zipfile.ZipFile(packed) as pack:
        infos = pack.infolist()
    assert {info.compress_type for info in infos} == {zipfile.ZIP_STORED}
    assert all(info.filename.startswith("document/") and ".." not in info.filename for info in infos)


def test_long_files_are_written_in_the_form_for_long_ones(
    folder: Path, built: Built, store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1000)
    made = make_beside(story(folder), built, SEALER, folder / "work", store, with_pack=True)
    monkeypatch.undo()

    with zipfile.ZipFile(store.root / made[-1].stored.name) as pack:
        assert pack.testzip() is None


def test_openssl_finds_the_stamps_over_the_list_and_the_log_valid(bag: Path) -> None:
    stamp = ("openssl", "ts", "-verify", "-token_in", "-CAfile", "data/check/time-root.pem")

    assert "OK" in run(bag, *stamp, "-in", "data/check/manifest.tsr", "-data", "data/manifest.json")
    assert "OK" in run(bag, *stamp, "-in", "data/check/log.tsr", "-data", "data/check/log.txt")
    assert HEAD["sha256"] in (bag / "data" / "check" / "log.txt").read_text()


def test_every_command_on_the_page_works_as_it_stands_there(bag: Path) -> None:
    text = (bag / "data" / "how-to-check.txt").read_text()
    lines = [line.strip() for line in text.splitlines()]
    commands = [line for line in lines if line.startswith(("openssl", "sha256sum"))]

    assert len(commands) == 5
    for command in commands:
        run(bag, *command.split())
    assert "self-made: they show order, not proof" in text
    assert SEALER.fingerprint in text


def test_page_on_how_to_check_is_one_page_and_says_what_the_text_says(bag: Path) -> None:
    (words,) = page_texts(bag / "data" / "how-to-check.pdf")

    assert "How to check this with ordinary tools" in words
    assert "certutil" in words


def test_lists_name_the_bundle_its_exhibits_and_the_head_of_the_log(bag: Path, built: Built) -> None:
    listed = json.loads((bag / "data" / "manifest.json").read_text())
    rows = list(csv.DictReader(StringIO((bag / "data" / "manifest.csv").read_text())))

    assert listed["files"] == [{"name": "bundle.pdf", "sha256": built.sha256, "size_bytes": built.bytes}]
    assert listed["seal"]["log_head"] == HEAD
    assert [row["original"] for row in listed["exhibits"] if "original" in row] == [
        "originals/KP-1.pdf", "originals/KP-2.mp4", "originals/KP-2-b.mp4", "originals/E4.bin",
    ]  # fmt: skip
    assert [row["item"] for row in rows] == ["file", "entry", "entry", *["exhibit"] * 5]
    assert rows[0]["sha256"] == built.sha256


def test_bundle_in_the_pack_is_the_sealed_one(bag: Path) -> None:
    assert verify(bag / "data" / "bundle.pdf", TRUSTED).state == UNCHANGED


def test_changed_original_makes_no_pack_and_leaves_no_file(folder: Path, built: Built, tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "store", max_bytes=10**9, free_floor_bytes=0)
    frozen = story(folder)
    changed = (replace(frozen.exhibits[0], sha256="00" * 32), *frozen.exhibits[1:])

    with pytest.raises(BuildFailed) as caught:
        make_beside(replace(frozen, exhibits=changed), built, SEALER, tmp_path, store, with_pack=True)

    assert (caught.value.item, caught.value.code) == ("KP/1", "original_changed")
    assert [path for path in store.root.rglob("*") if path.is_file()] == []


# --- what others read ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def for_others(folder: Path) -> Mapping[str, Any]:
    (folder / "number.txt").write_bytes(b"01632 960123")
    tiny = exhibit(folder / "number.txt", "E1", commitment="cd" * 32)
    frozen = contents(entry(1, exhibits=("E1",)), entry(2), exhibits=(tiny,), profile="court")
    made = build(frozen, folder / "court.pdf", folder / "court-work", key=SEALER)
    with pikepdf.open(made.path) as pdf:
        listed: dict[str, Any] = json.loads(pdf.attachments["manifest.json"].get_file().read_bytes())
    return listed


def test_list_for_others_has_no_id_and_nothing_that_could_be_guessed_from(for_others: Mapping[str, Any]) -> None:
    text = json.dumps(for_others)

    assert "evidence_id" not in text
    assert "contents_sha256" not in text
    assert [set(row) & {"id", "sha256"} for row in for_others["entries"]] == [set(), set()]
    assert "sha256" not in for_others["exhibits"][0]
    assert for_others["exhibits"][0]["commitment"] == "cd" * 32


def test_commitments_of_entries_differ_and_are_no_digest_of_theirs(for_others: Mapping[str, Any]) -> None:
    first, second = (row["commitment"] for row in for_others["entries"])

    assert first != second
    assert {first, second}.isdisjoint({entry(1).digest, entry(2).digest})


def test_states_of_packs(packed: Path, tmp_path: Path) -> None:
    data = bytearray(packed.read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "changed.zip").write_bytes(data)
    with zipfile.ZipFile(tmp_path / "strange.zip", "w") as pack:
        pack.writestr("document/bagit.txt", "BagIt-Version: 1.0\n")

    assert verify(packed, TRUSTED).state == UNCHANGED
    assert verify(tmp_path / "changed.zip", TRUSTED).state == CHANGED
    assert verify(tmp_path / "strange.zip", TRUSTED).state == UNKNOWN
