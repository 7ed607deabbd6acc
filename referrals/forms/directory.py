"""Forms of the directory: searching it, and keeping it."""

import re
from datetime import date
from typing import Any

from django.forms import HiddenInput
from django.utils.translation import gettext_lazy as _

from cases.forms.versions import VersionedForm
from cases.languages import LANGUAGES
from nsvcs import forms
from reference.models import Confidence, Organisation
from reference.models.directory import OrganisationQuerySet
from reference.needs import CHOICES
from reference.places import DISTRICTS, county_of, districts_of
from referrals.listing import Entry

Area = Organisation.Area
SPOKEN = [(code, name) for code, name in LANGUAGES if code != "und"]
PLACES = [
    ("", _("Anywhere")),
    (Area.NORFOLK.label, [("norfolk", _("All of Norfolk")), *districts_of("norfolk")]),
    (Area.SUFFOLK.label, [("suffolk", _("All of Suffolk")), *districts_of("suffolk")]),
    (_("Further"), [("norfolk-suffolk", Area.BOTH.label), ("national", Area.NATIONAL.label)]),
]
GETS_PAPERS = [
    ("papers-police", _("Gets papers: police")),
    ("papers-prosecution", _("Gets papers: prosecution")),
    ("papers-court", _("Gets papers: court")),
    ("papers-family", _("Gets papers: family court")),
]
CHECKED_BY = {
    "phone": _("I rang %(value)s and they answered"),
    "text_number": _("I texted %(value)s and it works"),
    "email": _("I wrote to %(value)s and it works"),
    "domain": _("I saw their page at %(value)s"),
    "hours": _("I saw or asked their hours: %(value)s"),
    "phone_on_bill": _("I asked how a call shows on a bill: %(value)s"),
}
WEB_ADDRESS = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?:/[\w./-]*)?", re.IGNORECASE)
NUMBER = re.compile(r"\+?[0-9 ]{3,20}")


class SearchForm(forms.FilterForm):
    """What a colleague looks for in the directory; for a case it is posted, so that no need is in an address."""

    q = forms.CharField(label=_("Words"), required=False, max_length=100)
    need = forms.SelectField(label=_("What for?"), choices=[("", _("Anything")), *CHOICES], required=False)
    place = forms.SelectField(label=_("Where?"), choices=PLACES, required=False)
    language = forms.SelectField(label=_("Language spoken there"), choices=[("", _("Any")), *SPOKEN], required=False)

    def filter(self, entries: OrganisationQuerySet) -> OrganisationQuerySet:
        """The entries that fit all that was chosen; a choice that does not exist narrows nothing."""
        self.is_valid()
        chosen = self.cleaned_data
        if chosen.get("need"):
            entries = entries.tagged([chosen["need"]])
        if chosen.get("place"):
            entries = entries.working_in(chosen["place"])
        if chosen.get("language"):
            entries = entries.speaking(chosen["language"])
        return entries.saying(chosen.get("q") or "")


class DirectoryForm(SearchForm):
    """The directory's own list: the search, and which entries."""

    show = forms.ChoiceField(
        label=_("Show"),
        choices=[
            ("", _("All in use")),
            ("due", _("Due for a check, the oldest first")),
            ("unconfirmed", _("Not confirmed")),
            ("retired", _("Retired")),
        ],
        widget=forms.Radios(small=True),
        required=False,
    )

    def entries(self, today: date, after_days: int) -> OrganisationQuerySet:
        """The entries asked for, in their order."""
        self.is_valid()
        show, every = self.cleaned_data.get("show"), Organisation.objects.all()
        if show == "retired":
            return self.filter(every.filter(retired_on__isnull=False).order_by("name"))
        in_use = every.for_staff()
        if show == "unconfirmed":
            in_use = in_use.exclude(confidence=Confidence.CONFIRMED, checked_on__isnull=False, unconfirmed_fields=[])
        if show == "due":
            in_use = in_use.due_for_check(today, after_days).oldest_check_first()
        return self.filter(in_use)


class EntryForm(forms.Form):
    """What an entry says."""

    name = forms.CharField(label=_("Name"), max_length=120, missing=_("Enter the name"))
    what_for = forms.TextField(
        label=_("What it helps with"), max_length=300, rows=3, missing=_("Write what it helps with"),
        help_text=_("Victims read this. Short and plain, in one or two sentences."),
    )  # fmt: skip
    remit_tags = forms.MultipleChoiceField(
        label=_("Needs it is for"), choices=[*CHOICES, *GETS_PAPERS], widget=forms.Checkboxes(small=True),
        missing=_("Choose at least one need"),
    )  # fmt: skip
    area = forms.SelectField(label=_("Where it works"), choices=Area.choices, missing=_("Choose where it works"))
    districts = forms.MultipleChoiceField(
        label=_("Only in these districts"), required=False, widget=forms.Checkboxes(small=True),
        choices=[(code, name) for code, (name, _county) in DISTRICTS.items()],
        help_text=_("Leave all without a tick if it works in the whole area."),
    )  # fmt: skip
    languages = forms.MultipleChoiceField(
        label=_("Languages spoken there"), choices=SPOKEN, widget=forms.Checkboxes(small=True), initial=["en"],
        missing=_("Choose at least one language"),
    )  # fmt: skip
    phone = forms.CharField(label=_("Phone"), required=False, max_length=40, width=20)
    text_number = forms.CharField(label=_("Number to text"), required=False, max_length=20, width=10)
    text_keyword = forms.CharField(label=_("Word to text"), required=False, max_length=20, width=10)
    email = forms.EmailField(label=_("Email address"), required=False, max_length=120)
    domain = forms.CharField(
        label=_("Web address"), required=False, max_length=120, help_text=_("For example samaritans.org")
    )
    hours = forms.CharField(label=_("Hours"), required=False, max_length=200)
    phone_on_bill = forms.CharField(
        label=_("Does a call show on a bill?"), required=False, max_length=200,
        help_text=_("In a sentence. Leave it empty if nobody knows."),
    )  # fmt: skip
    source = forms.CharField(
        label=_("Where this is from"), max_length=300, missing=_("Write where this is from"),
        help_text=_("For example: its own website, or a leaflet and its date."),
    )  # fmt: skip
    key = forms.KeyField()

    @classmethod
    def of(cls, organisation: Organisation) -> dict[str, Any]:
        """An entry as it stands, to begin with."""
        return {name: getattr(organisation, name) for name in (*EntryForm.base_fields, "version") if name != "key"}

    def clean_domain(self) -> str:
        """An address without its beginning, however it was typed."""
        typed = str(self.cleaned_data["domain"]).strip().removeprefix("https://").removeprefix("http://").rstrip("/")
        if typed and not WEB_ADDRESS.fullmatch(typed):
            self.add_error("domain", _("Enter a web address, like samaritans.org"))
        return typed

    def clean(self) -> dict[str, Any]:
        """Numbers are numbers, a word has a number to go to, and districts lie in the area."""
        found = super().clean() or {}
        for name in ("phone", "text_number"):
            if found.get(name) and not NUMBER.fullmatch(found[name]):
                self.add_error(name, _("Enter a number, like 0808 157 0000"))
        if found.get("text_keyword") and not found.get("text_number"):
            self.add_error("text_number", _("Enter the number that the word is sent to"))
        if any(county_of(district) not in str(found.get("area")) for district in found.get("districts", ())):
            self.add_error("districts", _("Choose districts of the area it works in"))
        return found

    def values(self) -> dict[str, Any]:
        """What the entry is to say."""
        return {name: self.cleaned_data[name] for name in EntryForm.base_fields if name != "key"}


class EntryEditForm(EntryForm, VersionedForm):
    """A change."""

    def content(self) -> dict[str, Any]:
        """What was typed, without what the form carries for itself."""
        return self.values()


class CheckForm(forms.Form):
    """What somebody looked at, and found right."""

    version = forms.IntegerField(widget=HiddenInput)
    details = forms.MultipleChoiceField(
        label=_("What did you check, and is it right?"), widget=forms.Checkboxes(),
        missing=_("Tick what you checked"),
    )  # fmt: skip
    key = forms.KeyField()

    def __init__(self, *args: Any, entry: Entry, **kwargs: Any) -> None:
        """Offer what there is of the entry, each with how it is looked at."""
        super().__init__(*args, **kwargs)
        asked = [(each.name, CHECKED_BY[each.name] % {"value": each.value}) for each in entry.details]
        self.fields["details"].choices = asked  # type: ignore[attr-defined]


class RetireForm(forms.Form):
    """Why an entry is used no more."""

    words = forms.CharField(label=_("Why is it retired?"), max_length=300, missing=_("Write why it is retired"))
    key = forms.KeyField()


class ReturnForm(forms.Form):
    """Take a retired entry into use again."""

    key = forms.KeyField()
