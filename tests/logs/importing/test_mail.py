import base64
from datetime import UTC, date, datetime, time

import pytest

from logs import importing
from logs.importing.letters import opened
from logs.importing.mailtext import without_markup
from tests.logs.importing.conftest import CORPUS

AT = datetime(2026, 6, 13, 20, 15, 33, tzinfo=UTC)


def one(items, name, **options):
    return items(CORPUS / name, "email", **options)[0]


def test_headers_are_decoded_and_the_way_here_is_left_out(items):
    mail = one(items, "mail-plain.eml", own_name="anna@example.org")
    assert (mail.sender, mail.subject) == ("Sam Pöole <sam@example.org>", "café tonight")
    assert mail.recipients == ("Bell, Anna <anna@example.org>", "info@example.org")
    assert (mail.instant, mail.on, mail.when_words) == (AT, None, "Sat, 13 Jun 2026 21:15:33 +0100")
    assert (mail.text, mail.is_outgoing, mail.kind) == ("I am outside.\n\nSam", False, "email")
    assert "192.0.2.1" not in mail.raw
    assert "Message-ID: <1@example.org>" in mail.raw


def test_a_time_without_a_zone_stays_the_local_time_that_was_written(items):
    mail = one(items, "mail-no-zone.eml")
    assert (mail.instant, mail.on, mail.at, mail.precision) == (None, date(2026, 6, 13), time(21, 15, 33), "exact")


def test_a_date_that_is_none_is_asked_for(items):
    mail = one(items, "mail-bad-date.eml")
    assert (mail.marks, mail.when_words) == ({"when_unclear"}, "the day before yesterday")


def test_html_is_reduced_to_its_words_and_nothing_is_fetched(items):
    mail = one(items, "mail-html.eml")
    assert mail.text == "I am outside\xa0& waiting\n\none\ntwo"
    assert mail.media == ()


def test_of_two_versions_the_plain_one_is_shown(items):
    assert one(items, "mail-alternative.eml").text == "plain words"


def test_attachments_are_named_and_come_out(items):
    mail = one(items, "mail-attachments.eml")
    assert [(each.name, each.media_type) for each in mail.media] == [
        ("car.png", "image/png"), ("inner.eml", "message/rfc822"), ("winmail.dat", "application/ms-tnef"),
    ]  # fmt: skip
    assert mail.marks == {"winmail"}
    path = CORPUS / "mail-attachments.eml"
    first, inner, _ = (b"".join(importing.media_bytes(path, "email", each.member)) for each in mail.media)
    assert first == b"hello"
    assert b"inner words" in inner


@pytest.mark.parametrize("member", ["0:99:7", "0:99:1.1.1", "9999999:5:", "x", "1:2", "0:99:-1"])
def test_there_is_no_other_way_into_the_mail(member):
    with pytest.raises(importing.Unreadable):
        list(importing.media_bytes(CORPUS / "mail-attachments.eml", "email", member))


def test_broken_mails_still_say_what_they_can(items):
    assert one(items, "mail-broken-multipart.eml").text == "words without any boundary"
    assert one(items, "mail-unknown-charset.eml").text == "café"
    assert one(items, "mail-no-body.eml").text == ""


def test_a_mailbox_is_parted_at_its_own_lines_alone(items):
    first, second = items(CORPUS / "box-three.mbox", "email")
    assert first.text == "From here on\n\nFrom now on at 10:30 in 2026\nyou are mine"
    assert (second.text, second.number, second.place_kind) == ("two", 2, "message")


def test_an_attachment_in_a_mailbox_comes_out(items, source):
    mail = (CORPUS / "mail-attachments.eml").read_bytes()
    parting = b"From sam@example.org Sat Jun 13 21:15:33 2026\n"
    path = source(parting + mail + b"\n" + parting + mail)
    for each in items(path, "email"):
        assert b"".join(importing.media_bytes(path, "email", each.media[0].member)) == b"hello"


@pytest.mark.parametrize(
    "text",
    [
        "<div>" * 50_000,
        "<a<a" * 50_000,
        "<!--" * 50_000,
        "<script>" * 90_000,
        "<" * 200_000,
        "&#" * 100_000,
        "<p>\n" * 50_000,
    ],
)
def test_html_takes_time_by_its_length_and_no_faster(text):
    without_markup(text)


def test_parts_within_parts_end_somewhere(items):
    text = "From: a@example.org\nSubject: x\n"
    for depth in range(300):
        text += f'Content-Type: multipart/mixed; boundary="b{depth}"\n\n--b{depth}\n'
    assert items(text, "email")[0].subject == "x"


@pytest.mark.parametrize(
    "charset", ["punycode", "idna", "unicode_escape", "base64", "rot13", "undefined", "", "\x00", "é"]
)
def test_what_is_no_encoding_of_letters_is_not_used(charset, items):
    mail = items(
        f"From: a@example.org\nSubject: =?{charset}?q?a?=\nContent-Type: text/plain; charset={charset}\n\nwords",
        "email",
    )
    assert mail[0].text == "words"


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("encoding", ["base64", "8bit", "quoted-printable"])
def test_a_long_attachment_is_not_held_and_comes_out_whole(encoding, line_end, items, source):
    content = b"".join(b"%07d = long lines of a file" % number + line_end for number in range(60_000))
    letters = {
        "base64": base64.encodebytes(content).replace(b"\n", line_end),
        "8bit": content,
        "quoted-printable": content.replace(b"=", b"=3D"),
    }[encoding]
    part = (
        b"--b\nContent-Type: application/pdf; name=%b.pdf\nContent-Transfer-Encoding: " + encoding.encode() + b"\n\n"
    ).replace(b"\n", line_end)
    head = b"From: a@example.org\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n".replace(
        b"\n", line_end
    )
    path = source(head + part % b"one" + letters + line_end + part % b"two" + letters + line_end + b"--b--" + line_end)
    mail = items(path, "email")[0]
    assert [each.name for each in mail.media] == ["one.pdf", "two.pdf"]
    for each in mail.media:
        fetched = b"".join(importing.media_bytes(path, "email", each.member))
        assert fetched.rstrip(b"\r\n") == content.rstrip(b"\r\n")
        assert abs(each.size_bytes - len(content)) < len(content) // 10
    letter = opened(path.read_bytes())
    assert len(letter.message.as_bytes()) < 800_000 < 3_000_000 < len(letter.raw)


def test_a_text_too_long_to_hold_says_that_it_is_cut(items):
    mail = items("From: a@example.org\nSubject: x\n\n" + "<b></b>" * 200_000 + "\nthe end\n", "email")[0]
    assert mail.marks >= {"cut"}
