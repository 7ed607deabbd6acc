"""Forms of signposts: telling a victim of a service, and what became of it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.forms.notice import NONE, NoticeForm
from nsvcs import forms
from reference.models import Organisation
from reference.needs import BY_CODE, CHOICES
from referrals.models import SignpostOutcome
from referrals.rules.signposting import Telling, ToldHow, why_not


class TellForm(NoticeForm):
    """Which need it is for, how the victim is told, a few words, and whether a notice goes out of it."""

    field_order = ("need", "told_how", "words", "notice")

    need = forms.SelectField(label=_("What is it for?"), choices=[("", ""), *CHOICES], missing=_("Choose a need"))
    told_how = forms.ChoiceField(
        label=_("How is the victim told?"), choices=ToldHow.choices, missing=_("Choose how the victim is told")
    )
    words = forms.TextField(
        label=_("Words to the victim"), required=False, rows=3, max_length=1000,
        help_text=_("Short and plain. Told in the portal, they stand beside the entry on the victim’s page."),
    )  # fmt: skip
    key = forms.KeyField()

    def __init__(self, *args: Any, organisation: Organisation, facts: Telling, **kwargs: Any) -> None:
        """Offer the ways that are open, each of the others with why it is not. Only the portal has a notice."""
        super().__init__(*args, **kwargs)
        closed = {how: reason for how in ToldHow if (reason := why_not(how, facts)) is not None}
        field = self.fields["told_how"]
        field.choices = [(how, how.label) for how in ToldHow if how not in closed]  # type: ignore[attr-defined]
        self.closed = [(how.label, reason.label) for how, reason in closed.items()]
        first = [code for code in organisation.remit_tags if code in BY_CODE][:1]
        self.initial.setdefault("need", "".join(first))
        if ToldHow.PORTAL in closed:
            self.fields.pop("notice", None)
            self.why_no_notice = ""

    def clean(self) -> dict[str, Any]:
        """There is a notice only of what is in the portal."""
        found = super().clean() or {}
        if found.get("notice", NONE) != NONE and found.get("told_how") not in {None, ToldHow.PORTAL}:
            self.add_error("notice", _("Nothing new is in the portal then. Choose no notice."))
        return found


class TakeBackForm(forms.Form):
    """Why a signpost is taken back."""

    words = forms.CharField(label=_("Why is it taken back?"), max_length=300, missing=_("Write why it is taken back"))


class OutcomeForm(forms.Form):
    """Whether it helped."""

    outcome = forms.ChoiceField(
        label=_("Did it help?"), choices=SignpostOutcome.Outcome.choices, missing=_("Choose what came of it")
    )
    key = forms.KeyField()
