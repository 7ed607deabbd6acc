"""Files in a store that speaks S3, over HTTP on loopback: the way a service with several machines keeps them."""

import hashlib
import io
import logging
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto.server import ThreadedMotoServer

from nsvcs import remote_storage, storage

CONTENT = b"what was sent\n" * 5_000
DIGEST = hashlib.sha256(CONTENT).hexdigest()
REGION = "eu-west-2"


@pytest.fixture(scope="module")
def address():
    """Host and port of a store with one bucket, and nothing said about each request."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    client = boto3.client(
        "s3", endpoint_url=f"http://{host}:{port}", region_name=REGION, aws_access_key_id="k", aws_secret_access_key="s"
    )
    # An answer that got lost is asked for again by the library, and then the bucket is there already.
    with suppress(client.exceptions.BucketAlreadyOwnedByYou):
        client.create_bucket(Bucket="evidence", CreateBucketConfiguration={"LocationConstraint": REGION})
    yield f"{host}:{port}"
    server.stop()


@pytest.fixture
def url(address, settings):
    settings.STORAGE_URL = f"s3://k:s@{address}/evidence?region={REGION}&tls=no"
    return settings.STORAGE_URL


def test_a_file_comes_back_bit_for_bit(url):
    store = storage.file_store()
    kept = store.store(io.BytesIO(CONTENT), expected_sha256=DIGEST)
    assert (kept.size_bytes, kept.sha256) == (len(CONTENT), DIGEST)
    with store.open(kept.name) as content:
        assert content.read() == CONTENT
    with store.path_or_copy(kept.name) as path:
        assert path.read_bytes() == CONTENT
    assert not path.exists()


def test_a_file_of_our_own_may_be_longer_than_an_upload(url, settings):
    settings.UPLOAD_MAX_BYTES = 10
    with pytest.raises(storage.TooLarge):
        storage.file_store().store(io.BytesIO(CONTENT))
    kept = storage.file_store(1_000_000).store(io.BytesIO(CONTENT))
    with storage.file_store().path_or_copy(kept.name) as path:
        assert path.stat().st_size == len(CONTENT)


def test_a_file_that_is_not_there_is_said_to_be_missing(url):
    with pytest.raises(FileNotFoundError):
        storage.file_store().open(storage.new_name())


def test_only_files_that_no_row_names_are_swept(url):
    store = storage.file_store()
    kept, orphan = (store.store(io.BytesIO(CONTENT)).name for _each in range(2))
    later = datetime.now(UTC) + timedelta(hours=1)
    removed = store.sweep_orphans(lambda names: [name for name in names if name != orphan], later)
    assert removed == [orphan]
    with store.open(kept) as content:
        assert content.read() == CONTENT
    with pytest.raises(FileNotFoundError):
        store.open(orphan)


@pytest.mark.parametrize("bucket", ["evidence", "nowhere"])
def test_a_store_that_refuses_or_is_away_is_an_error_that_pages_can_tell(settings, monkeypatch, address, bucket):
    monkeypatch.setitem(remote_storage.STORE_PATIENCE, "retries", {"mode": "standard", "total_max_attempts": 1})
    there = address if bucket == "nowhere" else "127.0.0.1:9"
    settings.STORAGE_URL = f"s3://k:s@{there}/{bucket}?region={REGION}&tls=no"
    store = storage.file_store()
    with pytest.raises(storage.StorageError):
        store.store(io.BytesIO(CONTENT))
    with pytest.raises((storage.StorageError, FileNotFoundError)):
        store.open(storage.new_name())
