"""Forms about the other people of a case: who is doing this, and who works on it elsewhere."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.forms.people import OLDEST
from cases.forms.versions import VersionedForm
from cases.models import CasePerpetrator, LegalStatus, Professional
from cases.rules import Relationship
from nsvcs import forms


class PerpetratorForm(forms.Form):
    """What is known of a perpetrator, and what they are to the victim of this case."""

    name = forms.CharField(
        label=_("Name, or what they are called"), required=False, max_length=200, width="one-half",
        help_text=_("It is not looked up anywhere. No other case is searched."),
    )  # fmt: skip
    relationship = forms.SelectField(
        label=_("What are they to the victim?"), choices=[("", ""), *Relationship.choices],
        missing=_("Choose what they are to the victim, or “Not known”"),
    )  # fmt: skip
    legal_status = forms.SelectField(
        label=_("Where does it stand in law?"), choices=LegalStatus.choices, initial=LegalStatus.ALLEGED,
        help_text=_("“Alleged” unless you know otherwise."),
    )  # fmt: skip
    born_on = forms.DateField(label=_("Date of birth"), required=False, earliest=OLDEST, latest=timezone.localdate)
    description = forms.TextField(
        label=_("What helps to know them"), required=False, rows=4, max_length=2000,
        help_text=_(
            "For example a car, a place of work, a screen name. Nothing about the victim. Numbers and addresses"
            " written here are never used: nobody is contacted from here, and no message ever goes to this person."
        ),
    )  # fmt: skip
    portal_label = forms.CharField(
        label=_("What the victim calls them in the portal"), required=False, max_length=60, width="one-half",
        help_text=_("Agree it with the victim. Nothing that tells what it is about, for example a first letter."),
    )  # fmt: skip

    @classmethod
    def of(cls, link: CasePerpetrator) -> dict[str, Any]:
        """What is known as it stands, to begin with."""
        person = {name: getattr(link.perpetrator, name) for name in ("name", "born_on")}
        place = {name: getattr(link, name) for name in ("relationship", "portal_label")}
        facts = {name: getattr(link.facts, name) for name in ("legal_status", "description")}
        return person | place | facts | {"version": link.whole_version}

    def clean(self) -> dict[str, Any]:
        """Something to know them by."""
        found = super().clean() or {}
        if not found.get("name") and not found.get("description") and not self.errors:
            self.add_error("name", _("Enter a name, or write below what helps to know them"))
        return found


class NewPerpetratorForm(PerpetratorForm):
    """A perpetrator to add."""

    key = forms.KeyField()


class PerpetratorEditForm(PerpetratorForm, VersionedForm):
    """A change."""


class ProfessionalForm(forms.Form):
    """Somebody who works on the matter elsewhere, and how to reach them at work."""

    kind = forms.SelectField(
        label=_("What are they?"), choices=[("", ""), *Professional.Kind.choices], missing=_("Choose what they are")
    )
    name = forms.CharField(label=_("Name"), max_length=120, width="one-half", missing=_("Enter their name"))
    organisation = forms.CharField(label=_("Organisation"), required=False, max_length=120, width="one-half")
    phone = forms.PhoneField(label=_("Phone at work"), required=False)
    email = forms.EmailField(label=_("Email address at work"), required=False, max_length=254)

    @classmethod
    def of(cls, professional: Professional) -> dict[str, Any]:
        """What is known as it stands, to begin with."""
        return {name: getattr(professional, name) for name in cls.base_fields if name != "began"}


class NewProfessionalForm(ProfessionalForm):
    """A professional to add."""

    key = forms.KeyField()


class ProfessionalEditForm(ProfessionalForm, VersionedForm):
    """A change, or the end of their part in it."""

    is_current = forms.BooleanField(
        label=_("Still involved"), required=False,
        help_text=_("Without the tick they move to “No longer involved”. Nothing is deleted."),
    )  # fmt: skip
