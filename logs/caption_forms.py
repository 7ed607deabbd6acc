"""The form of what is said about a file, shared by the portal and by staff who write on somebody's behalf."""

from typing import Any, cast

from django.forms import HiddenInput
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logs.actions import OtherContent, TypedMeanwhile
from logs.models import Caption
from logs.models.captions import TakenBy
from logs.rules import Precision
from logs.when_forms import TOO_LONG, WhenForm, line_box
from nsvcs import forms
from nsvcs.text import MAX_CHARACTERS

# A picture is taken once: it goes on no longer.
HOW_SURE = [(value, label) for value, label in Precision.choices if value != Precision.STILL_HAPPENING]
UNSURE = "unsure"


class CaptionForm(WhenForm):
    """What it shows, when it was taken, who took it; each may be skipped, all of them may not."""

    shows = forms.TextField(
        label=gettext_lazy("What does it show?"), rows=4, max_length=MAX_CHARACTERS, required=False, strip=False,
        help_text=gettext_lazy("In your own words. For example: “His car outside my work”."),
        error_messages={"max_length": TOO_LONG},
    )  # fmt: skip
    when = forms.ChoiceField(
        label=gettext_lazy("When was it taken?"), widget=forms.Radios(reveals={"other": "on"}), required=False
    )
    at = line_box(
        gettext_lazy("About what time?"),
        gettext_lazy("Like 2:30pm, or in your own words, like “last summer”"),
        max_length=200,
        width=20,
    )
    precision = forms.ChoiceField(
        label=gettext_lazy("How sure are you about when?"), choices=HOW_SURE, widget=forms.Radios(small=True),
        required=False,
    )  # fmt: skip
    learned_on = None  # type: ignore[assignment]  # how a form leaves out a box of the form it is made from
    taken_by = forms.ChoiceField(
        label=gettext_lazy("Who took it, or made it?"), choices=TakenBy.choices,
        widget=forms.Radios(reveals={TakenBy.OTHER: "taken_by_words"}), required=False,
    )  # fmt: skip
    taken_by_words = line_box(gettext_lazy("Who was it?"), max_length=200)
    never_disclose = forms.BooleanField(
        label=gettext_lazy("Keep what I say here out of papers for a court"), required=False,
        help_text=gettext_lazy("Such papers can reach the person doing this. Your caseworker still sees it."),
    )  # fmt: skip
    based_on = forms.IntegerField(widget=HiddenInput, initial=0, min_value=0)
    key = forms.KeyField()
    nothing_said = gettext_lazy("Answer one of the questions")
    said_meanwhile = gettext_lazy("Someone wrote about this file just now. It is above. Send yours again to add it.")
    said_before = gettext_lazy("You sent other words from this page before. Open it again to add these.")

    def _days(self) -> list[tuple[str, str]]:
        return [*super()._days(), (UNSURE, _("I do not know the day"))]

    def clean_shows(self) -> str:
        """Kept as typed; only white space is nothing."""
        text: str = self.cleaned_data["shows"]
        return text if text.strip() else ""

    def clean(self) -> dict[str, Any]:
        """A time that can be, if one is given, and something said at all."""
        said = self.cleaned_data
        if not said.get("when") and self._has_day():
            said["when"] = "other"  # typed below a choice that was not made: it is meant
        if said.get("when") in {"", None, UNSURE} or self._has_words_alone():
            for name in ("on", "until_on", "until_at"):
                self.errors.pop(name, None)
                said[name] = None
            said["precision"] = ""
        else:
            self.read_when()
        if not self.errors and not self.says_something():
            self.add_error("shows", str(self.nothing_said))
        return said

    def _has_day(self) -> bool:
        return bool(self.cleaned_data.get("on")) or self.has_error("on")

    def _has_words_alone(self) -> bool:
        """Another day, no day named, but words for it, such as "last summer": enough for a file."""
        at = self.cleaned_data.get("at")
        return self.cleaned_data.get("when") == "other" and not self._has_day() and bool(at and at[1])

    def says_something(self) -> bool:
        """Whether any of it was answered; a tick to keep it out of papers alone says nothing."""
        said = self.cleaned_data
        at = said.get("at") or (None, "")
        return any((said.get("shows"), said.get("on"), *at, said.get("taken_by"), said.get("taken_by_words")))

    def is_empty(self) -> bool:
        """Whether nothing was typed or chosen: then skipping it loses nothing."""
        names = ("shows", "when", "at", "taken_by", "taken_by_words", "never_disclose", "precision")
        return not (any((self[name].data or "").strip() for name in names) or any(self["on"].data or ()))

    def say_why(self, other: OtherContent | TypedMeanwhile) -> None:
        """Why nothing was kept. What was typed stays in the boxes; sending it again keeps it on top."""
        data = cast(QueryDict, self.data).copy()
        self.data = data
        if isinstance(other, TypedMeanwhile):
            data["based_on"] = str(other.newest.number)
            self.add_error("shows", str(self.said_meanwhile))
        else:
            self.add_error("shows", str(self.said_before))

    def content(self) -> dict[str, Any]:
        """The values that `say_of_file` takes."""
        said = self.cleaned_data
        told = {name: said[name] for name in ("shows", "taken_by", "taken_by_words", "never_disclose")}
        return told | self._taken()

    def _taken(self) -> dict[str, Any]:
        if not self.cleaned_data.get("on"):
            return {"when_words": (self["at"].data or "").strip()}  # a time of no day is words
        written = self.written()
        return {
            "taken_on": written.occurred_on, "taken_time": written.occurred_time, "until_on": written.until_on,
            "until_time": written.until_time, "precision": written.precision, "when_words": written.when_words,
            "fold": written.fold, "zone": written.zone,
        }  # fmt: skip


def as_begun(newest: Caption | None) -> dict[str, Any]:
    """What the form begins with: the newest version, to be corrected, or nothing."""
    if newest is None:
        return {}
    same = ("shows", "taken_by", "taken_by_words", "never_disclose", "until_on", "precision", "language")
    told: dict[str, Any] = {name: getattr(newest, name) for name in same} | {"based_on": newest.number}
    told |= {"until_at": newest.until_time, "at": newest.when_words}
    if newest.taken_on:
        told |= {"when": "other", "on": newest.taken_on}
    if newest.taken_time and not newest.when_words:
        told["at"] = f"{newest.taken_time:%H:%M}"
    if newest.fold is not None:
        told["fold"] = str(newest.fold)
    return told
