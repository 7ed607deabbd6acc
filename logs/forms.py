"""The form of an entry, shared by the portal and by staff who write on somebody's behalf: the booklet's eight columns.

Only when and what happened are needed. `written()` gives what was said about time, `fields()` everything that
`logs.actions.record_incident` takes. `drafting` keeps what was typed until then.
"""

from typing import Any, cast

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms import BoundField, CheckboxInput
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logs.actions import FileRefusal, check_files
from logs.arriving_http import arrivals_in
from logs.behaviours import grouped_choices
from logs.labels import EVIDENCE_KINDS, STAFF_HINTS, STAFF_LABELS
from logs.models.incidents import PoliceContact
from logs.private import part_choices
from logs.when_forms import TOO_LONG, WhenForm, line_box
from nsvcs import forms
from nsvcs.text import MAX_CHARACTERS


def _long_text(label: str | Promise, hint: str | Promise = "", rows: int = 5) -> forms.TextField:
    return forms.TextField(
        label=label, help_text=hint, rows=rows, max_length=MAX_CHARACTERS, required=False, strip=False,
        error_messages={"max_length": TOO_LONG},
    )  # fmt: skip


class WordsField(forms.TextField):
    """What happened: asked for like a required box; whether a file says enough instead is the form's to judge."""

    def validate(self, value: Any) -> None:
        """Nothing yet: see `EntryForm`."""


class EntryForm(WhenForm):
    """One entry as it is typed.

    Args:
        today: the present day in the writer's zone; "Today" means the day the page was first shown.
        for_staff: label it with the terms of the field instead of "you".
    """

    place = line_box(gettext_lazy("Where?"), gettext_lazy("Leave it out if it does not matter"))
    was_online = forms.BooleanField(
        label=gettext_lazy("It was online or by phone"), required=False, widget=CheckboxInput
    )
    what_happened = WordsField(
        label=gettext_lazy("What happened?"),
        help_text=gettext_lazy("In your own words. Spelling does not matter. A photo alone is enough too."),
        rows=8, max_length=MAX_CHARACTERS, strip=False, error_messages={"max_length": TOO_LONG},
    )  # fmt: skip
    evidence_kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Is there any evidence?"),
        help_text=gettext_lazy("Tick what you have. Keep it as it is, and keep it safe."),
        choices=EVIDENCE_KINDS,
        widget=forms.Checkboxes(small=True),
        required=False,
    )
    evidence_words = line_box(gettext_lazy("Is there more to say about the evidence?"))
    uploads = forms.FilesField(
        label=gettext_lazy("Add photos or files"),
        help_text=gettext_lazy("You can choose more than one. We keep them just as they are."),
        required=False,
    )
    police_contacted = forms.ChoiceField(
        label=gettext_lazy("Have you told the police?"),
        choices=PoliceContact.choices,
        widget=forms.Radios(inline=True),
        required=False,
    )
    police_response = _long_text(gettext_lazy("What did the police do?"), rows=3)
    police_reference = line_box(gettext_lazy("Reference number, if they gave you one"), max_length=200, width=20)
    impact = _long_text(gettext_lazy("How did it affect you?"), gettext_lazy("Such as sleep, fear, work or health."))
    changes_made = _long_text(
        gettext_lazy("What have you changed because of it?"),
        gettext_lazy("Such as your route, your phone, your locks or your plans."),
    )
    impact_on_others = _long_text(gettext_lazy("How did it affect children or other people?"))
    behaviours = forms.MultipleChoiceField(
        label=gettext_lazy("What did they do?"),
        help_text=gettext_lazy("Tick any that fit. Leave out what you like."),
        required=False,
    )
    helped_by = line_box(
        gettext_lazy("Did someone help you write this?"),
        gettext_lazy("Such as “my sister” or “an interpreter”. Leave it empty if nobody did."),
        max_length=120,
    )
    never_disclose = forms.MultipleChoiceField(
        label=gettext_lazy("Is there a part to keep out of papers?"),
        help_text=gettext_lazy(
            "Papers for a court can reach the person doing this. Tick what to leave out of them. "
            "Your caseworker still sees it."
        ),
        choices=part_choices(),
        widget=forms.Checkboxes(small=True),
        required=False,
    )
    # Set where the files are chosen on a later page: then there may be no words so far.
    may_lack_words = False
    # The box that is told of it when there are neither words nor files.
    words_box = "what_happened"

    def __init__(self, *args: Any, for_staff: bool = False, **kwargs: Any) -> None:
        """Offer what can be ticked."""
        super().__init__(*args, **kwargs)
        self.refused: list[FileRefusal] = []
        cast(forms.MultipleChoiceField, self.fields["behaviours"]).choices = grouped_choices(for_staff=for_staff)
        if for_staff:
            self._speak_to_staff()

    def _speak_to_staff(self) -> None:
        for name, label in STAFF_LABELS.items():
            self.fields[name].label = label
        for name, hint in STAFF_HINTS.items():
            self.fields[name].help_text = hint
        cast(forms.MultipleChoiceField, self.fields["never_disclose"]).choices = part_choices(for_staff=True)

    def behaviour_groups(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """Behaviours to tick under their headings, for a template."""
        return tick_groups(self["behaviours"])

    # --- reading what was typed ------------------------------------------------------------------------------------

    def clean_what_happened(self) -> str:
        """Kept as typed, white space too; only white space is nothing."""
        text: str = self.cleaned_data["what_happened"]
        return text if text.strip() else ""

    def clean_uploads(self) -> "list[UploadedFile[Any]]":
        """Every file that cannot be kept is named with what to do; the others have to be chosen again with it."""
        files: list[UploadedFile[Any]] = self.cleaned_data["uploads"]
        self.refused = check_files(files)
        if self.refused:
            raise ValidationError([f"{each.label}: {each.sentence}" for each in self.refused])
        return files

    def clean(self) -> dict[str, Any]:
        """Words or files, and a time that can be."""
        self._want_words_or_files()
        self.read_when()
        return self.cleaned_data

    def has_files(self) -> bool:
        """Whether a file comes with it, now or in pieces."""
        return bool(self.cleaned_data.get("uploads") or arrivals_in(self.data))

    def _want_words_or_files(self) -> None:
        is_said = {"what_happened", "uploads"} & self.errors.keys()  # something is wrong with them, and said
        if is_said or self.may_lack_words or self.cleaned_data["what_happened"] or self.has_files():
            return
        sentence = _("Write what happened, or add a photo or recording")
        self.add_error(self.words_box, ValidationError(sentence, code="required"))

    # --- what it comes to ------------------------------------------------------------------------------------------

    def place_words(self) -> str:
        """Where, in words."""
        typed: str = self.cleaned_data["place"]
        if not self.cleaned_data["was_online"]:
            return typed
        return _("%(place)s (online or by phone)") % {"place": typed} if typed else _("Online or by phone")

    def evidence_line(self) -> str:
        """What evidence there is: what was ticked, then what was typed."""
        labels = dict(EVIDENCE_KINDS)
        ticked = ", ".join(str(labels[kind]) for kind in self.cleaned_data["evidence_kinds"])
        return "\n".join(part for part in (ticked, self.cleaned_data["evidence_words"]) if part)

    def content(self) -> dict[str, Any]:
        """Every value that `record_incident` takes, cleaned."""
        written, said = self.written(), self.cleaned_data
        as_typed = (
            "what_happened", "police_contacted", "police_response", "police_reference", "impact", "changes_made",
            "impact_on_others", "behaviours", "helped_by", "never_disclose",
        )  # fmt: skip
        return (
            vars(written)
            | {name: said[name] for name in as_typed}
            | {
                "place": self.place_words(),
                "evidence_words": self.evidence_line(),
            }
        )


def tick_groups(bound: BoundField) -> list[tuple[str, list[dict[str, Any]]]]:
    """The boxes of a field whose choices stand under headings: each heading with its boxes."""
    attrs = {"id": bound.auto_id, "class": "govuk-checkboxes__input"}
    context = bound.field.widget.get_context(bound.html_name, bound.value(), attrs)["widget"]
    return [(group, options) for group, options, _index in context["optgroups"]]
