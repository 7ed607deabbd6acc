"""When something happened, as somebody puts it: a day, a time or words for it, how sure, from and until.

Shared by the form of an entry and the form of what is said about a file. `written()` gives what was said.
"""

import re
from datetime import date, time, timedelta
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.forms import HiddenInput
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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

# How long after a page was first shown "today" may still mean the day it was shown on.
LONGEST_OPEN = timedelta(days=90)
ABOUT = re.compile(r"^(?:about|around|approximately|approx\.?|roughly|circa|some time around|~)\s*", re.IGNORECASE)
TOO_LONG = gettext_lazy(
    "This is %(show_value)s characters long. The most that fits here is %(limit_value)s. "
    "Write the rest in a second note."
)
ONLY_MONTH = gettext_lazy("Enter the day it happened. If you only know the month, say so below.")


def line_box(label: str | Promise, hint: str | Promise = "", **kwargs: Any) -> forms.CharField:
    """One line of words, which may be left out."""
    longest = kwargs.pop("max_length", 2000)
    return forms.CharField(
        label=label, help_text=hint, required=False, max_length=longest, error_messages={"max_length": TOO_LONG},
        **kwargs,
    )  # fmt: skip


class WhenForm(forms.Form):
    """When it was, as it is typed.

    Args:
        today: the present day in the writer's zone; "Today" means the day the page was first shown.
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
    at = line_box(
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

    def __init__(self, *args: Any, today: date | None = None, **kwargs: Any) -> None:
        """Name the days that "today" and "yesterday" stand for."""
        super().__init__(*args, **kwargs)
        self.today = today or timezone.localdate()
        self.asked = self._asked()
        self.asks_fold = self.fields["fold"].required = bool(self.initial.get("fold"))
        self.initial["asked_on"] = self.asked.isoformat()
        cast(forms.ChoiceField, self.fields["when"]).choices = self._days()

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

    # --- reading what was typed ------------------------------------------------------------------------------------

    def clean_at(self) -> tuple[time | None, str]:
        """A time, or else the writer's own words."""
        return read_time(self.cleaned_data["at"])

    def read_when(self) -> None:
        """Put the time together and refuse what cannot be."""
        self._read_day()
        if {"when", "on", "at", "until_on", "until_at", "precision"} & self.errors.keys():
            return
        self._refuse_contradictions()
        if not {"until_on", "until_at"} & self.errors.keys():
            written = self.written()
            self._refuse_impossible(written)
            self._ask_which_hour(written)

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

    def clock_notice(self) -> str:
        """What to say about a time the clocks jumped over."""
        return clock_notice(self.written())


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
