"""Forms of restorative justice: opening it, moving it, ending it, and a manager's sign-off."""

from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import HiddenInput
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.forms.people import BEGINNING
from nsvcs import forms
from referrals.models import RestorativeReferral
from referrals.rules.restorative import ENDS_FROM, MOVES, Method, Outcome, Stage, may_come_back

MOST_WORDS = 2000


def _seen(form: forms.Form, referral: RestorativeReferral) -> Stage:
    """Where it stood when the form was opened: the choices are those of then, and the action asks what is now."""
    sent = form.data.get("seen", "") if form.is_bound else ""
    return Stage(sent) if sent in Stage.values else Stage(referral.stage)


def _now() -> str:
    return timezone.now().isoformat()


class OpenForm(forms.Form):
    """The victim asked about it."""

    reason = forms.TextField(
        label=_("What does the victim hope for?"), help_text=_("In their own words, as far as they wish to say."),
        max_length=MOST_WORDS, rows=4, required=False,
    )  # fmt: skip
    key = forms.KeyField()


class MoveForm(forms.Form):
    """The next stage, an earlier one, or on hold."""

    to = forms.ChoiceField(label=_("Where does it stand now?"), choices=[], missing=_("Choose where it stands"))
    method = forms.ChoiceField(
        label=_("Which method?"), choices=Method.choices, widget=forms.Radios(small=True), required=False
    )
    held_on = forms.DateField(
        label=_("On which day was it held?"), required=False, earliest=BEGINNING, latest=timezone.localdate
    )
    reason = forms.TextField(label=_("Why?"), max_length=MOST_WORDS, rows=3, missing=_("Write why"))
    seen = forms.ChoiceField(choices=Stage.choices, widget=HiddenInput)
    key = forms.KeyField()

    def __init__(self, *args: Any, referral: RestorativeReferral, **kwargs: Any) -> None:
        """Offer what the one table of moves allows from where it stands."""
        super().__init__(*args, **kwargs)
        stage = _seen(self, referral)
        allowed = MOVES[stage] - {Stage.CLOSED}
        if stage == Stage.ON_HOLD and referral.stage_before_hold:
            allowed = frozenset(to for to in allowed if may_come_back(Stage(referral.stage_before_hold), to))
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            (to.value, to.label) for to in Stage if to in allowed
        ]
        self.fields["to"].widget.reveals = {
            to: name for to, name in ((Stage.METHOD, "method"), (Stage.HELD, "held_on")) if to in allowed
        }
        if Stage.METHOD not in allowed:
            del self.fields["method"]
        if Stage.HELD not in allowed or (referral.held_on and not self.is_bound):  # a second sending says the day again
            del self.fields["held_on"]
            self.fields["to"].widget.reveals.pop(Stage.HELD, None)
        self.initial["seen"] = stage

    def values(self) -> dict[str, Any]:
        """What the move needs."""
        return {
            "reason": self.cleaned_data["reason"],
            "method": self.cleaned_data.get("method", ""),
            "held_on": self.cleaned_data.get("held_on"),
        }


class EndForm(forms.Form):
    """Its outcome; the victim's withdrawal has a page of its own."""

    outcome = forms.ChoiceField(label=_("With what outcome?"), choices=[], missing=_("Choose the outcome"))
    reason = forms.TextField(label=_("Why?"), max_length=MOST_WORDS, rows=3, missing=_("Write why"))
    seen = forms.ChoiceField(choices=Stage.choices, widget=HiddenInput)
    key = forms.KeyField()

    def __init__(self, *args: Any, referral: RestorativeReferral, **kwargs: Any) -> None:
        """Offer the outcomes that fit where it stands."""
        super().__init__(*args, **kwargs)
        stage = _seen(self, referral)
        self.fields["outcome"].choices = [  # type: ignore[attr-defined]
            (outcome.value, outcome.label)
            for outcome in Outcome
            if outcome != Outcome.VICTIM_WITHDREW and stage in ENDS_FROM[outcome]
        ]
        self.initial["seen"] = stage


class AskSignOffForm(forms.Form):
    """A worker asks."""

    reason = forms.TextField(
        label=_("Why is it safe enough to approach the perpetrator?"), max_length=MOST_WORDS, rows=5,
        help_text=_("What you know of risk now, and how the victim was prepared. The manager reads this."),
        missing=_("Write why it is safe enough"),
    )  # fmt: skip
    key = forms.KeyField()


class AnswerForm(forms.Form):
    """A manager answers."""

    answer = forms.ChoiceField(
        label=_("Your answer"), choices=[("given", _("Signed off")), ("refused", _("Refused"))],
        widget=forms.Radios(small=True), missing=_("Choose your answer"),
    )  # fmt: skip
    reason = forms.TextField(label=_("Why?"), max_length=MOST_WORDS, rows=4, missing=_("Write why"))
    looked_at = forms.CharField(max_length=40, widget=HiddenInput, initial=_now)

    def clean_looked_at(self) -> datetime:
        """When the page was opened."""
        try:
            return datetime.fromisoformat(self.cleaned_data["looked_at"]).astimezone(UTC)
        except ValueError as error:
            raise ValidationError(_("This page was out of date. Open it again.")) from error

    def look_again(self) -> None:
        """What has happened is said; whoever answers now has read it."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["looked_at"] = _now()  # type: ignore[index]
