"""Forms of a case's equipment: answering a request, reserving, giving out, renewing, taking back."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from cases.forms.notice import NoticeForm
from nsvcs import forms
from nsvcs.days import day_words
from referrals.forms.equipment import WORKS
from referrals.models import Alarm, AlarmLoan, AlarmRequest
from referrals.rules.equipment import Check, RequestState

FOR_REQUEST, OTHERWISE = "request", "other"


class AnswerForm(NoticeForm):
    """The answer to a request, and whether a notice goes out of it."""

    field_order = ("to", "words", "notice")

    to = forms.ChoiceField(
        label=gettext_lazy("Your answer"),
        choices=[
            (RequestState.APPROVED.value, gettext_lazy("Yes: it will be made ready")),
            (RequestState.NOT_POSSIBLE.value, gettext_lazy("Not possible")),
        ],
        missing=gettext_lazy("Choose your answer"),
    )
    words = forms.TextField(
        label=gettext_lazy("What the victim reads with it"), required=False, max_length=2000, rows=4,
        help_text=gettext_lazy("Shown in the portal. Needed where it is not possible: why, and what else may help."),
    )  # fmt: skip

    def __init__(self, *args: Any, is_approved: bool = False, **kwargs: Any) -> None:
        """What was approved can only turn out not to be possible after all."""
        super().__init__(*args, **kwargs)
        if is_approved:
            field = self.fields["to"]
            field.choices = field.choices[1:]  # type: ignore[attr-defined]
            field.initial = RequestState.NOT_POSSIBLE

    def clean(self) -> dict[str, Any]:
        """A no has its words."""
        found = super().clean() or {}
        if found.get("to") == RequestState.NOT_POSSIBLE and not found.get("words"):
            self.add_error("words", _("Write why it is not possible: the victim reads it"))
        return found


class KindForm(forms.FilterForm):
    """Narrows the units to choose from."""

    kind = forms.SelectField(
        label=gettext_lazy("Type"), choices=[("", gettext_lazy("Any")), *Alarm.Kind.choices], required=False
    )


class ReserveForm(forms.Form):
    """Which unit is put aside.

    Args:
        units: those in stock, to choose from.
        asked: the approved request of the case, or the one that this very form has answered already; none if there is
            neither.
    """

    about = forms.ChoiceField(
        label=gettext_lazy("What is it for?"), widget=forms.Radios(small=True),
        error_messages={
            "invalid_choice": gettext_lazy("This request was dealt with a moment ago. Look at it again first."),
        },
    )  # fmt: skip
    alarm = forms.SelectField(
        label=gettext_lazy("Which unit?"),
        missing=gettext_lazy("Choose a unit"),
        error_messages={
            "invalid_choice": gettext_lazy("This unit is not in stock any more. Choose another one."),
        },
    )
    key = forms.KeyField()

    def __init__(self, *args: Any, units: Sequence[Alarm], asked: AlarmRequest | None, **kwargs: Any) -> None:
        """Offer the units; ask what it is for only where something was asked for."""
        super().__init__(*args, **kwargs)
        named = [(str(unit.pk), _named(unit)) for unit in units]
        self.fields["alarm"].choices = [("", _("Choose a unit")), *named]  # type: ignore[attr-defined]
        self.asked = asked
        if asked is None and self.data.get("about", OTHERWISE) == OTHERWISE:
            del self.fields["about"]
            return
        choices = [(OTHERWISE, _("Something else"))]
        if asked is not None:
            words = _("The request of %(day)s") % {"day": day_words(timezone.localdate(asked.at))}
            choices.insert(0, (FOR_REQUEST, words))
        self.fields["about"].choices = choices  # type: ignore[attr-defined]
        self.fields["about"].initial = FOR_REQUEST

    def answers(self) -> AlarmRequest | None:
        """The request that the unit answers."""
        return self.asked if self.cleaned_data.get("about") == FOR_REQUEST else None


def _named(unit: Alarm) -> str:
    return f"{unit.get_kind_display()}, {unit.serial}, {unit.place.team.name}: {unit.place.name}"


class IssueForm(forms.Form):
    """Giving a unit out.

    Args:
        user: who gives it out.
        people: colleagues who may have shown how it works.
        may_post: whether safe contact allows post now; a way that would be refused is not offered.
    """

    works = forms.ChoiceField(
        label=gettext_lazy("Test it now. Does it work?"), choices=WORKS, widget=forms.Radios(small=True),
        missing=gettext_lazy("Test it first, then say whether it works"),
    )  # fmt: skip
    handed = forms.ChoiceField(
        label=gettext_lazy("How does the victim get it?"), choices=AlarmLoan.Handed.choices,
        widget=forms.Radios(small=True), missing=gettext_lazy("Choose how the victim gets it"),
        error_messages={
            "invalid_choice": gettext_lazy("Safe contact does not allow post: hand it over in another way."),
        },
    )  # fmt: skip
    shown = forms.ChoiceField(
        label=gettext_lazy("Was it shown to the victim how it works?"),
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        widget=forms.Radios(small=True, reveals={"yes": "demonstrated_by"}),
        missing=gettext_lazy("Say whether it was shown how it works"),
    )
    demonstrated_by = forms.SelectField(label=gettext_lazy("Who showed it?"), required=False)
    receipt = forms.ChoiceField(
        label=gettext_lazy("How did the victim say that it came?"), choices=AlarmLoan.Receipt.choices,
        widget=forms.Radios(small=True), missing=gettext_lazy("Choose how the victim said that it came"),
    )  # fmt: skip
    due_on = forms.DateField(
        label=gettext_lazy("When is it due back?"), earliest=lambda: timezone.localdate() + timedelta(days=1),
        missing=gettext_lazy("Enter the day it is due back"),
    )  # fmt: skip
    words = forms.TextField(label=gettext_lazy("Anything else"), required=False, max_length=2000, rows=3)

    def __init__(
        self, *args: Any, user: User, people: Sequence[tuple[Any, str]] = (), may_post: bool = False, **kwargs: Any
    ) -> None:
        """Offer the ways there are, and oneself first."""
        super().__init__(*args, **kwargs)
        ways = [way for way in AlarmLoan.Handed if may_post or way != AlarmLoan.Handed.POST]
        self.fields["handed"].choices = [(way.value, way.label) for way in ways]  # type: ignore[attr-defined]
        others = [(str(pk), name) for pk, name in people if pk != user.pk]
        self.fields["demonstrated_by"].choices = [(str(user.pk), _("Me")), *others]  # type: ignore[attr-defined]

    @property
    def has_failed(self) -> bool:
        """Whether the unit did not work."""
        return self.cleaned_data["works"] == "no"

    def values(self) -> dict[str, Any]:
        """The loan's own fields."""
        said = {name: self.cleaned_data[name] for name in ("due_on", "handed", "receipt")}
        is_shown = self.cleaned_data["shown"] == "yes"
        by = self.cleaned_data["demonstrated_by"]
        shower = User.objects.staff().get(pk=by) if is_shown and by else None
        return said | {"is_demonstrated": shower is not None, "demonstrated_by": shower}


class RenewForm(forms.Form):
    """A later day to come back."""

    due_on = forms.DateField(
        label=gettext_lazy("When is it due back now?"), earliest=timezone.localdate,
        missing=gettext_lazy("Enter the day it is due back"),
    )  # fmt: skip
    words = forms.TextField(label=gettext_lazy("Why?"), required=False, max_length=2000, rows=3)
    key = forms.KeyField()


class ReturnForm(forms.Form):
    """What was looked at when a unit came back."""

    tamper_check = forms.ChoiceField(
        label=gettext_lazy("Tampering: opened, glued, changed, something added"), choices=Check.choices,
        widget=forms.Radios(small=True), missing=gettext_lazy("Say whether you looked for tampering"),
    )  # fmt: skip
    tracker_check = forms.ChoiceField(
        label=gettext_lazy("Trackers, inside and in its bag"), choices=Check.choices,
        widget=forms.Radios(small=True), missing=gettext_lazy("Say whether you looked for trackers"),
    )  # fmt: skip
    wiped = forms.ChoiceField(
        label=gettext_lazy("Paired phones, accounts and recordings"), choices=AlarmLoan.Wiped.choices,
        widget=forms.Radios(small=True), missing=gettext_lazy("Say whether paired data is wiped"),
    )  # fmt: skip
    words = forms.TextField(
        label=gettext_lazy("What was found, or anything else"), required=False, max_length=2000, rows=3
    )

    def clean(self) -> dict[str, Any]:
        """What was found is said in words."""
        found = super().clean() or {}
        if Check.FOUND in (found.get("tamper_check"), found.get("tracker_check")) and not found.get("words"):
            self.add_error("words", _("Write what was found"))
        return found

    @property
    def has_found(self) -> bool:
        """Whether somebody had been at the unit."""
        return Check.FOUND in (self.cleaned_data["tamper_check"], self.cleaned_data["tracker_check"])

    def values(self) -> dict[str, Any]:
        """The loan's own fields."""
        return {name: self.cleaned_data[name] for name in ("tamper_check", "tracker_check", "wiped")}


class WordsForm(forms.Form):
    """Why a loan ends."""

    words = forms.TextField(
        label=gettext_lazy("What happened?"), max_length=2000, rows=3, missing=gettext_lazy("Write what happened")
    )
