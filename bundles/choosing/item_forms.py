"""One page of the list of what goes in: a tick for each line, a reason where there is none."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bundles.choosing.forms import StepForm, reason_choices
from bundles.choosing.offering import Line, Offer
from bundles.choosing.paging import Sizes
from bundles.models import Reason
from nsvcs import forms

ON_A_PAGE = 100


class ItemsForm(StepForm):
    """Ticks and reasons of the lines of one page.

    What arrives between the page's making and its sending has no tick in what is sent, and so is asked about.
    """

    why_all = forms.SelectField(
        label=gettext_lazy("Why is it left out, where no other reason is chosen?"), choices=(), required=False
    )

    def __init__(
        self, *args: Any, offer: Offer, lines: Sequence[Line], labels: Mapping[Any, str],
        pictures: Mapping[Any, str], **kwargs: Any,
    ):  # fmt: skip
        """Fields for each line; those that go in whatever is ticked have none."""
        super().__init__(*args, **kwargs)
        self.lines, self.offer, self.pictures = lines, offer, pictures
        self.fields["why_all"].choices = reason_choices()  # type: ignore[attr-defined]
        self.labels = labels
        for line in lines:
            if not line.must:
                self._add(line, labels[line.pk])

    def _add(self, line: Line, label: str) -> None:
        is_in = self.offer.is_in(line)
        reason, words = ("", "") if is_in else self.offer.why(line)
        self.fields[f"in_{line.pk}"] = forms.BooleanField(label=label, required=False, initial=is_in)
        said = {"item": _name_of(label)}
        self.fields[f"why_{line.pk}"] = forms.SelectField(
            label=_("Why is it left out? %(item)s") % said, choices=_with(reason), required=False, initial=reason
        )
        self.fields[f"words_{line.pk}"] = forms.CharField(
            label=_("In words: %(item)s") % said, required=False, max_length=200, initial=words
        )

    def rows(self) -> Iterable[dict[str, Any]]:
        """Each line with its boxes, for the template."""
        for line in self.lines:
            boxes = {} if line.must else {name: self[f"{name}_{line.pk}"] for name in ("in", "why", "words")}
            label = self.labels[line.pk]
            yield {
                "line": line,
                "picture": self.pictures.get(line.pk, ""),
                "label": label,
                "tick": boxes.get("in"),
                "why": boxes.get("why"),
                "words": boxes.get("words"),
            }

    def clean(self) -> dict[str, Any]:
        """Whatever is not ticked has a reason."""
        said = super().clean() or self.cleaned_data
        for line in self.lines:
            if line.must or said.get(f"in_{line.pk}"):
                continue
            if not (said.get(f"why_{line.pk}") or said.get("why_all")):
                told = {"item": _name_of(self.labels[line.pk])}
                self.add_error(f"why_{line.pk}", _("%(item)s: tick it, or choose why it is left out") % told)
        return said

    def answer(self) -> dict[str, Any]:
        """The draft's answers with those of this page put in."""
        choice, said = self.offer.choice, self.cleaned_data
        left, kept = dict(choice.left), set(choice.kept)
        for line in self.lines:
            if line.must:
                continue
            if said[f"in_{line.pk}"]:
                left.pop(line.key, None)
                if line.usually_out or self.offer.is_late(line):
                    kept.add(line.key)
                continue
            kept.discard(line.key)
            left[line.key] = (said[f"why_{line.pk}"] or said["why_all"], said[f"words_{line.pk}"])
        return {"left": left, "kept": tuple(sorted(kept)), "until": choice.until or timezone.now()}


def _name_of(label: str) -> str:
    """What an item is called alone, such as "Entry 6": beside its box, and where faults are listed."""
    return label.partition(",")[0].partition(":")[0]


def _with(reason: str) -> list[tuple[str, Any]]:
    """The reasons to pick from, with the one that was found."""
    offered = reason_choices()
    if reason in dict(offered):
        return offered
    return [*offered, (reason, Reason(reason).label)]


def _pages_in_words(offer: Offer, line: Line, sizes: Sizes) -> str:
    """About how much of the bundle an entry takes, its exhibits with it."""
    pages = sizes.share(offer.size_of(line))
    told = _("less than a page") if pages < 1 else ngettext("about %(n)s page", "about %(n)s pages", round(pages))
    files = offer.pages_of_files[line.pk]
    with_files = (
        ngettext(", %(n)s page of exhibits", ", %(n)s pages of exhibits", files) % {"n": files} if files else ""
    )
    return told % {"n": round(pages)} + with_files


class CoreForm(StepForm):
    """Which entries of one page are printed whole."""

    def __init__(
        self, *args: Any, offer: Offer, lines: Sequence[Line], labels: Mapping[Any, str], sizes: Sizes, **kwargs: Any
    ):
        """Make a box for each entry that goes in, with about how many pages it takes."""
        super().__init__(*args, **kwargs)
        self.lines, self.offer = lines, offer
        listed = set(offer.choice.listed)
        for line in lines:
            self.fields[f"whole_{line.pk}"] = forms.BooleanField(
                label=labels[line.pk], required=False, initial=line.key not in listed,
                help_text=_pages_in_words(offer, line, sizes),
            )  # fmt: skip

    def boxes(self) -> list[Any]:
        """The boxes, for the template."""
        return [self[f"whole_{line.pk}"] for line in self.lines]

    def answer(self) -> dict[str, Any]:
        """The draft's list with this page's put in."""
        listed = set(self.offer.choice.listed)
        for line in self.lines:
            (listed.discard if self.cleaned_data[f"whole_{line.pk}"] else listed.add)(line.key)
        return {"listed": tuple(sorted(listed))}
