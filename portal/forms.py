"""The portal's forms; the form of a note is shared with staff and stands in `logs.forms`."""

from collections.abc import Sequence
from copy import deepcopy
from datetime import date
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.forms import HiddenInput, ValidationError
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.languages import LANGUAGES, SIGNED
from cases.models import Case, CasePerpetrator
from logs.actions import check_files
from logs.arriving_http import arrivals_in
from logs.behaviours import grouped_choices
from logs.forms import TOO_LONG, EntryForm, tick_groups
from logs.lines import line_of
from logs.models import Incident
from logs.staff_forms import PasswordForm
from nsvcs import forms
from nsvcs.days import month_words
from nsvcs.text import MAX_CHARACTERS
from portal.addresses import letters_of

ENGLISH = "en"
LONGEST_NAME = 40


def label_of(case: Case) -> str:
    """What she and her caseworker call this case; else when it began."""
    return case.portal_label or _("Since %(month)s") % {"month": month_words(case.received_at)}


class AboutOneCase:
    """What several forms of hers share: with several cases she says which, by the labels agreed with her."""

    cases: dict[str, Case]
    cleaned_data: dict[str, Any]

    def ask_which(self, cases: Sequence[Case], label: str | Promise, missing: str | Promise) -> None:
        """Ask only if there is something to choose from."""
        self.cases = {letters_of(case.pk): case for case in cases}
        if len(self.cases) > 1:
            choices = [(letters, label_of(case)) for letters, case in self.cases.items()]
            cast(forms.Form, self).fields["case"] = forms.ChoiceField(label=label, choices=choices, missing=missing)

    @property
    def chosen_case(self) -> Case:
        """The case it belongs to."""
        return self.cases[self.cleaned_data.get("case") or next(iter(self.cases))]


class WritingForm(AboutOneCase, EntryForm):
    """A note of her own. What may be several things is asked, by the labels agreed with her caseworker.

    Args:
        cases: the matters it may belong to.
        links: who it may have been, for those matters; only those with a label are named.
        language: hers, as her caseworker knows it; she is asked only if it is another than English.
    """

    def __init__(
        self,
        *args: Any,
        cases: Sequence[Case],
        links: Sequence[CasePerpetrator] = (),
        language: str = ENGLISH,
        **kwargs: Any,
    ) -> None:
        """Ask only if there is something to choose from."""
        super().__init__(*args, **kwargs)
        self.language = language
        self.links = {letters_of(link.pk): link for link in links if link.portal_label}
        self._ask_who()
        self._ask_language()
        self.ask_which(cases, gettext_lazy("What is this note about?"), gettext_lazy("Choose what this note is about"))

    def _ask_who(self) -> None:
        if len(self.links) > 1:
            named = [(letters, link.portal_label) for letters, link in self.links.items()]
            self.fields["who"] = forms.SelectField(
                label=gettext_lazy("Who was it?"),
                choices=[("", gettext_lazy("Someone else, or not sure")), *named],
                required=False,
            )

    def _ask_language(self) -> None:
        if self.language != ENGLISH:
            self.fields["language"] = forms.SelectField(
                label=gettext_lazy("Which language is your note in?"),
                choices=[(code, name) for code, name in LANGUAGES if code not in SIGNED],
                initial=self.language,
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        """Who it was must belong to what the note is about."""
        said = super().clean()
        link = self.links.get(said.get("who") or "")
        if link is not None and "case" not in self.errors and link.case_id != self.chosen_case.pk:
            self.add_error("who", _("This person belongs to another note. Choose someone else."))
        return said

    def content(self) -> dict[str, Any]:
        """The entry's values, with whom and which language where she was asked."""
        said = self.cleaned_data
        link = self.links.get(said.get("who") or "")
        asked = {"language": said["language"] or self.language} if "language" in self.fields else {}
        return super().content() | asked | {"case_perpetrator_id": link.pk if link else None}


class NoSignalForm(forms.Form):
    """The first part of a note, on the page that a phone keeps: sealed there, judged by the whole form on arrival."""

    mark_optional = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The boxes of a note, with the day itself: a kept page cannot know what is today."""
        super().__init__(*args, **kwargs)
        names = ("on", "at", "place", "was_online", "what_happened")
        self.fields = {name: deepcopy(EntryForm.base_fields[name]) for name in names}
        self.fields["on"].label = gettext_lazy("Which day was it?")
        self.fields["what_happened"].help_text = gettext_lazy("In your own words. Spelling does not matter.")


class StepForm(forms.Form):
    """One of the optional questions, on a page of its own."""

    def __init__(self, *args: Any, names: Sequence[str], **kwargs: Any) -> None:
        """Take the named fields out of the form of an entry."""
        super().__init__(*args, **kwargs)
        self.fields = {name: deepcopy(EntryForm.base_fields[name]) for name in names}
        if "behaviours" in self.fields:
            cast(forms.MultipleChoiceField, self.fields["behaviours"]).choices = grouped_choices()

    def behaviour_groups(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """Behaviours to tick under their headings."""
        return tick_groups(self["behaviours"])


def _judged(files: "list[UploadedFile[Any]]") -> "list[UploadedFile[Any]]":
    refused = check_files(files)
    if refused:
        raise ValidationError([f"{each.label}: {each.sentence}" for each in refused])
    return files


class NoteForm(forms.Form):
    """Something to add to a note that is already kept: words, files or both."""

    text = forms.TextField(
        label=gettext_lazy("What would you like to add?"), rows=6, max_length=MAX_CHARACTERS, strip=False,
        required=False, error_messages={"max_length": TOO_LONG},
    )  # fmt: skip
    uploads = forms.FilesField(label=gettext_lazy("Add photos or files"), required=False)
    key = forms.KeyField()
    mark_optional = False

    def clean_uploads(self) -> "list[UploadedFile[Any]]":
        """Name what cannot be kept."""
        return _judged(self.cleaned_data["uploads"])

    def clean(self) -> dict[str, Any]:
        """Something must be there to add."""
        said = self.cleaned_data
        if not self.errors and not said["text"].strip() and not said["uploads"] and not self.arrivals():
            self.add_error("text", _("Write what you would like to add, or choose a file"))
        return said

    def arrivals(self) -> list[str]:
        """Letters of the files sent in pieces."""
        return arrivals_in(self.data)


class WrongForm(forms.Form):
    """Why a note is wrong."""

    reason = forms.TextField(
        label=gettext_lazy("What is wrong with it?"), rows=4, max_length=MAX_CHARACTERS,
        missing=gettext_lazy("Write what is wrong with it"), error_messages={"max_length": TOO_LONG},
    )  # fmt: skip
    key = forms.KeyField()


class SaidForm(forms.Form):
    """What is said in one of her recordings."""

    text = forms.TextField(
        label=gettext_lazy("What is said in it?"), rows=10, max_length=MAX_CHARACTERS,
        help_text=gettext_lazy("Write what you hear, as well as you can."),
        missing=gettext_lazy("Write what is said in it"), error_messages={"max_length": TOO_LONG},
    )  # fmt: skip
    based_on = forms.IntegerField(widget=HiddenInput, initial=0, min_value=0)
    key = forms.KeyField()


class MonthForm(forms.FilterForm):
    """Narrow the notes to one month."""

    month = forms.SelectField(label=gettext_lazy("Show notes from"), required=False)

    def __init__(self, *args: Any, months: Sequence[date], **kwargs: Any) -> None:
        """Offer the months in which something happened."""
        super().__init__(*args, **kwargs)
        self.months = months
        named = [(f"{month:%Y-%m}", month_words(month)) for month in months]
        cast(forms.SelectField, self.fields["month"]).choices = [("", _("All months")), *named]

    def filter(self, incidents: Any) -> Any:
        """The notes of the chosen month; all of them for none or a wrong one."""
        chosen = self.cleaned_data.get("month") if self.is_valid() else ""
        if not chosen:
            return incidents
        year, month = chosen.split("-")
        return incidents.filter(occurred_on__year=int(year), occurred_on__month=int(month))


class MessageForm(AboutOneCase, forms.Form):
    """A message to her caseworker."""

    text = forms.TextField(
        label=gettext_lazy("Write a message"), max_length=MAX_CHARACTERS, rows=5,
        missing=gettext_lazy("Write your message first"),
    )  # fmt: skip
    key = forms.KeyField()

    def __init__(self, *args: Any, cases: Sequence[Case], **kwargs: Any) -> None:
        """Ask which case it is about."""
        super().__init__(*args, **kwargs)
        self.ask_which(
            cases, gettext_lazy("What is this message about?"), gettext_lazy("Choose what this message is about")
        )


class ChangeForm(MessageForm):
    """What we should change in what we know of her."""

    text = forms.TextField(
        label=gettext_lazy("What should we change?"), max_length=MAX_CHARACTERS, rows=5,
        help_text=gettext_lazy("For example a new number, other hours, or a name to ask for."),
        missing=gettext_lazy("Write what we should change"),
    )  # fmt: skip


class OpenForm(PasswordForm):
    """What opens a locked file of hers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The same box, in words for her."""
        super().__init__(*args, **kwargs)
        self.fields["password"].label = gettext_lazy("What is the password?")
        self.fields["password"].help_text = gettext_lazy("You can leave this page. Your file stays safe with us.")
        self.fields["password"].error_messages["required"] = gettext_lazy("Write the password")


NEW, LATER = "new", "later"


class PhotosForm(forms.Form):
    """Files chosen first, and which note they are for.

    Args:
        notes: her notes, the newest first; a few are offered by what is in them.
        may_write: whether a new note may be begun.
    """

    MOST_NOTES = 50
    uploads = forms.FilesField(
        label=gettext_lazy("Add photos or files"),
        help_text=gettext_lazy("You can choose more than one. We keep them just as they are."),
        required=False,
    )
    note = forms.SelectField(
        label=gettext_lazy("Which note is it for?"),
        missing=gettext_lazy("Choose which note it is for"),
        error_messages={"invalid_choice": gettext_lazy("Choose which note it is for")},
    )
    mark_optional = False

    def __init__(self, *args: Any, notes: Sequence[Incident], may_write: bool = False, **kwargs: Any) -> None:
        """Offer her notes by number, day and first words."""
        super().__init__(*args, **kwargs)
        named = [(str(each.number), _("Note %(number)s, %(when)s: %(words)s") % _named(each)) for each in notes]
        others = [(NEW, _("A new note")), (LATER, _("I will say later"))] if may_write else []
        cast(forms.SelectField, self.fields["note"]).choices = [("", _("Choose a note")), *others, *named]

    def clean_uploads(self) -> "list[UploadedFile[Any]]":
        """Name what cannot be kept."""
        return _judged(self.cleaned_data["uploads"])

    def clean(self) -> dict[str, Any]:
        """There is a file."""
        said = self.cleaned_data
        if "uploads" in self.fields and not self.errors and not said["uploads"] and not self.arrivals():
            self.add_error("uploads", _("Choose a photo or file first"))
        return said

    def arrivals(self) -> list[str]:
        """Letters of the files sent in pieces."""
        return arrivals_in(self.data)


def _named(incident: Incident) -> dict[str, Any]:
    words = Truncator(line_of(incident)).chars(LONGEST_NAME)
    return {"number": incident.number, "when": incident.when, "words": words}
