"""Files whose names are written down before they are kept: what a worker that dies leaves behind, the sweep knows.

Between the store's file and the row that names it a worker may end. The daily sweep removes files without a row only
while there are few of them, since many are more likely a mistake; these it may take however many there are.
"""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.utils import timezone

from bundles.models import ComingFile
from jobs.working import Work
from nsvcs.storage import FileStore, KnownNames, Readable, StoredFile, Watch, new_name


class Announcing:
    """A `FileStore` for one job: as the one it is given, and each name is a row before it is a file."""

    def __init__(self, work: Work, store: FileStore) -> None:
        """Keep both."""
        self.work, self.inner = work, store

    def store(
        self,
        source: Readable | Path,
        *,
        expected_sha256: str | None = None,
        watch: Watch | None = None,
        name: str | None = None,
    ) -> StoredFile:
        """Keep a file under a name that is written down first; call it with no transaction open."""
        if name is None:
            (name,) = announced(self.work, 1)
        return self.inner.store(source, expected_sha256=expected_sha256, watch=watch, name=name)

    def open(self, name: str) -> BinaryIO:
        """As the store itself."""
        return self.inner.open(name)

    def path_or_copy(self, name: str) -> AbstractContextManager[Path]:
        """As the store itself."""
        return self.inner.path_or_copy(name)

    def remove_orphan(self, name: str) -> None:
        """As the store itself."""
        self.inner.remove_orphan(name)

    def sweep_orphans(self, known_names: KnownNames, older_than: datetime, *, is_trusted: bool = False) -> list[str]:
        """As the store itself."""
        return self.inner.sweep_orphans(known_names, older_than, is_trusted=is_trusted)


def announced(work: Work, count: int) -> Sequence[str]:
    """New names, written down for files to come."""
    names = [new_name() for _ in range(count)]
    with work.acting():
        ComingFile.objects.bulk_create(ComingFile(name=name, at=timezone.now()) for name in names)
    return names


def arrived(names: Iterable[str]) -> None:
    """Strike out names, in the transaction that writes the rows which name these files from now on."""
    ComingFile.objects.filter(name__in=list(names)).delete()
