from datetime import UTC, date, datetime, time

import pytest

from logs import importing
from logs.importing import Item, Options
from logs.importing.calls import seconds_of
from tests.logs.importing.conftest import CORPUS

DAY = date(2026, 6, 13)


def test_a_bill_lists_the_calls_that_were_made(items):
    first, second = items(CORPUS / "calls-bill.csv", "calls_csv", own_name="07700 900999")
    assert (first.on, first.at, first.duration_seconds) == (DAY, time(21, 15, 33), 83)
    assert (first.is_outgoing, first.sender, first.recipients) == (True, "07700 900999", ("07700 900123",))
    assert (second.duration_seconds, second.place_number) == (83, 5)


def test_kinds_of_calls(items):
    missed, made = items(CORPUS / "calls-semicolons.csv", "calls_csv")
    assert (missed.sender, missed.is_outgoing, missed.marks) == ("Sam (+447700900123)", False, {"missed"})
    assert (made.recipients, made.is_outgoing, made.duration_seconds) == (("+447700900123",), True, 120)


def test_instants_keep_their_zone_and_her_number_tells_the_direction(items):
    first, second = items(CORPUS / "calls-instants.csv", "calls_csv", own_name="07700 900456")
    assert (first.instant, first.is_outgoing, first.text) == (
        datetime(2026, 6, 13, 20, 15, 33, tzinfo=UTC),
        False,
        "hung up",
    )
    assert (second.instant, second.is_outgoing) == (first.instant, True)


def test_columns_without_headings_are_told_by_what_stands_in_them(items):
    path = CORPUS / "calls-no-headings.csv"
    assert dict(importing.guess(path, "calls_csv").options.columns) == {
        "1": "when", "2": "number", "3": "duration", "4": "type",
    }  # fmt: skip
    assert [sorted(each.marks) for each in items(path, "calls_csv")] == [[], ["missed"]]


def test_a_person_maps_the_columns(source):
    path = source("Datum,Uhr,Wer,Wie lange\n13/06/2026,21:15,07700 900123,12\n14/06/2026,21:15,07700 900123,12\n")
    columns = {"Datum": "date", "Uhr": "time", "Wer": "from", "Wie lange": "duration"}
    found = [each for each in importing.read(path, "calls_csv", Options(columns=columns)) if isinstance(each, Item)]
    assert [(each.at, each.sender, each.duration_seconds) for each in found] == [(time(21, 15), "07700 900123", 12)] * 2


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("00:01:23", 83), ("1:23", 83), ("83", 83), ("83s", 83), ("1m 23s", 83), ("1 min 23 sec", 83), ("2 mins", 120),
        ("1h 2m", 3720), ("1 hour, 2 minutes", 3720), ("", None), ("long", None), ("1.5", None), ("-3", None),
    ],
)  # fmt: skip
def test_lengths_of_calls(words, seconds):
    assert seconds_of(words) == seconds


def test_a_forgotten_quotation_mark_costs_its_own_row(items):
    found = items(CORPUS / "calls-quotes.csv", "calls_csv")
    assert [each.text for each in found] == ['he said "now"\nand hung up', '5" screen']
