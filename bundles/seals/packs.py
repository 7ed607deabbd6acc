"""What runs in a child process to say of a zip whether it is a pack of ours and unchanged.

Over its list of lists stands the service's signature; under that every file. The zip itself is read strictly: nothing
in it is deflated, and between its files stands not a byte.
"""

import hashlib
import zipfile
from collections.abc import Mapping
from typing import Any, BinaryIO

from cryptography import x509

from bundles.seals import signing
from bundles.seals.reading import NotSealed, certificates

BLOCK = 1024 * 1024
TOP = "document/"
LISTS, SIGNATURE = "tagmanifest-sha256.txt", "tagmanifest-sha256.txt.p7s"
FILES = "manifest-sha256.txt"
TAGS = {"bagit.txt", "bag-info.txt", FILES}
MOST_FILES, MOST_LIST_BYTES = 50_000, 16 * BLOCK
HEADER, END, END_OF_LONG, CENTRAL = 30, 22, 76, 46


def read(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Look at the zip at `path`; `seals` are certificates in hexadecimal. As `bundles.seals.reading.read`."""
    seals = tuple(certificates(payload["seals"]))
    try:
        with open(payload["path"], "rb") as file, zipfile.ZipFile(file) as pack:
            _check(pack, file, seals)
    except Exception as failed:  # a stranger's file: its reader fails in as many ways as there are
        return {"is_sealed": False, "why": str(failed) if isinstance(failed, NotSealed) else type(failed).__name__}
    return {"is_sealed": True, "why": ""}


def _check(pack: zipfile.ZipFile, file: BinaryIO, seals: tuple[x509.Certificate, ...]) -> None:
    infos = {info.filename.removeprefix(TOP): info for info in pack.infolist()}
    _stored_side_by_side(pack, file)
    if len(infos) != len(pack.infolist()) or not all(info.filename.startswith(TOP) for info in infos.values()):
        raise NotSealed("names")
    lists = _text(pack, infos[LISTS])
    sealed = signing.opened(_text(pack, infos[SIGNATURE]), signing.DigestOf(lists))
    if sealed.signer not in seals:
        raise NotSealed("another's seal")
    tags = _lines(lists)
    files = _lines(_text(pack, infos[FILES]))
    if tags.keys() != TAGS or infos.keys() != {*TAGS, *files, LISTS, SIGNATURE}:
        raise NotSealed("other files")
    for name, digest in {**tags, **files}.items():
        if _digest(pack, infos[name]) != digest:
            raise NotSealed("changed")


def _stored_side_by_side(pack: zipfile.ZipFile, file: BinaryIO) -> None:
    """One file after the other from the first byte, then the directory, then its end: no room for anything else."""
    infos = sorted(pack.infolist(), key=lambda info: info.header_offset)
    if len(infos) > MOST_FILES or pack.comment:
        raise NotSealed("layout")
    at = directory = 0
    for info in infos:
        if info.header_offset != at or info.compress_type != zipfile.ZIP_STORED or info.flag_bits & ~0x800:
            raise NotSealed("layout")
        file.seek(at + 26)
        names = int.from_bytes(file.read(2), "little") + int.from_bytes(file.read(2), "little")
        at += HEADER + names + info.file_size
        # What stands in the directory for long files is left out of `extra` by the reader.
        directory += CENTRAL + len(info.orig_filename.encode()) + len(info.comment)
    rest = file.seek(0, 2) - at
    longest = directory + END_OF_LONG + END + sum(32 for _ in infos)
    if pack.start_dir != at or not directory + END <= rest <= longest:
        raise NotSealed("layout")


def _text(pack: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    if info.file_size > MOST_LIST_BYTES:
        raise NotSealed("list")
    return pack.read(info)


def _lines(data: bytes) -> dict[str, str]:
    rows = [line.partition("  ") for line in data.decode().splitlines()]
    return {name: digest for digest, _, name in rows}


def _digest(pack: zipfile.ZipFile, info: zipfile.ZipInfo) -> str:
    total = hashlib.sha256()
    with pack.open(info) as source:
        while block := source.read(BLOCK):
            total.update(block)
    return total.hexdigest()
