"""Choosing what goes into a bundle."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bundles.models import Recipient, Shown
from logs.lines import line_of
from logs.models import Evidence, Incident
from logs.sources import entries_of
from logs.standing import Use
from nsvcs import forms


class RangeForm(forms.FilterForm):
    """The days the bundle covers; both ends included."""

    date_from = forms.DateField(label=gettext_lazy("From"), required=False)
    date_to = forms.DateField(label=gettext_lazy("To"), required=False)

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        said = super().clean() or self.cleaned_data
        first, last = said.get("date_from"), said.get("date_to")
        if first and last and last < first:
            self.add_error("date_to", _("The last day must be the first day or later"))
        return said


class BundleForm(forms.Form):
    """Who it is for, what it is for, what is in it and what is shown."""

    recipient = forms.ChoiceField(
        label=gettext_lazy("Who is it for?"), choices=Recipient.choices, missing=gettext_lazy("Choose who it is for")
    )
    recipient_name = forms.CharField(
        label=gettext_lazy("Name or office"),
        help_text=gettext_lazy("As it is to stand on the cover"),
        required=False,
        max_length=120,
    )
    purpose = forms.TextField(
        label=gettext_lazy("What is it for?"), rows=3, max_length=500, missing=gettext_lazy("Write what it is for")
    )
    entries = forms.MultipleChoiceField(
        label=gettext_lazy("Entries"),
        widget=forms.Checkboxes(small=True),
        missing=gettext_lazy("Choose at least one entry"),
    )
    evidence = forms.MultipleChoiceField(
        label=gettext_lazy("Files"), widget=forms.Checkboxes(small=True), required=False
    )
    shown = forms.MultipleChoiceField(
        label=gettext_lazy("What may be shown?"),
        help_text=gettext_lazy("Whatever is not ticked is taken out of the texts before the bundle is made."),
        choices=Shown.choices,
        widget=forms.Checkboxes(small=True),
        required=False,
    )
    key = forms.KeyField()

    def __init__(self, *args: Any, entries: Sequence[Incident], evidence: Sequence[Evidence], **kwargs: Any) -> None:
        """Offer the entries of the range and their files, all ticked to begin with but those withdrawn.

        A file that entries were brought in from holds more than they do: it is ticked by hand or not at all.
        """
        super().__init__(*args, **kwargs)
        self.entry_total = len(entries)
        self.entries_of = {str(pk): set(map(str, found)) for pk, found in entries_of(evidence).items()}
        offered = {row.pk for row in entries}
        self._offer("entries", [(str(row.pk), _entry_label(row)) for row in entries])
        self._offer("evidence", [(str(row.pk), _file_label(row, self._among(row, offered))) for row in evidence])
        kept = {row.pk for row in entries if not getattr(row, "is_withdrawn", False)}
        self.initial.setdefault("entries", [str(row.pk) for row in entries if row.pk in kept])
        shown = [row for row in evidence if row.incident_id in kept and row.standing.may(Use.BUNDLE)]
        self.initial.setdefault("evidence", [str(row.pk) for row in shown])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _among(self, row: Evidence, offered: set[UUID]) -> int:
        return len(self.entries_of[str(row.pk)] & set(map(str, offered)))

    def clean(self) -> dict[str, Any]:
        """A file goes in only with an entry of its own."""
        said = super().clean() or self.cleaned_data
        chosen = set(said.get("entries", ()))
        lonely = [row for row in said.get("evidence", ()) if not self.entries_of.get(row, set()) & chosen]
        if lonely and "entries" not in self.errors:
            self.add_error("evidence", _("Choose the entry of each file too, or leave the file out"))
        return said


def summary_of(form: BundleForm, days: RangeForm) -> dict[str, Any]:
    """What was chosen, in words and counts, for the page that is looked at before asking."""
    said = form.cleaned_data
    labels = dict(Shown.choices)
    return {
        "recipient": dict(Recipient.choices)[said["recipient"]],
        "recipient_name": said["recipient_name"],
        "purpose": said["purpose"],
        "days": _days_in_words(days),
        "entry_count": len(said["entries"]),
        "entry_total": form.entry_total,
        "file_count": len(said["evidence"]),
        "file_total": len(form.entries_of),
        "shown": [str(labels[each]) for each in said["shown"]],
        "withheld": [str(label) for value, label in Shown.choices if value not in said["shown"]],
    }


def _days_in_words(days: RangeForm) -> str:
    first, last = days.cleaned_data.get("date_from"), days.cleaned_data.get("date_to")
    if first and last:
        return _("%(first)s to %(last)s") % {"first": format_date(first, "j F Y"), "last": format_date(last, "j F Y")}
    if first:
        return _("from %(first)s") % {"first": format_date(first, "j F Y")}
    if last:
        return _("up to %(last)s") % {"last": format_date(last, "j F Y")}
    return str(_("all"))


def _entry_label(row: Incident) -> str:
    words = " ".join(line_of(row).split())
    short = f"{words[:90]}…" if len(words) > 90 else words
    return _("Entry %(number)s, %(when)s: %(words)s") % {"number": row.number, "when": row.when, "words": short}


def _file_label(row: Evidence, entry_count: int) -> str:
    words = _named(row, entry_count)
    if row.standing.may(Use.BUNDLE):
        return words
    return _("%(file)s (%(state)s: a page says that it is not shown)") % {"file": words, "state": row.standing.word}


def _named(row: Evidence, entry_count: int) -> str:
    if row.incident is None:
        return ngettext(
            "Exhibit E%(number)s, %(kind)s, the whole file that %(entries)s entry was brought in from",
            "Exhibit E%(number)s, %(kind)s, the whole file that %(entries)s entries were brought in from",
            entry_count,
        ) % {"number": row.exhibit_number, "kind": row.kind_words, "entries": entry_count}
    return _("Exhibit E%(number)s, %(kind)s, of entry %(entry)s") % {
        "number": row.exhibit_number,
        "kind": row.kind_words,
        "entry": row.incident.number,
    }
