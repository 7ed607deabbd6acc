"""What is told around entries and exhibits: contacts with the police and silences, custody, what is new."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import User
from bundles.disclosure.withholding import Withholder
from bundles.models import Bundle
from bundles.models.editions import Edition
from bundles.selection.choice import Cover, Custody, Listed, News, Police
from bundles.selection.contents import Entry
from bundles.selection.contents import Preset as Rules
from bundles.selection.frozen import Frozen, frozen
from logs.choosing import as_runs
from logs.models import Amendment, CustodyEvent, Evidence, Incident
from logs.models.incidents import PoliceContact
from logs.rules import Precision
from nsvcs.access import Role

# Why a file is locked is nobody's business who reads a bundle.
UNTOLD = (CustodyEvent.Kind.LOCKED, CustodyEvent.Kind.UNLOCKED)
# Nor is the accused's side told when the police, or whoever else, was given papers with it.
UNTOLD_TO_THE_ACCUSED = (CustodyEvent.Kind.DOWNLOADED, CustodyEvent.Kind.BUNDLED, CustodyEvent.Kind.LISTED)


def rules_of(bundle: Bundle) -> Rules | None:
    """The rules its edition is laid out by; none in a bundle of before there were any."""
    row = bundle.preset
    if row is None:
        return None
    return Rules(
        key=row.key, edition=str(row.get_edition_display()), name=row.name, in_force_on=row.in_force_on,
        version=row.version, source=row.source, numbering="bates" if row.numbering == "bates" else "continuous",
        layout="columns" if row.layout == "columns" else "cards", type_size=float(row.type_size),
        most_pages=row.most_pages, most_bytes=row.most_bytes,
    )  # fmt: skip


def cover_of(bundle: Bundle) -> Cover:
    """What stands on the cover beside the scope, as it was when the bundle was asked for."""
    if not bundle.edition:
        return Cover()
    return Cover(
        producer=bundle.producer, crime_reference=bundle.crime_reference, officer=bundle.officer, ring=bundle.ring,
        copy_mark=copy_mark(bundle.pk),
    )  # fmt: skip


def copy_mark(pk: UUID) -> str:
    """What names this copy: ten letters of the chance part of its id, none of them taken for another.

    Consonants alone: with figures among them one mark in three would have the form of a number plate or a postcode, and
    the gate would stop it where either is withheld.
    """
    letters, left = "BCDFGHJKLMNPQRSTVWXZ", pk.int & (1 << 62) - 1  # pragma: allowlist secret
    found = ""
    while len(found) < 10:
        left, place = divmod(left, len(letters))
        found += letters[place]
    return f"{found[:5]}-{found[5:]}"


def listed_of(rows: Sequence[Incident], withholder: Withholder) -> tuple[Listed, ...]:
    """Entries that are named and not printed: their number and their time."""
    why = _("not part of the core selection")
    return tuple(Listed(row.number, withholder.clean(row.when), why) for row in rows)


def police_of(rows: Sequence[Incident], entries: Sequence[Entry]) -> tuple[Police, ...]:
    """Each contact with the police that an entry tells of, and between two of them the entries that tell of none.

    Facts alone: which entries, of which dates. Nothing is said of what ought to have been done, and by whom.
    """
    found: list[Police] = []
    silent: list[tuple[Incident, Entry]] = []
    before: Incident | None = None
    for row, entry in zip(rows, entries, strict=True):
        if not tells_of_police(row):
            silent.append((row, entry))
            continue
        found += _silence(silent, before, row)
        found.append(Police(entry.number, entry.occurred_words, entry.police_words))
        silent, before = [], row
    return (*found, *_silence(silent, before, None))


def tells_of_police(row: Incident) -> bool:
    """Whether an entry says that the police were told, or what they did or gave."""
    told = row.police_response.strip() or row.police_reference.strip()
    return row.police_contacted == PoliceContact.YES or bool(told)


def _silence(silent: Sequence[tuple[Incident, Entry]], after: Incident | None, until: Incident | None) -> list[Police]:
    if not silent:
        return []
    first, last = silent[0][1], silent[-1][1]
    when = first.occurred_words
    if len(silent) > 1:
        when = _("%(first)s to %(last)s") % {"first": first.occurred_words, "last": last.occurred_words}
    words = ngettext(
        "%(count)s entry printed here tells of no contact with the police: %(numbers)s.",
        "%(count)s entries printed here tell of no contact with the police: %(numbers)s.",
        len(silent),
    )
    numbers = as_runs(entry.number for _row, entry in silent).replace(",", ", ")
    parts = [words % {"count": len(silent), "numbers": numbers}, _between(after, until)]
    return [Police(None, when, " ".join(part for part in parts if part))]


def _between(after: Incident | None, until: Incident | None) -> str:
    if after is None or until is None:
        return ""
    told = {"after": after.number, "until": until.number}
    words = _("They lie between the contacts of entry %(after)s and entry %(until)s.") % told
    if Precision.MONTH in {after.precision, until.precision}:
        return words
    days = (until.occurred_on - after.occurred_on).days
    return f"{words} " + ngettext("%(days)s day lies between the two.", "%(days)s days lie between the two.", days) % {
        "days": days
    }


def custody_of(row: Evidence, bundle: Bundle) -> tuple[Custody, ...]:
    """The way of an original from its arrival until the choice was frozen, by role and not by name."""
    steps = sorted(row.custody.all(), key=lambda step: (step.at, step.pk))
    untold = (*UNTOLD, *UNTOLD_TO_THE_ACCUSED) if bundle.edition == Edition.SAFE else UNTOLD
    return tuple(
        Custody(_step_words(step.kind, get_language()), step.at, _role(step.by_role, get_language()))
        for step in steps
        if step.at <= bundle.frozen_at and step.kind not in untold
    )


@lru_cache(maxsize=256)
def _step_words(kind: str, _language: str | None) -> str:
    """What was done, in the language of the page: looked up once, not for each step of each file."""
    return str(CustodyEvent.Kind(kind).label) if kind in CustodyEvent.Kind.values else kind


@lru_cache(maxsize=256)
def _role(code: str, _language: str | None) -> str:
    if code == Role.VICTIM:
        return _("the victim")
    return str(Role(code).label).lower() if code in Role.values else _("the service’s own system")


def news_of(bundle: Bundle, chosen: Frozen, marks: Mapping[UUID, str], by: User) -> News | None:
    """What this bundle has that the earlier one for the same recipient had not, and what that one had alone."""
    earlier = bundle.follows
    if earlier is None:
        return None
    before = frozen(earlier, by)
    numbers = _numbers(chosen.told | before.told, by)
    old_files = Evidence.objects.visible_to(by).filter(pk__in=set(before.files) - set(chosen.files))
    gone = [_("entry %(number)s") % {"number": numbers[pk]} for pk in before.told - chosen.told if pk in numbers]
    gone += [f"E{number}" for number in old_files.order_by("exhibit_number").values_list("exhibit_number", flat=True)]
    return News(
        since=earlier.asked_at,
        entries=tuple(sorted(numbers[pk] for pk in chosen.told - before.told)),
        exhibits=tuple(marks[pk] for pk in chosen.files if pk not in set(before.files)),
        amended=tuple(sorted(numbers[pk] for pk in _amended(chosen, before, earlier, by))),
        gone=tuple(sorted(gone, key=_by_number)),
    )


def _by_number(words: str) -> tuple[bool, int]:
    return words.startswith("E"), int("".join(letter for letter in words if letter.isdigit()))


def _numbers(pks: set[UUID], by: User) -> dict[UUID, int]:
    return dict(Incident.objects.visible_to(by).filter(pk__in=pks).values_list("pk", "number"))


def _amended(chosen: Frozen, before: Frozen, earlier: Bundle, by: User) -> set[UUID]:
    """Entries the reader has already, with notes the reader has not; or now whole where they were only named."""
    notes: Any = Amendment.objects.visible_to(by).filter(pk__in=chosen.notes or ())
    if before.notes is None:
        notes = notes.filter(recorded_at__gt=earlier.frozen_at)
    else:
        notes = notes.exclude(pk__in=before.notes)
    known = before.told & set(chosen.entries)
    amended = set(notes.values_list("incident_id", flat=True)) & known
    return amended | (set(chosen.entries) & set(before.listed))
