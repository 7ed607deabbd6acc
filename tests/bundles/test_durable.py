"""A finished bundle is on the disk before it has its name, and its name before anybody is told of it.

Only a power cut shows whether it is; so what is asked of the disk is written down, and in which order.
"""

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bundles.engine.assembling import build
from nsvcs.storage import file_store
from tests.bundles.world import KEY, contents, entry


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What was written down or named, by the number of the file or folder on the disk."""
    done: list[tuple[str, int]] = []

    def naming(function: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
        def named(source: Any, target: Any) -> None:
            done.append(("named", os.stat(source).st_ino))
            function(source, target)

        return named

    monkeypatch.setattr(os, "fsync", lambda descriptor: done.append(("flushed", os.fstat(descriptor).st_ino)))
    monkeypatch.setattr(os, "replace", naming(os.replace))
    monkeypatch.setattr(os, "rename", naming(os.rename))
    return done


def is_in_order(asked: list[tuple[str, int]], path: Path) -> bool:
    """Its bytes are flushed, then it is named, then the folder with its name is flushed."""
    file, folder = path.stat().st_ino, path.parent.stat().st_ino
    named = asked.index(("named", file))
    return ("flushed", file) in asked[:named] and ("flushed", folder) in asked[named:]


def test_a_finished_bundle(tmp_path: Path, asked: list[tuple[str, int]]) -> None:
    made = build(contents(entry(1)), tmp_path / "b.pdf", tmp_path / "work", key=KEY)
    assert is_in_order(asked, made.path)


def test_what_is_stored(asked: list[tuple[str, int]]) -> None:
    kept = file_store().store(io.BytesIO(b"a page"))
    with file_store().path_or_copy(kept.name) as path:
        assert is_in_order(asked, path)
