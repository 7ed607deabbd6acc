from datetime import date, time

import pytest

from logs.importing.dates import OrderSurvey, day_of
from logs.importing.whenwords import read_when
from logs.rules import Precision

DAY = date(2026, 6, 3)


def decided(*dates, is_in_order=False):
    survey = OrderSurvey(is_in_order=is_in_order, earliest=date(2009, 1, 1))
    for each in dates:
        survey.add(each.split("/"))
    return survey.decide()


@pytest.mark.parametrize(
    ("dates", "order", "is_sure"),
    [
        (["13/06/2026"], "dmy", True),
        (["06/13/2026"], "mdy", True),
        (["03/04/2026"], "dmy", False),
        (["04/04/2026", "05/05/2026"], "dmy", True),
        (["2026/04/03"], "ymd", True),
        (["26/01/31", "26/02/01"], "ymd", True),
        (["26/01/12", "26/02/13"], "dmy", True),
        (["31/12/26", "26/13/31"], "dmy", True),
        (["12/05/2026", "01/06/2026"], "dmy", True),
        (["05/12/2026", "06/01/2026"], "mdy", True),
        (["13/06/2026", "06/14/2026"], "dmy", False),
        (["13/06/2026", "31/02/2026"], "dmy", True),
        ([], "dmy", True),
    ],
)
def test_the_order_is_told_by_all_dates_of_a_chat(dates, order, is_sure):
    assert decided(*dates, is_in_order=True) == (order, is_sure)


def test_a_table_may_run_either_way_and_needs_more_days():
    assert decided("01/06/2026", "12/05/2026") == ("dmy", False)
    falling = ["01/12/2026", "02/11/2026", "03/10/2026", "04/09/2026", "05/08/2026", "06/07/2026"]
    assert decided(*falling) == ("dmy", False)
    assert decided("12/01/2026", "01/02/2026", "11/03/2026", "02/04/2026", "10/05/2026", "03/06/2026") == ("dmy", True)


@pytest.mark.parametrize(
    ("parts", "order", "day"),
    [
        (("29", "02", "2028"), "dmy", date(2028, 2, 29)),
        (("29", "02", "2026"), "dmy", None),
        (("1", "1", "70"), "dmy", date(1970, 1, 1)),
        (("1", "1", "69"), "dmy", date(2069, 1, 1)),
        (("2026", "6", "3"), "dmy", DAY),
        (("٣", "٦", "٢٠٢٦"), "dmy", DAY),
        (("3", "6", "226"), "dmy", None),
    ],
)
def test_days(parts, order, day):
    assert day_of(parts, order) == day


@pytest.mark.parametrize(
    ("words", "on", "at", "precision"),
    [
        ("3rd June 2026 about 9pm", DAY, time(21), "about"),
        ("03/06/2026", DAY, None, "day"),
        ("3.6.26, 9.30pm", DAY, time(21, 30), "exact"),
        ("Wed 3 June '26 at 2115hrs", DAY, time(21, 15), "exact"),
        ("2026-06-03T21:15", DAY, time(21, 15), "exact"),
        ("June 3rd, 2026 at midday", DAY, time(12), "exact"),
        ("03-Jun-26 12.30 am", DAY, time(0, 30), "exact"),
        ("3 June 2026, evening", DAY, None, "day"),
        ("3 June 2026 midnight", DAY, None, "day"),
        ("3 June 2026 after 9pm", DAY, None, "day"),
        ("3 June 2026 at 9", DAY, None, "day"),
        ("approx 3/6/2026", DAY, None, "about"),
        ("June 2026", date(2026, 6, 1), None, "month"),
        ("29 February 2028", date(2028, 2, 29), None, "day"),
    ],
)
def test_dates_as_people_write_them(words, on, at, precision):
    found = read_when(words, "dmy")
    assert found is not None
    assert (found.on, found.at, found.precision) == (on, at, precision)


@pytest.mark.parametrize(
    ("words", "until_on", "until_time", "precision"),
    [
        ("3-5 June 2026", date(2026, 6, 5), None, "day"),
        ("3 June to 5 June 2026", date(2026, 6, 5), None, "day"),
        ("03/06/2026 - 05/06/2026", date(2026, 6, 5), None, "day"),
        ("3 June 2026 between 9 and 10pm", None, time(22), "between"),
        ("3 June 2026 10pm to 1am", date(2026, 6, 4), time(1), "exact"),
    ],
)
def test_periods(words, until_on, until_time, precision):
    found = read_when(words, "dmy")
    assert found is not None
    assert (found.on, found.until_on, found.until_time, found.precision) == (DAY, until_on, until_time, precision)


@pytest.mark.parametrize(
    "words",
    [
        "", "last week", "yesterday", "Monday", "31/02/2026", "29 Feb 2026", "3/6/26 and 5/6/26",
        "3 June or 4 June 2026",
        "every day since 3 June 2026", "3 June", "5 June to 3 June 2026", "03/06/1066", "9pm",
        "x" * 300, "3/6/2026" * 40,
    ],
)  # fmt: skip
def test_what_is_not_certain_is_not_read(words):
    assert read_when(words, "dmy") is None


def test_a_year_that_is_lent_is_said_to_be():
    found = read_when("3rd June about 9pm", "dmy", 2026)
    assert found is not None
    assert (found.on, found.is_year_guessed, found.precision) == (DAY, True, Precision.ABOUT)
