from datetime import date, time

import pytest

from logs import importing
from logs.importing import Options, Reject, Skip
from tests.logs.importing.conftest import CORPUS

DAY = date(2026, 6, 13)


def of(items, name, **options):
    path = CORPUS / name
    return items(path, "whatsapp", date_order=importing.guess(path, "whatsapp").options.date_order, **options)


def test_a_message_keeps_its_lines_and_what_follows_a_picture(items):
    found = of(items, "wa-android-uk.txt", own_name="Anna")
    assert [each.text for each in found] == [
        "I can see you are in", "Please stop", "Never\n\nI know where you work", "your car",
        "", "This message was deleted",
        "answer me", "Missed voice call",
    ]  # fmt: skip
    assert [sorted(each.marks) for each in found[3:]] == [[], ["media_omitted"], ["deleted"], ["edited"], ["missed"]]
    assert [(each.name, each.media_type, each.member) for each in found[3].media] == [
        ("IMG-20260613-WA0001.jpg", "image/jpeg", "")
    ]
    assert (found[1].is_outgoing, found[1].sender, found[1].recipients) == (True, "Anna", ("Sam Poole",))
    assert (found[0].is_outgoing, found[0].recipients, found[0].on, found[0].at) == (
        False,
        ("Anna",),
        DAY,
        time(21, 15),
    )
    assert (found[-1].kind, found[-1].sender, found[-1].is_outgoing) == ("call", "", None)
    assert (found[2].place_kind, found[2].place_number, found[2].when_words) == ("line", 4, "13/06/2026, 21:20")


def test_nobody_is_taken_for_the_owner_of_the_phone_unless_she_says_so(items):
    assert {each.is_outgoing for each in of(items, "wa-android-uk.txt")} == {None}


@pytest.mark.parametrize("language", ["pl", "pt", "ro", "lt"])
def test_the_words_of_the_app_are_known_in_the_languages_of_the_service(language, items):
    found = of(items, f"wa-android-{language}.txt")
    assert [sorted(each.marks) for each in found] == [[], [], ["media_omitted"], ["deleted"], ["edited"], ["missed"]]
    assert [each.name for each in found[1].media] == ["IMG-20260613-WA0001.jpg"]
    assert len(found[4].text.split()) == 1


def test_an_iphone_marks_its_own_words_invisibly(items):
    found = of(items, "wa-ios-uk.txt")
    assert [sorted(each.marks) for each in found] == [
        [], ["media_omitted"], [], [], ["deleted"], ["edited"], ["missed"], ["media_omitted"],
    ]  # fmt: skip
    assert (found[2].media[0].name, found[2].text) == ("00000012-PHOTO-2026-06-13-21-16-02.jpg", "")
    assert (found[3].text, found[5].text) == ("stop\nplease", "no")
    assert found[0].at == time(21, 15, 40)


def test_what_a_person_typed_is_never_taken_for_the_app(items):
    text = (
        "13/06/2026, 21:15 - Sam: all was omitted\n13/06/2026, 21:16 - Sam: You deleted this message, why\n"
        "13/06/2026, 21:17 - Sam: I edited <my last message>, twice\n13/06/2026, 21:18 - Sam: see a.jpg (not there)\n"
        "13/06/2026, 21:19 - Sam: she left\n13/06/2026, 21:20 - Sam: <3\n"
    )
    found = items(text, "whatsapp")
    assert {each.marks for each in found} == {frozenset()}
    assert {each.media for each in found} == {()}
    assert [each.text for each in found] == [line.split(": ", 1)[1] for line in text.splitlines()]


def test_both_clocks_and_both_half_days(items):
    assert [each.at for each in of(items, "wa-android-12h-narrow.txt")] == [time(21, 15), time(0), time(12, 30)]
    assert [each.at for each in of(items, "wa-ios-arabic.txt")] == [time(21, 15, 33), time(8, 15, 33)]
    unclear = of(items, "wa-ios-unknown-halfday.txt")
    assert [(each.on, each.at, each.precision) for each in unclear] == [(DAY, None, "day")] * 2
    assert all("when_unclear" in each.marks for each in unclear)


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("wa-android-us.txt", [(2026, 6, 13), (2026, 6, 14)]),
        ("wa-android-by-order-uk.txt", [(2026, 5, 12), (2026, 6, 1)]),
        ("wa-android-by-order-us.txt", [(2026, 5, 12), (2026, 6, 1)]),
        ("wa-android-unsure.txt", [(2026, 4, 3), (2026, 6, 5)]),
        ("wa-android-dots.txt", [(2026, 6, 13)] * 2),
        ("wa-android-iso.txt", [(2026, 6, 13)] * 2),
        ("wa-old-years.txt", [(2015, 6, 13), (2015, 6, 14)]),
    ],
)
def test_dates_are_read_in_the_order_the_chat_shows(name, days, items):
    assert [each.on for each in of(items, name)] == [date(*day) for day in days]


def test_a_person_overrules_the_guess_and_a_year_in_front_overrules_both(items):
    path = CORPUS / "wa-android-unsure.txt"
    assert [each.on for each in items(path, "whatsapp", date_order="mdy")] == [date(2026, 3, 4), date(2026, 5, 6)]
    assert items(CORPUS / "wa-android-iso.txt", "whatsapp", date_order="mdy")[0].on == DAY


def test_a_pasted_chat_stays_in_its_message(items):
    first, last = of(items, "wa-android-pasted.txt")
    assert first.text.count("\n") == 4
    assert last.text == "that is all"


def test_names_may_hold_colons_and_be_numbers(items):
    assert [each.sender for each in of(items, "wa-ios-colon-names.txt")] == [
        "Dr: Sam", "Dr: Sam", "Anna", "Dr: Sam", "Anna",
    ]  # fmt: skip
    assert of(items, "wa-ios-colon-names.txt")[2].text == "note: not a name"
    assert of(items, "wa-android-group.txt")[0].sender == "+44 7700 900123"


def test_a_group_is_written_to_nobody_in_particular(items):
    assert {each.recipients for each in of(items, "wa-android-group.txt")} == {()}


def test_a_date_that_cannot_be_is_a_named_reject_with_all_its_lines():
    records = list(importing.read(CORPUS / "wa-android-bad-dates.txt", "whatsapp", Options()))
    assert [(each.code, each.raw) for each in records if isinstance(each, Reject)] == [
        ("bad_date", "31/02/2026, 21:16 - Sam Poole: no such day\nwith a second line")
    ]


def test_pictures_come_out_of_the_zip(corpus, items):
    path = corpus["wa-ios.zip"]
    message = items(path, "whatsapp")[0]
    assert (message.place_in, message.media[0].size_bytes) == ("_chat.txt", 7)
    assert b"".join(importing.media_bytes(path, "whatsapp", message.media[0].member)) == b"picture"
    left = [each.raw for each in importing.read(path, "whatsapp", Options()) if isinstance(each, Skip)]
    assert left == ["notes.txt", "old.pdf"]


def test_two_files_of_one_name_are_both_kept(corpus, items):
    path = corpus["wa-duplicates.zip"]
    media = items(path, "whatsapp")[0].media
    assert [b"".join(importing.media_bytes(path, "whatsapp", each.member)) for each in media] == [b"one", b"two"]


@pytest.mark.parametrize("member", ["99", "-1", "x", "", "../x", "1" * 40])
def test_there_is_no_other_way_into_the_zip(member, corpus):
    with pytest.raises(importing.Unreadable):
        list(importing.media_bytes(corpus["wa-ios.zip"], "whatsapp", member))


def test_a_long_message_is_cut_and_says_so(items):
    message = items("13/06/2026, 21:15 - Sam: " + "שלום 😀 " * 5_000, "whatsapp")[0]
    assert len(message.text) == 20_000
    assert message.marks == {"cut"}


def test_hidden_characters_are_taken_out_of_names_and_texts(items):
    message = items("13/06/2026, 21:15 - \u202aSam\u202c: \u202egnol\u202c \x07bell\n", "whatsapp")[0]
    assert (message.sender, message.text) == ("Sam", "gnol bell")


def test_a_name_that_begins_with_a_mark_of_direction_stays_a_name(items):
    found = items("13/06/2026, 21:15 - \u200fسارة: مرحبا\n13/06/2026, 21:16 - \u200fسارة: نعم: لا\n", "whatsapp")
    assert [(each.sender, each.text) for each in found] == [("سارة", "مرحبا"), ("سارة", "نعم: لا")]
