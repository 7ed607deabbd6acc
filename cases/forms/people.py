"""Forms about the victim: who she is, how she may be reached."""

from datetime import date
from typing import Any

from django.forms import HiddenInput
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from cases.contact import FIELDS
from cases.forms.versions import VersionedForm
from cases.languages import LANGUAGES
from cases.models import Case, SafeContact, Victim
from cases.models.cases import ReferralSource
from cases.rules import Voicemail
from nsvcs import forms

OLDEST = date(1900, 1, 1)
BEGINNING = date(2018, 4, 1)  # of the service: nothing reached it and nobody was rung before
VOICEMAIL = [(value, capfirst(label)) for value, label in Voicemail.choices]
DAYS = [(str(number), name) for number, name in WEEKDAYS.items()]


class PersonForm(forms.Form):
    """Who she is. Nothing is required: a first call may give no more than a name to ask for."""

    first_name = forms.CharField(label=_("First name"), required=False, max_length=100, width="one-half")
    last_name = forms.CharField(label=_("Last name"), required=False, max_length=100, width="one-half")
    born_on = forms.DateField(label=_("Date of birth"), required=False, earliest=OLDEST, latest=timezone.localdate)
    phone = forms.PhoneField(label=_("Phone"), required=False)


class SearchForm(PersonForm):
    """Search first, so that nobody gets two files."""

    mark_optional = False

    def clean(self) -> dict[str, Any]:
        """Something to look for."""
        found = super().clean() or {}
        if not any(found.get(name) for name in ("first_name", "last_name", "phone", "born_on")) and not self.errors:
            self.add_error("last_name", _("Enter a name, a date of birth or a phone number"))
        return found


class DetailsForm(PersonForm):
    """All that is kept of a victim's own details."""

    known_as = forms.CharField(label=_("Known as"), required=False, max_length=100, width="one-half")
    pronouns = forms.CharField(label=_("Pronouns"), required=False, max_length=40, width=10)
    preferred_term = forms.CharField(
        label=_("Word they prefer"), required=False, max_length=40, width=10,
        help_text=_("The word they use for themselves, for example survivor."),
    )  # fmt: skip
    email = forms.EmailField(label=_("Email address"), required=False, max_length=254)
    address = forms.TextField(
        label=_("Address"), required=False, rows=4, max_length=1000,
        help_text=_("Kept from letters, file names and exports. A refuge’s address does not belong here."),
    )  # fmt: skip
    language = forms.SelectField(label=_("Language"), choices=LANGUAGES, initial="en")
    needs_interpreter = forms.BooleanField(label=_("They need an interpreter"), required=False)


class VictimForm(DetailsForm, VersionedForm):
    """A change to the details."""

    @classmethod
    def of(cls, victim: Victim) -> dict[str, Any]:
        """The details as they stand, to begin with."""
        return {name: getattr(victim, name) for name in cls.base_fields if name != "began"}


class CaseForm(VersionedForm):
    """A case's own facts."""

    is_high_priority = forms.BooleanField(
        label=_("High priority"), required=False, help_text=_("First contact is due in one working day, not two.")
    )
    police_force = forms.CharField(label=_("Police force"), required=False, max_length=60, width="one-half")
    crime_reference = forms.CharField(label=_("Crime reference"), required=False, max_length=60, width=20)
    portal_label = forms.CharField(
        label=_("What the victim calls this in the portal"), required=False, max_length=60, width="one-half",
        help_text=_("Agree it with the victim. Nothing that tells what it is about."),
    )  # fmt: skip

    @classmethod
    def of(cls, case: Case) -> dict[str, Any]:
        """The facts as they stand, to begin with."""
        return {name: getattr(case, name) for name in cls.base_fields if name != "began"}


class NewCaseForm(DetailsForm):
    """A new case: whose it is, how it reached us, who takes it."""

    victim = forms.ChoiceField(label=_("Is it one of these people?"), choices=[], missing=_("Choose who it is"))
    source = forms.SelectField(
        label=_("Referred by"), choices=[("", ""), *ReferralSource.choices], missing=_("Choose who referred the victim")
    )
    referrer = forms.CharField(label=_("Name and number of the referrer"), required=False, max_length=200)
    received_on = forms.DateField(
        label=_("When did it reach us?"), earliest=BEGINNING, latest=timezone.localdate,
        missing=_("Enter the day it reached us"),
    )  # fmt: skip
    summary = forms.TextField(label=_("What they told us"), required=False, rows=5, max_length=20_000)
    is_high_priority = forms.BooleanField(
        label=_("High priority"), required=False, help_text=_("First contact is due in one working day, not two.")
    )
    police_force = forms.CharField(label=_("Police force"), required=False, max_length=60, width="one-half")
    crime_reference = forms.CharField(label=_("Crime reference"), required=False, max_length=60, width=20)
    worker = forms.SelectField(label=_("Who takes the case?"), required=False)
    shown = forms.CharField(required=False, widget=HiddenInput)
    key = forms.KeyField()

    def __init__(
        self, *args: Any, matches: list[tuple[str, str]], workers: list[tuple[str, Any]], known: str = "", **kwargs: Any
    ) -> None:
        """Offer the people that were found, and who may take the case.

        `known` names all that the search found. The page carries it, so that a name changed here is a search as well.
        """
        super().__init__(*args, **kwargs)
        self.known = self.initial["shown"] = known
        self.fields["victim"].choices = [*matches, ("new", _("No: a new person"))]  # type: ignore[attr-defined]
        self.fields["worker"].choices = workers  # type: ignore[attr-defined]
        if not matches:
            self.fields["victim"].widget, self.initial["victim"] = HiddenInput(), "new"

    def clean(self) -> dict[str, Any]:
        """A new person needs something to be called by, and whoever is like them has been looked at."""
        found = super().clean() or {}
        if not set(self.known.split()) <= set(found.pop("shown", "").split()):
            self.data = self.data.copy()  # type: ignore[attr-defined]
            self.data["shown"] = self.known  # type: ignore[index]
            self.add_error(None, _("Somebody like this is known already. Look at that first, then open the case."))
        names = [found.get(name) for name in ("first_name", "last_name", "known_as")]
        if found.get("victim") == "new" and not any(names):
            self.add_error("first_name", _("Enter a name, or what the victim is known as"))
        return found


class SafeContactForm(forms.Form):
    """How she may be reached, as she says it. Everything left out is unknown, and unknown means no."""

    is_unsafe = forms.BooleanField(
        label=_("It is not safe to contact the victim"), required=False,
        help_text=_("Nothing is sent by any channel until this is changed."),
    )  # fmt: skip
    because = forms.TextField(
        label=_("Why is it safe again?"), required=False, rows=3, max_length=2000,
        help_text=_("Only if you take the tick away. It is kept with your name."),
    )  # fmt: skip
    ways = forms.MultipleChoiceField(
        label=_("Which ways are safe?"), required=False, widget=forms.Checkboxes(small=True),
        choices=[("may_phone", _("Phone calls")), ("may_text", _("Text messages")), ("may_email", _("Email")),
                 ("may_post", _("Post"))],
    )  # fmt: skip
    phone = forms.PhoneField(label=_("Safe phone number"), required=False)
    email = forms.EmailField(label=_("Safe email address"), required=False, max_length=254)
    weekdays = forms.MultipleChoiceField(
        label=_("On which days?"), required=False, choices=DAYS, widget=forms.Checkboxes(small=True)
    )
    from_time = forms.TimeField(
        label=_("Not before"), required=False, help_text=_("For any time, midnight to midnight.")
    )
    to_time = forms.TimeField(label=_("Not after"), required=False)
    voicemail = forms.ChoiceField(
        label=_("What may be left on the voicemail?"), choices=VOICEMAIL, initial=Voicemail.NEVER,
        widget=forms.Radios(small=True), missing=_("Choose what may be left"),
    )  # fmt: skip
    may_withhold_number = forms.BooleanField(label=_("The victim answers a withheld number"), required=False)
    has_shared_device = forms.BooleanField(
        label=_("Somebody else may see the victim’s phone or computer"), required=False
    )
    safe_name = forms.CharField(label=_("Ask for"), required=False, max_length=60, width="one-half")
    caller_name = forms.CharField(
        label=_("Say you are"), required=False, max_length=60, width="one-half",
        help_text=_("For example Sam from the gym. Messages carry this name too."),
    )  # fmt: skip
    code_word = forms.CharField(label=_("Our code word"), required=False, max_length=40, width=20)
    her_code_word = forms.CharField(label=_("The victim’s code word"), required=False, max_length=40, width=20)
    safe_person = forms.TextField(
        label=_("A person it is safe to leave word with"), required=False, rows=2, max_length=500
    )
    other_rules = forms.TextField(label=_("Anything else"), required=False, rows=3, max_length=2000)
    confirmed_on = forms.DateField(
        label=_("When did the victim say so?"),
        earliest=BEGINNING,
        latest=timezone.localdate,
        missing=_("Enter the day the victim said so"),
    )
    version = forms.IntegerField(widget=HiddenInput)

    @classmethod
    def of(cls, record: SafeContact | None) -> dict[str, Any]:
        """The newest record to begin with; the day is always asked anew."""
        if record is None:
            return {"version": 0}
        found = {name: getattr(record, name) for name in FIELDS}
        found["ways"] = [name for name in ("may_phone", "may_text", "may_email", "may_post") if found[name]]
        found["weekdays"] = [str(day) for day in record.weekdays]
        return found | {"version": record.version}

    def clean(self) -> dict[str, Any]:
        """Each safe way needs what it goes by, and what rings or lights up needs days and hours."""
        found = super().clean() or {}
        ways = set(found.get("ways") or ())
        needs = {
            "phone": (ways & {"may_phone", "may_text"}, _("Enter the number that is safe")),
            "email": (ways & {"may_email"}, _("Enter the address that is safe")),
            "weekdays": (ways - {"may_post"}, _("Choose the days that are safe")),
            "from_time": (ways - {"may_post"}, _("Enter from when it is safe")),
            "to_time": (ways - {"may_post"}, _("Enter until when it is safe")),
        }
        for name, (is_needed, sentence) in needs.items():
            if is_needed and found.get(name) in (None, "", []) and name not in self.errors:
                self.add_error(name, sentence)
        return found

    def values(self) -> dict[str, Any]:
        """The record's own fields."""
        ways = self.cleaned_data["ways"]
        ticked = {name: name in ways for name in ("may_phone", "may_text", "may_email", "may_post")}
        days = sorted(int(day) for day in self.cleaned_data["weekdays"])
        plain = {name: self.cleaned_data[name] for name in FIELDS if name in self.cleaned_data}
        return plain | ticked | {"weekdays": days}
