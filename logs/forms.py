"""The form of an entry, shared by the portal and by staff who write on somebody's behalf: the booklet's eight columns.

Only when and what happened are needed. `written()` gives what was said about time, `fields()` everything that
`logs.actions.record_incident` takes. `drafting` keeps what was typed until then.
"""

import re
from datetime import date, time, timedelta
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms import BoundField, CheckboxInput, HiddenInput
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logs.actions import FileRefusal, check_files
from logs.arriving_http import arrivals_in
from logs.behaviours import grouped_choices
from logs.labels import EVIDENCE_KINDS, STAFF_HINTS, STAFF_LABELS
from logs.models.incidents import PoliceContact
from logs.private import part_choices
from logs.rules import (
    Precision,
    Written,
    clock_notice,
    ends_before_it_begins,
    is_in_future,
    is_too_long_ago,
    learned_before_it_happened,
    needs_fold,
)
from nsvcs import forms
from nsvcs.days import day_of_month_words
from nsvcs.text import MAX_CHARACTERS

# How long after a page was first shown "today" may still mean the day it was shown on.
LONGEST_OPEN = timedelta(days=90)
ABOUT = re.compile(r"^(?:about|around|approximately|approx\.?|roughly|circa|some time around|~)\s*", re.IGNORECASE)
TOO_LONG = gettext_lazy(
    "This is %(show_value)s characters long. The most that fits here is %(limit_value)s. "
    "Write the rest in a second note."
)
ONLY_MONTH = gettext_lazy("Enter the day it happened. If you only know the month, say so below.")


def _long_text(label: str | Promise, hint: str | Promise = "", rows: int = 5) -> forms.TextField:
    return forms.TextField(
        label=label, help_text=hint, rows=rows, max_length=MAX_CHARACTERS, required=False, strip=False,
        spellcheck=True, error_messages={"max_length": TOO_LONG},
    )  # fmt: skip


class WordsField(forms.TextField):
    """What happened: asked for like a required box; whether a file says enough instead is the form's to judge."""

    def validate(self, value: Any) -> None:
        """Nothing yet: see `EntryForm`."""


def _line(label: str | Promise, hint: str | Promise = "", **kwargs: Any) -> forms.CharField:
    longest = kwargs.pop("max_length", 2000)
    return forms.CharField(
        label=label, help_text=hint, required=False, max_length=longest, error_messages={"max_length": TOO_LONG},
        **kwargs,
    )  # fmt: skip


class EntryForm(forms.Form):
    """One entry as it is typed.

    Args:
        today: the present day in the writer's zone; "Today" means the day the page was first shown.
        for_staff: label it with the terms of the field instead of "you".
    """

    asked_on = forms.CharField(required=False, widget=HiddenInput)
    when = forms.ChoiceField(
        label=gettext_lazy("When did it happen?"),
        widget=forms.Radios(reveals={"other": "on"}),
        missing=gettext_lazy("Choose when it happened"),
    )
    on = forms.DateField(
        label=gettext_lazy("Which day?"), help_text=gettext_lazy("For example, 27 March 2026"), required=False
    )
    at = _line(
        gettext_lazy("About what time?"),
        gettext_lazy("Like 2:30pm, or in your own words, like “after work”"),
        max_length=200,
        width=20,
    )
    precision = forms.ChoiceField(
        label=gettext_lazy("How sure are you about when?"),
        choices=Precision.choices,
        widget=forms.Radios(small=True),
        required=False,
    )
    until_on = forms.DateField(label=gettext_lazy("If it went on for a while: until which day?"), required=False)
    until_at = forms.TimeField(label=gettext_lazy("Until what time?"), required=False)
    learned_on = forms.DateField(
        label=gettext_lazy("If you found out on a later day: which day?"), required=False, latest=timezone.localdate
    )
    fold = forms.ChoiceField(
        label=gettext_lazy("The clocks went back that night, so that hour came twice. Which was it?"),
        choices=[
            ("0", gettext_lazy("The first time, before the clocks went back")),
            ("1", gettext_lazy("The second time, after the clocks went back")),
            ("unsure", gettext_lazy("I am not sure")),
        ],
        required=False,
    )
    place = _line(gettext_lazy("Where?"), gettext_lazy("Leave it out if it does not matter"))
    was_online = forms.BooleanField(
        label=gettext_lazy("It was online or by phone"), required=False, widget=CheckboxInput
    )
    what_happened = WordsField(
        label=gettext_lazy("What happened?"),
        help_text=gettext_lazy("In your own words. Spelling does not matter. A photo alone is enough too."),
        rows=8, max_length=MAX_CHARACTERS, strip=False, spellcheck=True, error_messages={"max_length": TOO_LONG},
    )  # fmt: skip
    evidence_kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Is there any evidence?"),
        help_text=gettext_lazy("Tick what you have. Keep it as it is, and keep it safe."),
        choices=EVIDENCE_KINDS,
        widget=forms.Checkboxes(small=True),
        required=False,
    )
    evidence_words = _line(gettext_lazy("Is there more to say about the evidence?"))
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
    police_reference = _line(gettext_lazy("Reference number, if they gave you one"), max_length=200, width=20)
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
    helped_by = _line(
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

    def __init__(self, *args: Any, today: date | None = None, for_staff: bool = False, **kwargs: Any) -> None:
        """Name the days that "today" and "yesterday" stand for."""
        super().__init__(*args, **kwargs)
        self.today = today or timezone.localdate()
        self.asked = self._asked()
        self.asks_fold = self.fields["fold"].required = bool(self.initial.get("fold"))
        self.refused: list[FileRefusal] = []
        self.initial["asked_on"] = self.asked.isoformat()
        cast(forms.ChoiceField, self.fields["when"]).choices = self._days()
        cast(forms.MultipleChoiceField, self.fields["behaviours"]).choices = grouped_choices(for_staff=for_staff)
        if for_staff:
            self._speak_to_staff()

    def _speak_to_staff(self) -> None:
        for name, label in STAFF_LABELS.items():
            self.fields[name].label = label
        for name, hint in STAFF_HINTS.items():
            self.fields[name].help_text = hint
        cast(forms.MultipleChoiceField, self.fields["never_disclose"]).choices = part_choices(for_staff=True)

    def _asked(self) -> date:
        typed = self.data.get("asked_on") if self.is_bound else self.initial.get("asked_on")
        try:
            found = date.fromisoformat(str(typed))
        except ValueError:
            return self.today
        return found if self.today - LONGEST_OPEN <= found <= self.today else self.today

    def _days(self) -> list[tuple[str, str]]:
        yesterday = self.asked - timedelta(days=1)
        return [
            ("today", _("Today, %(day)s") % {"day": day_of_month_words(self.asked)}),
            ("yesterday", _("Yesterday, %(day)s") % {"day": day_of_month_words(yesterday)}),
            ("other", _("Another day")),
        ]

    def behaviour_groups(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """Behaviours to tick under their headings, for a template."""
        return tick_groups(self["behaviours"])

    # --- reading what was typed ------------------------------------------------------------------------------------

    def clean_what_happened(self) -> str:
        """Kept as typed, white space too; only white space is nothing."""
        text: str = self.cleaned_data["what_happened"]
        return text if text.strip() else ""

    def clean_at(self) -> tuple[time | None, str]:
        """A time, or else the writer's own words."""
        return read_time(self.cleaned_data["at"])

    def clean_uploads(self) -> "list[UploadedFile[Any]]":
        """Every file that cannot be kept is named with what to do; the others have to be chosen again with it."""
        files: list[UploadedFile[Any]] = self.cleaned_data["uploads"]
        self.refused = check_files(files)
        if self.refused:
            raise ValidationError([f"{each.label}: {each.sentence}" for each in self.refused])
        return files

    def clean(self) -> dict[str, Any]:
        """Put the time together and refuse what cannot be."""
        self._want_words_or_files()
        self._read_day()
        if {"when", "on", "at", "until_on", "until_at", "precision"} & self.errors.keys():
            return self.cleaned_data
        self._refuse_contradictions()
        if not {"until_on", "until_at"} & self.errors.keys():
            written = self.written()
            self._refuse_impossible(written)
            self._ask_which_hour(written)
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

    def _read_day(self) -> None:
        """The day that was meant; a month needs no day."""
        chosen = self.cleaned_data.get("when")
        if chosen != "other":
            self.errors.pop("on", None)  # hidden under a choice that was not made
            offset = {"today": 0, "yesterday": 1}.get(chosen or "", 0)
            self.cleaned_data["on"] = self.asked - timedelta(days=offset)
        elif self.has_error("on", "day_missing"):
            self._read_month()
        elif "on" not in self.errors and self.cleaned_data.get("on") is None:
            self.add_error("on", ONLY_MONTH)

    def _read_month(self) -> None:
        parts = self["on"].data
        del self.errors["on"]
        if self.cleaned_data.get("precision") != Precision.MONTH:
            self.add_error("on", ValidationError(ONLY_MONTH, params={"parts": ["day"]}))
            return
        try:
            self.cleaned_data["on"] = self.fields["on"].clean(parts._replace(day="1"))
        except ValidationError as error:
            self.add_error("on", error)

    def _refuse_contradictions(self) -> None:
        has_end = bool(self.cleaned_data["until_on"] or self.cleaned_data["until_at"])
        if self.cleaned_data["precision"] == Precision.BETWEEN and not has_end:
            self.add_error("until_on", _("Enter the day or the time it had happened by"))
        if self.cleaned_data["precision"] == Precision.STILL_HAPPENING and has_end:
            self.add_error("until_on", _("Leave the end empty if it is still happening"))

    def _refuse_impossible(self, written: Written) -> None:
        if is_in_future(written, timezone.now()):
            field = "until_on" if self.cleaned_data["on"] <= self.today else "on"
            self.add_error(field, _("That day has not come yet. Enter today or a day before."))
        elif is_too_long_ago(written):
            self.add_error("on", _("Check the year. It must be 1900 or later."))
        elif ends_before_it_begins(written):
            self.add_error("until_on", _("The end must come after the start. If it went past midnight, add the day."))
        elif learned_before_it_happened(written):
            self.add_error("learned_on", _("This day is before it happened. Check both days."))

    def _ask_which_hour(self, written: Written) -> None:
        last_on = written.until_on or written.occurred_on
        begins, ends = (written.occurred_on, written.occurred_time), (last_on, written.until_time)
        self.asks_fold = needs_fold(*begins) or needs_fold(*ends)
        self.fields["fold"].required = self.asks_fold  # so that its label does not call it optional
        if self.asks_fold and not self.cleaned_data.get("fold"):
            self.add_error("fold", _("Choose which of the two it was, or that you are not sure"))

    # --- what it comes to ------------------------------------------------------------------------------------------

    def written(self) -> Written:
        """What was said about time. A time that the chosen precision leaves no room for is kept in words."""
        said = self.cleaned_data
        at, words = said["at"]
        precision = said["precision"] or (Precision.ABOUT if at else Precision.DAY)
        if at and precision in {Precision.DAY, Precision.MONTH}:
            at, words = None, self["at"].data.strip()
        fold = said.get("fold")
        return Written(
            said["on"], at, said["until_on"], said["until_at"], precision, words,
            fold=int(fold) if self.asks_fold and fold in {"0", "1"} else None, learned_on=said.get("learned_on"),
        )  # fmt: skip

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

    def clock_notice(self) -> str:
        """What to say about a time the clocks jumped over."""
        return clock_notice(self.written())

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


def read_time(text: str) -> tuple[time | None, str]:
    """A time of day if the words are nothing else ("2:30pm", "about 3pm"), else no time and the words themselves.

    Raises:
        ValidationError: it looks like a time but could be either half of the day, or is none, such as 25:00.
    """
    bare = ABOUT.sub("", text.strip())
    try:
        return forms.TimeField(required=False).clean(bare), ""
    except ValidationError as error:
        if error.code == "which_half" or re.fullmatch(r"\d{1,2}[:.]\d{2}", bare):
            raise
        return None, text
