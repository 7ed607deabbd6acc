"""Where files are kept: one interface over a local folder and any S3-compatible store.

Names are random and say nothing about a person. A file is whole under its final name or not there at all: it is written
under a temporary name, flushed to the disk, renamed, and the folder flushed; only then may a row name it.
"""

import errno
import hashlib
import os
import re
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings

CHUNK_BYTES = 1024 * 1024
FREE_FLOOR_BYTES = 256 * 1024 * 1024
INCOMING = "incoming"
_NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{32}")
_FULL = {errno.ENOSPC, errno.EDQUOT}
ASKED_AT_ONCE = 5_000
# A crash leaves a file or two. What would take more than this in one sweep is more likely a mistake: rows that cannot
# be seen, or a database brought back from before the files came.
FEW_ORPHANS = 5
ORPHANS_IN_A_HUNDRED = 1
KnownNames = Callable[[list[str]], Iterable[str]]  # of the names given, those that rows name
Watch = Callable[[bytes], object]  # is given every chunk as it is read from the disk


class StorageError(Exception):
    """A file was not kept; nothing of it is left behind."""


class StorageFull(StorageError):
    """There is no room for the file, or less than the floor would remain."""


class TooLarge(StorageError):
    """The file is longer than it may be."""


class Empty(StorageError):
    """The file has no content."""


class Mismatch(StorageError):
    """The file is not the one whose digest was expected."""


class TooManyOrphans(StorageError):
    """So many files seem to be named by no row that the rows are not to be believed; none was removed.

    Attributes:
        found: how many.
        seen: of how many files.
    """

    def __init__(self, found: int, seen: int) -> None:
        """Keep both numbers."""
        super().__init__(f"{found} of {seen} files seem to have no row")
        self.found, self.seen = found, seen


@dataclass(frozen=True)
class StoredFile:
    """A kept file: its random name, its length and the SHA-256 of its content in hexadecimal."""

    name: str
    size_bytes: int
    sha256: str


class Readable(Protocol):
    """Anything with `read(size)`: an open file or an upload."""

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes."""


class FileStore(Protocol):
    """What a store of either kind can do."""

    def store(
        self,
        source: Readable | Path,
        *,
        expected_sha256: str | None = None,
        watch: Watch | None = None,
        name: str | None = None,
    ) -> StoredFile:
        """Keep a file."""

    def open(self, name: str) -> BinaryIO:
        """A kept file, opened for reading."""

    def path_or_copy(self, name: str) -> AbstractContextManager[Path]:
        """A local path of a kept file, for as long as the context lasts."""

    def remove_orphan(self, name: str) -> None:
        """Remove a file that no row names."""

    def sweep_orphans(self, known_names: KnownNames, older_than: datetime, *, is_trusted: bool = False) -> list[str]:
        """Remove files that no row names."""


def new_name() -> str:
    """A random name in two levels of folders, such as `3f/a9/3fa9…`."""
    letters = uuid.uuid4().hex
    return f"{letters[:2]}/{letters[2:4]}/{letters}"


def file_store(max_bytes: int | None = None) -> FileStore:
    """The store that settings choose: `STORAGE_URL` if set, else the local folder `MEDIA_ROOT`.

    Args:
        max_bytes: the longest file it takes; what people send in, if not given. Files we make may be longer.
    """
    longest = max_bytes or settings.UPLOAD_MAX_BYTES
    if settings.STORAGE_URL:
        from nsvcs.remote_storage import RemoteStore, s3_storage  # heavy, and only where such a store is used

        return RemoteStore(s3_storage(settings.STORAGE_URL), max_bytes=longest)
    return LocalStore(Path(settings.MEDIA_ROOT), max_bytes=longest)


class LocalStore:
    """Files in a local folder: folders 0700, files 0600."""

    def __init__(self, root: Path, *, max_bytes: int, free_floor_bytes: int = FREE_FLOOR_BYTES) -> None:
        self.root = root
        self.max_bytes = max_bytes
        self.free_floor_bytes = free_floor_bytes

    def store(
        self,
        source: Readable | Path,
        *,
        expected_sha256: str | None = None,
        watch: Watch | None = None,
        name: str | None = None,
    ) -> StoredFile:
        """Keep a file: hash while copying, flush it, rename it, flush its folder.

        Args:
            source: an open file or upload, read to its end; an upload that Django has already streamed to this file
                system is adopted without copying. A path is copied and left alone.
            expected_sha256: the digest it must have.
            watch: sees every chunk that is hashed, and may raise Mismatch.
            name: from `new_name`, for whoever wrote it down before; a new one, if not given.

        Raises:
            StorageFull: the disk is full or would fall below the floor.
            TooLarge: longer than `max_bytes`.
            Empty: no content.
            Mismatch: another digest than expected.
        """
        with named_errors():
            self._refuse_when_full()
            incoming = self._folder(INCOMING)
            temporary = incoming / uuid.uuid4().hex
            try:
                size_bytes, digest = self._received(source, temporary, watch)
                if expected_sha256 is not None and digest != expected_sha256:
                    raise Mismatch
                return self._named(temporary, checked(name) if name else new_name(), size_bytes, digest)
            finally:
                temporary.unlink(missing_ok=True)

    def _received(self, source: Readable | Path, temporary: Path, watch: Watch | None) -> tuple[int, str]:
        if self._adopt(source, temporary):
            return measure(temporary, self.max_bytes, watch, getattr(source, "known_sha256", ""))
        return copy_into(source, temporary, self.max_bytes, watch)

    def _named(self, temporary: Path, name: str, size_bytes: int, digest: str) -> StoredFile:
        folder = self._folder(name.rpartition("/")[0])
        _flush(temporary)
        os.rename(temporary, self.root / name)
        _flush(folder)
        return StoredFile(name, size_bytes, digest)

    def _adopt(self, source: Readable | Path, temporary: Path) -> bool:
        """Link an upload that already lies on this file system under our temporary name, so it is not copied."""
        path_of = getattr(source, "temporary_file_path", None)
        if path_of is None:
            return False
        getattr(source, "flush", lambda: None)()
        try:
            os.link(path_of(), temporary)
        except OSError as error:
            if error.errno in _FULL:
                raise
            return False
        temporary.chmod(0o600)
        return True

    def open(self, name: str) -> BinaryIO:
        """A kept file, opened for reading.

        Raises:
            FileNotFoundError: there is none of this name.
        """
        return self._path(name).open("rb")

    @contextmanager
    def path_or_copy(self, name: str) -> Iterator[Path]:
        """The path of a kept file; it is read, never written."""
        path = self._path(name)
        if not path.is_file():
            raise FileNotFoundError(name)
        yield path

    def remove_orphan(self, name: str) -> None:
        """Remove a file that no row names; nothing happens if it is gone already."""
        self._path(name).unlink(missing_ok=True)

    def sweep_orphans(self, known_names: KnownNames, older_than: datetime, *, is_trusted: bool = False) -> list[str]:
        """Remove files that no row names, and temporary files left by a crash.

        Args:
            known_names: given some names, returns those that rows name.
            older_than: only files last written before this instant (aware), so that one whose row is still being
                written stays.
            is_trusted: the answer of `known_names` is right, however many files it would cost.

        Returns:
            The names removed.

        Raises:
            TooManyOrphans: it would be more than a crash leaves behind; no kept file was removed.
        """
        sweep_folder(self._folder(INCOMING), older_than)
        names = (path.relative_to(self.root).as_posix() for path in sorted(self.root.glob("??/??/*")))

        def is_old(name: str) -> bool:
            return _is_older(self.root / name, older_than)

        removed = orphans(names, known_names, is_old, is_trusted=is_trusted)
        for name in removed:
            self.remove_orphan(name)
        return removed

    def _path(self, name: str) -> Path:
        return self.root / checked(name)

    def _folder(self, relative: str) -> Path:
        folder = self.root
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for part in Path(relative).parts:
            parent, folder = folder, folder / part
            with suppress(FileExistsError):
                folder.mkdir(mode=0o700)
                _flush(parent)
        return folder

    def _refuse_when_full(self) -> None:
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        if shutil.disk_usage(self.root).free < self.free_floor_bytes:
            raise StorageFull


def orphans(
    names: Iterable[str], known_names: KnownNames, is_old: Callable[[str], bool], *, is_trusted: bool
) -> list[str]:
    """Of these names of kept files, those that no row names and that are old; other names are not ours to judge.

    Raises:
        TooManyOrphans: it would be all of them, or more than a few and more than a set share.
    """
    found: list[str] = []
    seen = 0
    for some in _batched(name for name in names if _NAME.fullmatch(name)):
        seen += len(some)
        known = set(known_names(some))
        found += [name for name in some if name not in known and is_old(name)]
    most = max(FEW_ORPHANS, seen * ORPHANS_IN_A_HUNDRED // 100)
    if found and not is_trusted and (len(found) == seen or len(found) > most):
        raise TooManyOrphans(len(found), seen)
    return found


def _batched(names: Iterable[str]) -> Iterator[list[str]]:
    left = iter(names)
    while some := list(islice(left, ASKED_AT_ONCE)):
        yield some


def sweep_folder(folder: Path, older_than: datetime) -> None:
    """Remove what lies in a folder of temporary things and was last written before this instant (aware)."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if _is_older(path, older_than):
            path.unlink(missing_ok=True)
        elif path.is_dir() and _was_before(path, older_than):
            shutil.rmtree(path, ignore_errors=True)


def checked(name: str) -> str:
    """The name, if it is one that this module makes: nothing else reaches the disk.

    Raises:
        ValueError: it is not.
    """
    if not _NAME.fullmatch(name):
        raise ValueError("not the name of a stored file")
    return name


@contextmanager
def named_errors() -> Iterator[None]:
    """A full disk says so by its own error; other errors of the system pass.

    Raises:
        StorageFull: there is no room.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull from error
        raise


def copy_into(
    source: Readable | Path, target: Path, max_bytes: int | None, watch: Watch | None = None
) -> tuple[int, str]:
    """Copy, counting and hashing on the way; length and digest are returned. No limit for what was kept before."""
    if isinstance(source, Path):
        with source.open("rb") as content:
            return copy_into(content, target, max_bytes, watch)
    path_of = getattr(source, "temporary_file_path", None)
    if path_of is not None:  # what lies on the disk is read from there, not through an upload
        return copy_into(Path(path_of()), target, max_bytes, watch)
    getattr(source, "seek", lambda position: None)(0)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    digest, size_bytes = hashlib.sha256(), 0
    with open(descriptor, "wb") as copy:
        while chunk := source.read(CHUNK_BYTES):
            size_bytes += len(chunk)
            _check_length(size_bytes, max_bytes)
            digest.update(chunk)
            _tell(watch, chunk)
            copy.write(chunk)
    if not size_bytes:
        raise Empty
    return size_bytes, digest.hexdigest()


def measure(path: Path, max_bytes: int, watch: Watch | None = None, known: str = "") -> tuple[int, str]:
    """Length and SHA-256 of a file as it lies on the disk; it is not read where its digest is known.

    Raises:
        TooLarge: longer than it may be.
        Empty: no content.
    """
    size_bytes = path.stat().st_size
    _check_length(size_bytes, max_bytes)
    if not size_bytes:
        raise Empty
    if known and watch is None:
        return size_bytes, known
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as content:
        while chunk := content.read(CHUNK_BYTES):
            digest.update(chunk)
            _tell(watch, chunk)
    return size_bytes, digest.hexdigest()


def _tell(watch: Watch | None, chunk: bytes) -> None:
    if watch is not None:
        watch(chunk)


def _check_length(size_bytes: int, max_bytes: int | None) -> None:
    if max_bytes is not None and size_bytes > max_bytes:
        raise TooLarge


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_older(path: Path, than: datetime) -> bool:
    return path.is_file() and _was_before(path, than)


def _was_before(path: Path, than: datetime) -> bool:
    with suppress(FileNotFoundError):
        return path.stat().st_mtime < than.timestamp()
    return False
