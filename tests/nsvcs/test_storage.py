import errno
import hashlib
import io
import os
import re
import stat
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.storage import InMemoryStorage
from django.core.files.uploadedfile import TemporaryUploadedFile

from nsvcs import remote_storage, storage
from nsvcs.finished import Finished
from nsvcs.partials import Partial

CONTENT = b"what was sent\n" * 5_000
DIGEST = hashlib.sha256(CONTENT).hexdigest()
LATER = timedelta(days=1)


def nothing_known(names: list[str]) -> list[str]:
    return []


@pytest.fixture
def local(tmp_path):
    return storage.LocalStore(tmp_path / "media", max_bytes=1_000_000)


@pytest.fixture
def remote(tmp_path):
    return remote_storage.RemoteStore(InMemoryStorage(), max_bytes=1_000_000, scratch=tmp_path)


@pytest.fixture(params=["local", "remote"])
def store(request):
    return request.getfixturevalue(request.param)


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_stored_file_comes_back_bit_for_bit(store):
    kept = store.store(io.BytesIO(CONTENT))
    assert (kept.size_bytes, kept.sha256) == (len(CONTENT), DIGEST)
    with store.open(kept.name) as content:
        assert content.read() == CONTENT
    with store.path_or_copy(kept.name) as path:
        assert path.read_bytes() == CONTENT


def test_names_are_random_and_say_nothing(store, tmp_path):
    source = tmp_path / "new flat Leeds.jpg"
    source.write_bytes(CONTENT)
    names = {store.store(source).name for _ in range(3)}
    assert len(names) == 3
    assert [name for name in names if not re.fullmatch("[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{32}", name)] == []
    assert source.exists()


def test_expected_digest_must_match(store):
    assert store.store(io.BytesIO(CONTENT), expected_sha256=DIGEST).sha256 == DIGEST
    with pytest.raises(storage.Mismatch):
        store.store(io.BytesIO(CONTENT + b"!"), expected_sha256=DIGEST)


@pytest.mark.parametrize(("content", "error"), [(b"", storage.Empty), (b"x" * 1_000_001, storage.TooLarge)])
def test_refused_files_leave_nothing_behind(local, content, error):
    with pytest.raises(error):
        local.store(io.BytesIO(content))
    assert files_below(local.root) == []


@pytest.mark.parametrize(("content", "error"), [(b"", storage.Empty), (b"x" * 1_000_001, storage.TooLarge)])
def test_refused_files_never_reach_the_remote_store(remote, tmp_path, content, error):
    with pytest.raises(error):
        remote.store(io.BytesIO(content))
    assert remote.backend.listdir("") == ([], [])
    assert files_below(tmp_path) == []


def test_exactly_the_limit_is_kept(store):
    assert store.store(io.BytesIO(b"x" * 1_000_000)).size_bytes == 1_000_000


def test_files_and_folders_are_the_owners_only(local):
    path = local.root / local.store(io.BytesIO(CONTENT)).name
    modes = [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent, path.parent.parent, local.root)]
    assert modes == [0o600, 0o700, 0o700, 0o700]


def upload(folder: Path, content: bytes) -> TemporaryUploadedFile:
    file = TemporaryUploadedFile("photo.jpg", "image/jpeg", len(content), None)
    file.write(content)
    return file


def test_an_upload_on_the_same_file_system_is_adopted_not_copied(local, settings, tmp_path, monkeypatch):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    monkeypatch.setattr(storage, "copy_into", None)
    with upload(tmp_path, CONTENT) as file:
        inode = os.stat(file.temporary_file_path()).st_ino
        kept = local.store(file)
    path = local.root / kept.name
    assert (kept.sha256, path.stat().st_ino, path.stat().st_nlink) == (DIGEST, inode, 1)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_of_ours_that_was_just_read_is_not_read_again(local, tmp_path, monkeypatch):
    made = tmp_path / "made"
    made.write_bytes(CONTENT)
    monkeypatch.setattr(storage.hashlib, "sha256", None)
    kept = local.store(Finished(made, DIGEST))
    assert (kept.sha256, kept.size_bytes) == (DIGEST, len(CONTENT))
    assert (local.root / kept.name).read_bytes() == CONTENT


def test_what_an_upload_says_of_its_own_digest_is_not_believed(local, settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    with upload(tmp_path, CONTENT) as file:
        file.sha256 = "0" * 64
        assert local.store(file).sha256 == DIGEST


def test_an_upload_on_another_file_system_is_copied(local, settings, tmp_path, monkeypatch):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)

    def other_device(*paths):
        raise OSError(errno.EXDEV, "another file system")

    monkeypatch.setattr(storage.os, "link", other_device)
    with upload(tmp_path, CONTENT) as file:
        assert local.store(file).sha256 == DIGEST


@pytest.mark.h("H39")
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_named_and_leaves_nothing_torn(local, monkeypatch, number):
    def full(path):
        raise OSError(number, "full")

    monkeypatch.setattr(storage, "_flush", full)
    with pytest.raises(storage.StorageFull):
        local.store(io.BytesIO(CONTENT))
    assert files_below(local.root) == []


@pytest.mark.h("H39")
def test_a_nearly_full_disk_refuses_before_anything_is_written(tmp_path):
    nearly = storage.LocalStore(tmp_path / "media", max_bytes=10, free_floor_bytes=2**60)
    with pytest.raises(storage.StorageFull):
        nearly.store(io.BytesIO(b"x"))
    assert files_below(tmp_path) == []


@pytest.mark.h("H28")
@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", "/etc/passwd", "aa/bb/../x", "photo.jpg", "aa/bb/" + "a" * 32 + "\n"]
)
def test_only_our_own_names_reach_the_store(store, name):
    with pytest.raises(ValueError, match="not the name"):
        store.open(name)
    with pytest.raises(ValueError, match="not the name"):
        store.remove_orphan(name)


def test_a_missing_file_is_said_to_be_missing(store):
    name = storage.new_name()
    with pytest.raises(FileNotFoundError):
        store.open(name)
    with pytest.raises(FileNotFoundError), store.path_or_copy(name):
        pass
    store.remove_orphan(name)


def test_sweep_removes_only_what_no_row_names(store):
    kept, orphan = (store.store(io.BytesIO(CONTENT)).name for _ in range(2))
    removed = store.sweep_orphans(lambda names: [kept], datetime.now(UTC) + LATER)
    assert removed == [orphan]
    store.open(kept).close()


def test_sweep_leaves_young_files_alone(store):
    kept = store.store(io.BytesIO(CONTENT))
    assert store.sweep_orphans(nothing_known, datetime.now(UTC) - LATER) == []
    store.open(kept.name).close()


@pytest.mark.parametrize(
    ("orphan_count", "kept_count", "is_refused"),
    [(1, 0, True), (5, 1, False), (6, 20, True), (7, 692, True), (7, 693, False)],
)
def test_sweep_that_would_take_all_or_many_takes_nothing(orphan_count, kept_count, is_refused, monkeypatch):
    monkeypatch.setattr(storage, "ASKED_AT_ONCE", 100)
    names = [storage.new_name() for _ in range(orphan_count + kept_count)]
    kept = set(names[orphan_count:])

    def sweep() -> list[str]:
        return storage.orphans(names, kept.intersection, lambda name: True, is_trusted=False)

    if not is_refused:
        assert sweep() == names[:orphan_count]
        return
    with pytest.raises(storage.TooManyOrphans) as refused:
        sweep()
    assert (refused.value.found, refused.value.seen) == (orphan_count, len(names))


def test_a_sweep_that_knows_of_no_file_removes_none(store):
    kept = [store.store(io.BytesIO(CONTENT)).name for _ in range(3)]
    with pytest.raises(storage.TooManyOrphans):
        store.sweep_orphans(nothing_known, datetime.now(UTC) + LATER)
    for name in kept:
        store.open(name).close()


def test_sweep_leaves_alone_what_is_no_file_of_ours(local):
    kept = local.store(io.BytesIO(CONTENT)).name
    stranger = (local.root / kept).with_name("note.txt")
    stranger.write_text("by hand")
    assert local.sweep_orphans(lambda names: [kept], datetime.now(UTC) + LATER) == []
    assert stranger.exists()


class DyingSource(io.BytesIO):
    """Ends the process at one of the reads."""

    reads_left = 0

    def read(self, size: int = -1, /) -> bytes:
        self.reads_left -= 1
        if self.reads_left < 0:
            os._exit(9)
        return super().read(min(size, 20_000))


def die_during_store(local: storage.LocalStore, point: int) -> int:
    """Store in a forked child that is gone at the given step; the exit code says whether it got that far."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    source = DyingSource(CONTENT)
    source.reads_left = point
    steps = [point - 6]

    def counted(function):
        def call(*args):
            if steps[0] <= 0:
                os._exit(9)
            steps[0] -= 1
            return function(*args)

        return call

    if point >= 6:
        storage._flush, os.rename = counted(storage._flush), counted(os.rename)
    local.store(source)
    os._exit(0)


@pytest.mark.h("H30")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_killed_at_any_step_the_file_is_whole_or_absent_and_the_sweep_leaves_no_orphan(local):
    codes = [die_during_store(local, point) for point in range(14)]
    assert codes.count(9) >= 10
    assert codes[-1] == 0
    finished = [path for path in files_below(local.root) if path.parent.name != storage.INCOMING]
    assert [path for path in finished if path.read_bytes() != CONTENT] == []
    local.sweep_orphans(nothing_known, datetime.now(UTC) + LATER, is_trusted=True)
    assert files_below(local.root) == []
    assert local.store(io.BytesIO(CONTENT)).sha256 == DIGEST


def test_settings_choose_the_store(settings, tmp_path):
    settings.STORAGE_URL, settings.MEDIA_ROOT, settings.UPLOAD_MAX_BYTES = "", str(tmp_path), 7
    local = storage.file_store()
    assert (local.root, local.max_bytes) == (tmp_path, 7)
    settings.STORAGE_URL = "s3://key:se%2Fcret@store.example:9000/evidence?region=eu-west-2"
    remote = storage.file_store()
    backend = remote.backend
    assert (backend.bucket_name, backend.endpoint_url) == ("evidence", "https://store.example:9000")
    assert (backend.access_key, backend.secret_key, backend.region_name) == ("key", "se/cret", "eu-west-2")


@pytest.mark.parametrize("url", ["s3://host", "ftp://host/bucket", "bucket"])
def test_a_wrong_storage_address_is_refused(url):
    with pytest.raises(ValueError, match="STORAGE_URL"):
        remote_storage.s3_storage(url)


def test_a_file_that_came_in_pieces_is_copied_where_the_disk_knows_no_links(tmp_path, settings, monkeypatch):
    settings.MEDIA_ROOT = str(tmp_path)
    partial = Partial(uuid.uuid4())
    partial.put(0, b"a film")
    monkeypatch.setattr(os, "link", lambda *paths: (_ for _ in ()).throw(OSError(errno.EPERM, "no links here")))
    store = storage.LocalStore(tmp_path, max_bytes=100, free_floor_bytes=0)
    kept = store.store(partial)
    with store.open(kept.name) as content:
        assert content.read() == b"a film"
