"""An entry of the directory as colleagues see it: what of it is confirmed, and how old the check is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.languages import LANGUAGES
from cases.limits import limits
from reference.models import DirectoryChange, Organisation
from reference.models.directory import DETAILS
from reference.needs import BY_CODE
from reference.places import DISTRICTS
from referrals.rules.directory import check_due_on, is_check_due

DETAIL_LABELS: dict[str, str | Promise] = {
    "phone": _("Phone"),
    "text_number": _("Text"),
    "email": _("Email"),
    "domain": _("Web"),
    "hours": _("Hours"),
    "phone_on_bill": _("On a bill"),
}
FIELD_LABELS: dict[str, str | Promise] = DETAIL_LABELS | {
    "name": _("Name"),
    "what_for": _("What it helps with"),
    "text_keyword": _("Word to text"),
    "remit_tags": _("Needs"),
    "area": _("Area"),
    "districts": _("Districts"),
    "languages": _("Languages"),
    "source": _("Source"),
}
SPOKEN = dict(LANGUAGES)


@dataclass(frozen=True)
class Detail:
    """One detail of an entry."""

    name: str
    label: str | Promise
    value: str
    is_confirmed: bool


@dataclass(frozen=True)
class Entry:
    """One entry as a page draws it.

    Attributes:
        due_on: the first day on which it is to be checked again; none where it never was.
    """

    organisation: Organisation
    due_on: date | None
    is_due: bool

    @property
    def details(self) -> list[Detail]:
        """What there is of it; of an entry that is not confirmed, nothing is."""
        row = self.organisation
        open_to = set(DETAILS) - set(row.unconfirmed_fields) if row.is_confirmed else set()
        said = {name: str(getattr(row, name)) for name in DETAILS}
        if row.text_number and row.text_keyword:
            said["text_number"] = _("“%(word)s” to %(number)s") % {"word": row.text_keyword, "number": row.text_number}
        return [Detail(name, DETAIL_LABELS[name], said[name], name in open_to) for name in DETAILS if said[name]]

    @property
    def unconfirmed(self) -> list[Detail]:
        """Of a confirmed entry, what is not."""
        return [each for each in self.details if not each.is_confirmed] if self.organisation.is_confirmed else []

    @property
    def needs(self) -> list[Any]:
        """What it is for, in words."""
        return [BY_CODE[code].label for code in self.organisation.remit_tags if code in BY_CODE]

    @property
    def districts(self) -> list[str]:
        """The districts it works in; none named is all of its area."""
        return [DISTRICTS[code][0] for code in self.organisation.districts if code in DISTRICTS]

    @property
    def languages(self) -> list[Any]:
        """The languages spoken there."""
        return [SPOKEN.get(code, code) for code in self.organisation.languages]


def after_days() -> int:
    """How long a check counts, in calendar days."""
    return limits()["directory_check_days"]


def entries_of(rows: Iterable[Organisation], today: date) -> list[Entry]:
    """Entries as a page draws them."""
    days = after_days()
    return [Entry(row, check_due_on(row.checked_on, days), is_check_due(row.checked_on, today, days)) for row in rows]


@dataclass(frozen=True)
class Step:
    """One thing done to an entry, with the fields it speaks of in words."""

    change: DirectoryChange
    lines: list[tuple[Any, str, str]]


def history(organisation: Organisation) -> list[Step]:
    """What was done to an entry, the newest first."""
    return [
        Step(
            change,
            [
                (FIELD_LABELS.get(name, name), _in_words(name, was), _in_words(name, now))
                for name, was, now in zip(change.fields, change.before, change.after, strict=True)
            ],
        )
        for change in DirectoryChange.objects.of(organisation)
    ]


CODES: dict[str, dict[str, Any]] = {
    "remit_tags": {code: need.label for code, need in BY_CODE.items()},
    "area": dict(Organisation.Area.choices),
    "districts": {code: name for code, (name, _county) in DISTRICTS.items()},
    "languages": SPOKEN,
}


def _in_words(field: str, kept: str) -> str:
    """What was kept of a field, its codes as what they stand for."""
    labels = CODES.get(field)
    return ", ".join(str(labels.get(code, code)) for code in kept.split(", ")) if labels and kept else kept
