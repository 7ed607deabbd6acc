"""The story's files are real files: of the kinds they say, with what a phone puts into a photograph."""

import io
import tomllib
from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image

from demo.files import story_files
from logs.filetypes import FileType, Kind, sniff

TAKEN = datetime(2026, 9, 2, 22, 30)  # noqa: DTZ001 - a camera's clock has no zone
STORY = Path(__file__).resolve().parent.parent.parent / "demo" / "story.toml"


@pytest.fixture(scope="module")
def made():
    return {name: (file.label, file.make(TAKEN)) for name, file in story_files().items()}


def test_each_file_is_made_and_each_is_in_the_story_once(made):
    entries = tomllib.loads(STORY.read_text())["entry"]
    used = [name for entry in entries for name in entry.get("files", [])]
    assert len(made) == 21
    assert sorted(used) == sorted(made)


def test_every_file_is_kept_and_of_the_kind_its_name_says(made, tmp_path):
    for label, content in made.values():
        path = tmp_path / "file"
        path.write_bytes(content)
        found = sniff(path)
        assert isinstance(found, FileType), label
        assert label.endswith(found.kind.extension), (label, found.kind)


def test_the_kinds_are_mixed(made, tmp_path):
    endings = {label.rpartition(".")[2] for label, _content in made.values()}
    assert endings == {"jpg", "png", "pdf", "wav", "txt", "eml", "mp4"}


def test_photographs_carry_place_and_time_and_the_doorbell_no_place(made):
    pictures = {name: content for name, (label, content) in made.items() if label.endswith(Kind.JPEG.extension)}
    for name, content in pictures.items():
        exif = Image.open(io.BytesIO(content)).getexif()
        assert exif.get_ifd(0x8769)[0x9003] == "2026:09:02 22:30:00"
        assert bool(exif.get_ifd(0x8825)) is (name != "doorbell")


def test_no_two_files_are_the_same(made):
    assert len({content for _label, content in made.values()}) == 21
