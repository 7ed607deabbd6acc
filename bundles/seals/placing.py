"""What runs in a child process for a seal: room for a signature or a time stamp, added to the end of a PDF.

The child has neither the key nor the network: it leaves room and tells where. Whoever called it signs the digest of all
around it, or has it stamped, and fills the room.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from asn1crypto import crl, ocsp, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp, PdfSignedData, SignatureObject
from pyhanko.sign.validation.dss import DocumentSecurityStore

from bundles.seals import reading

SEAL, TIME = "Seal", "Time"
ROOM = 32_768  # letters: two for each byte of the message
# Seen by no reader, printed with the page it stands on, as archives ask.
UNSEEN = InvisSigSettings(set_print_flag=True, set_hidden_flag=False, box_out_of_bounds=False)


class _Adding(IncrementalPdfFileWriter):
    """Adds what it is told to, and no word of its own about itself or the hour to the file's description."""

    def _update_meta(self) -> None:
        pass


class _Room(PdfSignedData):
    """Room that is left, and no digest: whoever signs makes it, and reads no byte of a large file twice for that."""

    def fill(
        self, writer: Any, md_algorithm: str, in_place: bool = True, output: Any = None, chunk_size: int = 0
    ) -> Iterator[tuple[int, int]]:
        writer.digest_aware_write = True
        writer.write_in_place()
        file = writer.prev.stream
        start, end = self.contents.offsets
        self.byte_range.fill_offsets(file, start, end, file.tell())
        yield start, end


class _SealRoom(_Room, SignatureObject):
    pass


class _TimeRoom(_Room, DocumentTimestamp):
    pass


def read(payload: Mapping[str, Any]) -> dict[str, Any]:
    """As `reading.read`, of a file that was just sealed: by a process that has all loaded for it."""
    return reading.read(payload)


def place_seal(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Leave room for the seal at the end of the PDF at `path`; `at` is when it is sealed."""
    at = datetime.fromisoformat(payload["at"])
    seal = _SealRoom(timestamp=at, subfilter=SigSeedSubFilter.PADES, bytes_reserved=ROOM)
    with open(payload["path"], "r+b") as file:
        return _place(_Adding(file), SEAL, seal)


def place_time(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Add what the seal is checked with in later years, and leave room for a time stamp over all of it.

    `certificates`, `lists` and `answers` are bytes in hexadecimal: certificates, lists of revoked ones, and answers
    of those who are asked about single ones.
    """
    with open(payload["path"], "r+b") as file:
        writer = _Adding(file)
        DocumentSecurityStore.supply_dss_in_writer(
            writer,
            None,
            certs=[x509.Certificate.load(bytes.fromhex(each)) for each in payload["certificates"]],
            crls=[crl.CertificateList.load(bytes.fromhex(each)) for each in payload["lists"]],
            ocsps=[ocsp.OCSPResponse.load(bytes.fromhex(each)) for each in payload["answers"]],
        )
        return _place(writer, TIME, _TimeRoom(bytes_reserved=ROOM))


def _place(writer: _Adding, name: str, room: _Room) -> dict[str, Any]:
    spec = SigFieldSpec(name, on_page=0, invis_sig_settings=UNSEEN)
    steps = PdfCMSEmbedder(new_field_spec=spec).write_cms(name, writer)
    next(steps)
    steps.send(SigObjSetup(sig_placeholder=room))
    start, end = steps.send(SigIOSetup("sha256", in_place=True))
    return {"start": start, "end": end}
