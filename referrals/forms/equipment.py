"""Forms of the stock: narrowing it, new units and places, tests, batteries, moves by hand."""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from cases.forms.versions import VersionedForm
from nsvcs import forms
from referrals.equipment_lists import late
from referrals.models import Alarm, AlarmPlace
from referrals.models.equipment import AlarmQuerySet
from referrals.rules.equipment import AlarmState

NO_PERSON = _("Nothing about a person: every colleague can read this.")
WORKS = [("yes", _("It works")), ("no", _("It does not work"))]


def place_choices() -> list[tuple[str, str]]:
    """Every place with its team, by name."""
    places = AlarmPlace.objects.select_related("team").order_by("team__name", "name")
    return [(str(place.pk), f"{place.team.name}: {place.name}") for place in places]


class StockFilterForm(forms.FilterForm):
    """What narrows the stock; all of it in the address."""

    place = forms.SelectField(label=_("Place"), required=False)
    kind = forms.SelectField(label=_("Type"), choices=[("", _("Any")), *Alarm.Kind.choices], required=False)
    state = forms.SelectField(label=_("State"), choices=[("", _("Any")), *AlarmState.choices], required=False)
    late = forms.SelectField(
        label=_("Overdue"),
        choices=[
            ("", _("Any")), ("tests", _("Tests")), ("returns", _("Returns")), ("batteries", _("Batteries")),
        ],
        required=False,
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the places there are."""
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [("", _("Any")), *place_choices()]  # type: ignore[attr-defined]

    def filter(self, units: AlarmQuerySet, user: User, today: date) -> AlarmQuerySet:
        """The units that fit all that was chosen; a choice that does not exist narrows nothing."""
        self.is_valid()
        chosen = self.cleaned_data
        if chosen.get("late"):
            units = late(units, chosen["late"], user, today)
        return units.filter(**{name: chosen[name] for name in ("place", "kind", "state") if chosen.get(name)})


class PlaceForm(forms.Form):
    """A place where a team keeps units."""

    team = forms.SelectField(label=_("Team"), missing=_("Choose the team"))
    name = forms.CharField(
        label=_("Place"), max_length=60, width=20, help_text=_("For example Office, or Cupboard 2."),
        missing=_("Write where it is"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the teams."""
        super().__init__(*args, **kwargs)
        teams = [(str(pk), name) for pk, name in Team.objects.order_by("name").values_list("pk", "name")]
        self.fields["team"].choices = teams  # type: ignore[attr-defined]


class _Placed(forms.Form):
    """A form that asks where a unit is kept."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the places there are."""
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [("", _("Choose a place")), *place_choices()]  # type: ignore[attr-defined]


class UnitForm(_Placed):
    """A new unit."""

    serial = forms.CharField(label=_("Serial number"), max_length=60, width=20, missing=_("Enter the serial number"))
    kind = forms.SelectField(label=_("Type"), choices=Alarm.Kind.choices, missing=_("Choose the type"))
    condition = forms.ChoiceField(
        label=_("Condition"), choices=Alarm.Condition.choices, widget=forms.Radios(small=True),
        initial=Alarm.Condition.NEW, missing=_("Choose the condition"),
    )  # fmt: skip
    place = forms.SelectField(label=_("Where is it kept?"), missing=_("Choose where it is kept"))
    battery = forms.ChoiceField(
        label=_("Does it have a battery that we change?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        widget=forms.Radios(small=True, reveals={"yes": "battery_changed_on"}),
        missing=_("Say whether it has a battery that we change"),
    )
    battery_changed_on = forms.DateField(
        label=_("When was the battery last new?"), required=False, latest=timezone.localdate
    )
    notes = forms.TextField(label=_("Notes"), required=False, max_length=400, rows=3, help_text=NO_PERSON)
    key = forms.KeyField()

    def clean(self) -> dict[str, Any]:
        """A battery has a day on which it was new."""
        found = super().clean() or {}
        if found.get("battery") != "yes":
            found["battery_changed_on"] = None
        elif found.get("battery_changed_on") is None and "battery_changed_on" not in self.errors:
            self.add_error("battery_changed_on", _("Enter when the battery was last new"))
        return found

    def values(self) -> dict[str, Any]:
        """The unit's own fields."""
        names = ("serial", "kind", "condition", "battery_changed_on", "notes")
        said = {name: self.cleaned_data[name] for name in names}
        return said | {"place": AlarmPlace.objects.get(pk=self.cleaned_data["place"])}


class ChangeUnitForm(_Placed, VersionedForm):
    """Where a unit is kept, its condition, its notes."""

    place = forms.SelectField(label=_("Where is it kept?"), missing=_("Choose where it is kept"))
    condition = forms.ChoiceField(
        label=_("Condition"), choices=Alarm.Condition.choices, widget=forms.Radios(small=True),
        missing=_("Choose the condition"),
    )  # fmt: skip
    notes = forms.TextField(label=_("Notes"), required=False, max_length=400, rows=3, help_text=NO_PERSON)

    def values(self) -> dict[str, Any]:
        """The unit's own fields."""
        said = self.content()
        return said | {"place": AlarmPlace.objects.select_related("team").get(pk=said["place"])}


class ReasonForm(forms.Form):
    """Why a unit is moved by hand."""

    reason = forms.CharField(label=_("Why?"), max_length=200, help_text=NO_PERSON, missing=_("Write why"))


class TestForm(forms.Form):
    """A test."""

    __test__ = False  # the test runner takes classes of such names for its own

    works = forms.ChoiceField(
        label=_("Does it work?"), choices=WORKS, widget=forms.Radios(small=True), missing=_("Say whether it works")
    )
    on = forms.DateField(
        label=_("When was it tested?"), latest=timezone.localdate, initial=timezone.localdate,
        missing=_("Enter the day of the test"),
    )  # fmt: skip
    words = forms.CharField(label=_("What was noticed?"), required=False, max_length=200, help_text=NO_PERSON)
    key = forms.KeyField()


class BatteryForm(forms.Form):
    """A new battery."""

    on = forms.DateField(
        label=_("When was the battery changed?"), latest=timezone.localdate, initial=timezone.localdate,
        missing=_("Enter the day"),
    )  # fmt: skip
    words = forms.CharField(label=_("What was noticed?"), required=False, max_length=200, help_text=NO_PERSON)
    key = forms.KeyField()


class LookOverForm(forms.Form):
    """What came back, looked over before it may be lent again."""

    is_tamper_checked = forms.BooleanField(
        label=_("Looked for tampering: opened, glued, changed, something added"), required=False
    )
    is_tracker_checked = forms.BooleanField(label=_("Looked for trackers, inside and in its bag"), required=False)
    is_wiped = forms.BooleanField(
        label=_("Paired phones, accounts and recordings are wiped, or there were none"), required=False
    )
    found = forms.ChoiceField(
        label=_("Was something found on it?"),
        choices=[
            ("no", _("No")),
            ("yes", _("Yes: it is kept apart, and the case it was with last is looked at today")),
        ],
        widget=forms.Radios(small=True), missing=_("Say whether something was found"),
    )  # fmt: skip
    works = forms.ChoiceField(
        label=_("Does it work?"), choices=WORKS, widget=forms.Radios(small=True), missing=_("Say whether it works")
    )
    words = forms.CharField(label=_("What was noticed?"), required=False, max_length=200, help_text=NO_PERSON)
    key = forms.KeyField()

    def clean(self) -> dict[str, Any]:
        """What was found is said in words."""
        said = super().clean() or {}
        if said.get("found") == "yes" and not said.get("words") and "words" not in self.errors:
            self.add_error("words", _("Write what was found"))
        return said
