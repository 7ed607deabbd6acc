import hashlib
from datetime import UTC, date, datetime, time, timedelta, timezone
from uuid import UUID

import pytest

from logs.canonical import canonical_entry, entry_digest
from logs.rules import Precision

A, B = "a" * 64, "b" * 64


def test_form_is_sorted_compact_utf8():
    form = canonical_entry({"what": "Él “rang”\n", "on": date(2026, 6, 3), "at": time(14, 30)}, [B, A])
    assert form.decode() == (
        '{"fields":{"at":"14:30:00","on":"2026-06-03","what":"Él “rang”\\n"},"files":["'
        + A + '","' + B + '"],"version":"entry-1"}'
    )  # fmt: skip


def test_order_of_fields_and_files_makes_no_difference():
    assert entry_digest({"a": 1, "b": None}, [A, B]) == entry_digest({"b": None, "a": 1}, [B, A])


def test_digest_is_sha256_of_the_form():
    assert entry_digest({"a": True}, []) == hashlib.sha256(canonical_entry({"a": True}, [])).hexdigest()


@pytest.mark.parametrize(
    ("one", "other"),
    [("é", "e\u0301"), ("a", "a "), ("", None), (1, "1"), (True, 1), (["a", "b"], ["b", "a"]), ({}, [])],
)
def test_values_that_differ_at_all_give_another_digest(one, other):
    assert entry_digest({"x": one}, []) != entry_digest({"x": other}, [])


def test_same_file_twice_is_not_the_same_as_once():
    assert entry_digest({}, [A]) != entry_digest({}, [A, A])


def test_instants_are_the_same_in_any_zone():
    summer = datetime(2026, 6, 3, 14, 30, tzinfo=timezone(timedelta(hours=1)))
    assert entry_digest({"x": summer}, []) == entry_digest({"x": datetime(2026, 6, 3, 13, 30, tzinfo=UTC)}, [])


def test_keys_choices_and_uuids_are_their_text():
    key = UUID(int=7)
    assert canonical_entry({"x": [key, Precision.ABOUT]}, []) == canonical_entry({"x": [str(key), "about"]}, [])


@pytest.mark.parametrize("value", [1.5, b"x", {1, 2}, {1: "x"}, object()])
def test_values_without_one_form_are_refused(value):
    with pytest.raises(TypeError):
        canonical_entry({"x": value}, [])


@pytest.mark.parametrize("value", [datetime(2026, 6, 3), "\ud83d"])  # noqa: DTZ001
def test_values_that_cannot_be_written_are_refused(value):
    with pytest.raises(ValueError):  # noqa: PT011
        canonical_entry({"x": value}, [])


@pytest.mark.parametrize("digest", ["", "A" * 64, "a" * 63, "g" * 64])
def test_digests_that_are_none_are_refused(digest):
    with pytest.raises(ValueError, match="SHA-256"):
        canonical_entry({}, [digest])
