"""The rules of casework, at their edges: the day before, the day, the day after, bank holidays, clock changes."""

import inspect
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from cases import rules
from cases.rules import (
    CaseStatus,
    Channel,
    ContactReason,
    ContactRule,
    Relationship,
    Verdict,
    Voicemail,
    add_months,
    add_working_days,
    first_contact_due,
    is_domestic_abuse,
    may_contact,
    may_move,
    rule_line,
    stricter,
)

HOLIDAYS = frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1), date(2027, 3, 26), date(2027, 3, 29)})
LIMITS = {"first_contact_high_risk": 1, "first_contact": 2}
ANNA = ContactRule(
    text=True,
    days=rules.EVERY_DAY,
    from_time=time(18),
    to_time=time(0),
    safe_name="Anna",
    confirmed_on=date(2026, 11, 3),
)
ANY_TIME = replace(ANNA, phone=True, email=True, post=True, portal=True, from_time=time(0), to_time=time(0))


def at(text: str) -> datetime:
    """A London wall time as an aware moment."""
    return datetime.fromisoformat(text).replace(tzinfo=rules.LONDON)


def test_every_public_rule_names_its_source() -> None:
    functions = [getattr(rules, name) for name in rules.__all__ if inspect.isfunction(getattr(rules, name))]
    assert len(functions) == 18
    assert [function.__name__ for function in functions if "Source:" not in (function.__doc__ or "")] == []


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 8, 31), 3, date(2026, 11, 30)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),  # a leap year
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 9, 25), 3, date(2026, 12, 25)),  # a bank holiday is a day like any other
        (date(2026, 12, 31), 0, date(2026, 12, 31)),
        (date(2026, 10, 24), 12, date(2027, 10, 24)),
    ],
)
def test_months_are_calendar_months_and_end_with_the_month(day, months, expected):
    assert add_months(day, months) == expected


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2026, 12, 24), 5, date(2027, 1, 5)),  # over Christmas and New Year
        (date(2026, 12, 24), 1, date(2026, 12, 29)),
        (date(2026, 11, 16), 1, date(2026, 11, 17)),
        (date(2026, 11, 19), 1, date(2026, 11, 20)),
        (date(2026, 11, 20), 1, date(2026, 11, 23)),  # Friday
        (date(2026, 11, 21), 1, date(2026, 11, 23)),  # Saturday
        (date(2026, 11, 22), 1, date(2026, 11, 23)),  # Sunday
        (date(2026, 12, 25), 1, date(2026, 12, 29)),  # on the holiday itself
        (date(2027, 3, 25), 1, date(2027, 3, 30)),  # Easter
        (date(2028, 2, 28), 2, date(2028, 3, 1)),  # a leap year
        (date(2026, 11, 21), 0, date(2026, 11, 21)),
        (date(2026, 11, 2), 20, date(2026, 11, 30)),
    ],
)
def test_add_working_days(start: date, days: int, due: date) -> None:
    assert add_working_days(start, days, HOLIDAYS) == due


def test_add_working_days_refuses_less_than_none() -> None:
    with pytest.raises(ValueError, match="below zero"):
        add_working_days(date(2026, 11, 2), -1, HOLIDAYS)


@pytest.mark.parametrize(
    ("received_at", "is_high_risk", "due"),
    [
        (at("2026-11-17 09:00"), True, date(2026, 11, 18)),
        (at("2026-11-17 09:00"), False, date(2026, 11, 19)),
        (at("2026-11-20 23:59"), True, date(2026, 11, 23)),
        (at("2026-12-24 12:00"), False, date(2026, 12, 30)),
        (datetime(2026, 7, 14, 23, 30, tzinfo=UTC), True, date(2026, 7, 16)),  # already the 15th in London
        (at("2026-10-25 01:30"), True, date(2026, 10, 26)),
    ],
)
def test_first_contact_due(received_at: datetime, is_high_risk: bool, due: date) -> None:
    assert first_contact_due(received_at, is_high_risk, LIMITS, HOLIDAYS) == due


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        first_contact_due(datetime(2026, 11, 17, 9), True, LIMITS, HOLIDAYS)  # noqa: DTZ001


@pytest.mark.h("H19")
@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (None, ContactReason.NO_RECORD),
        (ContactRule(), ContactReason.NOT_CONFIRMED),
        (replace(ANY_TIME, confirmed_on=None), ContactReason.NOT_CONFIRMED),
        (replace(ANY_TIME, confirmed_on=date(2026, 11, 23)), ContactReason.NOT_CONFIRMED),  # in the future
        (replace(ANY_TIME, is_unsafe=True), ContactReason.UNSAFE),
        (replace(ANY_TIME, has_incident_since=True), ContactReason.INCIDENT_SINCE),
        (replace(ANY_TIME, has_doubt_since=True), ContactReason.DOUBTFUL),
        (replace(ANY_TIME, phone=False), ContactReason.NOT_THIS_WAY),
        (replace(ANY_TIME, days=frozenset()), ContactReason.NO_HOURS),
        (replace(ANY_TIME, from_time=None), ContactReason.NO_HOURS),
        (replace(ANY_TIME, to_time=None), ContactReason.NO_HOURS),
    ],
)
def test_may_contact_never(record: ContactRule | None, reason: ContactReason) -> None:
    decision = may_contact(record, Channel.PHONE, at("2026-11-22 12:00"))

    assert (decision.kind, decision.reason, decision.until) == (Verdict.NEVER, reason, None)
    assert decision.sentence.endswith(".")


@pytest.mark.parametrize("channel", list(Channel))
def test_an_empty_but_confirmed_record_allows_no_channel(channel: Channel) -> None:
    record = ContactRule(confirmed_on=date(2026, 11, 3), days=rules.EVERY_DAY, from_time=time(0), to_time=time(0))

    assert may_contact(record, channel, at("2026-11-22 12:00")).kind is Verdict.NEVER


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (59, Verdict.ALLOWED),
        (60, Verdict.ALLOWED),
        (61, Verdict.NEVER),
    ],
)
def test_may_contact_expires_after_60_days(day: int, kind: Verdict) -> None:
    decision = may_contact(ANY_TIME, Channel.PHONE, at("2026-11-03 12:00") + timedelta(days=day))

    assert decision.kind is kind
    assert day <= 60 or decision.reason is ContactReason.EXPIRED


def test_may_contact_does_not_wait_for_a_moment_after_it_expires() -> None:
    weekly = replace(ANNA, days=frozenset({0}))  # Mondays; day 60 is Saturday 2 January
    assert may_contact(weekly, Channel.TEXT, at("2027-01-02 12:00")).reason is ContactReason.EXPIRED


@pytest.mark.h("H20")
@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-22 17:59", "2026-11-22 18:00"),
        ("2026-11-22 18:00", None),
        ("2026-11-22 23:59", None),
        ("2026-11-23 00:00", "2026-11-23 18:00"),
        ("2026-12-25 18:30", None),  # a bank holiday does not change her hours
    ],
)
def test_may_contact_waits_for_her_hours(now: str, until: str | None) -> None:
    decision = may_contact(ANNA, Channel.TEXT, at(now))

    assert decision.kind is (Verdict.WAIT if until else Verdict.ALLOWED)
    assert decision.until == (at(until) if until else None)


def test_may_contact_waits_over_days_not_agreed() -> None:
    weekdays = replace(ANNA, days=frozenset(range(5)))

    assert may_contact(weekdays, Channel.TEXT, at("2026-11-21 19:00")).until == at("2026-11-23 18:00")


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-22 21:59", "2026-11-22 22:00"),
        ("2026-11-23 01:59", None),  # Sunday's hours run into Monday
        ("2026-11-23 02:00", "2026-11-29 22:00"),
    ],
)
def test_hours_past_midnight_belong_to_the_day_they_begin(now: str, until: str | None) -> None:
    sunday_night = replace(ANNA, days=frozenset({6}), from_time=time(22), to_time=time(2))

    assert may_contact(sunday_night, Channel.TEXT, at(now)).until == (at(until) if until else None)


def test_a_letter_and_the_portal_have_no_hours_but_need_agreement() -> None:
    for channel in (Channel.POST, Channel.PORTAL):
        assert may_contact(replace(ANY_TIME, from_time=time(18)), channel, at("2026-11-22 09:00")).kind == "allowed"
        assert may_contact(ANNA, channel, at("2026-11-22 09:00")).reason is ContactReason.NOT_THIS_WAY


SPRING = ContactRule(text=True, days=rules.EVERY_DAY, confirmed_on=date(2027, 3, 1))


@pytest.mark.parametrize(
    ("start", "end", "now", "kind"),
    [
        # 28 March 2027: 01:00 to 02:00 does not exist.
        (time(1, 30), time(4), datetime(2027, 3, 28, 1, 0, tzinfo=UTC), Verdict.WAIT),  # 02:00 BST, the later start
        (time(1, 30), time(4), datetime(2027, 3, 28, 1, 30, tzinfo=UTC), Verdict.ALLOWED),
        (time(0, 15), time(1, 30), datetime(2027, 3, 28, 0, 29, tzinfo=UTC), Verdict.ALLOWED),
        (time(0, 15), time(1, 30), datetime(2027, 3, 28, 0, 30, tzinfo=UTC), Verdict.WAIT),  # the earlier end
        (time(1, 15), time(1, 45), datetime(2027, 3, 28, 0, 50, tzinfo=UTC), Verdict.WAIT),  # swallowed whole
    ],
)
def test_may_contact_when_the_clocks_go_forward(start: time, end: time, now: datetime, kind: Verdict) -> None:
    record = replace(SPRING, from_time=start, to_time=end)

    assert may_contact(record, Channel.TEXT, now).kind is kind


@pytest.mark.parametrize(
    ("start", "end", "now", "kind"),
    [
        # 25 October 2026: 01:00 to 02:00 comes twice.
        (time(1, 30), time(4), datetime(2026, 10, 25, 0, 45, tzinfo=UTC), Verdict.WAIT),
        (time(1, 30), time(4), datetime(2026, 10, 25, 1, 30, tzinfo=UTC), Verdict.ALLOWED),
        (time(0), time(1, 30), datetime(2026, 10, 25, 0, 29, tzinfo=UTC), Verdict.ALLOWED),
        (time(0), time(1, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC), Verdict.WAIT),
        (time(0), time(0), datetime(2026, 10, 25, 0, 30, tzinfo=UTC), Verdict.ALLOWED),
    ],
)
def test_may_contact_when_the_clocks_go_back(start: time, end: time, now: datetime, kind: Verdict) -> None:
    record = replace(SPRING, confirmed_on=date(2026, 10, 1), from_time=start, to_time=end)

    assert may_contact(record, Channel.TEXT, now).kind is kind


def test_her_hours_follow_the_wall_clock_over_a_clock_change() -> None:
    record = replace(SPRING, from_time=time(18), to_time=time(0))

    assert may_contact(record, Channel.TEXT, at("2027-03-28 12:00")).until == datetime(2027, 3, 28, 17, tzinfo=UTC)
    assert may_contact(record, Channel.TEXT, at("2027-03-27 12:00")).until == datetime(2027, 3, 27, 18, tzinfo=UTC)


def test_stricter_allows_only_what_both_allow() -> None:
    other = replace(
        ANY_TIME,
        email=False,
        days=frozenset({0, 1}),
        from_time=time(9),
        to_time=time(20),
        voicemail=Voicemail.ALLOWED,
        confirmed_on=date(2026, 10, 1),
        expires_after_days=30,
    )

    merged = stricter(replace(ANY_TIME, voicemail=Voicemail.FIRST_NAME, from_time=time(18)), other)

    assert merged == replace(
        other, from_time=time(18), to_time=time(20), voicemail=Voicemail.FIRST_NAME, expires_after_days=30
    )


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"is_unsafe": True}, "is_unsafe", True),
        ({"has_incident_since": True}, "has_incident_since", True),
        ({"has_doubt_since": True}, "has_doubt_since", True),
        ({"confirmed_on": None}, "confirmed_on", None),
        ({"from_time": None, "to_time": None}, "from_time", None),
        ({"from_time": time(9), "to_time": time(12)}, "from_time", None),  # no hour in common
        ({"from_time": time(17), "to_time": time(3)}, "from_time", None),  # cannot be said as one window
        ({"from_time": time(0), "to_time": time(0)}, "from_time", time(18)),
        ({"days": frozenset()}, "days", frozenset()),
        ({"safe_name": "Beata"}, "safe_name", ""),
        ({"safe_name": ""}, "safe_name", "Anna"),
    ],
)
def test_stricter_is_the_same_both_ways_round(change: dict[str, object], field: str, value: object) -> None:
    changed = replace(ANNA, **change)

    assert getattr(stricter(ANNA, changed), field) == value
    assert stricter(ANNA, changed) == stricter(changed, ANNA)


def test_stricter_never_allows_what_either_refuses() -> None:
    records = [
        ANNA,
        ANY_TIME,
        replace(ANY_TIME, from_time=time(9), to_time=time(17), days=frozenset(range(5))),
        replace(ANY_TIME, from_time=time(22), to_time=time(2)),
        replace(ANY_TIME, safe_name="Beata", confirmed_on=date(2026, 9, 30)),
        replace(ANY_TIME, is_unsafe=True),
        ContactRule(),
    ]
    moments = [at("2026-11-23 00:30") + timedelta(hours=hour) for hour in range(0, 168, 5)]
    for a in records:
        assert stricter(a, a) == a
        for b in records:
            for channel in Channel:
                for now in moments:
                    if may_contact(stricter(a, b), channel, now).kind is Verdict.ALLOWED:
                        assert may_contact(a, channel, now).kind is Verdict.ALLOWED
                        assert may_contact(b, channel, now).kind is Verdict.ALLOWED


def test_two_names_to_ask_for_rule_out_the_phone() -> None:
    assert not stricter(ANY_TIME, replace(ANY_TIME, safe_name="Beata")).phone


@pytest.mark.parametrize(
    ("record", "line"),
    [
        (ANNA, "Text only, after 6pm, ask for Anna. Confirmed 3 November 2026."),
        (None, "No safe contact is recorded. Make no contact until it is."),
        (replace(ANNA, is_unsafe=True), "This case is marked unsafe to contact. A manager has to decide."),
        (
            replace(ANY_TIME, email=False, post=False, portal=False, days=frozenset({2, 4}), to_time=time(9, 30)),
            "Phone or text, before 9:30am, Wednesday, Friday, voicemail: never, ask for Anna. "
            "Confirmed 3 November 2026.",
        ),
        (
            replace(ANNA, days=frozenset(range(5)), from_time=time(12), to_time=time(14, 30), safe_name=""),
            "Text only, between 12pm and 2:30pm, Monday to Friday. Confirmed 3 November 2026.",
        ),
        (replace(ANNA, text=False, post=True, safe_name=""), "Post only. Confirmed 3 November 2026."),
        (replace(ANNA, text=False, safe_name=""), "No way of contact agreed. Confirmed 3 November 2026."),
        (
            replace(ANNA, has_incident_since=True),
            "Something happened since. Confirm safe contact again first. "
            "It was: Text only, after 6pm, ask for Anna. Confirmed 3 November 2026.",
        ),
        (
            replace(ANNA, has_doubt_since=True),
            "Somebody else answered, or the number was wrong. Confirm safe contact again first. "
            "It was: Text only, after 6pm, ask for Anna. Confirmed 3 November 2026.",
        ),
        (
            replace(ANY_TIME, phone=False, post=False, portal=False, from_time=None, days=frozenset()),
            "No days and hours are agreed yet. Agreed so far: Text or email, ask for Anna. Confirmed 3 November 2026.",
        ),
    ],
)
def test_rule_line(record: ContactRule | None, line: str) -> None:
    assert rule_line(record, at("2026-11-22 12:00")) == line


def test_rule_line_says_when_it_has_to_be_confirmed_again() -> None:
    assert rule_line(ANNA, at("2027-01-03 12:00")).startswith("Safe contact was confirmed too long ago.")
    assert rule_line(ANNA, at("2027-01-02 12:00")).startswith("Text only")


def test_every_status_has_its_moves_and_none_stays_where_it_is() -> None:
    assert set(rules.MOVES) == set(CaseStatus)
    assert all(moves and status not in moves for status, moves in rules.MOVES.items())


def test_the_pathway_can_be_walked_and_a_closed_case_comes_back_through_triage() -> None:
    path = ["referred", "triaged", "contact_attempts", "needs_assessed", "plan_open", "review", "closing", "closed"]
    steps = [CaseStatus(step) for step in [*path, "triaged"]]
    assert all(may_move(here, there) for here, there in zip(steps, steps[1:], strict=False))


@pytest.mark.parametrize(
    ("current", "to"),
    [
        (CaseStatus.REFERRED, CaseStatus.CLOSED),
        (CaseStatus.REFERRED, CaseStatus.PLAN_OPEN),
        (CaseStatus.REFERRED, CaseStatus.UNABLE_TO_CONTACT),  # nobody has tried yet
        (CaseStatus.PLAN_OPEN, CaseStatus.CLOSED),
        (CaseStatus.PLAN_OPEN, CaseStatus.REFERRED),
        (CaseStatus.CLOSED, CaseStatus.PLAN_OPEN),
        (CaseStatus.UNSAFE_TO_CONTACT, CaseStatus.CLOSED),  # a person decides first
    ],
)
def test_may_move_refuses(current: CaseStatus, to: CaseStatus) -> None:
    assert not may_move(current, to)


def test_unsafe_to_contact_is_still_open_work() -> None:
    assert CaseStatus.UNSAFE_TO_CONTACT in rules.OPEN
    assert CaseStatus.CLOSED in rules.ENDED
    assert set(CaseStatus) == rules.OPEN | rules.ENDED


@pytest.mark.parametrize(
    ("ages", "relationship", "answer"),
    [
        ((16, 16), Relationship.EX_PARTNER, True),
        ((30, 41), Relationship.FAMILY, True),
        ((15, 30), Relationship.EX_PARTNER, False),
        ((30, 15), Relationship.PARTNER, False),
        ((None, 30), Relationship.EX_PARTNER, None),
        ((None, 15), Relationship.EX_PARTNER, False),
        ((30, 30), Relationship.UNKNOWN, None),
        ((30, 30), Relationship.NEIGHBOUR, False),
        ((None, None), Relationship.STRANGER, False),
    ],
)
def test_is_domestic_abuse(
    ages: tuple[int | None, int | None], relationship: Relationship, answer: bool | None
) -> None:
    assert is_domestic_abuse(ages, relationship) is answer
