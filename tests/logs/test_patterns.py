from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from logs.choosing import as_runs, from_runs
from logs.models import Incident
from logs.patterns import (
    Occasion,
    by_hour,
    by_place,
    by_week,
    find_patterns,
    first_times,
    latest_months,
    longest_gaps,
    occasion_of,
    one_decimal,
    rise,
)

TODAY = date(2026, 11, 25)  # a Wednesday


def at(number, day, *, last_day=None, **more):
    return Occasion(number, str(day), day, last_day or day, day.replace(day=1), **more)


def before(days, number=1, **more):
    return at(number, TODAY - timedelta(days=days), **more)


def month_only(number, month, **more):
    return Occasion(number, "", None, None, month, **more)


def spread(*counts):
    """Occasions whose windows, latest first, hold these counts."""
    days = [28 * window + place for window, count in enumerate(counts) for place in range(count)]
    return [before(day, number) for number, day in enumerate(sorted(days, reverse=True), 1)]


def test_three_four_three_then_eleven_is_three_point_three_times_the_mean():
    found = rise(spread(11, 3, 4, 3), TODAY)
    assert [figure.count for figure in found.earlier] == [3, 4, 3]
    assert (found.now.count, found.mean, found.ratio) == (11, Decimal("3.3"), Decimal("3.3"))
    assert found.now.numbers == tuple(range(11, 22))


@pytest.mark.parametrize(
    ("days", "counts"),
    [(0, [0, 0, 0, 1]), (27, [0, 0, 0, 1]), (28, [0, 0, 1, 0]), (55, [0, 0, 1, 0]), (56, [0, 1, 0, 0]),
     (83, [0, 1, 0, 0]), (84, [1, 0, 0, 0]), (111, [1, 0, 0, 0]), (112, [0, 0, 0, 0]), (-1, [0, 0, 0, 0])],
)  # fmt: skip
def test_a_window_is_28_days_and_today_is_in_the_last(days, counts):
    found = rise([before(days)], TODAY)
    assert [*(figure.count for figure in found.earlier), found.now.count] == counts


@pytest.mark.parametrize(
    ("counts", "ratio"),
    [
        ((11, 0, 4, 3), None),  # nobody may have been writing
        ((11, 0, 0, 0), None),
        ((2, 1, 1, 1), None),  # few
        ((3, 1, 1, 1), "3.0"),
        ((3, 3, 3, 3), None),  # as many
        ((2, 4, 4, 4), None),  # a fall is never said as a ratio
        ((4, 3, 3, 4), "1.2"),
        ((9, 4, 4, 4), "2.3"),  # 2.25, half up
    ],
)
def test_a_ratio_is_said_only_of_a_rise_over_periods_with_entries(counts, ratio):
    assert rise(spread(*counts), TODAY).ratio == (Decimal(ratio) if ratio else None)


def test_what_is_known_to_the_month_alone_counts_in_no_window_and_no_week():
    found = find_patterns([month_only(1, date(2026, 11, 1))], TODAY, str)
    assert found.rise.now.count == 0
    assert found.weeks == ()
    assert found.without_day.numbers == (1,)


@pytest.mark.parametrize(("number", "printed"), [((10, 3), "3.3"), ((9, 4), "2.3"), ((1, 20), "0.1"), ((4, 1), "4.0")])
def test_numbers_are_printed_with_one_decimal_half_up(number, printed):
    assert str(one_decimal(Fraction(*number))) == printed


def test_weeks_begin_on_monday_and_empty_ones_are_there():
    found = by_week([at(1, date(2026, 11, 8)), at(2, date(2026, 11, 9)), at(3, date(2026, 11, 25))], TODAY)
    assert [(week.day.isoformat(), week.numbers) for week in found] == [
        ("2026-11-02", (1,)),
        ("2026-11-09", (2,)),
        ("2026-11-16", ()),
        ("2026-11-23", (3,)),
    ]


def test_weeks_run_over_the_end_of_a_year_and_the_29th_of_february():
    found = by_week([at(1, date(2023, 12, 31)), at(2, date(2024, 2, 29))], date(2024, 3, 1))
    assert [week.day for week in found if week.count] == [date(2023, 12, 25), date(2024, 2, 26)]
    assert len(found) == 10


def test_hours_hold_only_entries_with_a_time():
    rows = by_hour([at(1, TODAY, hour=23), at(2, TODAY), at(3, TODAY - timedelta(days=7), hour=23)])
    assert len(rows) == 24
    assert rows[23].cells[2].numbers == (1, 3)
    assert sum(row.total.count for row in rows) == 2


def incident(**fields):
    at = fields.pop("occurred_at", datetime(2026, 6, 3, 11, 0, tzinfo=UTC))
    told = {"occurred_on": date(2026, 6, 3), "recorded_at": datetime(2026, 6, 5, 19, 0, tzinfo=UTC), **fields}
    return Incident(number=1, occurred_at=at, **told)


@pytest.mark.parametrize(
    ("fields", "hour"),
    [
        ({"precision": "exact", "occurred_time": time(2, 30)}, 2),
        ({"precision": "about", "occurred_time": time(0, 0)}, 0),
        ({"precision": "about"}, None),
        ({"precision": "day"}, None),
        ({"precision": "between", "occurred_time": time(14), "until_time": time(16)}, None),
        ({"precision": "still_happening", "occurred_time": time(9)}, 9),
        # Clock changes: as written on the clock.
        ({"precision": "exact", "occurred_on": date(2026, 10, 25), "occurred_time": time(1, 30), "fold": 1}, 1),
        ({"precision": "exact", "occurred_on": date(2026, 3, 29), "occurred_time": time(1, 30)}, 1),
        # 8am in Madrid is 7am in London.
        ({"precision": "exact", "occurred_time": time(8), "zone": "Europe/Madrid",
          "occurred_at": datetime(2026, 6, 3, 6, 0, tzinfo=UTC)}, 7),
    ],
)  # fmt: skip
def test_the_hour_is_that_of_the_clock_in_london(fields, hour):
    assert occasion_of(incident(**fields)).hour == hour


def test_a_time_abroad_may_fall_on_another_day_in_london():
    abroad = incident(
        precision="exact", occurred_time=time(0, 30), zone="Europe/Madrid",
        occurred_at=datetime(2026, 6, 2, 22, 30, tzinfo=UTC),
    )  # fmt: skip
    assert (occasion_of(abroad).day, occasion_of(abroad).hour) == (date(2026, 6, 2), 23)


def test_what_goes_on_lasts_until_the_day_it_was_recorded():
    assert occasion_of(incident(precision="still_happening")).last_day == date(2026, 6, 5)
    assert occasion_of(incident(precision="month")).day is None


def test_gaps_are_whole_days_between_entries():
    found, since = longest_gaps(
        [before(30, 1), before(29, 2), before(19, 3, last_day=TODAY - timedelta(days=10)), before(15, 4), before(3, 5)],
        TODAY,
    )
    assert [(gap.days, gap.after, gap.before) for gap in found] == [(9, 2, 3), (6, 3, 5)]
    assert (since.days, since.after) == (3, 5)
    assert since.last_day == TODAY


def test_there_is_no_gap_in_an_empty_log_or_on_the_day_itself():
    assert longest_gaps([], TODAY) == ((), None)
    assert longest_gaps([before(0)], TODAY) == ((), None)


def test_places_that_differ_in_capitals_and_spaces_are_one():
    found = by_place([before(2, 1, place="Outside  work."), before(1, 2, place="outside work"), before(0, 3, place="")])
    assert [(figure.label, figure.numbers) for figure in found] == [("Outside work.", (1, 2))]


def test_a_behaviour_first_appears_in_its_earliest_entry():
    found = first_times(
        [before(9, 7, behaviours=("TEXTS",)), before(8, 2, behaviours=("CALLS", "TEXTS")), before(1, 9)], str
    )
    assert [(code, occasion.number) for code, occasion in found] == [("TEXTS", 7), ("CALLS", 2)]


def test_behaviours_are_counted_by_month_and_everything_adds_up():
    occasions = [
        before(400, 1, behaviours=("CALLS",)),
        before(40, 2, behaviours=("CALLS", "VIA_CHILDREN")),
        month_only(3, date(2026, 11, 1), behaviours=("CALLS", "BREACH_ORDER")),
        before(0, 4),
    ]
    found = find_patterns(occasions, TODAY, str)
    calls = found.behaviours[0]
    assert (calls.label, calls.total.numbers) == ("CALLS", (1, 2, 3))
    assert [cell.count for cell in calls.cells] == [1, 0, 0, 0, 0, 1, 1]
    assert [figure.label for figure in found.third_parties] == ["VIA_CHILDREN"]
    assert [figure.label for figure in found.orders] == ["BREACH_ORDER"]
    assert found.without_behaviour.numbers == (4,)


def test_the_latest_months_end_with_this_one():
    assert latest_months(date(2026, 3, 31))[0] == date(2025, 10, 1)
    assert latest_months(date(2024, 2, 29))[-1] == date(2024, 2, 1)


def test_numbers_go_into_an_address_and_out_again():
    assert as_runs([7, 2, 3, 1]) == "1-3,7"
    assert from_runs("1-3,7") == {1, 2, 3, 7}
    assert from_runs("x,5-3,-1,1-99999999,٣,9") == {9} | ({3} if "٣".isdecimal() else set())
    assert from_runs("") == set()
