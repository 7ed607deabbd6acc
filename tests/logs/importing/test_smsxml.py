import base64
from datetime import UTC, datetime

import pytest

from logs import importing
from logs.importing import Item, Options, Reject
from logs.importing.xmltags import unescaped
from tests.logs.importing.conftest import CORPUS

AT = datetime(2026, 6, 13, 20, 15, 33, tzinfo=UTC)
SAM = "Sam Poole (+447700900123)"


def test_who_wrote_to_whom_and_when(items):
    received, sent = items(CORPUS / "sms-plain.xml", "sms_xml", own_name="Anna")
    assert (received.sender, received.recipients, received.is_outgoing) == (SAM, ("Anna",), False)
    assert (sent.sender, sent.recipients, sent.is_outgoing) == ("Anna", (SAM,), True)
    assert (received.instant, received.on, received.at) == (AT, None, None)
    assert (received.when_words, received.place_kind) == ("13 Jun 2026 21:15:33", "element")


def test_emoji_written_as_halves_are_joined_and_lonely_halves_say_that_something_is_missing(items):
    whole, half = items(CORPUS / "sms-emoji.xml", "sms_xml")
    assert whole.text == '😀 ok \nsecond line & <b> "q"'
    assert (half.text, half.marks) == ("half \ufffd gone", {"damaged"})


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (b"&#55357;&#56832;", "😀"),
        (b"&#xD83D;&#xde00;", "😀"),
        (b"&#56832;&#55357;", "\ufffd\ufffd"),
        (b"&#128512;", "😀"),
        (b"&#0;&#9999999;", "\ufffd\ufffd"),
        (b"&lol;&amp;lt;", "&lol;&lt;"),
        (b"\xff", "\ufffd"),
    ],
)
def test_references(written, text):
    assert unescaped(written) == text


def test_seconds_and_milliseconds(items):
    assert items(CORPUS / "sms-seconds.xml", "sms_xml")[0].instant == AT


def test_a_mistake_costs_one_record_and_no_other(items):
    for name in ("sms-broken-quote.xml", "sms-raw-bracket.xml", "mms-unclosed.xml", "mms-broken-part.xml"):
        assert items(CORPUS / name, "sms_xml")[-1].text in {"after it", "hello"}


def test_what_was_never_sent_says_so(items):
    failed, unknown = items(CORPUS / "sms-failed.xml", "sms_xml")
    assert (failed.marks, failed.is_outgoing, unknown.is_outgoing) == ({"failed"}, True, None)


def test_pictures_and_words_of_a_picture_message(items):
    received, sent = items(CORPUS / "mms-picture.xml", "sms_xml")
    assert (received.text, received.subject, received.sender) == ("your car 😀", "look", SAM)
    assert (sent.is_outgoing, sent.recipients) == (True, (SAM,))
    assert [(each.name, each.media_type) for each in received.media] == [("car.png", "image/png")]
    fetched = [
        b"".join(importing.media_bytes(CORPUS / "mms-picture.xml", "sms_xml", each.media[0].member))
        for each in (received, sent)
    ]
    assert fetched == [b"\x89PNG\r\n\x1a\n"] * 2


def test_in_a_group_the_sender_stands_among_the_addresses(items):
    message = items(CORPUS / "mms-group.xml", "sms_xml")[0]
    assert (message.sender, message.recipients) == ("+447700900123", ("+447700900456", "+447700900789"))


def test_calls(items):
    found = items(CORPUS / "calls-log.xml", "sms_xml")
    assert [(sorted(each.marks), each.is_outgoing, each.duration_seconds) for each in found] == [
        ([], False, 83), ([], True, 5), (["missed"], False, 0), (["voicemail"], False, 0), (["rejected"], False, 0),
        (["blocked"], False, 0), ([], None, 0),
    ]  # fmt: skip
    assert {each.kind for each in found} == {"call"}
    assert [each.sender for each in items(CORPUS / "calls-hidden.xml", "sms_xml")] == ["", ""]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("line_ends", [b"", b"&#10;", b"\n"])
def test_a_long_part_is_never_held_and_comes_out_whole(encoding, line_ends, source):
    content = bytes(range(256)) * 6_000
    letters = base64.b64encode(content)
    lines = line_ends.join(letters[place : place + 76] for place in range(0, len(letters), 76)).decode()
    text = (
        f"<?xml version='1.0' encoding='{encoding}'?><smses><mms date='1781381733000' msg_box='1' address='é'><parts>"
        f'<part ct="image/png" cl="a.png" data="{lines}" text="null"/></parts></mms></smses>'
    )
    path = source(text.encode(encoding))
    record = next(iter(importing.read(path, "sms_xml", Options())))
    assert b"".join(importing.media_bytes(path, "sms_xml", record.media[0].member)) == content
    assert len(record.raw) < 400


@pytest.mark.parametrize(
    "text",
    [
        '<?xml version="1.0"?><!DOCTYPE a SYSTEM "file:///etc/passwd"><smses><sms date="1781381733000" /></smses>',
        '<!-- a --><!doctype a [<!ENTITY b "c">]><smses/>',
    ],
)
def test_a_document_type_is_refused_before_anything_is_read(text, source):
    with pytest.raises(importing.Unreadable) as refused:
        list(importing.read(source(text), "sms_xml", Options()))
    assert refused.value.code == "entities"


@pytest.mark.parametrize(
    "content",
    [
        b'<smses><sms a="' * 20_000,
        b"<smses>" + b"<sms " * 50_000,
        b"<smses>" + b"<" * 300_000,
        b"<smses>" + b"'\"<!--" * 30_000,
    ],
)
def test_time_grows_with_the_length_and_no_faster(content, source):
    path = source(content)
    assert sum(isinstance(each, Item) for each in importing.read(path, "sms_xml", Options())) == 0


def test_rejects_show_the_source(source):
    path = source('<smses><sms date="soon" body="x"/></smses>')
    reject = next(iter(importing.read(path, "sms_xml", Options())))
    assert isinstance(reject, Reject)
    assert (reject.code, reject.raw) == ("bad_date", '<sms date="soon" body="x"/>')
