"""Made-up input for every reader: arbitrary bytes, the corpus with bytes changed, and valid sources there and back."""

import csv
import io
import re
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from logs import importing
from logs.importing import BOOKLET_FIELDS, UNREADABLE_WORDS, Item, Options, Unreadable
from logs.importing.headings import IN_ORDER
from logs.importing.reading import READERS
from nsvcs.text import readable
from tests.logs.importing.conftest import CORPUS
from tests.logs.importing.made import HEADINGS, MADE, word
from tests.logs.importing.test_corpus import check

quick = settings(
    max_examples=60, deadline=5_000, database=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip

# Signs that mean something to one reader or another.
SIGNS = st.sampled_from([
    b"13/06/2026, 21:15 - Sam: ", b"[13/06/2026, 21:15:33] Sam: ", b"\n", b"\r\n", b"\r", b'"', b"'", b",", b";", b"<",
    b">", b"</smses>", b"<smses>", b'<sms date="1781381733000" type="1" body="', b'<mms date="1781381733000">',
    b'<part ct="image/png" data="', b"/>", b"&#55357;", b"&#56832;", b"&amp;", b"<!--", b"-->", b"<?", b"\x00",
    b"\xff\xfe", b"\xef\xbb\xbf", b"From sam@example.org Sat Jun 13 21:15:33 2026\n", b"From: sam@example.org\n",
    b"Date: ",
    b"Content-Type: multipart/mixed; boundary=b\n", b"--b\n", b"=?utf-8?q?", b"?=", b"Date,What happened,Evidence\n",
    b"Date,Number,Duration\n", b"13/06/2026", b"\xe2\x80\xaf", b"\xe2\x80\x8e", b"PK\x03\x04",
])  # fmt: skip
NOISE = st.lists(st.one_of(SIGNS, st.binary(max_size=30)), max_size=40).map(b"".join)
SMALL = sorted(
    [path.read_bytes() for path in CORPUS.iterdir()]
    + [MADE[name]() for name in ("booklet.docx", "booklet.xlsx", "wa-ios.zip")]
)


def read_all(path, kind):
    """Everything that may be asked of a source; the only way to refuse is by a code that has words."""
    try:
        guessed = importing.guess(path, kind)
        records = list(importing.read(path, kind, guessed.options))
    except Unreadable as refused:
        assert refused.code in UNREADABLE_WORDS  # noqa: PT017 - refusing is a right answer too
        return []
    check(records)
    for item in records:
        for media in item.media if isinstance(item, Item) else ():
            fetch(path, kind, media.member)
    return records


def fetch(path, kind, member):
    try:
        for _chunk in importing.media_bytes(path, kind, member):
            pass
    except Unreadable as refused:
        assert refused.code in UNREADABLE_WORDS  # noqa: PT017 - refusing is a right answer too


@pytest.mark.parametrize("kind", READERS)
@given(content=NOISE)
@quick
def test_arbitrary_bytes_harm_no_reader(kind, content, source):
    path = source(content)
    read_all(path, kind)


@given(content=NOISE.filter(bool))
@quick
def test_arbitrary_bytes_are_told_apart_without_harm(content, source):
    try:
        importing.sniff(source(content))
    except Unreadable as refused:
        assert refused.code in UNREADABLE_WORDS  # noqa: PT017 - refusing is a right answer too


@given(data=st.data())
@settings(quick, max_examples=250)
def test_a_damaged_source_is_read_as_far_as_it_goes(data, source):
    content = bytearray(data.draw(st.sampled_from(SMALL)))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, max(len(content) - 1, 0)))
        change = data.draw(st.sampled_from(["cut", "put", "take", "twice"]))
        if change == "cut":
            del content[place:]
        elif change == "put":
            content[place:place] = data.draw(st.one_of(SIGNS, st.binary(max_size=4)))
        elif change == "take":
            del content[place : place + data.draw(st.integers(1, 20))]
        else:
            content[place:place] = content[place : place + 50]
    path = source(bytes(content))
    try:
        kind = importing.sniff(path)
    except Unreadable:
        return
    if kind:
        read_all(path, kind)


@given(content=NOISE)
@quick
def test_every_line_of_any_text_stands_in_a_record(content, source):
    text = content.replace(b"\xff\xfe", b"").replace(b"\xef\xbb\xbf", b"").decode("utf-8", "ignore")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    path = source("13/06/2026, 21:15 - Sam: first\n" + text)
    chat = list(importing.read(path, "whatsapp", Options()))
    assert "\n".join(each.raw for each in chat).rstrip("\n") == path.read_text("utf-8").rstrip("\n")
    path = source("Date,What happened,Evidence\n" + text)
    table = "\n".join(each.raw for each in importing.read(path, "booklet_csv", Options()))
    assert_holds(table, path)
    path = source("Date,Number,Duration\n" + text)
    assert_holds("\n".join(each.raw for each in importing.read(path, "calls_csv", Options())), path)


def assert_holds(table, path):
    for line in path.read_text("utf-8").split("\n"):
        assert line.strip(' \t,;|"') == "" or re.fullmatch(r"\s*sep=.\s*", line) or line in table


BORDER = b"From sam@example.org Sat Jun 13 21:15:33 2026\n"
HEADS = st.sampled_from([b"From: sam@example.org\nSubject: a\n", b"Subject: only\n", b"MIME-Version: 1.0\n"])
REST = NOISE.filter(lambda noise: b"From " not in noise)


@given(mails=st.lists(st.tuples(HEADS, REST), min_size=1, max_size=6))
@quick
def test_every_mail_of_a_box_is_counted_whatever_is_in_it(mails, source):
    box = b"".join(BORDER + head + b"\n" + rest + b"\n\n" for head, rest in mails)
    assert len(read_all(source(box), "email")) == len(mails)


@given(data=st.data())
@settings(quick, max_examples=100)
def test_every_text_message_of_a_damaged_backup_is_counted(data, source):
    name = data.draw(
        st.sampled_from(sorted(path.name for path in CORPUS.glob("?ms-*.xml") if "entities" not in path.name))
    )
    content = bytearray((CORPUS / name).read_bytes())
    begins = content.index(b"<smses")
    for _ in range(data.draw(st.integers(0, 5))):
        place = data.draw(st.integers(begins, len(content)))
        content[place : place + data.draw(st.integers(0, 9))] = data.draw(
            st.sampled_from([b"", b'"', b"'", b"<", b">", b"x", b"\x00"])
        )
    records = read_all(source(bytes(content)), "sms_xml")
    starts = len(re.findall(rb"<sms[\s/>]", content)) + len(re.findall(rb"<mms[\s/>]", content))
    assert len(records) >= starts


# No control characters, no line ends but "\n", nothing that the readers rightly take out.
LETTERS = st.characters(exclude_categories=("Cs", "Cc", "Co", "Cn"), exclude_characters="\u2028\u2029\ufeff\ufffd")
WORDS = st.text(LETTERS, min_size=1, max_size=60).filter(lambda text: readable(text) == text and text.strip() == text)
BODIES = st.lists(WORDS, min_size=1, max_size=3).map("\n".join)
NAMES = st.text(st.characters(categories=("L", "N"), exclude_characters="\ufffd"), min_size=1, max_size=12)
DAYS = st.dates(date(2010, 1, 1), date(2039, 12, 31))
TIMES = st.times().map(lambda at: at.replace(microsecond=0))
FORMS = {
    "{d.day:02}/{d.month:02}/{d.year}, {t.hour:02}:{t.minute:02} - ": "dmy",
    "{d.month}/{d.day}/{y:02}, {h}:{t.minute:02}\u202f{half} - ": "mdy",
    "[{d.day:02}.{d.month:02}.{y:02}, {t.hour:02}:{t.minute:02}:{t.second:02}] ": "dmy",
    "{d.year}-{d.month:02}-{d.day:02} {t.hour:02}:{t.minute:02} - ": "ymd",
}  # fmt: skip


def first_words(form, day, at):
    half = "PM" if at.hour > 11 else "AM"
    return form.format(d=day, t=at, y=day.year % 100, h=at.hour % 12 or 12, half=half)


@given(
    form=st.sampled_from(sorted(FORMS)),
    messages=st.lists(st.tuples(DAYS, TIMES, NAMES, BODIES), min_size=1, max_size=8),
)
@quick
def test_a_chat_comes_back_as_it_was_written(form, messages, items):
    plain = [each for each in messages if not any(sign in each[3] for sign in ("<", ">", "(", ": ", "omitted"))]
    text = "".join(f"{first_words(form, day, at)}{name}: {body}\n" for day, at, name, body in plain)
    if not plain:
        return
    found = items(text, "whatsapp", date_order=FORMS[form])
    assert [(each.on, each.sender) for each in found] == [(day, name) for day, _, name, _ in plain]
    assert [each.at.replace(second=0) for each in found] == [at.replace(second=0) for _, at, _, _ in plain]
    assert [each.text for each in found if not each.marks] == [
        body for (_, _, _, body), each in zip(plain, found, strict=True) if not each.marks
    ]


INSTANTS = st.datetimes(datetime(2005, 1, 1), datetime(2050, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - zone given beside


@given(
    messages=st.lists(st.tuples(INSTANTS, st.booleans(), BODIES), min_size=1, max_size=8), as_references=st.booleans()
)
@quick
def test_text_messages_come_back_as_they_were_written(messages, as_references, items):
    rows = []
    for instant, is_outgoing, body in messages:
        value = quoteattr(body, {"\n": "&#10;", "\t": "&#9;"})
        if as_references:
            value = "".join(referenced(letter) for letter in value)
        milliseconds = (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
        rows.append(f'<sms address="+447700900123" date="{milliseconds}" type="{1 + is_outgoing}" body={value} />')
    found = items(f"<?xml version='1.0' encoding='UTF-8'?>\n<smses count=\"1\">{''.join(rows)}</smses>", "sms_xml")
    texts = [(body if body != "null" else "") for _, _, body in messages]
    assert [(each.text, each.is_outgoing) for each in found] == [
        (text, is_outgoing) for text, (_, is_outgoing, _) in zip(texts, messages, strict=True)
    ]
    whole = [instant - timedelta(microseconds=instant.microsecond % 1000) for instant, _, _ in messages]
    assert [each.instant for each in found] == whole


def referenced(letter):
    """As the app writes what is beyond the first 65,536 characters."""
    if ord(letter) < 0x10000:
        return letter
    pair = letter.encode("utf-16-be")
    return f"&#{int.from_bytes(pair[:2], 'big')};&#{int.from_bytes(pair[2:], 'big')};"


@given(mails=st.lists(st.tuples(INSTANTS, WORDS, BODIES), min_size=1, max_size=5))
@quick
def test_mails_come_back_as_they_were_written(mails, items):
    box = b""
    for instant, subject, body in mails:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "sam@example.org", "anna@example.org", subject
        message["Date"] = instant.replace(microsecond=0)
        message.set_content(body)
        quoted = message.as_bytes().replace(b"\nFrom ", b"\n>From ")
        box += b"From sam@example.org Sat Jun 13 21:15:33 2026\n" + quoted + b"\n"
    found = items(box, "email")
    assert [each.instant for each in found] == [instant.replace(microsecond=0) for instant, _, _ in mails]
    assert ["".join(each.text.split()) for each in found] == ["".join(body.split()) for _, _, body in mails]
    assert [each.sender for each in found] == ["sam@example.org"] * len(mails)


ENTRIES = st.lists(
    st.tuples(DAYS, TIMES, *[BODIES.filter(lambda text: text != "sep=")] * 7), min_size=1, max_size=5
)  # fmt: skip


@given(rows=ENTRIES, delimiter=st.sampled_from(",;\t"), encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
@quick
def test_a_table_comes_back_as_it_was_written(rows, delimiter, encoding, items):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(HEADINGS)
    for day, at, *cells in rows:
        writer.writerow([f"{day:%d/%m/%Y} {at:%H:%M:%S}", *cells])
    found = items(out.getvalue().encode(encoding), "booklet_csv", date_order="dmy")
    assert_rows(found, rows)


@given(rows=ENTRIES)
@settings(quick, max_examples=15)
def test_a_document_comes_back_as_it_was_written(rows, items):
    table = [HEADINGS, *((f"{day:%d/%m/%Y} {at:%H:%M:%S}", *cells) for day, at, *cells in rows)]
    assert_rows(items(word(table), "booklet_docx", date_order="dmy"), rows)


@given(rows=ENTRIES)
@settings(quick, max_examples=15)
def test_a_workbook_comes_back_as_it_was_written(rows, items):
    book = Workbook()
    sheet = book.active
    sheet.append(HEADINGS)
    for day, at, *cells in rows:
        sheet.append([f"{day:%d/%m/%Y} {at:%H:%M:%S}", *cells])
        for cell in sheet[sheet.max_row]:
            cell.data_type = "s"  # a formula is text
    out = io.BytesIO()
    book.save(out)
    assert_rows(items(out.getvalue(), "booklet_xlsx", date_order="dmy"), rows)


def assert_rows(found, rows):
    assert [(each.on, each.at or time()) for each in found] == [(day, at) for day, at, *_ in rows]
    for each, (_, _, *cells) in zip(found, rows, strict=True):
        assert each.fields == {"when": each.when_words, **dict(zip(IN_ORDER[1:], cells, strict=True))}
        assert set(each.fields) <= set(BOOKLET_FIELDS)


@given(
    calls=st.lists(st.tuples(DAYS, TIMES, st.integers(0, 9), st.sampled_from(["Incoming", "Outgoing", "Missed"]),
                             st.integers(0, 9_999)), min_size=1, max_size=6)
)  # fmt: skip
@quick
def test_calls_come_back_as_they_were_written(calls, items):
    rows = [
        f"{day:%d/%m/%Y};{at:%H:%M:%S};07700 90012{digit};{kind};{timedelta(seconds=seconds)}"
        for day, at, digit, kind, seconds in calls
    ]
    found = items("Date;Time;Number;Type;Duration\n" + "\n".join(rows), "calls_csv", date_order="dmy")
    assert [(each.on, each.at, each.duration_seconds, each.is_outgoing, "missed" in each.marks) for each in found] == [
        (day, at, seconds, kind == "Outgoing", kind == "Missed") for day, at, _, kind, seconds in calls
    ]
