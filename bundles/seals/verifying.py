"""Check a bundle with nothing but the file: its seal, its pages, its links, and originals laid beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bundles.engine.parts import file_digest
from bundles.seals.sealing import Trust, fingerprint
from bundles.seals.signing import bears_trace
from jobs import child

UNCHANGED, CHANGED, UNKNOWN = 0, 1, 2
MEMORY_MB = 2048
READING_MB = 512
PAGE_SECONDS = 25  # while somebody waits for a page
SECONDS = 600


class TookTooLong(Exception):
    """The machine had no time for it: nothing can be said of the file, least of all that it was changed."""


@dataclass(frozen=True)
class Verdict:
    """What can be said of a file.

    Attributes:
        state: `UNCHANGED` since we sealed it, `CHANGED`, or `UNKNOWN`: not sealed by us.
        problems: what is wrong with its pages, as codes.
        manifest: the list it carries, if it can be read.
        missing: marks of exhibits no file in the folder is the original of.
        strangers: names of files in the folder that belong to no exhibit.
    """

    state: int
    problems: tuple[str, ...]
    manifest: dict[str, Any] | None
    missing: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()


def verify(path: Path, trust: Trust, originals: Path | None = None) -> Verdict:
    """Check a bundle.

    Args:
        path: the file.
        trust: whose seal counts as ours.
        originals: a folder of original files to compare with the list, names do not matter.

    Raises:
        TookTooLong: its seal could not be read in time.
    """
    if is_pack(path):
        return Verdict(state_of(path, trust), (), None)
    found = _looked_into(path)
    listed, problems = found["manifest"], tuple(found["problems"])
    state = _state(path, trust, listed)
    missing, strangers = _compare(listed, originals) if listed and originals else ((), ())
    return Verdict(state, problems, listed, missing, strangers)


def _looked_into(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        head = file.read(1024)
    if b"%PDF-" not in head:
        return {"problems": ["no_pdf" if head else "empty"], "manifest": None}
    try:
        return child.run(
            "bundles.seals.inspecting:inspect", {"path": str(path)}, memory_mb=MEMORY_MB, seconds=SECONDS
        ).result
    except child.ChildFailed as failed:
        return {"problems": [failed.code], "manifest": None}


def _state(path: Path, trust: Trust, listed: Mapping[str, Any] | None) -> int:
    state = state_of(path, trust)
    if state == UNKNOWN and listed:
        # Sealed by us once and not any more: the list inside still names our certificate.
        named = listed["seal"].get("certificate_sha256")
        return CHANGED if named in {fingerprint(each) for each in trust.seals} else UNKNOWN
    return state


def state_of(path: Path, trust: Trust, *, seconds: int = SECONDS) -> int:
    """What can be said of a file's seal alone, a PDF's or a pack's; a stranger's file is opened in a child process.

    Raises:
        TookTooLong: it could not be read in time.
    """
    told = {"path": str(path)} | trust.told()
    target = "bundles.seals.packs:read" if is_pack(path) else "bundles.seals.reading:read"
    try:
        is_sealed = child.run(target, told, memory_mb=READING_MB, seconds=seconds, waiting=seconds).result["is_sealed"]
    except child.ChildFailed as failed:
        if failed.code == "time":
            raise TookTooLong from None
        is_sealed = False
    if is_sealed:
        return UNCHANGED
    return CHANGED if bears_trace(path, trust.seals) else UNKNOWN


def is_pack(path: Path) -> bool:
    """Whether it begins as a zip does."""
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def _compare(listed: Mapping[str, Any], folder: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    found = {path: file_digest(path) for path in sorted(folder.rglob("*")) if path.is_file()}
    named = [exhibit for exhibit in listed["exhibits"] if "sha256" in exhibit]  # of others it tells no digest
    wanted, have = {exhibit["sha256"] for exhibit in named}, set(found.values())
    missing = tuple(exhibit["mark"] for exhibit in named if exhibit["sha256"] not in have)
    return missing, tuple(str(path.relative_to(folder)) for path, digest in found.items() if digest not in wanted)
