"""The store of a service with several machines: any that speaks S3, through django-storages."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.storage import Storage
from storages.backends.s3 import S3Storage

from nsvcs.storage import (
    KnownNames,
    Mismatch,
    Readable,
    StorageError,
    StoredFile,
    Watch,
    checked,
    copy_into,
    measure,
    named_errors,
    new_name,
    orphans,
)

# Somebody waits for the page meanwhile: a store that does not answer is an error of seconds, not of minutes.
STORE_PATIENCE: dict[str, Any] = {
    "connect_timeout": 5,
    "read_timeout": 30,
    "retries": {"mode": "standard", "total_max_attempts": 3},
}


class RemoteStore:
    """Files in an S3-compatible store, through django-storages; the store itself writes whole objects or none."""

    def __init__(self, backend: Storage, *, max_bytes: int, scratch: Path | None = None) -> None:
        self.backend = backend
        self.max_bytes = max_bytes
        self.scratch = scratch

    def store(
        self,
        source: Readable | Path,
        *,
        expected_sha256: str | None = None,
        watch: Watch | None = None,
        name: str | None = None,
    ) -> StoredFile:
        """Keep a file: hashed as it lies on this disk, then sent in parts; errors as in `LocalStore.store`.

        What lies here already is sent from where it lies; anything else is copied here first.
        """
        with named_errors(), self._on_disk(source, watch) as (path, size_bytes, digest):
            if expected_sha256 is not None and digest != expected_sha256:
                raise Mismatch
            name = checked(name) if name else new_name()
            with path.open("rb") as content, _answering():
                kept_as = self.backend.save(name, content)
            if kept_as != name:
                raise StorageError(f"the store changed the name {name}")
            return StoredFile(name, size_bytes, digest)

    @contextmanager
    def _on_disk(self, source: Readable | Path, watch: Watch | None) -> Iterator[tuple[Path, int, str]]:
        path_of = getattr(source, "temporary_file_path", None)
        if path_of is not None:
            getattr(source, "flush", lambda: None)()
            path = Path(path_of())
            yield path, *measure(path, self.max_bytes, watch)
            return
        with self._scratch_file() as temporary:
            size_bytes, digest = copy_into(source, temporary, self.max_bytes, watch)
            yield temporary, size_bytes, digest

    def open(self, name: str) -> BinaryIO:
        """A kept file, opened for reading."""
        with _answering():
            return cast(BinaryIO, self.backend.open(checked(name), "rb"))

    @contextmanager
    def path_or_copy(self, name: str) -> Iterator[Path]:
        """A local copy of a kept file, removed afterwards."""
        with self._scratch_file() as temporary:
            with _answering(), self.open(name) as content:
                copy_into(content, temporary, None)
            yield temporary

    def remove_orphan(self, name: str) -> None:
        """Remove an object that no row names."""
        with _answering():
            self.backend.delete(checked(name))

    def sweep_orphans(self, known_names: KnownNames, older_than: datetime, *, is_trusted: bool = False) -> list[str]:
        """Remove objects that no row names, as `LocalStore.sweep_orphans`; the store leaves no temporary files."""

        def is_old(name: str) -> bool:
            return bool(self.backend.get_modified_time(name) < older_than)

        with _answering():
            removed = orphans(self._names(), known_names, is_old, is_trusted=is_trusted)
        for name in removed:
            self.remove_orphan(name)
        return removed

    def _names(self) -> Iterator[str]:
        for first in sorted(self.backend.listdir("")[0]):
            for second in sorted(self.backend.listdir(first)[0]):
                prefix = f"{first}/{second}"
                yield from (f"{prefix}/{each}" for each in sorted(self.backend.listdir(prefix)[1]))

    @contextmanager
    def _scratch_file(self) -> Iterator[Path]:
        folder = self.scratch or (Path(settings.FILE_UPLOAD_TEMP_DIR) if settings.FILE_UPLOAD_TEMP_DIR else None)
        with tempfile.TemporaryDirectory(dir=folder) as own:
            yield Path(own) / "file"


@cache
def s3_storage(url: str) -> Storage:
    """The django-storages backend of `s3://KEY:SECRET@HOST[:PORT]/BUCKET?region=…&tls=no`; without a host, the maker's.

    Raises:
        ValueError: the address names no bucket or another kind of store.
    """
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    bucket = parts.path.strip("/")
    if parts.scheme != "s3" or not bucket:
        raise ValueError("STORAGE_URL is s3://key:secret@host/bucket")
    scheme = "http" if options.get("tls") == "no" else "https"
    host = parts.hostname and f"{scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
    return S3Storage(
        access_key=unquote(parts.username) if parts.username else None,
        secret_key=unquote(parts.password) if parts.password else None,
        bucket_name=bucket,
        endpoint_url=host or None,
        region_name=options.get("region"),
        default_acl=None,
        file_overwrite=False,
        querystring_auth=True,
        client_config=Config(
            **STORE_PATIENCE, signature_version="s3v4", s3={"addressing_style": "path"} if host else {}
        ),
    )


@contextmanager
def _answering() -> Iterator[None]:
    """Whatever a store's own library raises is an error of ours, which pages know how to tell.

    Raises:
        StorageError: the store did not answer, or not as it should.
    """
    try:
        yield
    except (Boto3Error, BotoCoreError, ClientError) as error:
        raise StorageError("the store did not answer as it should") from error
