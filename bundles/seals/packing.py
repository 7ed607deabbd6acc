"""The police pack: one zip with the bundle, every original, the lists, the time stamps, and a page on how to check it.

A BagIt bag, stored and not deflated: what is in it is compressed already, and any tool of ten years from now takes it
apart. Source: RFC 8493. Over its list of lists stands the service's signature, so that the pack is checked as one.
"""

import hashlib
import os
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bundles.selection.contents import Exhibit
from logs.filetypes import Kind

BLOCK = 1024 * 1024
TOP, DATA, ORIGINALS, CHECKS = "document", "data", "originals", "check"
SIGNATURE = "tagmanifest-sha256.txt.p7s"
ENDINGS = {kind.media_type: kind.extension for kind in Kind}
UNIX, FILE_MODE = 3, 0o100600


def original_names(exhibits: Sequence[Exhibit]) -> dict[str, str]:
    """A name for each original by its mark: the mark in plain letters, and a running letter where two would be one.

    Never the name it came with: that may be a path, a word in another script, or tell what was withheld.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for exhibit in exhibits:
        plain = re.sub(r"[^A-Za-z0-9]+", "-", exhibit.mark).strip("-")[:40] or "exhibit"
        ending = ENDINGS.get(exhibit.media_type, ".bin")
        name, number = f"{plain}{ending}", 1
        while name.lower() in taken:  # for the systems that take A and a for one letter
            number += 1
            name = f"{plain}-{_letters(number)}{ending}"
        taken.add(name.lower())
        names[exhibit.mark] = name
    return names


def _letters(number: int) -> str:
    """2 is b, 27 is aa."""
    found = ""
    while number:
        number, place = divmod(number - 1, 26)
        found = chr(ord("a") + place) + found
    return found


class Bag:
    """A bag that is written to a file as its parts come; nothing of it is held in memory."""

    def __init__(self, path: Path, made_at: datetime) -> None:
        """Begin it."""
        self.zip = zipfile.ZipFile(path, "w", zipfile.ZIP_STORED, allowZip64=True)
        self.made_at = made_at.astimezone(UTC)
        self.digests: dict[str, str] = {}
        self.bytes = 0

    def add_file(self, name: str, path: Path | str) -> str:
        """Put a file into it and tell its digest."""
        size = os.path.getsize(path)
        total = hashlib.sha256()
        with open(path, "rb") as source, self.zip.open(self._info(f"{DATA}/{name}", size), "w") as target:
            while block := source.read(BLOCK):
                total.update(block)
                target.write(block)
        return self._noted(f"{DATA}/{name}", total.hexdigest(), size)

    def add(self, name: str, data: bytes) -> str:
        """Put some bytes into it and tell their digest."""
        self.zip.writestr(self._info(f"{DATA}/{name}", len(data)), data)
        return self._noted(f"{DATA}/{name}", hashlib.sha256(data).hexdigest(), len(data))

    def finish(self, told: Mapping[str, str]) -> bytes:
        """Write the lists that make it a bag; returns the list of lists, for a signature."""
        about = {"Bagging-Date": f"{self.made_at:%Y-%m-%d}", "Payload-Oxum": f"{self.bytes}.{len(self.digests)}"}
        tags = {
            "bagit.txt": "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
            "bag-info.txt": "".join(f"{name}: {value}\n" for name, value in {**told, **about}.items()),
            "manifest-sha256.txt": _lines(self.digests),
        }
        lists = _lines({name: hashlib.sha256(text.encode()).hexdigest() for name, text in tags.items()})
        for name, text in (*tags.items(), ("tagmanifest-sha256.txt", lists)):
            self.zip.writestr(self._info(name, len(text)), text.encode())
        return lists.encode()

    def sign(self, signature: bytes) -> None:
        """Put the signature over the list of lists beside it, and close the zip."""
        self.zip.writestr(self._info(SIGNATURE, len(signature)), signature)
        self.zip.close()

    def _noted(self, name: str, digest: str, size: int) -> str:
        self.digests[name] = digest
        self.bytes += size
        return digest

    def _info(self, name: str, size: int) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(f"{TOP}/{name}", self.made_at.timetuple()[:6])
        info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_STORED, UNIX, FILE_MODE << 16
        info.file_size = size  # so that a long one is written in the form for long ones
        return info


def _lines(digests: Mapping[str, str]) -> str:
    return "".join(f"{digest}  {name}\n" for name, digest in digests.items())
