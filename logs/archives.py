"""Archives judged by their table of contents alone: nothing is unpacked."""

import io
import stat
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MAX_ENTRIES = 10_000
MAX_TOTAL_BYTES = 2 * 1024**3
MAX_RATIO = 200
# Small things may be pressed hard: a ratio counts only above this.
RATIO_FROM_BYTES = 10 * 1024**2
MAX_FOLDER_DEPTH = 20
MAX_CONTENTS_BYTES = 2 * 1024**2
ARCHIVE_ENDINGS = (".zip", ".7z", ".rar", ".gz", ".bz2", ".xz", ".tar", ".tgz", ".jar")


class ArchiveRefused(Exception):
    """The archive will not be kept; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Contents:
    """What an archive's table of contents says."""

    names: frozenset[str]
    total_bytes: int
    is_locked: bool


class _Capped(io.FileIO):
    """A file that gives no more than a table of contents may be long, so that a false length costs no memory."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0 or size > MAX_CONTENTS_BYTES:
            size = MAX_CONTENTS_BYTES + 1
        found = super().read(size) or b""
        if len(found) > MAX_CONTENTS_BYTES:
            raise ArchiveRefused("zip_too_many")
        return found


def read_contents(path: Path) -> Contents:
    """Judge a ZIP by its central directory.

    Raises:
        ArchiveRefused: `zip_damaged`, `zip_too_many` (entries), `zip_too_big` (unpacked, or pressed harder than
            ordinary files can be), `zip_nested` (an archive inside, or folders too deep) or `zip_unsafe` (an entry
            that is a link or whose name leaves the folder).
    """
    try:
        with _Capped(path) as file, zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as error:
        raise ArchiveRefused("zip_damaged") from error
    if len(entries) > MAX_ENTRIES:
        raise ArchiveRefused("zip_too_many")
    for entry in entries:
        _check_entry(entry)
    total_bytes = sum(entry.file_size for entry in entries)
    _check_sizes(entries, total_bytes, path.stat().st_size)
    is_locked = any(entry.flag_bits & 0x1 for entry in entries)
    return Contents(frozenset(entry.filename for entry in entries), total_bytes, is_locked)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename.replace("\\", "/")
    parts = name.rstrip("/").split("/")
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    leaves = name.startswith("/") or ".." in parts or "\x00" in name or name[1:2] == ":"
    if is_link or leaves:
        raise ArchiveRefused("zip_unsafe")
    if len(parts) > MAX_FOLDER_DEPTH or name.lower().endswith(ARCHIVE_ENDINGS):
        raise ArchiveRefused("zip_nested")


def _check_sizes(entries: Sequence[zipfile.ZipInfo], total_bytes: int, file_bytes: int) -> None:
    # Entries that share the same bytes add up to more than the file is long.
    overlap = sum(entry.compress_size for entry in entries) > file_bytes
    is_pressed = total_bytes > RATIO_FROM_BYTES and total_bytes > MAX_RATIO * file_bytes
    if overlap or is_pressed or total_bytes > MAX_TOTAL_BYTES:
        raise ArchiveRefused("zip_too_big")
