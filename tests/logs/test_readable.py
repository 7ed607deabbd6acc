"""Pages to read and words of office files, mail, chats, tables and text."""

import io
import time
import zipfile
from collections import Counter
from email.message import EmailMessage
from pathlib import Path

import docx
import openpyxl
import pikepdf
import pypdfium2
import pytest
from django.core.management import call_command
from django.urls import reverse
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement

from jobs.actions import run_due
from jobs.child import ChildFailed, run
from jobs.models import Job
from logs.filetypes import READABLE_TYPES
from logs.making import steps
from logs.models import Evidence, Rendition
from logs.readable import enclosed, making, messages
from nsvcs.fonts import write_fonts_conf
from tests.factories import CaseFactory, UserFactory
from tests.logs import samples
from tests.logs.test_checking import arrived
from tests.logs.test_making import bytes_of, made_of, part, send, states
from tests.signing_in import sign_in

DOCX, XLSX = (f"{making.OFFICE}{end}" for end in ("wordprocessingml.document", "spreadsheetml.sheet"))
PLAIN = "text/plain"


def saved(thing) -> bytes:
    out = io.BytesIO()
    thing.save(out)
    return out.getvalue()


def letter() -> bytes:
    """A document with all that can be in one: seen, hidden, deleted, beside the text."""
    document = docx.Document()
    document.add_heading("What he did", 1)
    seen = document.add_paragraph("He came to the house. ")
    seen.add_run("SECRET-HIDDEN").font.hidden = True
    deleted = OxmlElement("w:del")
    run_, text = OxmlElement("w:r"), OxmlElement("w:delText")
    text.text = "SECRET-DELETED"
    run_.append(text)
    deleted.append(run_)
    seen._p.append(deleted)
    table = document.add_table(2, 2)
    for place, words in enumerate(("When", "What", "3 June", "He rang")):
        table.cell(place // 2, place % 2).text = words
    document.add_paragraph("Before the picture.")
    document.add_picture(io.BytesIO(samples.jpeg()))
    document.sections[0].header.paragraphs[0].text = "Note of Anna"
    document.core_properties.author = "SECRET-AUTHOR"
    assert qn("w:del")
    return saved(document)


def workbook() -> bytes:
    book = openpyxl.Workbook()
    calls = book.active
    calls.title = "Calls"
    for row in (
        ("When", "Who", "Seconds"),
        ("2026-06-03", "Dan", 12),
        ("SECRET-ROW", "x", 1),
        ("2026-06-04", "Dan", 7),
    ):
        calls.append(row)
    calls.row_dimensions[3].hidden = True
    calls["E2"] = "SECRET-COLUMN"
    calls.column_dimensions["E"].hidden = True
    hidden = book.create_sheet("SECRET-NAME")
    hidden["A1"], hidden.sheet_state = "SECRET-SHEET", "hidden"
    book.create_sheet("Wide").append([f"cell {number}" for number in range(12)])
    return saved(book)


def mail(**attached: bytes) -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = "Dan <dan@example.org>", "anna@example.org"
    message["Date"], message["Subject"] = "Wed, 3 Jun 2026 22:14:00 +0100", "You"
    pages = (
        '<html><body><p>I see you<img src="https://example.org/seen.gif"></p><script>alert(1)</script></body></html>'
    )
    message.set_content(pages, subtype="html")
    for name, content in attached.items():
        message.add_attachment(content, maintype="image", subtype="jpeg", filename=f"{name}.jpg")
    return bytes(message)


CHAT = "03/06/2026, 22:14 - Dan: where are you\n03/06/2026, 22:16 - Dan: IMG-1.jpg (file attached)\n"
CHAT_WITH_FILES = samples.zipped(("_chat.txt", CHAT.encode()), ("IMG-1.jpg", b"x"))
BACKUP = (
    '<?xml version="1.0"?><smses count="1"><sms address="07700900123" date="1780521240000" type="1" '
    'body="I see you &amp; her" readable_date="3 Jun 2026 22:14:00" contact_name="Dan"/></smses>'
)
BOX = (
    b"From dan@example.org Wed Jun  3 22:14:00 2026\n" + mail() + b"\n\nFrom dan@example.org Wed Jun  3 22:15:00 2026\n"
)
BOX += mail().replace(b"I see you", b"Still here")


def child(folder: Path, content: bytes, media_type: str, target: str = making.PAGES):
    source = samples.written(folder, content)
    payload = {"source": str(source), "media_type": media_type, "out": str(folder / "out.pdf"), "most": 2_000_000}
    payload |= {"fonts_conf": str(write_fonts_conf(folder)), "target": str(folder / "words.txt")}
    return run(target, payload, memory_mb=steps.READABLE_MEMORY_MB, seconds=120)


def pages_of(folder: Path, content: bytes, media_type: str) -> str:
    child(folder, content, media_type)
    return text_of((folder / "out.pdf").read_bytes())


def words_of(folder: Path, content: bytes, media_type: str) -> str:
    child(folder, content, media_type, making.WORDS)
    return (folder / "words.txt").read_text()


def text_of(document: bytes) -> str:
    with pypdfium2.PdfDocument(document) as opened:
        return "\n".join(page.get_textpage().get_text_bounded() for page in opened).replace("\r", "")


def test_each_kind_that_is_said_to_be_readable_has_its_reader():
    assert set(making.READERS) == set(READABLE_TYPES)


def test_a_word_document_shows_what_somebody_sees_who_opens_it(tmp_path):
    content = letter()
    text = pages_of(tmp_path, content, DOCX)
    order = ["A reading copy", "What he did", "He came to the house.", "3 June", "He rang", "Before the picture."]
    places = [text.index(words) for words in [*order, "Note of Anna"]]
    assert places == sorted(places)
    assert "SECRET" not in text + words_of(tmp_path, content, DOCX)
    for note in ("1 picture in it is not shown.", "Words that are hidden in it are not shown.", "marked as deleted"):
        assert note in text


def test_a_workbook_shows_its_sheets_and_says_what_is_hidden(tmp_path):
    content = workbook()
    text = pages_of(tmp_path, content, XLSX)
    for words in (
        "Calls",
        "2026-06-04",
        "Wide",
        "cell 11",
        "1 hidden sheet is not",
        "1 hidden row is",
        "1 hidden cell is",
    ):
        assert words in text
    assert "SECRET" not in text + words_of(tmp_path, content, XLSX)


def test_a_mail_shows_who_wrote_when_and_what_and_nothing_is_fetched(tmp_path):
    text = pages_of(tmp_path, mail(door=b"xx"), "message/rfc822")
    for words in ("Dan <dan@example.org>", "anna@example.org", "3 Jun 2026 22:14:00 +0100", "I see you"):
        assert words in text
    assert "door.jpg" in text
    assert "1 picture in it is not shown." in text
    assert "alert" not in text
    assert "example.org/seen" not in text


@pytest.mark.parametrize(
    ("content", "media_type", "words"),
    [
        (BOX, PLAIN, ["I see you", "Still here", "dan@example.org"]),
        (BACKUP.encode(), "application/xml", ["I see you & her", "3 Jun 2026 22:14:00", "2026-06-03 21:14:00"]),
        (CHAT_WITH_FILES, "application/zip", ["where are you", "IMG-1.jpg"]),
        (CHAT.encode(), PLAIN, ["03/06/2026, 22:14 - Dan: where are you"]),
        (b"When,Who\n2026-06-03,Dan\n2026-06-04,Dan\n", "text/csv", ["2026-06-04"]),
        ("Wer ist da? Łódź".encode("utf-16"), PLAIN, ["Wer ist da? Łódź"]),
        (b"caf\xe9 at nine", PLAIN, ["café at nine"]),
        (b"<note>Call me</note>", "application/xml", ["<note>Call me</note>"]),
    ],
    ids=["mailbox", "text messages", "chat with files", "chat", "table", "utf-16", "old letters", "other xml"],
)  # fmt: skip
def test_messages_tables_and_text_can_be_read_and_searched(tmp_path, content, media_type, words):
    text, found = pages_of(tmp_path, content, media_type), words_of(tmp_path, content, media_type)
    for each in words:
        assert each in text
        assert each in found


def test_every_letter_is_on_a_page_or_its_code_is(tmp_path):
    text = pages_of(tmp_path, "a\u202eb\x07c \u0e2a ".encode() + b"x" * 5_000, PLAIN)
    for code in ("[U+202E]", "[U+0007]", "[U+0E2A]", "A character that cannot be printed"):
        assert code in text
    assert text.count("x") >= 5_000


def test_twenty_thousand_letters_from_right_to_left_are_set(tmp_path):
    outcome = child(tmp_path, "שלום 😀 עולם ".encode() * 1_700, PLAIN)
    assert outcome.result["pages"] >= 5


def test_of_a_long_file_the_beginning_is_shown_and_how_much_follows(tmp_path):
    content = b"".join(b"line %d of a long story that goes on and on\n" % number for number in range(9_000))
    outcome = child(tmp_path, content, PLAIN)
    assert outcome.result["notes"] == ["cut"]
    assert outcome.result["pages"] < 120
    text = text_of((tmp_path / "out.pdf").read_bytes())
    assert "It is long: this copy shows the beginning." in text
    assert "7,500 more parts are in the file." in text
    assert "line 8999" in words_of(tmp_path, content, PLAIN)


def test_one_line_longer_than_a_copy_may_be_is_shown_from_its_beginning(tmp_path):
    outcome = child(tmp_path, b"word " * 100_000, PLAIN)
    assert outcome.result["notes"] == ["cut"]


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w>" + " " * 80_000_000 + "</w>")
    return out.getvalue()


ENTITIES = b'<!DOCTYPE w [<!ENTITY a "SECRET">]><w>&a;</w>'


@pytest.mark.parametrize(
    ("content", "media_type", "code"),
    [
        (samples.docx(), DOCX, {"damaged", "no_words"}),
        (bomb(), DOCX, {"too_big", "zip_too_big"}),
        (samples.zipped(("[Content_Types].xml", b"<T/>"), ("word/document.xml", ENTITIES)), DOCX, {"entities"}),
        (letter()[:3_000], DOCX, {"damaged", "zip_damaged"}),
        (samples.zipped(("[Content_Types].xml", b"<T/>"), ("xl/workbook.xml", b"<x")), XLSX, {"damaged"}),
        (samples.zipped(("a.jpg", b"x"), ("b.pdf", b"y")), "application/zip", {"only_files"}),
        (samples.locked_zip(), "application/zip", {"password"}),
        (b" \n \n", PLAIN, {"no_words"}),
    ],
    ids=["no document", "bomb", "entities", "cut off", "broken", "only files", "locked", "blank"],
)  # fmt: skip
def test_what_cannot_be_read_says_why(tmp_path, content, media_type, code):
    with pytest.raises(ChildFailed) as failed:
        child(tmp_path, content, media_type)
    assert failed.value.code.removeprefix("refused:") in code


def test_a_table_of_deeply_nested_tags_ends_and_hurts_nobody(tmp_path):
    deep = b"<a>" * 50_000 + b"</a>" * 50_000
    with pytest.raises(ChildFailed):
        child(tmp_path, samples.zipped(("[Content_Types].xml", b"<T/>"), ("word/document.xml", deep)), DOCX)


# --- as parts of what was sent ---------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "notes"),
    [(letter(), ["parts_unseen"]), (workbook(), ["parts_unseen"]), (mail(), []), (b"He rang.\n", [])],
    ids=["docx", "xlsx", "eml", "txt"],
)
def test_a_file_of_words_gets_pages_pictures_of_them_and_its_words(content, notes):
    evidence = made_of(content)
    assert states(evidence) == {"report": "ok", "reading": "ok", "sheet": "ok", "text": "ok"}
    assert part(evidence, "reading").notes == notes
    assert part(evidence, "sheet").width > 900
    assert list(evidence.custody.order_by("at").values_list("kind", flat=True)) == ["arrived", "copied"]
    assert b"SECRET" not in bytes_of(part(evidence, "text"))


@pytest.mark.django_db
def test_an_archive_without_a_chat_is_kept_and_says_why_it_has_no_pages():
    evidence = made_of(samples.zipped(("a.jpg", samples.jpeg()), ("b.txt", b"x")))
    assert states(evidence) == {"report": "ok", "reading": "only_files", "sheet": "no_copy", "text": "only_files"}


@pytest.mark.django_db
def test_files_that_are_there_already_get_their_pages_too():
    evidence = send(letter())
    Job.objects.all().delete()
    Rendition(
        evidence=evidence, case=evidence.case, kind="report", recipe="report-1", state="ok", original_sha256="0" * 64
    ).save()
    call_command("make_copies", "--here", stdout=io.StringIO())
    assert states(evidence)["reading"] == "ok"


@pytest.mark.django_db
def test_staff_and_she_see_the_pages_and_that_the_original_is_kept(client):
    worker = UserFactory()
    case = CaseFactory(portal=True, worker=worker)
    file = arrived(letter(), "letter.docx", case=case)
    run_due()
    page = sign_in(client, worker).get(reverse("logs:entry", args=[case.pk, file.incident_id])).text
    assert "A reading copy" in page
    assert reverse("logs:page", args=[case.pk, file.pk, 1]) in page
    assert "Some of it is not in the pages to read." in page
    assert client.get(reverse("logs:words", args=[case.pk, file.pk])).status_code == 200
    assert client.get(reverse("logs:page", args=[case.pk, file.pk, 1])).status_code == 200
    number = Evidence.objects.get().incident.number
    hers = sign_in(client, case.victim.user).get(reverse("portal:entry", args=[number])).text
    assert "This shows the words of your file." in hers
    assert client.get(reverse("portal:entry_file", args=[number, 1])).status_code == 200


# --- pictures in their places ----------------------------------------------------------------------------------------


def pictures_on(folder: Path) -> list[list[tuple[int, int]]]:
    """The sizes of the pictures on each page of the copy, and that nothing but their pixels is in it."""
    content = (folder / "out.pdf").read_bytes()
    with pikepdf.open(folder / "out.pdf") as pdf:
        found = [list(page.resources.get("/XObject", {}).values()) for page in pdf.pages]
        content += b"".join(image.read_raw_bytes() for page in found for image in page)
        sizes = [[(int(image.Width), int(image.Height)) for image in page] for page in found]
    assert [secret for secret in samples.SECRETS if secret in content] == []
    return sizes


def test_pictures_of_a_mail_stand_under_it_without_what_they_carried(tmp_path):
    outcome = child(tmp_path, mail(first=samples.telltale_jpeg(), second=b"no picture"), "message/rfc822")
    text = text_of((tmp_path / "out.pdf").read_bytes())
    assert pictures_on(tmp_path) == [[(300, 400)]]  # turned upright
    assert "first.jpg" in text
    assert "second.jpg: this picture could not be shown." in text
    assert outcome.result["notes"] == ["parts_unseen"]


def letter_that_shows(markup: str, *names: str, plain: str = "") -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"], message["Date"] = "dan@example.org", "You", "Wed, 3 Jun 2026 22:14:00 +0100"
    if plain:
        message.set_content(plain)
        message.add_alternative(markup, subtype="html")
    else:
        message.set_content(markup, subtype="html")
    for name in names:
        content = samples.jpeg(40, 30)
        message.add_attachment(content, maintype="image", subtype="jpeg", filename=f"{name}.jpg", cid=f"<{name}@x>")
    return bytes(message)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (letter_that_shows('<p>One<img alt="" src="cid:b@x">Two<img src=cid:a@x></p>End', "a", "b"), "One|b|Two|a|End"),
        (letter_that_shows("<p>x</p>", "a", "b", plain="One [cid:b@x] two [image: a.jpg]"), "One|b|two|a"),
        (letter_that_shows('<img src="cid:a@x">One<img src="cid:a@x"><img src="cid:none@x">', "a"),
         "a|One [cid:a@x] [cid:none@x]"),
        (letter_that_shows('<p>One</p><img src="https://example.org/a@x">', "a", "b"), "One|a|b"),
        (letter_that_shows('<img src="cid:a@x"><img src="cid:b@x">', "b", "a", "c"), "a|b|c"),
    ],
    ids=["markup", "plain text", "twice, and one that is not there", "from elsewhere", "pictures alone"],
)  # fmt: skip
def test_pictures_of_a_mail_stand_where_its_words_show_them(tmp_path, source, said):
    path = tmp_path / "mail.eml"
    path.write_bytes(source)
    [message] = messages.read_text(path, Counter())
    pieces = [
        piece.split() if isinstance(piece, str) else [piece.name.removesuffix(".jpg")] for piece in message.pieces
    ]
    assert "|".join(" ".join(piece) for piece in pieces if piece) == said
    child(tmp_path, source, "message/rfc822")
    assert sum(map(len, pictures_on(tmp_path))) == len(message.pictures)


def test_a_long_row_of_spaces_and_brackets_takes_no_time(tmp_path):
    path = tmp_path / "mail.eml"
    path.write_bytes(letter_that_shows("<p>" + "[cid:" * 50_000 + " " * 50_000 + "</p>", "a"))
    began = time.process_time()
    [message] = messages.read_text(path, Counter())
    assert time.process_time() - began < 2
    assert message.words.startswith("[cid:")


def test_pictures_of_a_chat_stand_under_their_messages(tmp_path):
    chat = "".join(f"03/06/2026, 22:{n:02d} - Dan: IMG-{n}.jpg (file attached)\n" for n in range(12, 15))
    files = [(f"IMG-{n}.jpg", samples.jpeg(1600, 10 * n)) for n in (12, 13, 14)]
    child(tmp_path, samples.zipped(("_chat.txt", chat.encode()), *files), "application/zip")
    assert [size for page in pictures_on(tmp_path) for size in page] == [(1200, 90), (1200, 98), (1200, 105)]


def test_a_message_whose_file_the_export_leaves_out_says_so_and_is_no_empty_one(tmp_path):
    chat = (
        "[03/06/2026, 22:12:01] Dan: \u200evideo omitted\n"
        "[03/06/2026, 22:13:01] Dan: Look at it \u200e<This message was edited>\n"
        "[03/06/2026, 22:14:01] Ann: No\n"
    )
    child(tmp_path, samples.zipped(("_chat.txt", chat.encode())), "application/zip")
    text = " ".join(text_of((tmp_path / "out.pdf").read_bytes()).split())
    assert text.count("Note") == 2
    assert "A file was here that the export leaves out" in text
    assert "Edited later" in text


def test_of_very_many_pictures_the_rest_is_counted(tmp_path):
    count = enclosed.MOST_PICTURES + 3
    chat = "".join(f"03/06/2026, 22:14 - Dan: IMG-{n}.jpg (file attached)\n" for n in range(count))
    one = samples.jpeg(40, 30)
    archive = samples.zipped(("_chat.txt", chat.encode()), *((f"IMG-{n}.jpg", one) for n in range(count)))
    child(tmp_path, archive, "application/zip")
    assert sum(map(len, pictures_on(tmp_path))) == enclosed.MOST_PICTURES
    assert "3 pictures in it are not shown." in text_of((tmp_path / "out.pdf").read_bytes())


@pytest.mark.django_db
def test_a_picture_that_breaks_its_reader_costs_no_words(monkeypatch):
    real, tried = steps._child, []

    def breaking(target, payload, memory_mb, seconds):
        if target == making.PAGES:
            tried.append(payload.get("has_pictures", True))
            if tried[-1]:
                raise ChildFailed("crash", "ended with -11")
        return real(target, payload, memory_mb, seconds)

    monkeypatch.setattr(steps, "_child", breaking)
    reading = part(made_of(mail(first=samples.jpeg())), "reading")
    assert tried == [True, False]
    assert "I see you" in text_of(bytes_of(reading))
    assert "1 picture in it is not shown." in text_of(bytes_of(reading))
