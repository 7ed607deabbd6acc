"""What the portal's pages ask for, each question from the account's own point of view."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Prefetch, QuerySet, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import SignIn, User
from audit.queries import openings
from cases.limits import limits
from cases.models import Case, CasePerpetrator, PlannedContact, SafeContact, Victim
from cases.rules import Voicemail, is_under_age
from logs.models import Arrival, Caption, Draft, Evidence, Incident, IncidentSeen
from nsvcs.access import STAFF, Role
from nsvcs.widgets import clock
from portal.addresses import letters_of


@dataclass(frozen=True)
class Seen:
    """How often people of one role looked at her notes on one day."""

    day: date
    who: str
    times: int


def cases_to_write_in(user: User) -> list[Case]:
    """The cases a new note may belong to: her open ones, else the newest whose portal is still open; maybe none.

    Who is known to be younger than the portal is for gets none: every page to write on leads to the phone.
    """
    if is_too_young(user):
        return []
    cases = list(Case.objects.visible_to(user).order_by("-received_at"))
    return [case for case in cases if not case.is_closed] or cases[:1]


def is_too_young(user: User) -> bool:
    """Whether she is known to be younger than the portal is for."""
    born_on = Victim.objects.visible_to(user).values_list("born_on", flat=True).first()
    return born_on is not None and is_under_age(born_on, age_floor(), timezone.localdate())


def age_floor() -> int:
    """The youngest age for the portal, in years, as the service has set it."""
    return limits()["portal_age_floor"]


def who_it_may_be(user: User, cases: list[Case]) -> list[CasePerpetrator]:
    """Those recorded for these cases, by the labels agreed with her; nothing else of them is read."""
    links = CasePerpetrator.objects.visible_to(user).filter(case__in=cases).exclude(portal_label="")
    return list(links.order_by("pk"))


def her_language(user: User) -> str:
    """Her language as her caseworker knows it; English if nothing is known."""
    return Victim.objects.visible_to(user).values_list("language", flat=True).first() or "en"


def safe_name(user: User) -> str:
    """The name to greet her by: the one agreed for safe contact, else what she is known as; empty if none."""
    victim = Victim.objects.visible_to(user).first()
    if victim is None:
        return ""
    contact = SafeContact.objects.visible_to(user).current_for(victim.pk)
    return (contact.safe_name if contact else "") or victim.usual_name


@dataclass(frozen=True)
class Reach:
    """How we may reach her, as much of it as her own page may show to whoever looks over her shoulder.

    Numbers and addresses are named by their ends alone. Her home address, code words, the name her caller gives and
    her safe person are never here.
    """

    ways: list[str]
    when: str
    voicemail: str
    ask_for: str
    confirmed_on: date | None


# The end of "On your voicemail we leave".
LEFT = {
    Voicemail.NEVER: gettext_lazy("nothing"),
    Voicemail.FIRST_NAME: gettext_lazy("a first name only"),
    Voicemail.ALLOWED: gettext_lazy("a message"),
}


def how_we_reach_her(record: SafeContact | None) -> Reach | None:
    """The ways of contact that stand now, in words; none when nothing was agreed yet."""
    if record is None:
        return None
    ways = [
        (record.may_phone, _("Phone calls, to the number ending %(end)s") % {"end": record.phone[-3:]}),
        (record.may_text, _("Texts, to the number ending %(end)s") % {"end": record.phone[-3:]}),
        (record.may_email, _("Email, to an address at %(end)s") % {"end": record.email.rpartition("@")[2]}),
        (record.may_post, _("Letters")),
    ]
    named = [words for is_agreed, words in ways if is_agreed and not record.is_unsafe]
    heard = str(LEFT[Voicemail(record.voicemail)]) if record.may_phone and not record.is_unsafe else ""
    return Reach(named, hours_in_words(record), heard, record.safe_name, record.confirmed_on)


def hours_in_words(record: SafeContact) -> str:
    """Days and hours agreed with her; empty when none are."""
    if record.from_time is None or record.to_time is None or not record.weekdays:
        return ""
    days = _("every day") if len(record.weekdays) == 7 else ", ".join(str(WEEKDAYS[day]) for day in record.weekdays)
    hours = {"start": clock(record.from_time), "end": clock(record.to_time), "days": days}
    return _("%(days)s, from %(start)s to %(end)s") % hours


def caseworkers() -> list[str]:
    """Names of the workers her cases are with now, as the database tells whoever is signed in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT name FROM my_caseworkers() ORDER BY name")
        return [name for (name,) in cursor.fetchall()]


def last_sign_in(user: User, session_key: str) -> datetime | None:
    """When she signed in before this time, within the 30 days that is kept; she may see that it was not her."""
    earlier = SignIn.objects.visible_to(user).exclude(session_key=session_key)
    return earlier.values_list("at", flat=True).first()


NEWS_DAYS = 14


def new_caseworkers(now: datetime) -> list[tuple[str, datetime]]:
    """Names of workers who took over one of her cases within the last 14 calendar days, and since when."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, min(since) FROM my_caseworkers_since() WHERE is_change GROUP BY name ORDER BY name"
        )
        return [(name, since) for name, since in cursor.fetchall() if _days_between(since, now) <= NEWS_DAYS]


def _days_between(start: datetime, end: datetime) -> int:
    return (timezone.localdate(end) - timezone.localdate(start)).days


def next_contacts(user: User, today: date) -> list[PlannedContact]:
    """What is agreed for her cases from today on, the soonest first."""
    newest = PlannedContact.objects.visible_to(user).newest()
    return sorted((each for each in newest if each.on and each.on >= today), key=lambda each: each.on)


def months(user: User) -> list[date]:
    """First days of the months in which something of hers happened, newest first."""
    return months_of(Incident.objects.visible_to(user))


def months_of(incidents: Any) -> list[date]:
    """First days of the months in which these happened, newest first."""
    return list(incidents.dates("occurred_on", "month", order="DESC"))


@dataclass(frozen=True)
class Reading:
    """Who of us read a note, and on which day; named only if it is a caseworker of hers."""

    name: str
    role: str
    day: date


def readings_of(user: User, incident: Incident, hers: Iterable[str]) -> list[Reading]:
    """Who has read a note, in the order in which they did.

    Args:
        user: whoever looks.
        incident: the note.
        hers: names of the workers her cases are with now.
    """
    known = set(hers)
    rows = IncidentSeen.objects.visible_to(user).filter(incident=incident).select_related("by").order_by("at")
    return [
        Reading(row.by.name if row.by.name in known else "", row.by.role, timezone.localtime(row.at).date())
        for row in rows
    ]


def seen_by_staff(user: User) -> list[Seen]:
    """Who looked at her notes, by role and day, newest first; her own visits are left out."""
    counts: dict[tuple[date, str], int] = {}
    for case in Case.objects.visible_to(user):
        for opening in openings(case.pk):
            if opening.role in STAFF:
                counts[opening.day, opening.role] = counts.get((opening.day, opening.role), 0) + opening.times
    return [Seen(day, str(Role(role).label), times) for (day, role), times in sorted(counts.items(), reverse=True)]


def unfinished_files(user: User) -> list[tuple[str, Arrival]]:
    """Her files that are not fully sent, newest first, each with the page it is sent from."""
    files = list(Arrival.objects.visible_to(user).unfinished().filter(case_ref=None).order_by("-begun_at")[:20])
    pages = pages_of(user, {each.entry_key for each in files})
    pages |= {each.entry_key: reverse("portal:bring_new") for each in files if each.is_source}
    return [(pages[each.entry_key], each) for each in files if each.entry_key in pages]


def pages_of(user: User, keys: Collection[UUID]) -> dict[UUID, str]:
    """Where files for these notes are sent from: the kept note, else the unfinished one."""
    if not keys:
        return {}
    begun = Draft.objects.open_for(user).filter(pk__in=keys).values_list("pk", flat=True)
    kept = Incident.objects.visible_to(user).filter(pk__in=keys).values_list("pk", "number")
    pages = {key: reverse("portal:draft", args=[letters_of(key)]) for key in begun}
    return pages | {key: reverse("portal:entry_add", args=[number]) for key, number in kept}


def files_without_a_note(user: User, but: UUID) -> list[tuple[str, Arrival]]:
    """Her files that came, or are coming, for a note that is not kept: newest first, each with its page.

    Args:
        user: whose they are.
        but: the key of the page itself, which lists its own.
    """
    files = Arrival.objects.visible_to(user).filter(case_ref=None, bound_at=None).exclude(entry_key=but)
    found = list(files.exclude(state=Arrival.State.JOINED).order_by("-begun_at")[:50])
    pages = pages_of(user, {each.entry_key for each in found})
    return [(pages.get(each.entry_key, ""), each) for each in found]


def files_of_hers(user: User) -> QuerySet[Evidence]:
    """All files that are with her notes, newest first, each with its `place` in its note and what was said of it."""
    place = Window(RowNumber(), partition_by=F("incident_id"), order_by=F("exhibit_number").asc())
    files = Evidence.objects.visible_to(user).filter(incident__isnull=False).annotate(place=place).with_standing()
    captions = Prefetch("captions", queryset=Caption.objects.order_by("-number"))
    return files.select_related("incident").prefetch_related(captions).order_by("-arrived_at", "-exhibit_number")
