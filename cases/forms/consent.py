"""Forms for what the victim agrees to, and for taking it back."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.forms.people import BEGINNING
from cases.limits import limits
from cases.models import Consent, Told
from cases.rules import last_day
from nsvcs import forms
from reference.models import Organisation

IN_DIRECTORY, SOMEBODY_ELSE = "directory", "other"


class ConsentForm(forms.Form):
    """One agreement, with one recipient."""

    purpose = forms.ChoiceField(
        label=_("What does the victim agree to?"), choices=Consent.Purpose.choices, widget=forms.Radios(small=True),
        missing=_("Choose what the victim agrees to"),
    )  # fmt: skip
    who = forms.ChoiceField(
        label=_("With whom?"), help_text=_("One recipient. Another one is another agreement."),
        choices=[(IN_DIRECTORY, _("An organisation of the directory")), (SOMEBODY_ELSE, _("Somebody else"))],
        widget=forms.Radios(small=True, reveals={IN_DIRECTORY: "organisation", SOMEBODY_ELSE: "recipient_name"}),
        missing=_("Choose with whom"),
    )  # fmt: skip
    organisation = forms.SelectField(label=_("Which organisation?"), required=False)
    recipient_name = forms.CharField(
        label=_("Who?"), required=False, max_length=120, width="one-half",
        help_text=_("The name as it will stand on the letter or the referral."),
    )  # fmt: skip
    what = forms.TextField(
        label=_("What may be said or done?"), max_length=2000, rows=3,
        help_text=_("The victim reads this in the portal. Use plain words that say nothing to others."),
        missing=_("Write what may be said or done"),
    )  # fmt: skip
    how_given = forms.ChoiceField(
        label=_("How did the victim agree?"), choices=Told.choices, widget=forms.Radios(small=True),
        missing=_("Choose how the victim agreed"),
    )  # fmt: skip
    given_on = forms.DateField(
        label=_("When did the victim agree?"), earliest=BEGINNING, latest=timezone.localdate,
        initial=timezone.localdate, missing=_("Enter the day"),
    )  # fmt: skip
    starts_on = forms.DateField(
        label=_("From which day?"), earliest=BEGINNING, initial=timezone.localdate, missing=_("Enter the first day")
    )
    ends_on = forms.DateField(
        label=_("Until which day?"), earliest=BEGINNING, help_text=_("The whole of this day still counts."),
        missing=_("Enter the last day"),
    )  # fmt: skip
    words = forms.TextField(label=_("In the victim’s words"), required=False, max_length=2000, rows=3)
    key = forms.KeyField()

    def __init__(self, *args: Any, purpose: str = "", **kwargs: Any) -> None:
        """Offer the directory, and the last day that the service has set; `purpose` is chosen to begin with."""
        super().__init__(*args, **kwargs)
        self.organisations = {str(each.pk): each for each in Organisation.objects.to_choose_from()}
        names = [(pk, each.name) for pk, each in self.organisations.items()]
        self.fields["organisation"].choices = [("", ""), *names]  # type: ignore[attr-defined]
        self.fields["ends_on"].initial = last_day(timezone.localdate(), limits()["consent_days"])
        if purpose in Consent.Purpose.values:
            self.fields["purpose"].initial = purpose

    def clean(self) -> dict[str, Any]:
        """A recipient of the kind that was chosen."""
        found = super().clean() or {}
        if found.get("who") == IN_DIRECTORY and not found.get("organisation") and "organisation" not in self.errors:
            self.add_error("organisation", _("Choose the organisation"))
        if (
            found.get("who") == SOMEBODY_ELSE
            and not found.get("recipient_name")
            and "recipient_name" not in self.errors
        ):
            self.add_error("recipient_name", _("Enter the name"))
        return found

    def values(self) -> dict[str, Any]:
        """The agreement's own fields."""
        names = ("purpose", "what", "how_given", "given_on", "starts_on", "ends_on", "words")
        is_known = self.cleaned_data["who"] == IN_DIRECTORY
        return {name: self.cleaned_data[name] for name in names} | {
            "organisation": self.organisations[self.cleaned_data["organisation"]] if is_known else None,
            "recipient_name": "" if is_known else self.cleaned_data["recipient_name"],
        }


class WithdrawForm(forms.Form):
    """That the victim took it back: nothing of it has to be filled in."""

    how = forms.ChoiceField(
        label=_("How did the victim say so?"), choices=Told.choices, widget=forms.Radios(small=True, inline=True),
        required=False,
    )  # fmt: skip
    words = forms.TextField(label=_("In the victim’s words"), required=False, max_length=2000, rows=2)
