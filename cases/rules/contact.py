"""Safe contact: whether she may be reached, this way, now. Unknown means never."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import TextChoices
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.rules.days import LONDON, london

MIDNIGHT = time(0)
EVERY_DAY = frozenset(range(7))  # Monday is 0


class Channel(TextChoices):
    """A way to reach her."""

    PHONE = "phone", gettext_lazy("Phone")
    TEXT = "text", gettext_lazy("Text")
    EMAIL = "email", gettext_lazy("Email")
    POST = "post", gettext_lazy("Post")
    PORTAL = "portal", gettext_lazy("Portal")


class Voicemail(TextChoices):
    """What may be left on her voicemail, the strictest first."""

    NEVER = "never", gettext_lazy("never")
    FIRST_NAME = "first_name", gettext_lazy("a first name only")
    ALLOWED = "allowed", gettext_lazy("a message")


# A letter has no hour, and a portal message waits until she signs in; her hours bind what rings or lights up.
TIMED_CHANNELS = frozenset({Channel.PHONE, Channel.TEXT, Channel.EMAIL})


@dataclass(frozen=True)
class ContactRule:
    """What she has agreed to. Everything left out is unknown, and unknown means never.

    Attributes:
        days: Weekdays she may be reached, Monday is 0.
        from_time: Start of her hours, London time, included.
        to_time: End of her hours, excluded; at or before `from_time` it is on the next day, so 00:00 to 00:00 is
            any time.
        safe_name: The name to ask for.
        confirmed_on: When she last confirmed it.
        expires_after_days: Calendar days after which it must be confirmed again; the last of them still counts.
        is_unsafe: The case is marked unsafe to contact.
        has_incident_since: Something happened since, after which it must be confirmed again.
        has_doubt_since: Somebody else answered since, or the number was wrong: it must be confirmed again.
    """

    phone: bool = False
    text: bool = False
    email: bool = False
    post: bool = False
    portal: bool = False
    days: frozenset[int] = frozenset()
    from_time: time | None = None
    to_time: time | None = None
    voicemail: Voicemail = Voicemail.NEVER
    safe_name: str = ""
    confirmed_on: date | None = None
    expires_after_days: int = 60
    is_unsafe: bool = False
    has_incident_since: bool = False
    has_doubt_since: bool = False


class Verdict(TextChoices):
    """The three answers to "may we?"."""

    ALLOWED = "allowed", gettext_lazy("Allowed now")
    WAIT = "wait", gettext_lazy("Wait")
    NEVER = "never", gettext_lazy("Do not contact")


class ContactReason(TextChoices):
    """Why; the code for logs and tables, the label for the page."""

    AGREED = "agreed", gettext_lazy("The victim has agreed to this way at this time.")
    NO_RECORD = "no_record", gettext_lazy("No safe contact is recorded. Make no contact until it is.")
    UNSAFE = "unsafe", gettext_lazy("This case is marked unsafe to contact. A manager has to decide.")
    NOT_CONFIRMED = "not_confirmed", gettext_lazy("Safe contact was never confirmed with the victim.")
    EXPIRED = "expired", gettext_lazy("Safe contact was confirmed too long ago. Confirm it again first.")
    INCIDENT_SINCE = "incident_since", gettext_lazy("Something happened since. Confirm safe contact again first.")
    DOUBTFUL = (
        "doubtful",
        gettext_lazy("Somebody else answered, or the number was wrong. Confirm safe contact again first."),
    )
    NOT_THIS_WAY = "not_this_way", gettext_lazy("The victim has not agreed to this way of contact.")
    NO_HOURS = "no_hours", gettext_lazy("No days and hours are agreed for this way of contact.")
    OUTSIDE_HOURS = "outside_hours", gettext_lazy("It is outside the hours the victim agreed to.")


@dataclass(frozen=True)
class ContactDecision:
    """The answer: which, why, in a sentence, and from when if it has to wait (aware, UTC)."""

    kind: Verdict
    reason: ContactReason
    until: datetime | None = None

    @property
    def sentence(self) -> str:
        """The reason in words, for the page."""
        return str(self.reason.label)


def may_contact(record: ContactRule | None, channel: Channel, now: datetime) -> ContactDecision:
    """Say whether she may be contacted this way now, from when, or never.

    Bank holidays do not change her hours. Where a clock change makes a time of day missing or doubled, the later
    start and the earlier end count.

    Args:
        record: Her current safe-contact rule; none means nothing is known.
        channel: The way of contact.
        now: The moment of sending (aware), not the moment of asking for it.

    Source: The service's safe-contact policy, November 2026; the 60 days are its default, to be confirmed.
    """
    refused = _refusal(record, channel, london(now).date())
    if record is None or refused is not None:
        return ContactDecision(Verdict.NEVER, refused or ContactReason.NO_RECORD)
    if channel not in TIMED_CHANNELS:
        return ContactDecision(Verdict.ALLOWED, ContactReason.AGREED)
    opens_at = _next_open(record, now)
    if opens_at is None:
        return ContactDecision(Verdict.NEVER, ContactReason.NO_HOURS)
    if opens_at <= now:
        return ContactDecision(Verdict.ALLOWED, ContactReason.AGREED)
    if _is_expired(record, london(opens_at).date()):
        return ContactDecision(Verdict.NEVER, ContactReason.EXPIRED)
    return ContactDecision(Verdict.WAIT, ContactReason.OUTSIDE_HOURS, until=opens_at)


def _refusal(record: ContactRule | None, channel: Channel, today: date) -> ContactReason | None:
    """The first reason, if any, that rules this way out whatever the hour."""
    if record is None:
        return ContactReason.NO_RECORD
    reasons = (
        (record.is_unsafe, ContactReason.UNSAFE),
        (record.confirmed_on is None or record.confirmed_on > today, ContactReason.NOT_CONFIRMED),
        (_is_expired(record, today), ContactReason.EXPIRED),
        (record.has_doubt_since, ContactReason.DOUBTFUL),
        (record.has_incident_since, ContactReason.INCIDENT_SINCE),
        (not getattr(record, channel.value), ContactReason.NOT_THIS_WAY),
    )
    return next((reason for holds, reason in reasons if holds), None)


def _is_expired(record: ContactRule, on: date) -> bool:
    return record.confirmed_on is not None and (on - record.confirmed_on).days > record.expires_after_days


def _next_open(record: ContactRule, now: datetime) -> datetime | None:
    """The start of the window that holds `now`, else of the next one; none when no window is agreed."""
    today = london(now).date()
    # From yesterday, for hours that run past midnight; two weeks on, for a weekly hour that a clock change swallows.
    for offset in range(-1, 16):
        window = _window(record, today + timedelta(days=offset))
        if window and window[0] < window[1] and now < window[1]:
            return window[0]
    return None


def _window(record: ContactRule, day: date) -> tuple[datetime, datetime] | None:
    """Her hours that begin on one day, in UTC."""
    if record.from_time is None or record.to_time is None or day.weekday() not in record.days:
        return None
    last = day if record.to_time > record.from_time else day + timedelta(days=1)
    return max(_both_readings(day, record.from_time)), min(_both_readings(last, record.to_time))


def _both_readings(day: date, at: time) -> tuple[datetime, datetime]:
    """The two moments a London wall time can mean; they differ only in the hours of a clock change."""
    first, second = (datetime.combine(day, at.replace(fold=fold), LONDON).astimezone(UTC) for fold in (0, 1))
    return first, second


def stricter(a: ContactRule, b: ContactRule) -> ContactRule:
    """Merge two rules so that only what both allow is allowed, for imports and merged records.

    Two different names to ask for rule out the phone: asking for the wrong one can give her away.

    Source: The service's safe-contact policy, November 2026: no default, import or merge loosens a restriction.
    """
    from_time, to_time = _shared_hours(a, b)
    names = {name for name in (a.safe_name, b.safe_name) if name}
    confirmed = (a.confirmed_on, b.confirmed_on)
    return ContactRule(
        phone=a.phone and b.phone and len(names) < 2,
        text=a.text and b.text,
        email=a.email and b.email,
        post=a.post and b.post,
        portal=a.portal and b.portal,
        days=a.days & b.days,
        from_time=from_time,
        to_time=to_time,
        voicemail=min(a.voicemail, b.voicemail, key=list(Voicemail).index),
        safe_name=names.pop() if len(names) == 1 else "",
        confirmed_on=min((day for day in confirmed if day), default=None) if None not in confirmed else None,
        expires_after_days=min(a.expires_after_days, b.expires_after_days),
        is_unsafe=a.is_unsafe or b.is_unsafe,
        has_incident_since=a.has_incident_since or b.has_incident_since,
        has_doubt_since=a.has_doubt_since or b.has_doubt_since,
    )


def _shared_hours(a: ContactRule, b: ContactRule) -> tuple[time | None, time | None]:
    """The hours both agree to; none when there are none, or when they cannot be said as one window."""
    hours = [(rule.from_time, rule.to_time) for rule in (a, b)]
    if hours[0] == hours[1]:
        return hours[0]
    if any(start is None or end is None for start, end in hours):
        return None, None
    for mine, other in (hours, hours[::-1]):
        if mine == (MIDNIGHT, MIDNIGHT):
            return other
    # An end at midnight is the end of that day; any other end before its start runs into the next day.
    if any(end != MIDNIGHT and end <= start for start, end in hours if start and end):
        return None, None
    start = max(start for start, _end in hours if start is not None)
    end = min((end for _start, end in hours if end is not None), key=lambda end: (end == MIDNIGHT, end))
    return (start, end) if end == MIDNIGHT or start < end else (None, None)


def rule_line(record: ContactRule | None, now: datetime) -> str:
    """Return the one sentence that stands on every page of a case.

    For example "Text only, after 6pm, ask for Anna. Confirmed 3 November 2026."

    Source: The service's safe-contact policy, November 2026.
    """
    allowed = [channel for channel in Channel if record and getattr(record, channel.value)]
    refused = _refusal(record, allowed[0] if allowed else Channel.PHONE, london(now).date())
    if record is None or refused in {ContactReason.NO_RECORD, ContactReason.UNSAFE, ContactReason.NOT_CONFIRMED}:
        return str((refused or ContactReason.NO_RECORD).label)
    has_hours = TIMED_CHANNELS.isdisjoint(allowed) or _next_open(record, now) is not None
    agreed = ", ".join(part for part in _agreed_parts(record, allowed, has_hours=has_hours) if part)
    confirmed = date_format(record.confirmed_on, "j F Y") if record.confirmed_on else ""
    if refused in {ContactReason.EXPIRED, ContactReason.DOUBTFUL, ContactReason.INCIDENT_SINCE}:
        return _("%(reason)s It was: %(agreed)s. Confirmed %(day)s.") % {
            "reason": refused.label, "agreed": agreed, "day": confirmed
        }  # fmt: skip
    if not has_hours:
        return _("No days and hours are agreed yet. Agreed so far: %(agreed)s. Confirmed %(day)s.") % {
            "agreed": agreed, "day": confirmed
        }  # fmt: skip
    return _("%(agreed)s. Confirmed %(day)s.") % {"agreed": agreed, "day": confirmed}


def _agreed_parts(record: ContactRule, allowed: list[Channel], *, has_hours: bool) -> list[str]:
    """The parts of the line: which ways, when, voicemail, whom to ask for."""
    if not allowed:
        return [_("No way of contact agreed")]
    names = [str(channel.label) if place == 0 else str(channel.label).lower() for place, channel in enumerate(allowed)]
    ways = _("%(way)s only") % {"way": names[0]} if len(names) == 1 else get_text_list(names, _("or"))
    timed = has_hours and not TIMED_CHANNELS.isdisjoint(allowed)
    return [
        ways,
        _hours_in_words(record) if timed else "",
        _days_in_words(record.days) if timed else "",
        _("voicemail: %(what)s") % {"what": record.voicemail.label} if record.phone else "",
        _("ask for %(name)s") % {"name": record.safe_name} if record.safe_name else "",
    ]


def _hours_in_words(record: ContactRule) -> str:
    if record.from_time is None or record.to_time is None:
        return ""
    start, end = _clock(record.from_time), _clock(record.to_time)
    if record.from_time == MIDNIGHT:
        return _("at any time") if record.to_time == MIDNIGHT else _("before %(end)s") % {"end": end}
    if record.to_time == MIDNIGHT:
        return _("after %(start)s") % {"start": start}
    return _("between %(start)s and %(end)s") % {"start": start, "end": end}


def _days_in_words(days: frozenset[int]) -> str:
    if days == EVERY_DAY:
        return ""
    if days == frozenset(range(5)):
        return _("Monday to Friday")
    return ", ".join(str(WEEKDAYS[day]) for day in sorted(days))


def _clock(at: time) -> str:
    """A time as the service writes it: 6pm, 2:30pm."""
    minutes = f":{at.minute:02d}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes}{'am' if at.hour < 12 else 'pm'}"
