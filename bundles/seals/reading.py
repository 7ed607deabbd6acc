"""What runs in a child process to say of a file whether the service sealed it and it is unchanged.

A seal is ours by its certificate, which is one of a few known ones: no list of authorities is asked. After the bytes
under the seal only one thing may stand: what `placing.place_time` adds. It is looked at byte by byte, so that no later
addition, however well hidden, passes for a part of it.
"""

import hashlib
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from typing import Any, BinaryIO

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader, process_data_at_eof

from bundles.seals import signing, stamping
from bundles.seals.signing import BadMessage

BLOCK = 1024 * 1024
MOST_ADDED = 16 * BLOCK
DEEP = 5_000  # a tree of pages of ours is shallow; a stranger's may be deep, and ends here and not at the process
SEAL_KEYS = {"/Type", "/Filter", "/SubFilter", "/Contents", "/ByteRange", "/M"}
FIELD_KEYS = {"/FT", "/T", "/Type", "/Subtype", "/F", "/Rect", "/P", "/V", "/Ff", "/Parent"}
SAID = {"/Root", "/Info"}
OF_TABLES = {"/Size", "/Prev", "/ID", "/Type", "/W", "/Index", "/Length", "/Filter", "/DecodeParms"}
OBJECT = re.compile(rb"(?<!\d)\d+\s+\d+\s+obj\b")


class NotSealed(Exception):
    """It is not a file of ours as it was sealed."""


def read(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Look at the PDF at `path`; `seals` and `time_roots` are certificates in hexadecimal.

    Returns:
        `is_sealed`: by one of `seals`, and not a byte was changed or added since; `sha256` of the file, if it is
        sealed; `at`: when it was, by the time stamp; `why` it is not.
    """
    sys.setrecursionlimit(DEEP)
    seals, roots = (tuple(certificates(payload[name])) for name in ("seals", "time_roots"))
    with open(payload["path"], "rb") as file:
        try:
            found = _Sealed(file).check(seals, roots)
            return found | {"is_sealed": True, "why": ""}
        except Exception as failed:  # a stranger's file: its reader fails in as many ways as there are
            why = str(failed) if isinstance(failed, NotSealed | BadMessage) else type(failed).__name__
            return {"is_sealed": False, "sha256": "", "at": "", "why": why}


def certificates(told: Iterable[str]) -> Iterator[x509.Certificate]:
    """Certificates as a caller tells them."""
    return (x509.load_der_x509_certificate(bytes.fromhex(each)) for each in told)


class _Sealed:
    """One file, read as one that was sealed: three revisions, of which the seal ends the second."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.size = file.seek(0, os.SEEK_END)
        self.reader = PdfFileReader(file)
        if self.reader.total_revisions != 3 or self.reader.encrypted or self.reader.xrefs.hybrid_xrefs_present:
            raise NotSealed("revisions")
        self.before, self.after = (self.reader.get_historical_resolver(each) for each in (1, 2))

    def check(self, seals: tuple[x509.Certificate, ...], roots: tuple[x509.Certificate, ...]) -> dict[str, Any]:
        seal, time = self._fields()
        seal_hole, seal_end = self._hole(seal)
        time_hole, time_end = self._hole(time)
        if time_end != self.size or not seal_end <= time_hole[0]:
            raise NotSealed("bytes outside the time stamp")
        self._ends_a_revision(seal_end)
        self._added_is_ours(seal_end)
        self._changed_is_ours()
        under_seal, under_time, whole = self._digests(seal_hole, seal_end, time_hole)
        sealed = signing.opened(bytes(seal.raw_get("/Contents")), signing.Known(under_seal))
        if sealed.signer not in seals:
            raise NotSealed("another's seal")
        at = self._stamped(sealed, roots)
        stamping.check(self._last_token(time, roots), under_time, roots)
        return {"sha256": whole, "at": at}

    def _fields(self) -> tuple[generic.DictionaryObject, generic.DictionaryObject]:
        old, new = (each.root["/AcroForm"]["/Fields"] for each in (self.before, self.after))
        if len(old) != 1 or len(new) != 2 or _text(old.raw_get(0)) != _text(new.raw_get(0)):
            raise NotSealed("fields")
        seal, time = (new[number]["/V"] for number in (0, 1))
        if not (seal.keys() <= SEAL_KEYS and time.keys() <= SEAL_KEYS and new[1].keys() <= FIELD_KEYS):
            raise NotSealed("field")
        if time["/SubFilter"] != "/ETSI.RFC3161" or any(float(side) for side in new[1]["/Rect"]):
            raise NotSealed("field")
        return seal, time

    def _hole(self, signed: generic.DictionaryObject) -> tuple[tuple[int, int], int]:
        """Where a message stands, from its `<` to behind its `>`, and where what it covers ends."""
        start, first, behind, length = (int(each) for each in signed["/ByteRange"])
        letters = 2 * len(bytes(signed.raw_get("/Contents")))
        if start != 0 or behind - first != letters + 2 or length < 0:
            raise NotSealed("range")
        self.file.seek(first)
        if self.file.read(letters + 2) != b"<%s>" % bytes(signed.raw_get("/Contents")).hex().upper().encode():
            raise NotSealed("range")
        return (first, behind), behind + length

    def _ends_a_revision(self, end: int) -> None:
        """The seal covers the first two revisions, whole: their own tables of places lie under it."""
        xrefs = self.reader.xrefs
        self.file.seek(end)
        if process_data_at_eof(self.file) != xrefs.get_startxref_for_revision(1):
            raise NotSealed("revision")
        if any(xrefs.get_xref_container_info(each).end_location > end for each in (0, 1)):
            raise NotSealed("revision")

    def _added_is_ours(self, start: int) -> None:
        """Behind the seal stand the objects of the third revision, one after another, its table, and no byte more."""
        if self.size - start > MOST_ADDED:
            raise NotSealed("added")
        self.file.seek(start)
        data = self.file.read()
        xrefs = self.reader.xrefs
        section, place = xrefs.get_xref_data(2), xrefs.get_xref_container_info(2)
        table = place.declared_startxref - start
        places = {number: at - start for number, (_, at) in section.standard_xrefs.items()}
        if place.stream_ref:
            places[place.stream_ref.idnum] = table
        starts = sorted({*places.values(), table})
        if section.xrefs_in_objstm or section.freed or data[: starts[0]].strip():
            raise NotSealed("added")
        for number, at in places.items():
            following = next((each for each in starts if each > at), len(data))
            piece = data[at:following] if at != table else data[at : data.rindex(b"startxref")]
            if not re.match(rb"%d\s+0\s+obj\b" % number, piece) or not piece.rstrip().endswith(b"endobj"):
                raise NotSealed("added")
        once = all(data.count(word) == 1 for word in (b"startxref", b"%%EOF"))
        if not once or len(OBJECT.findall(data)) != len(places) or not data.rstrip().endswith(b"%%EOF"):
            raise NotSealed("added")

    def _changed_is_ours(self) -> None:
        """Of what was there before, three things grew by one reference each, and nothing else changed."""
        self._leads_to_the_same()
        added = self.after.root["/AcroForm"]["/Fields"].raw_get(1)
        for ref in self.reader.xrefs.explicit_refs_in_revision(2):
            if self.reader.xrefs.get_introducing_revision(ref) == 2:
                continue
            old, new = (each.get_object(_at(ref, each)) for each in (self.before, self.after))
            if ref == self.after.root_ref:
                new = generic.DictionaryObject({key: new.raw_get(key) for key in new if key != "/DSS"})
            if _text(old) != _text(_without(new, _text(added))):
                raise NotSealed("changed")

    def _leads_to_the_same(self) -> None:
        """The last table begins with the same two things as the one before it, and says no more of the file."""
        old, new = (each.trailer_view for each in (self.before, self.after))
        for key in {*old, *new} - OF_TABLES:
            if (
                key not in SAID
                or key not in old
                or key not in new
                or _text(old.raw_get(key)) != _text(new.raw_get(key))
            ):
                raise NotSealed("table")
        self.file.seek(self.reader.xrefs.get_startxref_for_revision(2))
        last = self.file.read()
        if any(last.count(key.encode()) != (key in old) for key in SAID):
            raise NotSealed("table")

    def _digests(self, hole: tuple[int, int], end: int, later: tuple[int, int]) -> tuple[bytes, bytes, str]:
        """Under the seal, under the last time stamp, and of the whole file, in one pass."""
        cuts = (0, *hole, end, *later, self.size)
        under_seal, under_time, whole = hashlib.sha256(), hashlib.sha256(), hashlib.sha256()
        self.file.seek(0)
        for number, (start, stop) in enumerate(zip(cuts, cuts[1:], strict=False)):
            totals = [whole]
            totals += [under_seal] if number in {0, 2} else []
            totals += [under_time] if number != 4 else []
            if number == 0:  # nearly all of it: hashed once, and the others go on from there
                totals = [whole]
            self._feed(stop - start, totals)
            if number == 0:
                under_seal, under_time = whole.copy(), whole.copy()
        return under_seal.digest(), under_time.digest(), whole.hexdigest()

    def _feed(self, left: int, totals: list[Any]) -> None:
        while left:
            block = self.file.read(min(BLOCK, left))
            if not block:
                raise NotSealed("cut short")
            left -= len(block)
            for total in totals:
                total.update(block)

    def _stamped(self, sealed: signing.Opened, roots: tuple[x509.Certificate, ...]) -> str:
        beside = {each["type"].native: each["values"] for each in sealed.info["unsigned_attrs"]}
        token = beside["signature_time_stamp_token"][0].dump()
        stamp = stamping.check(token, hashlib.sha256(sealed.signature).digest(), roots)
        if not sealed.signer.not_valid_before_utc <= stamp.at <= sealed.signer.not_valid_after_utc:
            raise NotSealed("not in force")
        return stamp.at.isoformat()

    def _last_token(self, time: generic.DictionaryObject, roots: tuple[x509.Certificate, ...]) -> bytes:
        """The last time stamp's message. Nothing stands over it, so nothing may stand in it that is not checked."""
        contents = bytes(time.raw_get("/Contents"))
        message = signing.cms.ContentInfo.load(contents)
        token: bytes = message.dump()
        body = message["content"]
        one = body["signer_infos"][0]
        known = {bytes(each.get_object().data) for each in self.after.root["/DSS"]["/Certs"]}
        known |= {signing.der(each) for each in roots}
        brought = {each.chosen.dump() for each in body["certificates"]}
        theirs = [asn1_x509.Certificate.load(each) for each in brought]
        names = [(each.issuer.dump(), each.serial_number) for each in theirs]
        is_named = (one["sid"].chosen["issuer"].dump(), one["sid"].chosen["serial_number"].native) in names
        plain = (body["version"].native, one["version"].native, body["crls"].native) == ("v3", "v1", None)
        algorithms = [each.dump() for each in body["digest_algorithms"]]
        if contents[len(token) :].strip(b"\0") or not brought <= known or not is_named or not plain:
            raise NotSealed("time stamp")
        if algorithms != [one["digest_algorithm"].dump()] or one["unsigned_attrs"].native:
            raise NotSealed("time stamp")
        return token


def _at(ref: generic.Reference, resolver: HistoricalResolver) -> generic.Reference:
    return generic.Reference(ref.idnum, ref.generation, pdf=resolver)


def _text(thing: generic.PdfObject) -> bytes:
    out = BytesIO()
    thing.write_to_stream(out, None)
    return out.getvalue()


def _without(thing: generic.PdfObject, added: bytes) -> generic.PdfObject:
    """The same without one reference at the end of itself, or of its fields or annotations."""
    if isinstance(thing, generic.ArrayObject):
        return _shorter(thing, added)
    if not isinstance(thing, generic.DictionaryObject):
        return thing
    kept = generic.DictionaryObject({key: thing.raw_get(key) for key in thing})
    for key in ("/Fields", "/Annots"):
        if key in kept and isinstance(kept.raw_get(key), generic.ArrayObject):
            kept[generic.NameObject(key)] = _shorter(kept.raw_get(key), added)
    return kept


def _shorter(rows: generic.ArrayObject, added: bytes) -> generic.ArrayObject:
    own = [rows.raw_get(number) for number in range(len(rows))]
    return generic.ArrayObject(own[:-1] if own and _text(own[-1]) == added else own)
