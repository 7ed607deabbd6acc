"""Choosing what goes into a bundle: one form for each step."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms as stock
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bundles.choosing.drafting import FILE_KINDS
from bundles.choosing.parts import SECTION_WORDS, moved
from bundles.choosing.recipients import Producer, Someone
from bundles.models import PICKED, Purpose, Reason, Shown
from bundles.selection.choice import Section
from nsvcs import forms

FILE_KIND_WORDS: Mapping[str, Promise] = {
    "pictures": gettext_lazy("Pictures"),
    "documents": gettext_lazy("Documents, mails and chats"),
    "recordings": gettext_lazy("Sound and film"),
    "other": gettext_lazy("Other files"),
}
COVER_WORDS: Mapping[str, Promise] = {
    "crime_reference": gettext_lazy("Crime reference"),
    "officer": gettext_lazy("Officer in the case"),
    "ring": gettext_lazy("Number to ring"),
}


class StartForm(forms.Form):
    """Begin to choose."""

    key = forms.KeyField()


class StepForm(forms.Form):
    """One step of choosing. It carries the draft's version, so that a second window is noticed."""

    version = forms.IntegerField(widget=stock.HiddenInput)

    def answer(self) -> dict[str, Any]:
        """What was said, as fields of a `Choice`."""
        return {name: _plain(value) for name, value in self.cleaned_data.items() if name != "version"}


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


class PurposeForm(StepForm):
    """What the bundle is for."""

    purpose = forms.ChoiceField(
        label=gettext_lazy("What is the bundle for?"),
        choices=Purpose.choices,
        missing=gettext_lazy("Choose what the bundle is for"),
        widget=forms.Radios(
            hints={
                Purpose.OTHER_SIDE: gettext_lazy(
                    "It goes to whoever discloses it, never to the accused or their lawyers."
                )
            }
        ),
    )
    words = forms.CharField(
        label=gettext_lazy("More about it, for the cover"),
        help_text=gettext_lazy("Such as the name of an application. Leave out names and addresses."),
        required=False,
        max_length=200,
    )


class RecipientForm(StepForm):
    """Who gets it: somebody of the case or the directory."""

    recipient_ref = forms.ChoiceField(
        label=gettext_lazy("Who gets it?"), choices=[], missing=gettext_lazy("Choose who gets it")
    )

    def __init__(self, *args: Any, people: Sequence[Someone], **kwargs: Any) -> None:
        """Offer those the purpose allows."""
        super().__init__(*args, **kwargs)
        self.fields["recipient_ref"].choices = [(each.ref, each.label) for each in people]  # type: ignore[attr-defined]


class DaysForm(StepForm):
    """The days it covers, both ends included, and which kinds of things."""

    date_from = forms.DateField(label=gettext_lazy("From"), required=False)
    date_to = forms.DateField(label=gettext_lazy("To"), required=False)
    file_kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Which files?"),
        choices=[(kind, FILE_KIND_WORDS[kind]) for kind in FILE_KINDS],
        required=False,
    )
    has_notes = forms.BooleanField(
        label=gettext_lazy("With what was added to entries later"),
        help_text=gettext_lazy("That an entry was withdrawn is always said."),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        said = super().clean() or self.cleaned_data
        first, last = said.get("date_from"), said.get("date_to")
        if first and last and last < first:
            self.add_error("date_to", _("The last day must be the first day or later"))
        return said


class OrderForm(StepForm):
    """The parts of the bundle, and the order of its exhibits. The parts' own order is changed by buttons.

    A button's `move` names a part and a direction, such as "police up", and a drop the place, as in "police to 2"; what
    is ticked is kept with it.
    """

    sections = forms.MultipleChoiceField(
        label=gettext_lazy("Which parts?"), choices=[], missing=gettext_lazy("Choose at least one part")
    )
    files_by_entry = forms.ChoiceField(
        label=gettext_lazy("In which order do exhibits stand?"),
        choices=[
            ("mark", gettext_lazy("By their marks, as the files arrived")),
            ("entry", gettext_lazy("By the day of the event, as the entries that tell of them")),
        ],
        missing=gettext_lazy("Choose in which order exhibits stand"),
    )

    def __init__(self, *args: Any, order: Iterable[str], **kwargs: Any) -> None:
        """Offer the parts in the order they stand in now, those that are out last."""
        super().__init__(*args, **kwargs)
        self.order = [*order, *(each for each in Section.ALL if each not in set(order))]
        words = [(name, SECTION_WORDS[name]) for name in self.order]
        self.fields["sections"].choices = words  # type: ignore[attr-defined]

    def answer(self) -> dict[str, Any]:
        """The parts in their order."""
        chosen, order = set(self.cleaned_data["sections"]), self.order
        sections = moved([each for each in order if each in chosen], str(self.data.get("move", "")))
        return {"sections": sections, "files_by_entry": self.cleaned_data["files_by_entry"] == "entry"}


class ShownForm(StepForm):
    """What this recipient may see of what is usually withheld."""

    shown = forms.MultipleChoiceField(
        label=gettext_lazy("What may be shown?"),
        help_text=gettext_lazy("Whatever is not ticked is taken out of the texts before the bundle is made."),
        choices=Shown.choices,
        required=False,
    )

    def __init__(self, *args: Any, is_hers: bool, **kwargs: Any) -> None:
        """Her own copy has everything, but for what she does not want in it."""
        super().__init__(*args, **kwargs)
        if is_hers:
            self.fields["shown"].help_text = _(
                "It is the victim’s own log: all of it goes in, with what the victim keeps out of papers for others. "
                "Take a tick away only where the victim asks for it, such as for a copy that somebody may find."
            )


class CoverForm(StepForm):
    """Who produces the exhibits, and which lines stand on the cover."""

    producer = forms.ChoiceField(
        label=gettext_lazy("Who produces the exhibits?"),
        help_text=gettext_lazy("Their role and initials are printed."),
        choices=[],
        missing=gettext_lazy("Choose who produces the exhibits"),
    )
    is_full_name = forms.BooleanField(label=gettext_lazy("Print their full name"), required=False)
    on_cover = forms.MultipleChoiceField(label=gettext_lazy("On the cover"), choices=[], required=False)

    def __init__(self, *args: Any, people: Sequence[Producer], lines: Mapping[str, str], **kwargs: Any) -> None:
        """Offer the people of the case, and the lines that there are words for."""
        super().__init__(*args, **kwargs)
        offered = [(each.ref, f"{each.role}, {each.name} ({each.initials})") for each in people]
        self.fields["producer"].choices = offered  # type: ignore[attr-defined]
        self.fields["on_cover"].choices = [  # type: ignore[attr-defined]
            (name, f"{label}: {lines[name]}") for name, label in COVER_WORDS.items() if lines.get(name)
        ]


class CheckForm(StepForm):
    """The choice is as it is to be."""


def reason_choices() -> list[tuple[str, Any]]:
    """The reasons that can be picked, an empty one first."""
    return [("", ""), *((reason.value, Reason(reason).label) for reason in PICKED)]
