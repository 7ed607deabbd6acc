"""What staff type into the log: an entry on her behalf, something added, a withdrawal."""

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms import HiddenInput
from django.utils.translation import gettext_lazy as _

from cases.languages import LANGUAGES, SIGNED
from cases.models import CasePerpetrator
from logs.actions import check_files
from logs.arriving_http import arrivals_in
from logs.caption_forms import CaptionForm
from logs.forms import TOO_LONG, EntryForm
from logs.models import EvidenceLock
from logs.models.captions import TakenBy
from nsvcs import forms
from nsvcs.text import MAX_CHARACTERS
from nsvcs.widgets import SecretInput

SEVERAL = 2


class OnBehalfForm(EntryForm):
    """The same eight columns, marked as written on her behalf."""

    key = forms.KeyField()
    who = forms.SelectField(label=_("Who did this?"), required=False)
    language = forms.SelectField(
        label=_("Which language are these words in?"),
        help_text=_("The language you write them down in. The bundle says so to who reads it."),
        choices=[(code, name) for code, name in LANGUAGES if code not in SIGNED],
        initial="en",
        required=False,
    )

    def __init__(self, *args: Any, links: Sequence[CasePerpetrator] = (), **kwargs: Any) -> None:
        """The portal speaks to her; these words speak to who writes for her. Several perpetrators: ask which."""
        super().__init__(*args, **kwargs)
        named = [(str(link.pk), _called(link)) for link in links]
        cast(forms.SelectField, self.fields["who"]).choices = [("", _("Not known")), *named]
        if len(named) < SEVERAL:
            del self.fields["who"]

    def content(self) -> dict[str, Any]:
        """The entry's values, in which language, and who it was if that was asked."""
        said = self.cleaned_data
        more = {"language": said["language"] or "en"}
        return super().content() | more | {"case_perpetrator_id": UUID(said["who"]) if said.get("who") else None}


def _called(link: CasePerpetrator) -> str:
    """A perpetrator in a list of few: the name, else what helps to know them."""
    return f"{link.perpetrator.name or link.facts.description[:60]} ({link.get_relationship_display()})"


class AmendForm(forms.Form):
    """Something added to an entry on her behalf."""

    text = forms.TextField(
        label=_("What is to be added?"), rows=6, max_length=MAX_CHARACTERS, strip=False, required=False,
        error_messages={"max_length": TOO_LONG},
    )  # fmt: skip
    uploads = forms.FilesField(
        label=_("Add photos or files"), help_text=_("You can choose more than one."), required=False
    )
    key = forms.KeyField()
    mark_optional = False

    def clean_uploads(self) -> "list[UploadedFile[Any]]":
        """Name what cannot be kept."""
        refused = check_files(self.cleaned_data["uploads"])
        if refused:
            raise ValidationError([f"{each.label}: {each.sentence}" for each in refused])
        return cast("list[UploadedFile[Any]]", self.cleaned_data["uploads"])

    def clean(self) -> dict[str, Any]:
        """Words, a file, or both."""
        said = self.cleaned_data
        if not self.errors and not said["text"].strip() and not said["uploads"] and not self.arrivals():
            self.add_error("text", _("Write what is to be added, or choose a file"))
        return said

    def arrivals(self) -> list[str]:
        """Letters of the files sent in pieces."""
        return arrivals_in(self.data)


class TranscriptForm(forms.Form):
    """What is said in a recording."""

    text = forms.TextField(
        label=_("What is said in it?"), rows=12, max_length=MAX_CHARACTERS,
        help_text=_("Word for word, as far as you can hear it. Say who speaks, if you know, and what is unclear."),
        missing=_("Write what is said in it"), error_messages={"max_length": TOO_LONG},
    )  # fmt: skip
    language = forms.SelectField(
        label=_("Which language are these words in?"),
        choices=[(code, name) for code, name in LANGUAGES if code not in SIGNED],
        initial="en",
    )
    based_on = forms.IntegerField(widget=HiddenInput, initial=0, min_value=0)
    key = forms.KeyField()


class StaffCaptionForm(CaptionForm):
    """The same, as a colleague writes it down for her, in the terms of the field."""

    language = forms.SelectField(
        label=_("Which language are these words in?"),
        choices=[(code, name) for code, name in LANGUAGES if code not in SIGNED], initial="en",
    )  # fmt: skip
    said_meanwhile = _("Somebody else wrote a newer version: it is above. Send again to add yours.")
    said_before = _("This page was sent before with other words. Open it again to add these.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The portal speaks to her; these words speak to who writes for her."""
        super().__init__(*args, **kwargs)
        named = {TakenBy.VICTIM: _("The victim"), TakenBy.UNKNOWN: _("Not known")}
        choices = [(value, named.get(TakenBy(value), label)) for value, label in TakenBy.choices]
        cast(forms.ChoiceField, self.fields["taken_by"]).choices = choices
        self.fields["never_disclose"].label = _("Never disclose: keep this out of bundles")
        self.fields["never_disclose"].help_text = ""
        self.fields["shows"].help_text = _("As the victim tells it.")

    def content(self) -> dict[str, Any]:
        """With the language in which it was written down."""
        return super().content() | {"language": self.cleaned_data["language"]}


class WithdrawForm(forms.Form):
    """Why an entry is withdrawn."""

    text = forms.TextField(
        label=_("Why is it withdrawn?"), rows=4, max_length=MAX_CHARACTERS, strip=False,
        missing=_("Write why it is withdrawn"), error_messages={"max_length": TOO_LONG},
    )  # fmt: skip
    key = forms.KeyField()


class LockForm(forms.Form):
    """Why a file is locked. Nobody is asked to describe what it shows."""

    reason = forms.ChoiceField(
        label=_("Why is it locked?"), choices=EvidenceLock.Reason.choices, missing=_("Choose why it is locked")
    )
    words = forms.TextField(
        label=_("Anything the data protection lead needs to know"),
        help_text=_("Do not describe what the file shows. Say whom you have told, and any police reference."),
        rows=4, max_length=2000, required=False,
    )  # fmt: skip
    key = forms.KeyField()


class PasswordForm(forms.Form):
    """What opens a locked file."""

    password = forms.PasswordField(
        label=_("What is the password?"), max_length=200, missing=_("Enter the password"), width=20,
        autocomplete="off", widget=SecretInput(attrs={"autocapitalize": "none", "dir": "auto"}),
    )  # fmt: skip


class UnlockForm(forms.Form):
    """Why a file is unlocked."""

    words = forms.TextField(
        label=_("Why is it unlocked?"), rows=4, max_length=2000, missing=_("Write why it is unlocked")
    )
