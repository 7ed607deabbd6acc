"""Forms about who holds a case, who may open it, and how it ends."""

from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import User, WorkingTimeReduction
from cases.models import Case
from cases.rules import ClosureReason
from nsvcs import forms


class ColleagueForm(forms.Form):
    """Somebody of the case's team, or of any team."""

    worker = forms.SelectField(label=_("Who?"), missing=_("Choose a colleague"))

    def __init__(self, *args: Any, people: "list[User]", **kwargs: Any) -> None:
        """Offer the people by name."""
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        away = _away(people)
        names = [(key, _said(person, away.get(person.pk))) for key, person in self.people.items()]
        self.fields["worker"].choices = [("", ""), *names]  # type: ignore[attr-defined]

    def person(self) -> User:
        """Who was chosen."""
        return self.people[self.cleaned_data["worker"]]


def _away(people: "list[User]") -> dict[UUID, date]:
    """Who is on leave today, and the last day of it."""
    leave = WorkingTimeReduction.objects.on(timezone.localdate()).filter(user__in=people).order_by("ends_on")
    return dict(leave.values_list("user_id", "ends_on"))


def _said(person: User, last: date | None) -> str:
    """A colleague by name, so that nobody is given a case unawares who is not there to work it."""
    if last is None:
        return person.name
    return _("%(name)s (on leave until %(day)s)") % {"name": person.name, "day": date_format(last, "j F Y")}


class AllocateForm(ColleagueForm):
    """Who is to hold the case."""


class CoverForm(ColleagueForm):
    """Who works the case for a time."""

    ends_on = forms.DateField(
        label=_("Last day of cover"), earliest=timezone.localdate, missing=_("Enter the last day of cover")
    )


class GrantForm(ColleagueForm):
    """Who may read the case for a time, and why."""

    ends_on = forms.DateField(label=_("Last day"), earliest=timezone.localdate, missing=_("Enter the last day"))
    reason = forms.TextField(label=_("Why?"), max_length=1000, rows=3, missing=_("Write why"))


class WallForm(ColleagueForm):
    """Who must never open the case, and why."""

    reason = forms.TextField(
        label=_("Why?"), max_length=1000, rows=3, missing=_("Write why"), help_text=_("They are not told why.")
    )


class ReasonForm(forms.Form):
    """An older or restricted case, by its reference, and why it has to be opened."""

    reference = forms.CharField(
        label=_("Case reference"), width=20, missing=_("Enter the case reference"),
        help_text=_("For example NSV-2026-000123."),
    )  # fmt: skip
    reason = forms.TextField(label=_("Why do you need to open it?"), max_length=1000, rows=3, missing=_("Write why"))

    def clean_reference(self) -> str:
        """As it is kept, however it was typed."""
        return str(self.cleaned_data["reference"]).strip().upper().replace(" ", "")


class CloseForm(forms.Form):
    """Why a case is closed."""

    reason = forms.ChoiceField(
        label=_("Why is it closed?"),
        choices=ClosureReason.choices,
        widget=forms.Radios(small=True),
        missing=_("Choose why it is closed"),
    )
    text = forms.TextField(
        label=_("What was agreed or tried"), max_length=2000, rows=4, missing=_("Write what was agreed or tried")
    )


class ReopenForm(forms.Form):
    """Why a case is taken up again."""

    reason = forms.TextField(label=_("Why is it opened again?"), max_length=2000, rows=3, missing=_("Write why"))


def colleagues(case: Case) -> list[User]:
    """Active people of the case's team who may hold it."""
    return list(User.objects.caseworkers_of(case.team_id).order_by("name"))


def all_colleagues() -> list[User]:
    """Active caseworkers, managers and data protection leads of any team."""
    roles = ["caseworker", "manager", "data_protection"]
    return list(User.objects.staff().filter(is_active=True, role__in=roles).order_by("name"))
