"""Forms for letters: whom to, what goes in, how it left."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.forms import HiddenInput
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import Consent
from nsvcs import forms
from nsvcs.days import day_words
from referrals.models import Letter
from referrals.rules.letters import FIELDS, Way

OTHER = "other"
LABELS = {field.name: field.label for field in FIELDS}


class LetterForm(forms.Form):
    """One letter from a template."""

    recipient = forms.ChoiceField(
        label=_("Whom is it to?"), choices=[], missing=_("Choose whom it is to"),
        error_messages={"invalid_choice": _("That agreement was taken back or has ended. Choose whom it is to")},
    )  # fmt: skip
    to_name = forms.CharField(
        label=_("Name as it stands on the letter"), required=False, max_length=120, width="one-half",
        help_text=_("Without an agreement it can be handed or posted to the victim only, who passes it on."),
    )  # fmt: skip
    to_address = forms.TextField(
        label=_("Address of the recipient"), required=False, max_length=500, rows=4,
        help_text=_("For the top of the letter. Never the victim’s."),
    )  # fmt: skip
    name_used = forms.CharField(
        label=_("The victim’s name, as they want it in this letter"), max_length=200, width="one-half",
        missing=_("Enter the name the victim wants in this letter"),
    )  # fmt: skip
    included = forms.MultipleChoiceField(
        label=_("What else may the recipient know?"), choices=[], widget=forms.Checkboxes(small=True), required=False,
        help_text=_("Only what is ticked goes in. Ask the victim first."),
        error_messages={"invalid_choice": _("The case has something you ticked no more. Tick again what may go in")},
    )  # fmt: skip
    their_reference = forms.CharField(label=_("The recipient’s own reference"), required=False, max_length=60, width=20)
    request = forms.TextField(
        label=_("What is asked for?"), max_length=4000, rows=4, missing=_("Write what is asked for"),
        help_text=_("A line that begins with a dash becomes a point of a list."),
    )  # fmt: skip
    facts = forms.TextField(
        label=_("What the recipient may know besides"), required=False, max_length=4000, rows=5,
        help_text=_("Facts, as agreed with the victim. No address, no place the victim can be found at."),
    )  # fmt: skip
    seen = forms.CharField(required=False, max_length=32, widget=HiddenInput)
    guarded_fine = forms.MultipleChoiceField(
        label=_("Which of its protected words may the recipient read?"), choices=[],
        widget=forms.Checkboxes(small=True), required=False, help_text=_("What is not ticked has to come out."),
    )  # fmt: skip
    based_on = forms.CharField(required=False, max_length=36, widget=HiddenInput)
    key = forms.KeyField()

    def __init__(
        self,
        *args: Any,
        consents: Sequence[Consent],
        known: Mapping[str, str],
        offered: Sequence[str],
        **kwargs: Any,
    ) -> None:
        """Offer the recipients that the victim has agreed to, and the fields that the template and the case have."""
        super().__init__(*args, **kwargs)
        self.consents = {str(consent.pk): consent for consent in consents}
        choices = [(key, _agreed(consent)) for key, consent in self.consents.items()]
        recipient = self.fields["recipient"]
        recipient.choices = [*choices, (OTHER, _("Somebody else"))]  # type: ignore[attr-defined]
        recipient.widget = forms.Radios(small=True, reveals={OTHER: "to_name"}, choices=recipient.choices)  # type: ignore[attr-defined]
        included = self.fields["included"]
        included.choices = [(name, LABELS[name]) for name in offered]  # type: ignore[attr-defined]
        included.widget.hints = {name: known[name] for name in offered}
        if not offered:
            del self.fields["included"]
        self._guarded_fine = self.fields.pop("guarded_fine")

    def not_allowed(self, words: Sequence[str]) -> list[str]:
        """Of the protected words that were found in the letter, those not ticked; from now on each can be.

        Nothing can be ticked before it was found: a tick out of habit would let words through that nobody saw.
        """
        if not words:
            return []
        self.fields["guarded_fine"] = self._guarded_fine
        self._guarded_fine.choices = [(each, each) for each in words]  # type: ignore[attr-defined]
        ticked = set(self["guarded_fine"].value() or ())
        return [each for each in words if each not in ticked]

    def clean(self) -> dict[str, Any]:
        """Somebody else has a name."""
        found = super().clean() or {}
        if found.get("recipient") == OTHER and not found.get("to_name") and "to_name" not in self.errors:
            self.add_error("to_name", _("Enter whom it is to"))
        consent = self.consents.get(str(found.get("recipient")))
        if consent is not None:
            found["to_name"] = consent.recipient
            found["organisation_id"] = consent.organisation_id
        return found

    def values(self) -> dict[str, Any]:
        """The letter's own fields."""
        said = self.cleaned_data
        names = ("to_name", "to_address", "name_used", "request", "their_reference", "facts")
        kept = {name: said[name] for name in names} | {"organisation_id": said.get("organisation_id")}
        return kept | {"included": sorted(said.get("included", []))}

    @property
    def top(self) -> str:
        """What was typed for the top of the letter; a name that the victim agreed to was not typed here."""
        typed = ("to_name", "to_address") if self.cleaned_data["recipient"] == OTHER else ("to_address",)
        return "\n".join(self.cleaned_data[name] for name in typed)

    @staticmethod
    def of(letter: Letter, consents: Sequence[Consent]) -> dict[str, Any]:
        """An earlier letter as a new one begins with it."""
        names = ("to_name", "to_address", "name_used", "included", "request", "their_reference", "facts")
        to = (letter.organisation_id, letter.to_name)
        same = [each for each in consents if (each.organisation_id, each.recipient) == to]
        begun = {name: getattr(letter, name) for name in names}
        return begun | {"recipient": str(same[0].pk) if same else OTHER, "based_on": str(letter.pk)}


def _agreed(consent: Consent) -> Any:
    words = _("%(name)s, agreed until %(day)s")
    return words % {"name": consent.recipient, "day": day_words(consent.ends_on)}


class GivenForm(forms.Form):
    """How a letter left, and when."""

    way = forms.ChoiceField(
        label=_("How did it leave?"), choices=[], widget=forms.Radios(small=True), missing=_("Choose how it left")
    )
    to_name = forms.CharField(
        label=_("Into whose hands, or to whom?"), max_length=120, width="one-half", missing=_("Enter to whom")
    )
    on = forms.DateField(
        label=_("Which day?"), latest=timezone.localdate, initial=timezone.localdate, missing=_("Enter the day")
    )
    has_left = forms.BooleanField(
        label=_("It had left already, and is not in our hands any more"), required=False,
        help_text=_("Needed where it may not leave that way now. A letter that is still here must not go."),
    )  # fmt: skip
    key = forms.KeyField()

    def __init__(self, *args: Any, shut: Mapping[Way, Any], earliest: date, **kwargs: Any) -> None:
        """Offer every way, and say of each whose gate is shut why; nothing leaves before the day it bears."""
        super().__init__(*args, **kwargs)
        way = self.fields["way"]
        way.choices = [(each.value, each.label) for each in Way]  # type: ignore[attr-defined]
        way.widget.hints = {each.value: _("Not allowed now: %s") % why for each, why in shut.items()}
        self.fields["on"].earliest = earliest  # type: ignore[attr-defined]
        self._has_left = self.fields["has_left"]
        if not shut and "has_left" not in self.data:
            del self.fields["has_left"]

    def ask_whether_it_left(self) -> None:
        """The gate was shut for that way and day: what happened can be recorded all the same, by whoever says so."""
        self.fields.setdefault("has_left", self._has_left)
        self.order_fields(["way", "to_name", "on", "has_left", "key"])
        self.add_error("has_left", _("Tick this if it is out of our hands. Else it must not leave that way"))
