"""What narrows the log: all of it in the address but the word, which is posted."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logs.behaviours import BY_CODE
from logs.choosing import month_from, narrowed
from logs.models.incidents import PoliceContact
from nsvcs import forms
from nsvcs.days import month_words

WITHDRAWN = [
    ("", gettext_lazy("Shown too")),
    ("no", gettext_lazy("Left out")),
    ("only", gettext_lazy("Only these")),
]
POLICE = [("", gettext_lazy("Any")), *PoliceContact.choices, ("none", gettext_lazy("Not said"))]


class EntryFilterForm(forms.FilterForm):
    """The filters of the log in a case."""

    month = forms.SelectField(label=gettext_lazy("Month"), required=False)
    behaviour = forms.SelectField(label=gettext_lazy("Behaviour"), required=False)
    police = forms.SelectField(label=gettext_lazy("Police told"), choices=POLICE, required=False)
    withdrawn = forms.SelectField(label=gettext_lazy("Withdrawn entries"), choices=WITHDRAWN, required=False)
    unread = forms.BooleanField(label=gettext_lazy("Nobody has read it"), required=False)

    def __init__(self, *args: Any, months: Sequence[date], behaviours: Iterable[str], **kwargs: Any) -> None:
        """Offer the months and behaviours there are."""
        super().__init__(*args, **kwargs)
        named = [(f"{month:%Y-%m}", month_words(month)) for month in months]
        known = sorted((str(BY_CODE[code].staff_label), code) for code in behaviours if code in BY_CODE)
        self.fields["month"].choices = [("", _("All months")), *named]  # type: ignore[attr-defined]
        self.fields["behaviour"].choices = [("", _("Any")), *((code, words) for words, code in known)]  # type: ignore[attr-defined]

    def filter(self, entries: Any) -> Any:
        """The entries that fit all that was chosen, days and numbers in the address included."""
        self.is_valid()
        chosen = self.cleaned_data
        entries = narrowed(entries, self.data)
        if month := month_from(chosen.get("month") or ""):
            entries = entries.filter(occurred_on__year=month.year, occurred_on__month=month.month)
        if behaviour := chosen.get("behaviour"):
            entries = entries.filter(behaviours__contains=[behaviour])
        if police := chosen.get("police"):
            entries = entries.filter(police_contacted="" if police == "none" else police)
        if chosen.get("unread"):
            entries = entries.unread()
        withdrawn = {"no": Q(is_withdrawn=False), "only": Q(is_withdrawn=True)}.get(chosen.get("withdrawn") or "")
        return entries.with_counts().filter(withdrawn) if withdrawn else entries.with_counts()


class WordForm(forms.FilterForm):
    """A word to look for. It is posted, so that it is never in an address or a history."""

    q = forms.CharField(label=gettext_lazy("Find a word"), required=False, max_length=200, autocomplete="off")
