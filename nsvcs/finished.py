"""A finished file of our own, for a store to take over."""

import errno
from pathlib import Path


class Finished:
    """A file of our own that nobody writes to any more: a store on the same disk takes it over without copying it.

    Attributes:
        known_sha256: of it, where this process has read it just now; the store then need not read it again.
    """

    def __init__(self, path: Path, sha256: str = "") -> None:
        self.path, self.known_sha256 = path, sha256

    def temporary_file_path(self) -> str:
        """Where it lies, as an upload says it."""
        return str(self.path)

    def read(self, size: int = -1, /) -> bytes:
        """Never asked: it is read from where it lies.

        Raises:
            OSError: always.
        """
        raise OSError(errno.EINVAL, "read from its path")
