"""Showing some lines of a long list: a thousand entries are chosen from by what they tell of, not one by one."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bundles.choosing.offering import Kind, Line, Offer
from nsvcs import forms

FILES, POLICE, NOTES = "files", "police", "notes"
STATES = {
    "items": [("in", gettext_lazy("Going in")), ("out", gettext_lazy("Left out"))],
    "core": [("whole", gettext_lazy("Printed whole")), ("named", gettext_lazy("Only named"))],
}
NAMES = ("has", "month", "state")


class NarrowForm(forms.FilterForm):
    """What the list is narrowed to."""

    has = forms.MultipleChoiceField(
        label=gettext_lazy("Entries"),
        choices=[
            (FILES, gettext_lazy("With exhibits")),
            (POLICE, gettext_lazy("That tell of the police")),
            (NOTES, gettext_lazy("With later notes")),
        ],
        required=False,
        widget=forms.Checkboxes(small=True),
    )
    month = forms.SelectField(label=gettext_lazy("Month"), choices=(), required=False)
    state = forms.SelectField(label=gettext_lazy("As chosen so far"), choices=(), required=False)

    def __init__(self, query: QueryDict, *, found: Offer, step: str) -> None:
        """Offer the months there are."""
        super().__init__(query)
        self.found = found
        months = {line.day.replace(day=1) for line in found.of(Kind.ENTRY) if line.day}
        told = [(f"{month:%Y-%m}", format_date(month, "F Y")) for month in sorted(months)]
        self.fields["month"].choices = [("", _("All")), *told]  # type: ignore[attr-defined]
        self.fields["state"].choices = [("", _("All")), *STATES[step]]  # type: ignore[attr-defined]

    def narrowed(self, lines: Iterable[Line]) -> list[Line]:
        """Those lines that go with an entry of this sort, and stand as is asked for; all where nothing holds."""
        if not self.is_valid():
            return list(lines)
        entries = {line.pk for line in self.found.of(Kind.ENTRY) if self._fits(line)}
        return [line for line in lines if line.entries & entries and self._stands(line)]

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves anything out."""
        return self.is_valid() and any(self.cleaned_data.values())

    @property
    def query(self) -> str:
        """As an address has it."""
        said = self.cleaned_data if self.is_valid() else {}
        return urlencode([(name, each) for name in NAMES for each in _each(said.get(name)) if each])

    def _fits(self, line: Line) -> bool:
        said = self.cleaned_data
        if said["month"] and (line.size is None or line.size.month != said["month"]):
            return False
        tells = {
            FILES: line.pk in self._with(Kind.EVIDENCE),
            POLICE: line.size is not None and line.size.tells_of_police,
            NOTES: line.pk in self._with(Kind.AMENDMENT),
        }
        return all(tells[each] for each in said["has"])

    def _with(self, kind: str) -> set[UUID]:
        return self.found.entries_with(kind)

    def _stands(self, line: Line) -> bool:
        state = self.cleaned_data["state"]
        if state in {"in", "out"}:
            return self.found.is_in(line) == (state == "in")
        return not state or (line.pk in self.found.whole) == (state == "whole")


def _each(value: Any) -> Iterator[str]:
    yield from value if isinstance(value, Sequence) and not isinstance(value, str) else [value or ""]
