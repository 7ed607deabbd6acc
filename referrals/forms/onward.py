"""Forms of an onward referral, ours and the partner's."""

from collections.abc import Iterable
from typing import Any

from django.forms import HiddenInput
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from cases.models import Consent
from nsvcs import forms
from nsvcs.days import day_words
from reference.models import Organisation
from referrals.actions.onward_fields import Field
from referrals.models import Shared
from referrals.rules.onward import BY_HAND, DeclineCode, Gateway, WithdrawCode

LONG, SHORT = 4000, 2000


class WhoForm(forms.Form):
    """To whom, why, and what for."""

    organisation = forms.SelectField(
        label=gettext_lazy("Which organisation?"), missing=gettext_lazy("Choose the organisation"),
        help_text=gettext_lazy("From the directory. It cannot be changed later: who gets it is never typed."),
    )  # fmt: skip
    to_name = forms.CharField(
        label=gettext_lazy("Which person or team there?"), max_length=120, width="one-half",
        missing=gettext_lazy("Enter the person or team"),
    )  # fmt: skip
    work_email = forms.EmailField(
        label=gettext_lazy("Their work email"), required=False, max_length=254,
        help_text=gettext_lazy("For a reminder that says nothing of the matter. The link is not sent from here."),
    )  # fmt: skip
    work_phone = forms.PhoneField(label=gettext_lazy("Their work phone"), required=False)
    asked_for = forms.TextField(
        label=gettext_lazy("What do you ask them for?"), max_length=SHORT, rows=4,
        missing=gettext_lazy("Write what you ask them for"),
    )  # fmt: skip
    reason = forms.TextField(
        label=gettext_lazy("Why this referral?"), max_length=SHORT, rows=4, missing=gettext_lazy("Write why"),
        help_text=gettext_lazy("For ourselves. It is never passed on."),
    )  # fmt: skip
    key = forms.KeyField()

    def __init__(self, *args: Any, organisations: Iterable[Organisation], **kwargs: Any) -> None:
        """Offer the directory."""
        super().__init__(*args, **kwargs)
        self.known = {str(each.pk): each for each in organisations}
        choices = [(pk, f"{each.name} ({each.get_area_display()})") for pk, each in self.known.items()]
        self.fields["organisation"].choices = [("", ""), *choices]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """The referral's own fields."""
        kept = {name: value for name, value in self.cleaned_data.items() if name not in {"key", "organisation"}}
        return kept | {"organisation": self.known[self.cleaned_data["organisation"]]}


class ConsentForm(forms.Form):
    """On which agreement it rests."""

    consent = forms.ChoiceField(
        label=gettext_lazy("Which agreement?"),
        missing=gettext_lazy("Choose the agreement it rests on"),
        error_messages={
            "invalid_choice": gettext_lazy("That agreement was taken back or has ended. Choose one that stands")
        },
    )

    def __init__(self, *args: Any, consents: Iterable[Consent], **kwargs: Any) -> None:
        """Offer those that cover it today, each with what may be said."""
        super().__init__(*args, **kwargs)
        self.known = {str(each.pk): each for each in consents}
        field = self.fields["consent"]
        field.widget = forms.Radios(hints={pk: each.what for pk, each in self.known.items()})
        field.choices = [  # type: ignore[attr-defined]
            (pk, _("Agreement %(number)s, until %(day)s") % {"number": each.number, "day": day_words(each.ends_on)})
            for pk, each in self.known.items()
        ]


class WithoutForm(forms.Form):
    """Why it is to be shared without consent, and which manager decides."""

    gateway = forms.ChoiceField(
        label=gettext_lazy("What allows it?"), choices=Gateway.choices, widget=forms.Radios(small=True),
        missing=gettext_lazy("Choose what allows it"),
    )  # fmt: skip
    risk = forms.TextField(
        label=gettext_lazy("What is the risk?"), max_length=LONG, rows=4, missing=gettext_lazy("Write what the risk is")
    )
    necessity = forms.TextField(
        label=gettext_lazy("Why is it necessary to share?"), max_length=LONG, rows=4,
        missing=gettext_lazy("Write why it is necessary"),
    )  # fmt: skip
    proportionality = forms.TextField(
        label=gettext_lazy("Why would sharing less not do?"), max_length=LONG, rows=4,
        missing=gettext_lazy("Write why sharing less would not do"),
    )  # fmt: skip
    told = forms.ChoiceField(
        label=gettext_lazy("Was the victim told?"), choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        widget=forms.Radios(small=True, reveals={"no": "not_told_because"}),
        missing=gettext_lazy("Choose whether the victim was told"),
    )  # fmt: skip
    not_told_because = forms.TextField(
        label=gettext_lazy("Why not?"), required=False, max_length=SHORT, rows=3,
        help_text=gettext_lazy("If they may ring the victim, say in what is passed on that the victim does not know."),
    )  # fmt: skip
    manager = forms.SelectField(
        label=gettext_lazy("Which manager decides?"), missing=gettext_lazy("Choose a manager"),
        help_text=gettext_lazy("They get a task today. In an emergency ring 999 first, and them."),
    )  # fmt: skip
    key = forms.KeyField()

    def __init__(self, *args: Any, managers: Iterable[User], **kwargs: Any) -> None:
        """Offer the managers who may open the case."""
        super().__init__(*args, **kwargs)
        self.known = {str(each.pk): each for each in managers}
        self.fields["manager"].choices = [  # type: ignore[attr-defined]
            ("", ""), *((pk, each.name) for pk, each in self.known.items())
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Told, or why not."""
        found = super().clean() or {}
        if found.get("told") == "no" and not found.get("not_told_because") and "not_told_because" not in self.errors:
            self.add_error("not_told_because", _("Write why the victim was not told"))
        return found

    def values(self) -> dict[str, Any]:
        """The asking's own fields."""
        return self._reasons() | {"gateway": self.cleaned_data["gateway"]}

    def _reasons(self) -> dict[str, Any]:
        is_told = self.cleaned_data["told"] == "yes"
        kept = {name: self.cleaned_data[name] for name in ("risk", "necessity", "proportionality")}
        because = None if is_told else self.cleaned_data["not_told_because"]
        return kept | {"is_told": is_told, "not_told_because": because}


class EmergencyForm(WithoutForm):
    """Why it is sent now, and which manager looks at it afterwards."""

    gateway = None  # type: ignore[assignment]
    key = None  # type: ignore[assignment]
    seen = forms.CharField(widget=HiddenInput, max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """In the words of what is done. Where no manager may open the case, none is asked for: it cannot wait."""
        super().__init__(*args, **kwargs)
        if not self.known:
            del self.fields["manager"]
            return
        self.fields["manager"].label = _("Which manager looks at it today?")
        self.fields["manager"].help_text = _("They get a task. If it is not approved, the link stops working.")

    @property
    def chosen_manager(self) -> User | None:
        """Who looks at it."""
        return self.known.get(self.cleaned_data.get("manager", ""))

    def values(self) -> dict[str, Any]:
        """The reasons."""
        return self._reasons()

    def look_again(self, seen: str) -> None:
        """What has changed stands on the page: whoever presses now has looked at that."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["seen"] = seen  # type: ignore[index]


class DecideForm(forms.Form):
    """A manager's decision."""

    decision = forms.ChoiceField(
        label=gettext_lazy("May it be shared without consent?"),
        choices=[("yes", gettext_lazy("Yes, I approve it")), ("no", gettext_lazy("No"))],
        widget=forms.Radios(small=True), missing=gettext_lazy("Choose yes or no"),
    )  # fmt: skip
    reason = forms.TextField(label=gettext_lazy("Why?"), max_length=SHORT, rows=4, missing=gettext_lazy("Write why"))
    seen = forms.CharField(widget=HiddenInput, max_length=64)

    def __init__(self, *args: Any, is_emergency: bool = False, **kwargs: Any) -> None:
        """Before it is sent, or after."""
        super().__init__(*args, **kwargs)
        if is_emergency:
            self.fields["decision"].label = _("Was it right to send it without consent?")

    def look_again(self, seen: str) -> None:
        """What has changed stands below: whoever decides now has looked at that."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["seen"] = seen  # type: ignore[index]


class WhatForm(forms.Form):
    """What of the case goes: nothing is ticked until somebody ticks it."""

    ticked = forms.MultipleChoiceField(
        label=gettext_lazy("What is passed on?"), choices=Shared.choices,
        missing=gettext_lazy("Tick what is to be passed on"),
        help_text=gettext_lazy("Only what is ticked goes. Where the victim lives is never passed on from here."),
    )  # fmt: skip
    summary = forms.TextField(
        label=gettext_lazy("Summary for this referral"), required=False, max_length=LONG, rows=8,
        help_text=gettext_lazy("Facts they need. No address, no school, no workplace."),
    )  # fmt: skip
    orders = forms.TextField(
        label=gettext_lazy("Court orders that matter to them"), required=False, max_length=SHORT, rows=4,
        help_text=gettext_lazy("Which order, who made it, when it ends. No address from it."),
    )  # fmt: skip
    version = forms.IntegerField(widget=HiddenInput)

    def __init__(self, *args: Any, fields: Iterable[Field], **kwargs: Any) -> None:
        """Show under each what it would say."""
        super().__init__(*args, **kwargs)
        typed = {Shared.SUMMARY: _("What you write below."), Shared.ORDERS: _("What you write below.")}
        hints = {each.name: typed.get(each.name) or each.value or _("Nothing to pass on") for each in fields}
        self.fields["ticked"].widget = forms.Checkboxes(small=True, hints=hints)
        self.fields["ticked"].choices = Shared.choices  # type: ignore[attr-defined]


class WithdrawForm(forms.Form):
    """Why a referral is taken back."""

    code = forms.ChoiceField(
        label=gettext_lazy("Why?"), choices=[(code.value, code.label) for code in BY_HAND],
        widget=forms.Radios(small=True), missing=gettext_lazy("Choose why"),
    )  # fmt: skip
    words = forms.TextField(label=gettext_lazy("Anything more"), required=False, max_length=SHORT, rows=3)

    def clean_code(self) -> WithdrawCode:
        """The code itself."""
        return WithdrawCode(self.cleaned_data["code"])


class CompleteForm(forms.Form):
    """What came of it."""

    words = forms.TextField(
        label=gettext_lazy("What came of it?"), max_length=LONG, rows=5, missing=gettext_lazy("Write what came of it")
    )


class AnswerForm(forms.Form):
    """An answer: as the partner told us, or as the partner gives it."""

    answer = forms.ChoiceField(
        label=gettext_lazy("What is the answer?"),
        choices=[("accept", gettext_lazy("Accepted")), ("decline", gettext_lazy("Declined"))],
        widget=forms.Radios(small=True, reveals={"decline": "code"}), missing=gettext_lazy("Choose the answer"),
    )  # fmt: skip
    code = forms.ChoiceField(
        label=gettext_lazy("Why?"), choices=DeclineCode.choices, widget=forms.Radios(small=True), required=False
    )
    words = forms.TextField(label=gettext_lazy("Anything more"), required=False, max_length=SHORT, rows=4)

    def clean(self) -> dict[str, Any]:
        """Declining has a reason; accepting has none."""
        found = super().clean() or {}
        if found.get("answer") == "decline" and not found.get("code") and "code" not in self.errors:
            self.add_error("code", _("Choose why"))
        return found

    def values(self) -> dict[str, Any]:
        """The answer as it is kept."""
        is_accepted = self.cleaned_data["answer"] == "accept"
        code = None if is_accepted else DeclineCode(self.cleaned_data["code"])
        return {"is_accepted": is_accepted, "code": code, "words": self.cleaned_data["words"]}


class PartnerAnswerForm(AnswerForm):
    """The partner's own, with the passcode once more."""

    passcode = forms.CharField(
        label=gettext_lazy("Passcode"), help_text=gettext_lazy("Once more, so that nobody else answers for you."),
        max_length=40, width=10, autocomplete="off", missing=gettext_lazy("Enter the passcode"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """In the partner's own words."""
        super().__init__(*args, **kwargs)
        self.fields["answer"].label = _("Your answer")
        self.fields["answer"].choices = [  # type: ignore[attr-defined]
            ("accept", _("We accept it")), ("decline", _("We decline it"))
        ]  # fmt: skip
