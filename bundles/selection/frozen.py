"""What was chosen for a bundle, read back from its rows."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from bundles.models import PRINTED, Bundle, BundleItem, Reason
from bundles.selection.contents import LeftOut
from logs.models import Evidence, Incident

Kind, How = BundleItem.Kind, BundleItem.How
KIND_WORDS = {
    Kind.ENTRY: gettext_lazy("Entries"),
    Kind.AMENDMENT: gettext_lazy("Later notes"),
    Kind.EVIDENCE: gettext_lazy("Files"),
}


@dataclass
class Frozen:
    """The rows of a bundle by what they say, each kind in the order of the bundle.

    Attributes:
        entries: printed whole; `listed` those that are only named.
        notes: later notes that are printed; none in a bundle of before there was a choice: then all there were.
        out: how many of a kind were left out for a reason.
    """

    entries: list[UUID] = field(default_factory=list)
    listed: list[UUID] = field(default_factory=list)
    files: list[UUID] = field(default_factory=list)
    notes: list[UUID] | None = None
    out: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def told(self) -> set[UUID]:
        """Entries of which the reader learns, whole or by name."""
        return {*self.entries, *self.listed}


def frozen(bundle: Bundle, by: User) -> Frozen:
    """Read back what was chosen, in one query."""
    found = Frozen(notes=[] if bundle.edition else None)
    places = {
        (Kind.ENTRY, How.WHOLE): found.entries,
        (Kind.ENTRY, How.LISTED): found.listed,
        (Kind.EVIDENCE, How.WHOLE): found.files,
        (Kind.AMENDMENT, How.WHOLE): found.notes,
    }
    rows = BundleItem.objects.visible_to(by).filter(bundle=bundle).order_by("position")
    for kind, pk, how, reason in rows.values_list("kind", "object_id", "how", "reason"):
        place = places.get((Kind(kind), How(how)))
        if place is not None:
            place.append(pk)
        else:
            found.out[kind, reason] += 1
    return found


def left_out(bundle: Bundle, chosen: Frozen, by: User) -> Iterator[LeftOut]:
    """How much of each kind is not in the bundle, and what may be printed of the reasons."""
    if not bundle.edition:
        yield from _by_difference(bundle, chosen, by)
        return
    counts: Counter[tuple[str, str]] = Counter()
    for (kind, reason), count in chosen.out.items():
        counts[kind, str(PRINTED[Reason(reason)])] += count
    for kind, words in KIND_WORDS.items():
        for why in sorted(why for found, why in counts if found == kind):
            yield LeftOut(str(words), counts[kind, why], why)


def _by_difference(bundle: Bundle, chosen: Frozen, by: User) -> Iterator[LeftOut]:
    """As it was counted before what is left out had rows."""
    entries = Incident.objects.visible_to(by).filter(case=bundle.case, recorded_at__lte=bundle.asked_at).count()
    files = Evidence.objects.visible_to(by).filter(case=bundle.case, arrived_at__lte=bundle.asked_at).count()
    if entries > len(chosen.entries):
        yield LeftOut(_("Entries"), entries - len(chosen.entries), _("not chosen for this bundle"))
    if files > len(chosen.files):
        yield LeftOut(_("Files"), files - len(chosen.files), _("not chosen for this bundle"))
