"""Sources that are no plain text, built here: Word, Excel, ZIP and UTF-16, whole and broken."""

import io
from collections.abc import Sequence
from datetime import date, datetime, time

import docx
import openpyxl

from tests.logs import samples

HEADINGS = (
    "Date and time", "Location (if relevant)", "What happened", "Evidence",
    "Police contacted, what they did, reference", "Impact on you", "Changes made", "Impact on children or others",
)  # fmt: skip
FIRST = (
    "13th June 2026 about 9pm",
    "home",
    "he came to my house",
    "photos",
    "police called",
    "scared",
    "locks",
    "upset",
)
CHAT = "13/06/2026, 21:15 - Sam Poole: {}\n13/06/2026, 21:16 - Anna: stop\n"


def word(*tables: Sequence[Sequence[str]]) -> bytes:
    document = docx.Document()
    document.add_paragraph("My log")
    for rows in tables:
        table = document.add_table(rows=len(rows), cols=max(len(row) for row in rows))
        for row, cells in zip(table.rows, rows, strict=True):
            for place, text in enumerate(cells):
                row.cells[place].text = text
        document.add_paragraph("")
    return saved(document)


def saved(document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def word_merged() -> bytes:
    document = docx.Document()
    table = document.add_table(rows=5, cols=8)
    for place, heading in enumerate(HEADINGS):
        table.rows[0].cells[place].text = heading
    table.rows[1].cells[0].merge(table.rows[1].cells[7]).text = "JUNE"
    table.rows[2].cells[0].merge(table.rows[3].cells[0]).text = "13/06/2026"
    table.rows[2].cells[2].text = "one"
    table.rows[3].cells[2].text = "two"
    return saved(document)


def word_with_picture() -> bytes:
    document = docx.Document()
    table = document.add_table(rows=2, cols=8)
    for place, heading in enumerate(HEADINGS):
        table.rows[0].cells[place].text = heading
        table.rows[1].cells[place].text = FIRST[place]
    table.rows[1].cells[3].paragraphs[0].add_run().add_picture(io.BytesIO(samples.jpeg()))
    return saved(document)


def word_parts(document_xml: str) -> bytes:
    """A Word document of this text; content controls, tracked changes and worse."""
    return samples.zipped(
        ("[Content_Types].xml", b"<Types/>"), ("word/document.xml", document_xml.encode()), pressed=True
    )  # fmt: skip


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word_row(*cells: str) -> str:
    return "<w:tr>" + "".join(f"<w:tc><w:p>{cell}</w:p></w:tc>" for cell in cells) + "</w:tr>"


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def word_controls() -> bytes:
    heads = word_row(*(run(heading) for heading in ("Date", "What happened", "Evidence")))
    control = f"<w:sdt><w:sdtContent>{run('13/06/2026')}</w:sdtContent></w:sdt>"
    link = f"<w:hyperlink>{run('a link')}</w:hyperlink>"
    changed = f"<w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:ins>{run('he rang')}</w:ins>"
    row = f"<w:sdt><w:sdtContent>{word_row(control, changed, link)}</w:sdtContent></w:sdt>"
    return word_parts(f"<w:document {W}><w:body><w:tbl>{heads}{row}</w:tbl></w:body></w:document>")


def word_entities() -> bytes:
    return word_parts(f'<!DOCTYPE a [<!ENTITY b "c">]><w:document {W}><w:body>&b;</w:body></w:document>')


def word_cut() -> bytes:
    rows = "".join(word_row(run(f"{day}/06/2026"), run("he rang"), run("x")) for day in range(1, 9))
    heads = word_row(*(run(heading) for heading in ("Date", "What happened", "Evidence")))
    return word_parts(f"<w:document {W}><w:body><w:tbl>{heads}{rows}</w:tbl><w:tbl>{heads}<w:tr><w:tc>")


def excel(*rows: Sequence[object], merged: str = "") -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if merged:
        book.active.merge_cells(merged)
    return saved(book)


EXCEL_ROWS = (
    ("My log",),
    (),
    ("Date", "Time", *HEADINGS[1:], "Mood"),
    (date(2026, 6, 13), time(21, 15), "home", "he came", "", "", "", "", "", "low"),
    (46186.875, None, "home", "=HYPERLINK(1)"),
    ("14/06/26", None, "work", "he rang"),
    ("around 9pm on 15 June", None, "work", "he rang again"),
)


def two_sheets() -> bytes:
    book = openpyxl.Workbook()
    for row in EXCEL_ROWS[2:4]:
        book.active.append(row)
    half_past_nine = datetime(2026, 7, 1, 9, 30)  # noqa: DTZ001 - as a sheet has it
    book.create_sheet("July").append((half_past_nine, None, "home", "second sheet"))
    return saved(book)


def chat_zip(*members: tuple[str, bytes], name: str = "_chat.txt", text: str = "") -> bytes:
    return samples.zipped((name, (text or CHAT.format("IMG-1.jpg (file attached)")).encode()), *members)


def broken_zip() -> bytes:
    """A chat whose text no longer fits its checksum."""
    text = "".join(CHAT.format(f"message {number}") for number in range(4_000))
    content = bytearray(samples.zipped(("_chat.txt", text.encode())))
    content[len(content) // 2] ^= 0xFF
    return bytes(content)


def locked_zip() -> bytes:
    content = bytearray(chat_zip())
    for mark, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        content[content.index(mark) + offset] |= 1
    return bytes(content)


MADE = {
    "booklet.docx": lambda: word([HEADINGS, FIRST, ("14/06/2026", "", "again", *[""] * 5)]),
    "booklet-two-tables.docx": lambda: word([HEADINGS, FIRST], [HEADINGS, FIRST], [FIRST]),
    "booklet-facing-pages.docx": lambda: word([HEADINGS[:4], FIRST[:4]], [HEADINGS[4:], FIRST[4:]]),
    "booklet-forms.docx": lambda: word(*[list(zip(HEADINGS, FIRST, strict=True))] * 2),
    "booklet-merged.docx": word_merged,
    "booklet-picture.docx": word_with_picture,
    "booklet-controls.docx": word_controls,
    "booklet-entities.docx": word_entities,
    "booklet-cut.docx": word_cut,
    "letter.docx": lambda: word(),
    "booklet.xlsx": lambda: excel(*EXCEL_ROWS),
    "booklet-merged.xlsx": lambda: excel(
        *EXCEL_ROWS[2:4], ("14/06/26", "", "a", "b"), ("", "", "a", "c"), merged="A3:A4"
    ),
    "booklet-two-sheets.xlsx": two_sheets,
    "wa-ios.zip": lambda: chat_zip(("IMG-1.jpg", b"picture"), ("notes.txt", b"not a chat"), ("old.pdf", b"x")),
    "wa-android.zip": lambda: chat_zip(("IMG-1.jpg", b"picture"), name="WhatsApp Chat with Sam.txt"),
    "wa-duplicates.zip": lambda: chat_zip(("a/IMG-1.jpg", b"one"), ("b/IMG-1.jpg", b"two")),
    "wa-no-chat.zip": lambda: samples.zipped(("a.txt", b"no chat"), ("b.jpg", b"x")),
    "wa-bomb.zip": lambda: samples.zipped(("_chat.txt", bytes(200_000_000)), pressed=True),
    "wa-escape.zip": lambda: chat_zip(("../../x", b"x")),
    "wa-locked.zip": locked_zip,
    "wa-broken.zip": broken_zip,
    "wa-utf16.txt": lambda: CHAT.format("héllo 😀").encode("utf-16"),
    "wa-utf16-no-mark.txt": lambda: CHAT.format("hello").encode("utf-16-le"),
    "wa-empty.txt": lambda: b"",
    "wa-long-line.txt": lambda: CHAT.format("x" * 300_000).encode(),
    "sms-utf16.xml": lambda: (
        '<?xml version="1.0" encoding="UTF-16"?><smses>'
        '<sms date="1781381733000" type="1" address="1" body="é"/></smses>'
    ).encode("utf-16"),
    "sms-long-part.xml": lambda: (
        b'<smses><mms date="1781381733000" msg_box="1" address="1"><parts><part ct="image/png" cl="a.png" data="'
        + b"QUJD" * 500_000
        + b'" text="null"/></parts></mms><sms date="1781381733000" type="1" address="1" body="after"/></smses>'
    ),
    "sms-too-long.xml": lambda: (
        b'<smses><sms date="1781381733000" type="1" address="1" body="' + b"x" * 3_000_000 + b'"/>'
        b'<sms date="1781381733000" type="1" address="1" body="after"/></smses>'
    ),
    "booklet-utf16.csv": lambda: "Date\tWhat happened\tEvidence\r\n13/06/2026\the rang\tnone\r\n".encode("utf-16"),
    "noise.bin": lambda: bytes(range(256)) * 40,
}
