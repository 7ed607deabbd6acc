"""Forgeries of a sealed file by somebody who has everything but its key: the tools, the file, and time stamps."""

import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from asn1crypto import crl, x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, SigFieldSpec
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp, PdfSignedData, SignatureObject
from pyhanko.sign.validation.dss import DocumentSecurityStore

from bundles.seals import authority, signing
from bundles.seals.placing import ROOM, SEAL, TIME
from bundles.seals.reading import read
from bundles.seals.sealing import Sealer, Trust, self_made_sealer
from bundles.seals.verifying import CHANGED, UNCHANGED, UNKNOWN, verify
from tests.bundles.world import KEY, TRUSTED, make_pdf, seal_it

OTHER = self_made_sealer(authority.read(authority.make()))
# Whom a forger can get time stamps from, where the authority is one that serves everybody.
PUBLIC = Trust(TRUSTED.seals, (*TRUSTED.time_roots, *OTHER.time_roots))


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("forging") / "f.pdf"
    make_pdf(path, 2).close()
    seal_it(path)
    return path


@pytest.fixture
def copy(sealed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(sealed, tmp_path / "copy.pdf"))


def is_sealed(path: Path) -> bool:
    return bool(read({"path": str(path)} | PUBLIC.told())["is_sealed"])


def seal_end(path: Path) -> int:
    first, *_ = re.findall(rb"/ByteRange \[0 \d+ (\d+) (\d+)\]", path.read_bytes())
    return int(first[0]) + int(first[1])


def fill(path: Path, room: dict[str, Any], message: bytes) -> None:
    with open(path, "r+b") as file:
        file.seek(room["start"] + 1)
        file.write(message.hex().upper().encode())


class Adding(IncrementalPdfFileWriter):
    """Adds what it is told to, and no word of its own about itself or the hour to the file's description."""

    def _update_meta(self) -> None:
        pass


def place(writer: Adding, name: str, room: PdfSignedData) -> dict[str, Any]:
    """Leave room for a message at the end of a file, as a forger may with the library that everybody has."""
    unseen = InvisSigSettings(set_print_flag=True, set_hidden_flag=False, box_out_of_bounds=False)
    spec = SigFieldSpec(name, on_page=0, invis_sig_settings=unseen)
    steps = PdfCMSEmbedder(new_field_spec=spec).write_cms(name, writer)
    next(steps)
    steps.send(SigObjSetup(sig_placeholder=room))
    placed, _ = steps.send(SigIOSetup("sha256", in_place=True))
    start, end = placed.reserved_region_start, placed.reserved_region_end
    return {"digest": placed.document_digest, "start": start, "end": end}


def stamp_anew(path: Path, spoil: Callable[[IncrementalPdfFileWriter], None], by: Sealer = OTHER) -> None:
    """Cut off what stands behind the seal, and add it again with something of one's own in it."""
    stamper = by.authority.identity  # type: ignore[attr-defined]
    with open(path, "r+b") as file:
        file.truncate(seal_end(path))
        writer = Adding(file)
        DocumentSecurityStore.supply_dss_in_writer(
            writer,
            None,
            certs=[x509.Certificate.load(signing.der(each)) for each in (*KEY.identity.all, *stamper.all)],
            crls=[crl.CertificateList.load(each) for each in KEY.proofs_of(KEY.identity.all).lists],
        )
        spoil(writer)
        room = place(writer, TIME, DocumentTimestamp(bytes_reserved=ROOM))
    fill(path, room, by.authority.stamp(room["digest"]))


def first_page(writer: IncrementalPdfFileWriter) -> generic.DictionaryObject:
    page: generic.DictionaryObject = writer.root["/Pages"]["/Kids"][0]
    return page


def nothing(writer: IncrementalPdfFileWriter) -> None:
    pass


def overlay(writer: IncrementalPdfFileWriter) -> None:
    page = first_page(writer)
    drawn = writer.add_object(generic.StreamObject(stream_data=b"1 1 0 rg 0 0 300 300 re f"))
    page[pdf_name("/Contents")] = generic.ArrayObject([page.raw_get("/Contents"), drawn])
    writer.update_container(page)


def annotation(writer: IncrementalPdfFileWriter) -> None:
    page = first_page(writer)
    made = writer.add_object(generic.DictionaryObject({pdf_name("/Subtype"): pdf_name("/Square")}))
    page["/Annots"].append(made)
    writer.update_container(page["/Annots"])


def opening(writer: IncrementalPdfFileWriter) -> None:
    writer.root[pdf_name("/OpenAction")] = generic.DictionaryObject({pdf_name("/S"): pdf_name("/Named")})
    writer.update_root()


def description(writer: IncrementalPdfFileWriter) -> None:
    writer.set_info(generic.DictionaryObject({pdf_name("/Title"): generic.TextStringObject("Another")}))


def other_page(writer: IncrementalPdfFileWriter) -> None:
    kids = writer.root["/Pages"]["/Kids"]
    kids.reverse()
    writer.update_container(kids)


def drawn_field(writer: IncrementalPdfFileWriter) -> None:
    field = writer.root["/AcroForm"]["/Fields"][0]
    field[pdf_name("/AP")] = generic.DictionaryObject()
    writer.update_container(field)


def another_form(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/AcroForm"][pdf_name("/XFA")] = generic.TextStringObject("<xdp/>")
    writer.update_container(writer.root["/AcroForm"])


def hidden_object(writer: IncrementalPdfFileWriter) -> None:
    """One that only a reader finds which rebuilds the table of places: it stands inside another."""
    writer.add_object(generic.StreamObject(stream_data=b"\n4 0 obj\n<< /Type /Page >>\nendobj\n"))


def test_sealed_file_is_found_sealed_and_so_is_the_same_stamped_anew(copy: Path) -> None:
    assert is_sealed(copy)
    stamp_anew(copy, nothing)
    assert is_sealed(copy)
    assert verify(copy, TRUSTED).state == CHANGED  # by the service's own authority nobody else is stamped


SPOILS = [overlay, annotation, opening, description, other_page, drawn_field, another_form, hidden_object]


@pytest.mark.parametrize("spoil", SPOILS)
def test_nothing_is_slipped_in_with_a_fresh_time_stamp(copy: Path, spoil: Callable[..., None]) -> None:
    """The shadow attack: what is added stands under a time stamp of its own, and the seal under it is whole."""
    stamp_anew(copy, spoil)

    assert not is_sealed(copy)
    assert verify(copy, PUBLIC).state == CHANGED


@pytest.mark.parametrize("spoil", SPOILS[:-1])
def test_nothing_is_added_behind(copy: Path, spoil: Callable[..., None]) -> None:
    with open(copy, "r+b") as file:
        writer = IncrementalPdfFileWriter(file)
        spoil(writer)
        writer.write_in_place()

    assert verify(copy, TRUSTED).state == CHANGED


def test_second_seal_by_another_is_a_change(copy: Path) -> None:
    with open(copy, "r+b") as file:
        room = place(Adding(file), "Second", SignatureObject(bytes_reserved=ROOM))
    fill(copy, room, signing.signed(OTHER.identity, digest=room["digest"]).dump())

    assert verify(copy, TRUSTED).state == CHANGED


def test_seal_by_another_is_unknown(tmp_path: Path) -> None:
    make_pdf(tmp_path / "f.pdf", 2).close()
    seal_it(tmp_path / "f.pdf", OTHER)

    assert verify(tmp_path / "f.pdf", TRUSTED).state == UNKNOWN
    assert verify(tmp_path / "f.pdf", OTHER.trust).state == UNCHANGED


def test_other_certificate_with_the_same_names_is_unknown(tmp_path: Path) -> None:
    """Every self-made root bears the same name: a name is no proof of anything."""
    make_pdf(tmp_path / "f.pdf").close()
    seal_it(tmp_path / "f.pdf", OTHER)

    assert OTHER.identity.certificate.subject == KEY.identity.certificate.subject
    assert not is_sealed(tmp_path / "f.pdf")


def test_seal_without_its_last_time_stamp_is_a_change(copy: Path) -> None:
    copy.write_bytes(copy.read_bytes()[: seal_end(copy)])

    assert verify(copy, TRUSTED).state == CHANGED


def test_our_message_over_another_file_is_a_change(copy: Path, tmp_path: Path) -> None:
    data = copy.read_bytes()
    message = bytes.fromhex(re.findall(rb"<([0-9A-F]{10000,})>", data)[0].decode())
    make_pdf(tmp_path / "f.pdf", 3, words="Forged").close()
    with open(tmp_path / "f.pdf", "r+b") as file:
        room = place(Adding(file), SEAL, SignatureObject(bytes_reserved=ROOM))
    fill(tmp_path / "f.pdf", room, message)
    stamp_anew(tmp_path / "f.pdf", nothing)

    assert verify(tmp_path / "f.pdf", PUBLIC).state == CHANGED


def test_every_flipped_bit_is_found(copy: Path) -> None:
    whole, chance = copy.read_bytes(), random.Random(7)
    for at in [*range(len(whole) - 60, len(whole)), *chance.sample(range(len(whole)), 150)]:
        data = bytearray(whole)
        data[at] ^= 1 << chance.randrange(8)
        copy.write_bytes(data)
        assert not is_sealed(copy), at


@pytest.mark.parametrize("garbage", [b"\n", b" ", b"%%EOF\n", b"x" * 1000, b"\0"])
def test_addition_at_either_end_is_a_change(copy: Path, garbage: bytes) -> None:
    data = copy.read_bytes()
    for forged in (data + garbage, garbage + data):
        copy.write_bytes(forged)
        assert verify(copy, TRUSTED).state == CHANGED


def test_file_saved_by_another_program_is_unknown_or_changed_and_never_ours(copy: Path) -> None:
    with pikepdf.open(copy, allow_overwriting_input=True) as pdf:
        pdf.save(copy)

    assert verify(copy, TRUSTED).state == CHANGED


def test_bomb_in_a_sealed_looking_file_ends_the_child_and_not_the_machine(tmp_path: Path) -> None:
    """Forty thousand nested lists: a reader that follows them runs out of stack."""
    deep = b"[" * 40_000 + b"]" * 40_000
    (tmp_path / "f.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n" + deep + b"\nendobj\nxref\n0 2\n0000000000 65535 f \n"
        b"0000000009 00000 n \ntrailer\n<< /Root 1 0 R /Size 2 >>\nstartxref\n80040\n%%EOF\n")  # fmt: skip

    assert verify(tmp_path / "f.pdf", TRUSTED).state == UNKNOWN
