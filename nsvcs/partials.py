"""Files on their way: what has come of a file so far, on the same file system as the files that are kept.

The row that counts the bytes is the truth. Bytes reach the disk before the row counts them, so a process killed in
between leaves more bytes than the row knows: the next piece cuts them off. With fewer, the row believes the file.
"""

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from django.conf import settings

from nsvcs.storage import FREE_FLOOR_BYTES, StorageFull, named_errors

FOLDER = "arriving"


def folder() -> Path:
    """Where they lie. Several machines share it, as they share the folder of files."""
    return Path(settings.MEDIA_ROOT) / FOLDER


def refuse_without_room(size_bytes: int) -> None:
    """There must be room for so many bytes more, and the floor beside.

    Raises:
        StorageFull: there is not.
    """
    where = folder()
    where.mkdir(mode=0o700, parents=True, exist_ok=True)
    if shutil.disk_usage(where).free < size_bytes + FREE_FLOOR_BYTES:
        raise StorageFull


class Partial:
    """One file on its way, named by the key of its row and nothing else.

    It is linked into the store as it lies when it is whole: `temporary_file_path` is how an upload says where it is.
    """

    def __init__(self, key: UUID) -> None:
        """Nothing is opened yet."""
        self.path = folder() / key.hex

    def size(self) -> int:
        """How many bytes lie there; 0 where there is no file."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    def temporary_file_path(self) -> str:
        """Where the file is, for a store on the same file system."""
        return str(self.path)

    def read(self, size: int = -1, /) -> bytes:
        """Nothing reads through this: stores take the path, to link it and where they cannot, to copy it.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError

    def put(self, offset: int, content: bytes) -> None:
        """Write a piece where it belongs, cut off whatever lay behind, and flush it to the disk.

        Raises:
            StorageFull: there is no room; what had come before is still there.
        """
        with named_errors():
            refuse_without_room(len(content))
            is_new = not self.path.exists()
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            with open(descriptor, "r+b", buffering=0) as file:
                file.truncate(offset)
                file.seek(offset)
                left = memoryview(content)
                while left:
                    left = left[file.write(left) :]
                os.fsync(file.fileno())
            if is_new:
                _flush_folder(self.path.parent)

    def remove(self) -> None:
        """Remove it; nothing happens if it is gone."""
        self.path.unlink(missing_ok=True)


def _flush_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def keys_on_disk(older_than: float) -> list[UUID]:
    """Keys of the files that lie there and were last written before this time, in seconds since 1970."""
    found = []
    for path in folder().iterdir() if folder().is_dir() else ():
        with suppress(FileNotFoundError, ValueError):
            if path.stat().st_mtime < older_than:
                found.append(UUID(path.name))
    return found


def remove_all(keys: Iterable[UUID]) -> None:
    """Remove several."""
    for key in keys:
        Partial(key).remove()
