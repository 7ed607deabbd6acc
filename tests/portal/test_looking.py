"""Her list narrowed, her calendar, what her notes show, and who has read them."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from logs.actions import mark_read, show_patterns
from logs.models import Amendment, IncidentSeen
from nsvcs.identity import acting_as
from tests.factories import CaseFactory, IncidentFactory, UserFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture
def worker():
    return UserFactory(name="Priya Anand")


@pytest.fixture
def case(worker):
    return CaseFactory(portal=True, worker=worker)


@pytest.fixture
def notes(case):
    made = [
        IncidentFactory(case=case, number=1, occurred_on=date(2026, 6, 3), what_happened="A BLUE car", place="Home"),
        IncidentFactory(case=case, number=2, occurred_on=date(2026, 6, 3), impact="I could not sleep"),
        IncidentFactory(case=case, number=3, occurred_on=date(2026, 7, 1), until_on=date(2026, 7, 4)),
        IncidentFactory(case=case, number=4, occurred_on=date(2026, 7, 9)),
    ]
    Amendment.objects.create(
        incident=made[3], case=case, kind="withdrawal", text="wrong day", source="portal",
        recorded_by=case.victim.user, recorded_at=NOW, digest="",
    )  # fmt: skip
    return made


@pytest.fixture
def she(client, case):
    return sign_in(client, case.victim.user)


def shown(page):
    return sorted(int(number) for number in re.findall(r">Note (\d+)</a>", page.text))


def plain(page):
    return " ".join(re.sub(r"<[^>]+>", "", page.text).split())


@pytest.mark.parametrize(
    ("asked", "found"),
    [("day=2026-06-03", [1, 2]), ("day=2026-07-02", [3]), ("day=2026-07-05", []), ("numbers=1,4", [1, 4]),
     ("day=x&numbers=y", [1, 2, 3, 4])],
)  # fmt: skip
def test_the_address_narrows_her_notes(she, notes, asked, found):
    assert shown(she.get(f"{reverse('portal:entries')}?{asked}")) == found


@pytest.mark.parametrize(
    ("word", "found"), [("blue", [1]), ("SLEEP", [2]), ("wrong", [4]), ("zebra", []), ("", [1, 2, 3, 4])]
)
def test_she_finds_her_own_words_and_they_are_in_no_address(she, notes, word, found):
    IncidentFactory(case=CaseFactory(portal=True), what_happened="blue zebra")
    page = she.post(reverse("portal:entries"), {"q": word})
    assert shown(page) == found
    assert "?q=" not in page.text


def test_all_eight_columns_are_in_the_list(she, notes):
    page = plain(she.get(reverse("portal:entries")))
    for heading in (
        "When",
        "Where",
        "What happened",
        "Evidence",
        "Police told",
        "How it affected you",
        "What you changed",
    ):
        assert heading in page
    assert "I could not sleep" in page


@time_machine.travel(NOW)
def test_the_calendar_leads_to_the_notes_of_a_day(she, notes):
    page = she.get(reverse("portal:month"), {"month": "2026-07"})
    assert re.findall(r"/notes/all/\?day=2026-07-(\d\d)", page.text) == ["01", "02", "03", "04"]
    assert "Marked as wrong, and not counted here: 1" in plain(page)
    assert "<title>Calendar" in page.text


def test_the_counts_are_not_there_until_her_caseworker_shows_them(she, case, worker, notes):
    address = reverse("portal:counts")
    assert she.get(address).status_code == 404
    assert address not in she.get(reverse("portal:entries")).text
    with acting_as(worker.pk):
        show_patterns(case=case, is_shown=True, by=worker)
    assert she.get(address).status_code == 200
    assert address in she.get(reverse("portal:entries")).text
    with acting_as(worker.pk):
        show_patterns(case=case, is_shown=False, by=worker)
    assert she.get(address).status_code == 404


def test_only_the_switch_of_her_own_case_opens_the_counts(client, case, worker, notes):
    """Neither another's switch, nor the one of a case whose portal is closed, nor one that she turns herself."""
    counts, her = reverse("portal:counts"), case.victim.user
    other = CaseFactory(portal=True, worker=worker)
    with acting_as(worker.pk):
        show_patterns(case=other, is_shown=True, by=worker)
    she = sign_in(client, her)
    assert {she.get(counts).status_code, she.head(counts).status_code} == {404}
    assert she.post(reverse("logs:patterns_shown", args=[case.pk]), {"shown": "yes"}).status_code == 404
    assert she.get(reverse("logs:patterns", args=[case.pk])).status_code == 404
    assert she.get(counts).status_code == 404
    with acting_as(worker.pk):
        show_patterns(case=case, is_shown=True, by=worker)
    assert she.get(counts).status_code == 200
    type(case).objects.filter(pk=case.pk).update(is_portal_open=False)
    assert she.get(counts).status_code == 404


def test_of_two_cases_only_the_one_that_is_turned_on_is_counted(client, case, worker, notes):
    second = CaseFactory(victim=case.victim, is_portal_open=True, worker=worker)
    IncidentFactory(case=second, number=90, occurred_on=date(2026, 7, 2), place="The allotment")
    with acting_as(worker.pk):
        show_patterns(case=case, is_shown=True, by=worker)
    page = sign_in(client, case.victim.user).get(reverse("portal:counts"))
    assert page.status_code == 200
    assert "The allotment" not in page.text
    assert "90" not in re.findall(r"numbers=([\d,-]+)", page.text)


def test_the_preview_leads_to_no_counts_turned_on_or_not(client, case, worker, notes):
    """Her caseworker has a page of the same figures; the preview shows a link to hers only where she has it too."""
    sign_in(client, worker)
    entries, counts = reverse("preview:entries", args=[case.pk]), reverse("portal:counts")
    before = client.get(entries).text
    with acting_as(worker.pk):
        show_patterns(case=case, is_shown=True, by=worker)
    after = client.get(entries).text
    assert counts not in before + after  # nothing in it can be pressed
    assert ("What they show" in before, "What they show" in after) == (False, True)
    assert client.get(counts).status_code == 404


def test_the_caseworker_turns_them_on_and_off_and_it_is_recorded(client, case, worker, notes):
    address = reverse("logs:patterns_shown", args=[case.pk])
    sign_in(client, worker)
    for said in ("yes", "yes", "no"):
        assert client.post(address, {"shown": said}).status_code == 302
    with connection.cursor() as cursor:
        cursor.execute("SELECT detail->>'is_shown' FROM audit_event WHERE action = 'patterns.shown' ORDER BY id")
        assert [row[0] for row in cursor.fetchall()] == ["true", "false"]


@time_machine.travel(NOW)
def test_the_counts_say_numbers_in_calm_words(she, case, worker):
    days = sorted((28 * window + place for window, n in enumerate((11, 3, 4, 3)) for place in range(n)), reverse=True)
    for number, day in enumerate(days, 1):
        IncidentFactory(case=case, number=number, occurred_on=NOW.date() - timedelta(days=day), behaviours=["CALLS"])
    with acting_as(worker.pk):
        show_patterns(case=case, is_shown=True, by=worker)
    page = she.get(reverse("portal:counts"))
    assert "From 29 October 2026 until today: 11 notes. In the three 4-week spells before: 3, 4 and 3." in plain(page)
    assert "Now it is 3.3 times as many." in plain(page)
    assert "?numbers=11-21" in page.text
    assert "Rang you" in page.text
    for word in ("danger", "escalat", "risk", "stalk", "perpetrator"):
        assert word not in plain(page).partition("What your notes show")[2].partition("In danger now")[0].lower()


def test_beside_a_note_stands_who_read_it_and_when(she, case, worker, notes):
    stranger = UserFactory(name="Some Body", manager=True)
    IncidentSeen.objects.create(incident=notes[0], case=case, by=stranger)
    with acting_as(worker.pk):
        mark_read(incident=notes[0], by=worker)
    page = she.get(reverse("portal:entry", args=[1]))
    today = datetime.now(UTC).astimezone().date()
    assert f"Read by Priya Anand, your caseworker, on {today.day} {today:%B %Y}." in plain(page)
    assert f"Read by a manager on {today.day} {today:%B %Y}." in plain(page)
    assert "Some Body" not in page.text
    assert "Nobody here has read it yet." in plain(she.get(reverse("portal:entry", args=[2])))
    assert plain(she.get(reverse("portal:entries"))).count("Read on") == 1
