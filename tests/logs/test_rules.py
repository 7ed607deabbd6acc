import inspect
from datetime import UTC, date, datetime, time

import pytest

from logs import rules
from logs.rules import Precision, Written, in_words, occurred_span

JUNE_3 = date(2026, 6, 3)
FORWARD = date(2026, 3, 29)  # clocks jump from 1am to 2am
BACK = date(2026, 10, 25)  # the hour from 1am to 2am comes twice


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def test_every_public_rule_names_its_source():
    public = [
        f
        for name, f in inspect.getmembers(rules, inspect.isfunction)
        if f.__module__ == rules.__name__ and name[0] != "_"
    ]
    assert len(public) >= 10
    assert [f.__name__ for f in public if "Source:" not in (f.__doc__ or "")] == []


@pytest.mark.parametrize(
    ("written", "begins", "ends"),
    [
        (Written(JUNE_3, time(14, 30), precision=Precision.EXACT), utc(2026, 6, 3, 13, 30), utc(2026, 6, 3, 13, 30)),
        (Written(JUNE_3, time(14, 30), precision=Precision.ABOUT), utc(2026, 6, 3, 13, 30), utc(2026, 6, 3, 13, 30)),
        (Written(JUNE_3), utc(2026, 6, 2, 23), utc(2026, 6, 3, 22, 59, 59)),
        (Written(date(2026, 1, 9)), utc(2026, 1, 9), utc(2026, 1, 9, 23, 59, 59)),
        (Written(JUNE_3, precision=Precision.MONTH), utc(2026, 5, 31, 23), utc(2026, 6, 30, 22, 59, 59)),
        (Written(date(2028, 2, 29), precision=Precision.MONTH), utc(2028, 2, 1), utc(2028, 2, 29, 23, 59, 59)),
        (Written(date(2026, 10, 9), precision=Precision.MONTH), utc(2026, 9, 30, 23), utc(2026, 10, 31, 23, 59, 59)),
        (
            Written(JUNE_3, until_on=date(2026, 6, 5), precision=Precision.BETWEEN),
            utc(2026, 6, 2, 23),
            utc(2026, 6, 5, 22, 59, 59),
        ),
        (
            Written(JUNE_3, time(14), until_time=time(16), precision=Precision.BETWEEN),
            utc(2026, 6, 3, 13),
            utc(2026, 6, 3, 15),
        ),
        (Written(JUNE_3, time(14), precision=Precision.BETWEEN), utc(2026, 6, 3, 13), utc(2026, 6, 3, 22, 59, 59)),
        (
            Written(JUNE_3, time(23), until_on=date(2026, 6, 4), until_time=time(1), precision=Precision.EXACT),
            utc(2026, 6, 3, 22),
            utc(2026, 6, 4, 0),
        ),
        (Written(JUNE_3, precision=Precision.STILL_HAPPENING), utc(2026, 6, 2, 23), None),
        (
            Written(JUNE_3, time(14), precision=Precision.EXACT, zone="Europe/Madrid"),
            utc(2026, 6, 3, 12),
            utc(2026, 6, 3, 12),
        ),
        (Written(date(2028, 2, 29), time(9), precision=Precision.EXACT), utc(2028, 2, 29, 9), utc(2028, 2, 29, 9)),
    ],
)
def test_span_of_what_was_written(written, begins, ends):
    assert occurred_span(written) == (begins, ends)


def exact(day, at, **more):
    return Written(day, at, precision=Precision.EXACT, **more)


@pytest.mark.parametrize(
    ("written", "begins"),
    [
        (exact(FORWARD, time(0, 59, 59)), utc(2026, 3, 29, 0, 59, 59)),
        (exact(FORWARD, time(1, 0)), utc(2026, 3, 29, 1, 0)),
        (exact(FORWARD, time(1, 30)), utc(2026, 3, 29, 1, 30)),
        (exact(FORWARD, time(1, 30), fold=1), utc(2026, 3, 29, 1, 30)),
        (exact(FORWARD, time(2, 0)), utc(2026, 3, 29, 1, 0)),
        (exact(BACK, time(0, 59, 59)), utc(2026, 10, 24, 23, 59, 59)),
        (exact(BACK, time(1, 30), fold=0), utc(2026, 10, 25, 0, 30)),
        (exact(BACK, time(1, 30), fold=1), utc(2026, 10, 25, 1, 30)),
        (exact(BACK, time(2, 0)), utc(2026, 10, 25, 2, 0)),
    ],
)
def test_instants_at_both_clock_changes(written, begins):
    assert occurred_span(written)[0] == begins


def test_a_day_of_clock_change_is_23_or_25_hours_long():
    lengths = [
        (span[1] - span[0]).total_seconds() + 1 for span in map(occurred_span, map(Written, (FORWARD, BACK, JUNE_3)))
    ]
    assert lengths == [23 * 3600, 25 * 3600, 24 * 3600]


def test_doubled_hour_nobody_asked_about_covers_both():
    begins, ends = occurred_span(exact(BACK, time(1, 30)))
    assert (begins, ends) == (utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 1, 30))


def test_end_that_reads_earlier_in_the_doubled_hour_is_the_second_time_round():
    written = exact(BACK, time(1, 50), until_time=time(1, 10), fold=0)
    assert occurred_span(written) == (utc(2026, 10, 25, 0, 50), utc(2026, 10, 25, 1, 10))
    assert not rules.ends_before_it_begins(written)


@pytest.mark.parametrize(
    ("day", "at", "expected"),
    [
        (BACK, time(0, 59, 59), False),
        (BACK, time(1, 0), True),
        (BACK, time(1, 59, 59), True),
        (BACK, time(2, 0), False),
        (BACK, None, False),
        (date(2026, 10, 24), time(1, 30), False),
        (date(2026, 10, 26), time(1, 30), False),
        (FORWARD, time(1, 30), False),
    ],
)
def test_needs_fold_only_in_the_doubled_hour(day, at, expected):
    assert rules.needs_fold(day, at) is expected


def test_needs_fold_follows_the_zone():
    assert rules.needs_fold(BACK, time(2, 30), "Europe/Madrid")
    assert not rules.needs_fold(BACK, time(1, 30), "Europe/Madrid")


@pytest.mark.parametrize(
    ("day", "at", "expected"),
    [
        (FORWARD, time(0, 59, 59), False),
        (FORWARD, time(1, 0), True),
        (FORWARD, time(1, 59, 59), True),
        (FORWARD, time(2, 0), False),
        (FORWARD, None, False),
        (BACK, time(1, 30), False),
    ],
)
def test_does_not_exist_only_in_the_gap(day, at, expected):
    assert rules.does_not_exist(day, at) is expected


def test_a_time_in_the_gap_is_explained_and_kept():
    written = exact(FORWARD, time(1, 30))
    assert "no 1:30am that day" in rules.clock_notice(written)
    assert in_words(written) == "29 March 2026, 1:30am"


def test_an_end_in_the_gap_is_explained_too():
    assert "no 1:15am" in rules.clock_notice(
        exact(date(2026, 3, 28), time(22), until_on=FORWARD, until_time=time(1, 15))
    )


@pytest.mark.parametrize("written", [Written(FORWARD), exact(JUNE_3, time(1, 30)), exact(BACK, time(1, 30))])
def test_no_clock_notice_without_a_gap(written):
    assert rules.clock_notice(written) == ""


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (Written(date(2026, 6, 2)), False),
        (exact(JUNE_3, time(23, 59)), False),
        (Written(date(2026, 6, 4)), True),
        (Written(JUNE_3, until_on=date(2026, 6, 4), precision=Precision.BETWEEN), True),
        (Written(date(2026, 6, 30), precision=Precision.MONTH), False),
        (Written(date(2026, 5, 1), until_on=date(2026, 6, 30), precision=Precision.MONTH), False),
        (Written(date(2026, 7, 1), precision=Precision.MONTH), True),
        (Written(JUNE_3, precision=Precision.STILL_HAPPENING), False),
        (Written(date(2026, 6, 4), zone="Pacific/Auckland"), False),
    ],
)
def test_future_is_after_the_end_of_today(written, expected):
    assert rules.is_in_future(written, utc(2026, 6, 3, 13, 0)) is expected


def test_today_is_the_local_day_and_not_utc():
    late = utc(2026, 6, 2, 23, 30)  # half past midnight on the third in England
    assert not rules.is_in_future(Written(JUNE_3), late)
    assert rules.is_in_future(Written(JUNE_3), utc(2026, 6, 2, 22, 59, 59))


def test_end_of_today_is_the_last_second_of_the_local_day():
    assert rules.end_of_today(utc(2026, 6, 3, 13)) == utc(2026, 6, 3, 22, 59, 59)
    assert rules.end_of_today(utc(2026, 10, 25, 13)) == utc(2026, 10, 25, 23, 59, 59)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (Written(JUNE_3, until_on=date(2026, 6, 2)), True),
        (Written(JUNE_3, until_on=JUNE_3), False),
        (Written(JUNE_3, until_on=date(2026, 6, 4)), False),
        (Written(JUNE_3, time(14), until_time=time(13, 59)), True),
        (Written(JUNE_3, time(14), until_time=time(14)), False),
        (Written(JUNE_3, until_time=time(14)), False),
        (Written(JUNE_3, time(14)), False),
    ],
)
def test_end_before_beginning(written, expected):
    assert rules.ends_before_it_begins(written) is expected


def test_dates_before_1900_are_slips():
    assert rules.is_too_long_ago(Written(date(1899, 12, 31)))
    assert not rules.is_too_long_ago(Written(date(1900, 1, 1)))


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (exact(JUNE_3, time(14, 30)), "3 June 2026, 2:30pm"),
        (exact(JUNE_3, time(14, 30), until_time=time(15)), "3 June 2026, 2:30pm to 3pm"),
        (
            exact(JUNE_3, time(23), until_on=date(2026, 6, 4), until_time=time(1)),
            "3 June 2026, 11pm to 4 June 2026, 1am",
        ),
        (Written(JUNE_3, time(14, 30), precision=Precision.ABOUT), "3 June 2026, about 2:30pm"),
        (Written(JUNE_3, precision=Precision.ABOUT), "about 3 June 2026"),
        (Written(JUNE_3), "3 June 2026"),
        (Written(JUNE_3, until_time=time(16)), "3 June 2026, until 4pm"),
        (Written(JUNE_3, precision=Precision.MONTH), "June 2026"),
        (Written(JUNE_3, until_on=date(2026, 8, 9), precision=Precision.MONTH), "June 2026 to August 2026"),
        (Written(JUNE_3, until_on=date(2026, 6, 5), precision=Precision.BETWEEN), "3 June 2026 to 5 June 2026"),
        (
            Written(JUNE_3, time(14), until_time=time(16), precision=Precision.BETWEEN),
            "3 June 2026, between 2pm and 4pm",
        ),
        (Written(JUNE_3, precision=Precision.STILL_HAPPENING), "since 3 June 2026, still happening"),
        (
            Written(JUNE_3, time(9, 5), precision=Precision.STILL_HAPPENING),
            "since 3 June 2026, 9:05am, still happening",
        ),
        (exact(date(2028, 2, 29), time(12)), "29 February 2028, midday"),
        (exact(JUNE_3, time(0)), "3 June 2026, midnight at the start of the day"),
        (exact(JUNE_3, time(0, 0, 7)), "3 June 2026, 12:00:07am"),
        (exact(BACK, time(1, 30), fold=0), "25 October 2026, 1:30am (before the clocks went back)"),
        (exact(BACK, time(1, 30), fold=1), "25 October 2026, 1:30am (after the clocks went back)"),
        (exact(BACK, time(3), fold=1), "25 October 2026, 3am"),
        (exact(JUNE_3, time(14), zone="Europe/Madrid"), "3 June 2026, 2pm (Europe/Madrid time)"),
        (Written(JUNE_3, when_words="after the school run"), "3 June 2026 (“after the school run”)"),
    ],
)
def test_in_words(written, words):
    assert in_words(written) == words
