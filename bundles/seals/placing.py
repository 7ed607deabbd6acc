"""What runs in a child process for a seal: room for a signature or a time stamp, added to the end of a PDF.

The child has neither the key nor the network: it leaves room and tells where. Whoever called it signs the digest of all
around it, or has it stamped, and fills the room. Nothing of the file is written anew: behind its end come a few
objects, a table of where they stand, and where the table before it is.
Source: ISO 32000-2, 7.5.6 and 12.8; ETSI EN 319 142-1, 5.
"""

import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, BinaryIO

import pikepdf
from pikepdf import Name

from jobs.child import Refused

SEAL, TIME = "Seal", "Time"
ROOM = 32_768  # letters: two for each byte of the message
RANGE_LETTERS = 60
VERSION = "/1.7"
START = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")
# Seen by no reader, printed with the page it stands on, as archives ask; locked.
FLAGS = 4 | 128
TIED = ("/AcroForm", "/DSS")  # what is said of the whole file, and changes


def place_seal(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Leave room for the seal at the end of the PDF at `path`; `at` is when it is sealed."""
    at = datetime.fromisoformat(payload["at"]).astimezone(UTC)
    said = b"/Type /Sig /SubFilter /ETSI.CAdES.detached /M (D:%s) " % f"{at:%Y%m%d%H%M%SZ}".encode()
    return _placed(payload["path"], SEAL, said)


def place_time(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Add what the seal is checked with in later years, and leave room for a time stamp over all of it.

    `certificates`, `lists` and `answers` are bytes in hexadecimal: certificates, lists of revoked ones, and answers
    of those who are asked about single ones.
    """
    kinds = {"/Certs": payload["certificates"], "/CRLs": payload["lists"], "/OCSPs": payload["answers"]}
    proofs = {kind: [bytes.fromhex(each) for each in rows] for kind, rows in kinds.items() if rows}
    return _placed(payload["path"], TIME, b"/Type /DocTimeStamp /SubFilter /ETSI.RFC3161 ", proofs)


def _placed(path: str, name: str, said: bytes, proofs: Mapping[str, Sequence[bytes]] | None = None) -> dict[str, Any]:
    with pikepdf.open(path, access_mode=pikepdf.AccessMode.stream, attempt_recovery=False) as pdf:
        added = _Added(pdf)
        if proofs:
            added.prove(proofs)
        added.sign(name, said)
        with open(path, "r+b") as file:
            return added.write(file)


class _Added:
    """What comes behind the end of a file: objects by their numbers, and what leads to them."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self.pdf, self.size = pdf, int(pdf.trailer.Size)
        self.objects: dict[int, bytes] = {}
        self.signature = 0
        self.tied = {name: pdf.Root[name].unparse() for name in TIED if name in pdf.Root}
        if f"/{pdf.pdf_version}" < VERSION:
            pdf.Root.Version = Name(VERSION)

    def _add(self, body: bytes) -> int:
        self.objects[self.size] = body
        self.size += 1
        return self.size - 1

    def prove(self, proofs: Mapping[str, Sequence[bytes]]) -> None:
        """Lay down what the seal is checked with."""
        kinds = []
        for kind, rows in proofs.items():
            numbers = [self._add(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(row), row)) for row in rows]
            kinds.append(b"%s [ %s ]" % (kind.encode(), b" ".join(b"%d 0 R" % number for number in numbers)))
        self.tied["/DSS"] = b"%d 0 R" % self._add(b"<< %s >>" % b" ".join(kinds))

    def sign(self, name: str, said: bytes) -> None:
        """Put a field on the first page, with room for the message and for what it is over."""
        room = b"/Contents <%s> /ByteRange [%s] " % (b"0" * ROOM, b" " * RANGE_LETTERS)
        self.signature = self._add(b"<< %s/Filter /Adobe.PPKLite %s>>" % (said, room))
        page = self.pdf.pages[0].obj
        told = (name.encode(), FLAGS, page.unparse(), self.signature)
        field = self._add(
            b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (%s) /F %d /Rect [ 0 0 0 0 ] /P %s /V %d 0 R >>" % told
        )
        self.objects[page.objgen[0]] = _with(page, {"/Annots": _longer(page.get("/Annots"), field)})
        form: Any = self.pdf.Root.get("/AcroForm")
        body = b"<< /Fields %s /SigFlags 3 >>" % _longer(form.Fields if form is not None else None, field)
        if form is None:
            self.tied = {"/AcroForm": b"%d 0 R" % self._add(body)} | self.tied
        else:
            self.objects[form.objgen[0]] = body
        self.objects[self.pdf.Root.objgen[0]] = _with(self.pdf.Root, self.tied)

    def write(self, file: BinaryIO) -> dict[str, Any]:
        """Write it; from where to where the room is."""
        base = file.seek(0, os.SEEK_END)
        file.seek(max(0, base - 100))
        before = START.search(file.read())
        if not before or not file.seek(int(before[1])) or file.read(4) != b"xref":
            raise Refused("no_table")
        out, places = bytearray(), {}
        for number, body in sorted(self.objects.items()):
            places[number] = base + len(out)
            out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        out += self._table(places, int(before[1]), base + len(out), hashlib.sha256(out).hexdigest()[:32].encode())
        start = out.index(b"<0000", places[self.signature] - base)
        end = start + ROOM + 2
        told = b"0 %d %d %d]" % (base + start, base + end, len(out) - end)
        at = out.index(b"[", end) + 1
        out[at : at + RANGE_LETTERS + 1] = told.ljust(RANGE_LETTERS + 1)
        file.seek(base)
        file.write(out)
        return {"start": base + start, "end": base + end}

    def _table(self, places: Mapping[int, int], before: int, at: int, name: bytes) -> bytes:
        lines = b"".join(_sections(places))
        trailer: Any = self.pdf.trailer
        said = b"".join(
            b"%s %s " % (key.encode(), trailer[key].unparse()) for key in ("/Root", "/Info") if key in trailer
        )
        if "/ID" in trailer:
            said += b"/ID [ %s <%s> ] " % (trailer.ID[0].unparse(), name)
        last = b"<< %s/Size %d /Prev %d >>" % (said, self.size, before)
        return b"xref\n0 1\n0000000000 65535 f \n%strailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (lines, last, at)


def _sections(places: Mapping[int, int]) -> Iterator[bytes]:
    """The lines of a table, for each row of numbers without a gap."""
    for _, group in groupby(enumerate(sorted(places)), lambda pair: pair[1] - pair[0]):
        numbers = [number for _, number in group]
        yield b"%d %d\n" % (numbers[0], len(numbers))
        yield from (b"%010d 00000 n \n" % places[number] for number in numbers)


def _longer(rows: Any, number: int) -> bytes:
    """A list of references, and one more."""
    return b"[ %s ]" % b" ".join([*(each.unparse() for each in rows or ()), b"%d 0 R" % number])


def _with(thing: Any, told: Mapping[str, bytes]) -> bytes:
    """A dictionary as it is, but for some of what it says, which comes last: so it keeps its order when it grows."""
    for name in told:
        if name in thing:
            del thing[name]
    more = b"".join(b"%s %s " % (name.encode(), value) for name, value in told.items())
    return bytes(thing.unparse(resolved=True).removesuffix(b">>") + more + b">>")
