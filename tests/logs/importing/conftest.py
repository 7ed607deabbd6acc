from pathlib import Path

import pytest

from logs import importing
from logs.importing import Item, Options
from tests.logs.importing.made import MADE

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"


@pytest.fixture(scope="session")
def corpus(tmp_path_factory):
    """Every source by its name: those that are text, and those that are built."""
    folder = tmp_path_factory.mktemp("made")
    paths = {path.name: path for path in CORPUS.iterdir()}
    for name, make in MADE.items():
        # Stored files have no ending: nothing may go by it.
        paths[name] = folder / name.replace(".", "-")
        paths[name].write_bytes(make())
    return paths


@pytest.fixture
def source(tmp_path):
    """Write a source and give its path."""

    def write(content: str | bytes, name: str = "source") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def items(source):
    """The items of a source."""

    def read(content: str | bytes, kind: str, **options: object) -> list[Item]:
        path = source(content) if not isinstance(content, Path) else content
        return [each for each in importing.read(path, kind, Options(**options)) if isinstance(each, Item)]

    return read
