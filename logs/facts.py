"""What a file says of itself, in words for people. Nothing is worked out: a file's time is shown as it is written."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from logs.models import Evidence, EvidenceFact
from logs.saying import moment_of
from nsvcs.days import day_words

Kind = EvidenceFact.Kind
PLAIN = frozenset({Kind.TAKEN, Kind.DEVICE, Kind.LENGTH})  # what says something to everybody


def in_words(kind: str, value: str) -> str:
    """One fact for people."""
    if kind == Kind.TAKEN:
        return taken_in_words(value)
    return length_in_words(value) if kind == Kind.LENGTH else value


def taken_in_words(value: str) -> str:
    """A moment as the file has it, such as `3 June 2026 at 21:14:05`; its zone follows where the file names one."""
    found = moment_of(value)
    if found is None:
        return value
    moment, has_time, zone = found
    day = day_words(date(moment.year, moment.month, moment.day))
    if not has_time:
        return day
    words = _("%(day)s at %(time)s") % {"day": day, "time": f"{moment:%H:%M:%S}"}
    return f"{words} ({'UTC' if zone == 'Z' else zone})" if zone else words


def length_in_words(value: str) -> str:
    """A length in seconds, such as `2 minutes 5 seconds`."""
    try:
        minutes, seconds = divmod(round(float(value)), 60)
    except (ValueError, OverflowError):
        return value
    parts = [ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}] if minutes else []
    if seconds or not minutes:
        parts.append(ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds})
    return " ".join(parts)


def newest(evidence: Evidence) -> dict[str, str]:
    """Kind and value of the facts by the newest recipe, in their order; from what the view fetched."""
    facts = list(evidence.facts.all())
    by_kind = {fact.kind: fact.value for fact in facts if fact.recipe == facts[-1].recipe}
    return {kind.value: by_kind[kind] for kind in Kind if kind in by_kind}
