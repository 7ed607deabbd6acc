"""What runs in a child process for a seal: room for a signature or a time stamp, added to the end of a PDF.

The child has neither the key nor the network: it leaves room and tells the digest of all around it. Whoever called it
signs the digest, or has it stamped, and fills the room.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from asn1crypto import crl, ocsp, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp, PdfSignedData, SignatureObject
from pyhanko.sign.validation.dss import DocumentSecurityStore

SEAL, TIME = "Seal", "Time"
ROOM = 32_768  # letters: two for each byte of the message
BLOCK = 1024 * 1024
# Seen by no reader, printed with the page it stands on, as archives ask.
UNSEEN = InvisSigSettings(set_print_flag=True, set_hidden_flag=False, box_out_of_bounds=False)


class _Adding(IncrementalPdfFileWriter):
    """Adds what it is told to, and no word of its own about itself or the hour to the file's description."""

    def _update_meta(self) -> None:
        pass


def place_seal(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Leave room for the seal at the end of the PDF at `path`; `at` is when it is sealed."""
    at = datetime.fromisoformat(payload["at"])
    seal = SignatureObject(timestamp=at, subfilter=SigSeedSubFilter.PADES, bytes_reserved=ROOM)
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
        return _place(writer, TIME, DocumentTimestamp(bytes_reserved=ROOM))


def _place(writer: _Adding, name: str, room: PdfSignedData) -> dict[str, Any]:
    spec = SigFieldSpec(name, on_page=0, invis_sig_settings=UNSEEN)
    steps = PdfCMSEmbedder(new_field_spec=spec).write_cms(name, writer)
    next(steps)
    steps.send(SigObjSetup(sig_placeholder=room))
    placed, _ = steps.send(SigIOSetup("sha256", in_place=True, chunk_size=BLOCK))
    return {
        "digest": placed.document_digest.hex(),
        "start": placed.reserved_region_start,
        "end": placed.reserved_region_end,
    }
