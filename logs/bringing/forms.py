"""What is asked about a source file: which file, what only a person knows of it, what of it is wanted, what to undo."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.forms import HiddenInput, IntegerField
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from logs.actions import check_files
from logs.behaviours import BY_CODE
from logs.bringing.choosing import Wanted
from logs.importing import BOOKLET_FIELDS, CALL_FIELDS
from logs.models import ImportBatch
from logs.models.imports import Grouping
from logs.rules import EARLIEST
from nsvcs import forms
from nsvcs.days import day_words

_DATE = re.compile(r"(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{1,4})")
ORDERS = {"dmy": (2, 1, 0), "mdy": (2, 0, 1), "ymd": (0, 1, 2)}
ORDER_WORDS: dict[str, str | Promise] = {
    "dmy": gettext_lazy("The day comes first"),
    "mdy": gettext_lazy("The month comes first"),
    "ymd": gettext_lazy("The year comes first"),
}
FIELD_WORDS: dict[str, str | Promise] = {
    "when": gettext_lazy("Date and time"),
    "date": gettext_lazy("Date"),
    "time": gettext_lazy("Time"),
    "number": gettext_lazy("Phone number"),
    "name": gettext_lazy("Name"),
    "from": gettext_lazy("Who rang"),
    "to": gettext_lazy("Who was rung"),
    "type": gettext_lazy("In, out or missed"),
    "duration": gettext_lazy("How long"),
    "note": gettext_lazy("Note"),
    "place": gettext_lazy("Where"),
    "what_happened": gettext_lazy("What happened"),
    "evidence_words": gettext_lazy("Evidence"),
    "police_response": gettext_lazy("What the police did"),
    "police_reference": gettext_lazy("Police reference"),
    "impact": gettext_lazy("Impact"),
    "changes_made": gettext_lazy("Changes made"),
    "impact_on_others": gettext_lazy("Impact on others"),
}
TABLES = {"calls_csv": CALL_FIELDS, "booklet_csv": BOOKLET_FIELDS, "booklet_xlsx": BOOKLET_FIELDS}
Choices = Sequence[tuple[str, str | Promise]]


class FileForm(forms.Form):
    """Which file.

    Args:
        cases: where it may belong, by letters and label; asked only if there are several.
        letters: of files that are sent in pieces; without any, one must come with the form.
    """

    file = forms.FileField(label=gettext_lazy("Which file?"), missing=gettext_lazy("Choose a file"))
    key = forms.KeyField()

    def __init__(self, *args: Any, cases: Choices = (), letters: Sequence[str] = (), **kwargs: Any) -> None:
        """Ask where it belongs only if there is something to choose from."""
        super().__init__(*args, **kwargs)
        self.letters = [each for each in letters if each]
        self.fields["file"].required = not (self.is_bound and self.letters)
        if len(cases) > 1:
            self.fields["case"] = forms.ChoiceField(
                label=gettext_lazy("What is it about?"), choices=cases, missing=gettext_lazy("Choose what it is about")
            )

    def clean_file(self) -> Any:
        """A kind that is kept."""
        file = self.cleaned_data["file"]
        if not file:
            return None
        for refusal in check_files([file]):
            self.add_error("file", refusal.sentence)
        return file


class QuestionsForm(forms.Form):
    """What only a person knows of a source.

    Args:
        batch: with what a first look found.
        people: who it may have been, by id or letters and name.
        languages: in which it may be written; asked only if given.
    """

    revision = IntegerField(widget=HiddenInput)
    is_hers = False

    def __init__(
        self, *args: Any, batch: ImportBatch, people: Choices = (), languages: Choices = (), **kwargs: Any
    ) -> None:
        """Ask what this source leaves open, with what was guessed or said before filled in."""
        self.batch, self.found = batch, batch.found
        before = batch.answered
        kwargs.setdefault("initial", {})
        kwargs["initial"] = {"revision": batch.revision, "language": batch.language} | before | kwargs["initial"]
        super().__init__(*args, **kwargs)
        self._ask_order()
        self._ask_names()
        self._ask_days(before.get("days") or ("", ""))
        self._ask_columns(before.get("columns") or self.found.get("columns", {}))
        if people:
            self._add("who", _("Who did this?"), [("", _("Someone else, or not sure")), *people])
            self.fields["who"].initial = people[0][0] if len(people) == 1 else ""
        if languages:
            self._add("language", _("Which language is it in?"), languages)

    def _add(self, name: str, label: str, choices: Any) -> None:
        self.fields[name] = forms.SelectField(label=label, choices=choices, required=False)

    def _ask_order(self) -> None:
        """Nothing is chosen beforehand: a guess that is only nodded through moves an entry by months."""
        if self.found.get("is_date_order_sure", True):
            return
        written, choices = example_dates(each["when"] for each in self.found.get("examples", ()))
        label = _("Which day is %(date)s?") % {"date": written} if written else _("How are the dates written?")
        self.fields["date_order"] = forms.ChoiceField(label=label, choices=choices, missing=_("Choose which day it is"))

    def _ask_names(self) -> None:
        names = [(name, name) for name in self.found.get("names", ())]
        if not names:
            return
        self._add("own_name", self._own_label(), [("", _("None of these")), *names])
        self.fields["own_name"].initial = self.found.get("own_name", "")
        self._add("their_name", _("Which name is the other person?"), [("", _("More than one, or not sure")), *names])

    def _own_label(self) -> str:
        return _("Which name is yours?") if self.is_hers else _("Which name is the victim’s?")

    def _ask_days(self, before: Sequence[str]) -> None:
        labels = {"first_day": _("Only from this day"), "last_day": _("Only to this day")}
        for (name, label), day in zip(labels.items(), before, strict=True):
            initial = date.fromisoformat(day) if day else None
            self.fields[name] = forms.DateField(label=label, required=False, initial=initial)

    @property
    def asked(self) -> list[Any]:
        """The questions, but for the days."""
        return [field for field in self.visible_fields() if field.name not in {"first_day", "last_day"}]

    @property
    def has_days(self) -> bool:
        """Whether only some days are wanted, or more was found than is read at once."""
        return self.batch.is_too_long or any(
            self[name].value() or self[name].errors for name in ("first_day", "last_day")
        )

    def clean(self) -> dict[str, Any]:
        """The last day wanted is not before the first."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = said.get("first_day"), said.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day is before the first"))
        return said

    def _ask_columns(self, guessed: dict[str, str]) -> None:
        fields = TABLES.get(self.batch.kind, ())
        self.headings = self.found.get("headings", []) if fields else []
        choices = [("", _("Leave it out")), *((name, FIELD_WORDS[name]) for name in fields)]
        for place, heading in enumerate(self.headings):
            label = _("What is in the column “%(heading)s”?") % {"heading": heading}
            self._add(f"column_{place}", label, choices)
            self.fields[f"column_{place}"].initial = guessed.get(heading, "")

    def answers(self) -> dict[str, Any]:
        """What `logs.actions.importing.answer_questions` takes, but for who it was."""
        said = self.cleaned_data
        columns = {heading: said[f"column_{place}"] for place, heading in enumerate(self.headings)}
        order = said.get("date_order") or self.found.get("date_order", "")
        return {
            "date_order": order,
            "own_name": said.get("own_name", ""),
            "their_name": said.get("their_name", ""),
            "columns": columns if any(columns.values()) else {},
            "days": [day.isoformat() if day else "" for day in (said["first_day"], said["last_day"])],
            "language": said.get("language") or self.batch.language,
        }


class HerQuestionsForm(QuestionsForm):
    """The same, asked of the person herself."""

    is_hers = True


def example_dates(written: Iterable[str]) -> tuple[str, list[tuple[str, str | Promise]]]:
    """A date of the source that can be read in several ways, and each way in words; the ways alone without one."""
    for words in written:
        found = _DATE.search(words)
        if found and len(found[1]) <= 2:
            ways = {order: _as_date([int(part) for part in found.groups()], ORDERS[order]) for order in ORDERS}
            if len(found[3]) > 2:
                del ways["ymd"]
            told = {order: day_words(day) for order, day in ways.items() if day}
            if len(set(told.values())) > 1:
                return found[0], list(told.items())
    return "", list(ORDER_WORDS.items())


def _as_date(parts: list[int], order: tuple[int, int, int]) -> date | None:
    year, month, day = (parts[place] for place in order)
    try:
        return date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None


class WantedForm(forms.FilterForm):
    """What a page shows. It is posted with the ticks: words looked for are never part of an address."""

    is_filter = False  # it stands on the page of ticks, which are not saved yet

    sender = forms.SelectField(label=gettext_lazy("Sender"), required=False)
    direction = forms.SelectField(
        label=gettext_lazy("Sent or received"),
        choices=[("", gettext_lazy("Both")), ("in", gettext_lazy("Received")), ("out", gettext_lazy("Sent"))],
        required=False,
    )
    date_from = forms.DateField(label=gettext_lazy("From"), required=False)
    date_to = forms.DateField(label=gettext_lazy("To"), required=False)
    word = forms.CharField(label=gettext_lazy("With this word"), required=False, max_length=100)
    only = forms.SelectField(
        label=gettext_lazy("Which of them"),
        choices=[
            ("", gettext_lazy("All")),
            ("chosen", gettext_lazy("Ticked")),
            ("left", gettext_lazy("Not ticked")),
            ("undated", gettext_lazy("Without a date")),
            ("known", gettext_lazy("Already in the log")),
        ],
        required=False,
    )

    def __init__(self, *args: Any, senders: Sequence[str], **kwargs: Any) -> None:
        """Offer the names seen in this source."""
        super().__init__(*args, **kwargs)
        named = [(str(place), name) for place, name in enumerate(senders)]
        self.fields["sender"].choices = [("", _("Anyone")), *named]  # type: ignore[attr-defined]

    def wanted(self) -> Wanted:
        """The selection; everything while nothing valid was sent."""
        if not self.is_bound or not self.is_valid():
            return Wanted()
        said = self.cleaned_data
        sender = int(said["sender"]) if said["sender"] else None
        rest = {name: said[name] for name in ("direction", "date_from", "date_to", "word", "only")}
        return Wanted(sender=sender, **rest)


class LineDateForm(forms.Form):
    """The day a line happened, where the source has none that can be right."""

    on = forms.DateField(
        label=gettext_lazy("Which day did it happen?"), earliest=EARLIEST, latest=timezone.localdate,
        missing=gettext_lazy("Enter the day it happened"),
    )  # fmt: skip
    at = forms.TimeField(label=gettext_lazy("About what time?"), required=False)


class BringForm(forms.Form):
    """How many become one entry, and what kind of thing it is."""

    grouping = forms.ChoiceField(
        label=gettext_lazy("How shall they stand in the log?"), missing=gettext_lazy("Choose how they shall stand")
    )
    behaviour = forms.SelectField(label=gettext_lazy("What kind of thing is it?"), required=False)
    revision = IntegerField(widget=HiddenInput)

    def __init__(self, *args: Any, choices: Choices, is_hers: bool, **kwargs: Any) -> None:
        """Say with each grouping what it comes to; offer no grouping that comes to the same."""
        super().__init__(*args, **kwargs)
        self.fields["grouping"].choices = choices  # type: ignore[attr-defined]
        kinds = [(code, each.portal_label if is_hers else each.staff_label) for code, each in BY_CODE.items()]
        self.fields["behaviour"].choices = [("", _("Not sure yet")), *kinds]  # type: ignore[attr-defined]
        if is_hers:
            self.fields["grouping"].label = _("How do you want to keep them?")
            self.fields["behaviour"].label = _("They …")


def grouping_choices(counts: dict[str, int], *, is_hers: bool) -> list[tuple[str, str]]:
    """Each grouping with what it comes to; those that come to the same as one message each are left out."""
    named = {
        Grouping.MESSAGE: _("One for each message: %(becomes)s"),
        Grouping.HOUR: _("One for each hour: %(becomes)s"),
        Grouping.DAY: _("One for each day: %(becomes)s"),
    }
    return [
        (each.value, words % {"becomes": _becomes(counts["lines"], counts[each], is_hers)})
        for each, words in named.items()
        if each == Grouping.MESSAGE or counts[each] < counts[Grouping.MESSAGE]
    ]


def _becomes(lines: int, entries: int, is_hers: bool) -> str:
    read = ngettext("%(count)s message", "%(count)s messages", lines) % {"count": f"{lines:,}"}
    if is_hers:
        made = ngettext("%(count)s note", "%(count)s notes", entries) % {"count": f"{entries:,}"}
    else:
        made = ngettext("%(count)s entry", "%(count)s entries", entries) % {"count": f"{entries:,}"}
    return _("%(messages)s become %(entries)s") % {"messages": read, "entries": made}


class UndoForm(forms.Form):
    """Which entries that were used since are withdrawn all the same."""

    also = forms.MultipleChoiceField(
        label=gettext_lazy("Withdraw these too"), widget=forms.Checkboxes(small=True), required=False
    )
    revision = IntegerField(widget=HiddenInput)

    def __init__(self, *args: Any, held: Choices, **kwargs: Any) -> None:
        """Name them; with none, ask nothing."""
        super().__init__(*args, **kwargs)
        self.fields["also"].choices = held  # type: ignore[attr-defined]
        if not held:
            del self.fields["also"]

    def named(self) -> list[UUID]:
        """Ids of those ticked."""
        return [UUID(each) for each in self.cleaned_data.get("also", ())]
