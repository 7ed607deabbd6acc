"""The log in a case as a list, a calendar and patterns."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from logs.models import Amendment, IncidentSeen
from tests.factories import CaseFactory, IncidentFactory, UserFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def case(worker):
    return CaseFactory(portal=True, worker=worker)


@pytest.fixture
def log(case):
    """Entries 1 to 4, the last of which is withdrawn."""
    IncidentFactory(case=case, number=1, occurred_on=date(2026, 6, 3), behaviours=["CALLS"], police_contacted="yes")
    IncidentFactory(case=case, number=2, occurred_on=date(2026, 6, 3), what_happened="Ein BLAUES Auto", language="de")
    IncidentFactory(case=case, number=3, occurred_on=date(2026, 7, 1), until_on=date(2026, 7, 4), place="Aylsham Road")
    gone = IncidentFactory(case=case, number=4, occurred_on=date(2026, 7, 9))
    add(gone, "withdrawal", "wrong day")
    return case


def add(entry, kind, text):
    Amendment.objects.create(
        incident=entry, case=entry.case, kind=kind, text=text, source="portal", recorded_by=entry.recorded_by,
        recorded_at=entry.recorded_at, digest="",
    )  # fmt: skip


def shown(page):
    return [int(number) for number in re.findall(r">Entry (\d+)</a>", page.text)]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", [4, 3, 2, 1]),
        ("month=2026-06", [2, 1]),
        ("month=nonsense", [4, 3, 2, 1]),
        ("behaviour=CALLS", [1]),
        ("police=yes", [1]),
        ("police=none", [4, 3, 2]),
        ("withdrawn=no", [3, 2, 1]),
        ("withdrawn=only", [4]),
        ("day=2026-07-03", [3]),
        ("day=2026-07-05", []),
        ("day=31-31-31", [4, 3, 2, 1]),
        ("numbers=1,3-4", [4, 3, 1]),
        ("numbers=x", [4, 3, 2, 1]),
    ],
)
def test_the_address_narrows_the_log(client, worker, log, asked, found):
    page = sign_in(client, worker).get(f"{reverse('logs:list', args=[log.pk])}?{asked}")
    assert sorted(shown(page)) == sorted(found)


def test_unread_are_those_nobody_has_read(client, worker, log):
    IncidentSeen.objects.create(incident=log.incidents.get(number=1), case=log, by=worker)
    page = sign_in(client, worker).get(reverse("logs:list", args=[log.pk]), {"unread": "on"})
    assert sorted(shown(page)) == [2, 3, 4]


@pytest.mark.parametrize(
    ("word", "found"),
    [("blaues auto", [2]), ("AYLSHAM", [3]), ("aylsham blaues", []), ("wrong day", [4]), ("  ", [1, 2, 3, 4])],
)
def test_a_word_is_found_in_the_entry_and_in_what_was_added(client, worker, log, word, found):
    page = sign_in(client, worker).post(reverse("logs:list", args=[log.pk]), {"q": word})
    assert page.status_code == 200
    assert sorted(shown(page)) == found


def test_a_word_is_looked_for_among_what_is_chosen_and_in_this_case_alone(client, worker, log):
    IncidentFactory(case=CaseFactory(worker=worker), what_happened="Ein blaues Auto")
    sign_in(client, worker)
    page = client.post(f"{reverse('logs:list', args=[log.pk])}?month=2026-07", {"q": "blaues"})
    assert shown(page) == []
    assert "No entry matches" in page.text


def test_a_search_is_recorded_without_its_words(client, worker, log):
    sign_in(client, worker).post(reverse("logs:list", args=[log.pk]), {"q": "blaues"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT detail::text FROM audit_event WHERE action = 'entry.listed'")
        (detail,) = cursor.fetchone()
    assert "blaues" not in detail
    assert '"entries": 1' in detail


@time_machine.travel(NOW)
def test_the_calendar_links_each_day_to_its_entries(client, worker, log):
    page = sign_in(client, worker).get(reverse("logs:calendar", args=[log.pk]), {"month": "2026-07"}).text
    days = re.findall(r"\?day=2026-07-(\d\d)", page)
    assert days == ["01", "02", "03", "04"]  # it lasted four days; the withdrawn entry of the 9th is not counted
    assert "Withdrawn and not counted here:" in page
    assert "?month=2026-06" in page
    assert "?month=2026-08" in page


@time_machine.travel(NOW)
@pytest.mark.parametrize(
    ("asked", "shown"),
    [("", "July 2026"), ("2026-13", "July 2026"), ("1999-01", "June 2026"), ("2030-01", "November 2026")],
)
def test_the_calendar_stays_within_the_log(client, worker, log, asked, shown):
    page = sign_in(client, worker).get(reverse("logs:calendar", args=[log.pk]), {"month": asked}).text
    assert f"<caption>{shown}</caption>" in page


def test_an_empty_log_has_a_calendar_and_patterns(client, worker, case):
    sign_in(client, worker)
    assert client.get(reverse("logs:calendar", args=[case.pk])).status_code == 200
    assert "Nothing is counted yet" in client.get(reverse("logs:patterns", args=[case.pk])).text


def entries_in_windows(case, *counts):
    """Latest window first; the numbers run with time."""
    days = sorted((28 * window + place for window, count in enumerate(counts) for place in range(count)), reverse=True)
    for number, day in enumerate(days, 1):
        IncidentFactory(case=case, number=number, occurred_on=NOW.date() - timedelta(days=day))


@time_machine.travel(NOW)
def test_patterns_say_the_rise_and_each_number_opens_its_entries(client, worker, case):
    entries_in_windows(case, 11, 3, 4, 3)
    page = sign_in(client, worker).get(reverse("logs:patterns", args=[case.pk])).text
    plain = " ".join(re.sub(r"<[^>]+>", "", page).split())
    assert "In the last 4 weeks, from 29 October 2026: 11 entries." in plain
    assert "In the three 4-week periods before: 3, 4 and 3, on average 3.3." in plain
    assert "That is 3.3 times as many." in plain
    opened = client.get(f"{reverse('logs:list', args=[case.pk])}?numbers=11-21")
    assert "?numbers=11-21" in page
    assert sorted(shown(opened)) == list(range(11, 22))


@time_machine.travel(NOW)
def test_patterns_leave_withdrawn_entries_out_and_say_so(client, worker, log):
    page = sign_in(client, worker).get(reverse("logs:patterns", args=[log.pk])).text
    plain = " ".join(re.sub(r"<[^>]+>", "", page).split())
    assert ": 3 entries." in plain
    assert "Withdrawn and not counted: 1" in plain
    assert "3 of 3 have no time of day" in plain


@pytest.mark.parametrize("name", ["calendar", "patterns"])
def test_another_workers_case_has_no_such_page(client, log, name):
    assert sign_in(client, UserFactory()).get(reverse(f"logs:{name}", args=[log.pk])).status_code == 404


@pytest.mark.parametrize("name", ["list", "calendar", "patterns"])
def test_a_look_is_recorded(client, worker, log, name):
    sign_in(client, worker).get(reverse(f"logs:{name}", args=[log.pk]))
    with connection.cursor() as cursor:
        cursor.execute("SELECT action, case_ids FROM audit_event ORDER BY id DESC LIMIT 1")
        assert cursor.fetchone() == ("entry.listed", [log.pk])


def test_a_search_takes_as_many_queries_for_ten_times_the_entries(client, worker, case):
    sign_in(client, worker)
    counts = []
    for more in (3, 27):
        IncidentFactory.create_batch(more, case=case)
        with CaptureQueriesContext(connection) as seen:
            client.post(reverse("logs:list", args=[case.pk]), {"q": "house"})
        counts.append(len(seen))
    assert counts[1] <= counts[0]


@time_machine.travel(NOW)
def test_each_chart_says_its_finding_and_its_tables_say_of_when_they_are(client, worker, case):
    for number, at in ((1, "22:10"), (2, "22:40"), (3, "07:15"), (4, None)):
        happened = {"occurred_on": date(2026, 11, 2), "occurred_time": at, "precision": "exact" if at else "day"}
        IncidentFactory(case=case, number=number, behaviours=["CALLS"], place="Home", **happened)
    page = sign_in(client, worker).get(reverse("logs:patterns", args=[case.pk])).text
    plain = " ".join(re.sub(r"<[^>]+>", "", page).split())
    assert "Most in a week: 4 entries, in the week from 2 November 2026" in plain
    assert "Most at one time of day: 2 entries, from 10pm" in plain
    assert "Named most often: Phone calls, in 4 entries" in plain
    for caption in ("Entries by week", "Entries by hour and day of the week", "Behaviours by month"):
        assert f"{caption}, 2 November 2026 to 25 November 2026" in plain


@time_machine.travel(NOW)
def test_the_numbers_are_a_file_to_keep_in_which_no_cell_calculates(client, worker, case):
    happened = {"occurred_on": date(2026, 11, 2), "occurred_time": "22:10", "precision": "exact"}
    IncidentFactory(case=case, number=7, behaviours=["CALLS", "WORKPLACE_CONTACT"], place='=HYPERLINK("x")', **happened)
    answer = sign_in(client, worker).get(f"{reverse('logs:patterns', args=[case.pk])}?file")
    assert answer["Content-Type"].startswith("text/csv")
    assert re.fullmatch(r'attachment; filename="document-[a-z0-9]{6}\.csv"', answer["Content-Disposition"])
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert ["Entries by week", "2 November 2026", "", "1", "7"] in rows
    assert ["Entries by hour and day of the week", "10pm", "Monday", "1", "7"] in rows
    assert ["Entries that name each behaviour", "Phone calls", "Nov 2026", "1", "7"] in rows
    assert ["Places", '\'=HYPERLINK("x")', "", "1", "7"] in rows
    assert ["Other people drawn in", "Contacting employer", "", "1", "7"] in rows
    with connection.cursor() as cursor:
        cursor.execute("SELECT detail->>'page' FROM audit_event ORDER BY id DESC LIMIT 1")
        assert cursor.fetchone() == ("patterns file",)


def test_nothing_on_the_page_speaks_of_orders_that_are_not_kept_here_yet(client, worker, case):
    """Orders have a room of their own, to come: what entries name is shown, and no link leads to an order."""
    IncidentFactory(case=case, number=1, behaviours=["BREACH_ORDER"])
    page = sign_in(client, worker).get(reverse("logs:patterns", args=[case.pk])).text
    orders = page[page.index('id="orders"') :].partition("</main>")[0]
    assert set(re.findall(r'href="([^"]*)"', orders)) == {f"{reverse('logs:list', args=[case.pk])}?numbers=1"}
    assert "As the writer sees it. Whether a term was broken is for the court." in orders
