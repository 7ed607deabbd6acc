"""The page of people who can help: who stands first, what is left in groups, and the search that narrows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.languages import LANGUAGES
from nsvcs import forms
from portal.showing import EMERGENCY
from reference.models import Organisation
from reference.models.directory import OrganisationQuerySet
from reference.needs import BY_NUMBER, NEEDS, Need

# Ways to 999 without speaking or hearing; then how to report: by phone, online, at a station, without a name.
SILENT_WAYS = ("relay-999", "text-999", "bsl-999")
TO_REPORT = ("police-101", "norfolk-constabulary", "suffolk-constabulary", "police-station", "crimestoppers")
# What stands for a place or a language in her address bar: a number that is never given to another.
PLACES = {1: ("norfolk", Organisation.Area.NORFOLK.label), 2: ("suffolk", Organisation.Area.SUFFOLK.label)}
SPOKEN = {
    1: "en", 2: "pl", 3: "lt", 4: "pt", 5: "ro", 6: "ru", 7: "uk", 8: "bg", 9: "bn", 10: "ar", 11: "bfi", 12: "lv",
    13: "ku", 14: "tr", 15: "tet", 16: "zh",
}  # fmt: skip


class HelpForm(forms.FilterForm):
    """What she looks for. It is in the address, as numbers alone, so that it works by a plain link."""

    need = forms.SelectField(label=_("What do you want help with?"), required=False)
    place = forms.SelectField(label=_("Where?"), required=False)
    speak = forms.SelectField(label=_("In which language?"), required=False)

    def __init__(self, asked: QueryDict, *, entries: Iterable[Organisation]) -> None:
        """Offer only what finds somebody."""
        super().__init__(asked)
        tags = {tag for entry in entries for tag in entry.remit_tags}
        spoken, names = {code for entry in entries for code in entry.languages}, dict(LANGUAGES)
        offered: dict[str, list[tuple[str, Any]]] = {
            "need": [(str(need.number), need.label) for need in NEEDS if need.code in tags],
            "place": [(str(number), label) for number, (_code, label) in PLACES.items()],
            "speak": [(str(number), names[code]) for number, code in SPOKEN.items() if code in spoken],
        }
        for name, choices in offered.items():
            self.fields[name].choices = [("", _("Any")), *choices]  # type: ignore[attr-defined]
        self.is_valid()

    @property
    def is_narrowed(self) -> bool:
        """Whether anything was chosen that exists."""
        return any(self.cleaned_data.values())

    def filter(self, entries: OrganisationQuerySet) -> OrganisationQuerySet:
        """The entries that fit all that was chosen."""
        chosen = {name: int(value) for name, value in self.cleaned_data.items() if value}
        if "need" in chosen:
            entries = entries.tagged([BY_NUMBER[chosen["need"]].code])
        if "place" in chosen:
            entries = entries.working_in(PLACES[chosen["place"]][0])
        return entries.speaking(SPOKEN[chosen["speak"]]) if "speak" in chosen else entries


@dataclass(frozen=True)
class Section:
    """Entries for one need; each entry stands once, under the first need that it is for."""

    need: Need
    entries: list[Organisation]

    @property
    def label(self) -> str | Promise:
        """Its heading."""
        return self.need.label


def named(entries: Iterable[Organisation], slugs: Iterable[str]) -> list[Organisation]:
    """Those of the entries with these names, in the order of the names."""
    by_slug = {entry.slug: entry for entry in entries}
    return [by_slug[slug] for slug in slugs if slug in by_slug]


def sections(entries: Iterable[Organisation]) -> list[Section]:
    """The entries that stand nowhere else on the page, by need."""
    elsewhere = {EMERGENCY, *SILENT_WAYS, *TO_REPORT}
    left = [entry for entry in entries if entry.slug not in elsewhere]
    found = []
    for need in NEEDS:
        here = [entry for entry in left if need.code in entry.remit_tags]
        left = [entry for entry in left if entry not in here]
        if here:
            found.append(Section(need, here))
    return found
