import re
import threading
import uuid

import pytest

from nsvcs import ids


def test_uuid7_is_a_version_7_uuid_of_the_rfc_variant():
    key = ids.uuid7()
    assert (key.version, key.variant) == (7, uuid.RFC_4122)


def test_uuid7_begins_with_the_milliseconds_of_the_clock(monkeypatch):
    monkeypatch.setattr(ids, "_last", 0)
    monkeypatch.setattr(ids.time, "time_ns", lambda: 1_700_000_000_123_456_789)
    assert ids.uuid7().int >> 80 == 1_700_000_000_123


def test_uuid7_sorts_in_the_order_of_making():
    keys = [ids.uuid7() for _ in range(20_000)]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


def test_uuid7_still_rises_when_the_clock_steps_back(monkeypatch):
    before = ids.uuid7()
    monkeypatch.setattr(ids.time, "time_ns", lambda: 1_000_000_000)
    assert ids.uuid7() > before


def test_uuid7_never_repeats_across_threads():
    made: list[uuid.UUID] = []
    threads = [threading.Thread(target=lambda: made.extend(ids.uuid7() for _ in range(2_000))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 8_000


def test_neutral_letters_are_small_letters_of_the_length_asked():
    assert re.fullmatch("[a-z]{6}", ids.neutral_letters(6))


def test_three_words_are_three_different_words_of_the_list():
    parts = ids.three_words().split("-")
    assert len(set(parts)) == 3
    assert set(parts) <= set(ids.words())


def test_word_list_is_long_and_easily_spelled():
    listed = ids.words()
    assert len(listed) >= 600
    assert len(set(listed)) == len(listed)
    assert [word for word in listed if not re.fullmatch("[a-z]{3,8}", word)] == []


@pytest.mark.parametrize(
    "fragment", ["victim", "stalk", "police", "court", "crime", "safe", "kill", "knife", "fear", "hide"]
)
def test_word_list_hints_at_nothing(fragment):
    assert [word for word in ids.words() if fragment in word] == []


def test_one_time_code_has_three_groups_of_unambiguous_characters():
    code = ids.one_time_code()
    assert re.fullmatch(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", code)
    assert not set(code) & set("01ILOUVS5")


def test_normalise_code_accepts_what_people_type():
    assert ids.normalise_code(" 7kqm 3xrt–9cwh\n") == "7KQM-3XRT-9CWH"
