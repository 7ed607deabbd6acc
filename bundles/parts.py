"""Printed parts kept by what they were made from, so that a build that was cut short goes on where it stopped."""

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from bundles.rendering import CSS
from jobs import child, layout
from logs import carrying, cleaning, hiding, opening, rebuilding

HERE = Path(__file__).parent
# What decides how a part looks; a change in any of these makes every kept part a stranger.
MAKERS = (layout, cleaning, hiding, carrying, opening, rebuilding)
RECIPE = (CSS, HERE / "printing.py", HERE / "pictures.py", *(Path(str(each.__file__)) for each in MAKERS))
LIBRARIES = ("weasyprint", "pydyf", "pikepdf", "pypdfium2", "fonttools")
MEMORY_MB = 1024
RENDER_SECONDS = 120
CLEAN_SECONDS = 120  # five hundred pages as pictures take a fifth of it
BLOCK = 1024 * 1024
NICE = 5
Piece = TypeVar("Piece")


@lru_cache(maxsize=1)
def tool_versions() -> dict[str, str]:
    return {name: version(name) for name in LIBRARIES}


@lru_cache(maxsize=1)
def recipe() -> str:
    total = hashlib.sha256(json.dumps(tool_versions(), sort_keys=True).encode())
    for path in RECIPE:
        total.update(path.read_bytes())
    return total.hexdigest()


def file_digest(path: str | Path) -> str:
    """SHA-256 of a file, read once in blocks."""
    total = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(BLOCK):
            total.update(block)
    return total.hexdigest()


def is_still(path: str | None, digest: str) -> bool:
    """Whether a document's pages were made when it arrived, and are still what was made."""
    try:
        return bool(path and file_digest(path) == digest)
    except OSError:
        return False


def culprit(pieces: Sequence[Piece], print_some: Callable[[Sequence[Piece]], object]) -> Piece | None:
    """The one piece that printing fails at, found by halves; none when only all together fail."""
    while len(pieces) > 1:
        half = len(pieces) // 2
        failing = next((part for part in (pieces[:half], pieces[half:]) if not _prints(part, print_some)), None)
        if failing is None:
            return None
        pieces = failing
    return pieces[0]


def _prints(pieces: Sequence[Piece], print_some: Callable[[Sequence[Piece]], object]) -> bool:
    try:
        print_some(pieces)
    except child.ChildFailed:
        return False
    return True


class Parts:
    """The folder of one build's parts.

    Attributes:
        peak_rss_bytes: the most memory that one child process held.
        made: how many parts were printed anew.
    """

    def __init__(self, folder: Path, fonts_conf: Path) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.fonts_conf = fonts_conf
        self.peak_rss_bytes = 0
        self.made = 0

    def printed(
        self, html: str, pictures: Sequence[tuple[str, str]] = (), digests: Sequence[str] = ()
    ) -> dict[str, Any]:
        """The pages of some HTML, with pictures by place name and path; `digests` are the pictures' own.

        Returns:
            `path`, `pages` and `places`.

        Raises:
            jobs.child.ChildFailed: it could not be printed.
        """
        key = self._key("print", html, *digests)
        if kept := self._kept(key):
            return kept
        source = self.folder / f"{key}.{os.getpid()}.html"
        source.write_text(html, "utf-8")
        payload = {"html": str(source), "css": str(CSS), "fonts_conf": str(self.fonts_conf), "pictures": list(pictures)}
        try:
            return self._make(key, "bundles.printing:render", payload, RENDER_SECONDS)
        finally:
            source.unlink(missing_ok=True)

    def cleaned(self, path: str, digest: str) -> dict[str, Any]:
        """An uploaded PDF's pages, cleaned; `digest` is the file's own.

        Raises:
            jobs.child.ChildFailed: it could not be opened safely.
        """
        key = self._key("clean", digest)
        return self._kept(key) or self._make(key, cleaning.CLEAN, {"path": path}, CLEAN_SECONDS)

    def run(self, target: str, payload: Mapping[str, Any], seconds: int) -> dict[str, Any]:
        """Run a target in a child with this build's limits and remember what it cost."""
        outcome = child.run(target, payload, memory_mb=MEMORY_MB, seconds=seconds, nice=NICE, file_mb=8192)
        self.peak_rss_bytes = max(self.peak_rss_bytes, outcome.peak_rss_bytes)
        return outcome.result

    def _make(self, key: str, target: str, payload: dict[str, Any], seconds: int) -> dict[str, Any]:
        raw = self.folder / f"{key}.{os.getpid()}.tmp"
        try:
            result = self.run(target, payload | {"out": str(raw)}, seconds)
            os.replace(raw, self._path(key))
        finally:
            raw.unlink(missing_ok=True)
        note = self.folder / f"{key}.{os.getpid()}.note"
        note.write_text(json.dumps(result))
        os.replace(note, self._path(key, "json"))  # last: what has a note is whole
        self.made += 1
        return result | {"path": str(self._path(key))}

    def _kept(self, key: str) -> dict[str, Any] | None:
        try:
            result = json.loads(self._path(key, "json").read_text())
        except (FileNotFoundError, ValueError):
            return None
        return result | {"path": str(self._path(key))} if self._path(key).is_file() else None

    def _path(self, key: str, suffix: str = "pdf") -> Path:
        return self.folder / f"{key}.{suffix}"

    def _key(self, *made_from: str) -> str:
        return hashlib.sha256("\0".join([recipe(), *made_from]).encode("utf-8", "surrogatepass")).hexdigest()
