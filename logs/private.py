"""Parts of an entry that no paper made from it may show: ticked when the entry is written, held when it is frozen.

A new routine, a school or a safe place can stand in any column. Whoever makes a bundle months later may not know.
"""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Field of an entry: how the portal calls it, how staff do. In the booklet's order.
PARTS: dict[str, tuple[Promise, Promise]] = {
    "place": (_("Where it was"), _("Where")),
    "what_happened": (_("What happened"), _("What happened")),
    "evidence_words": (_("What I wrote about evidence"), _("Words about evidence")),
    "police_response": (_("What the police did"), _("What the police did")),
    "police_reference": (_("The police reference number"), _("Police reference")),
    "impact": (_("How it affected me"), _("Impact")),
    "changes_made": (_("What I changed"), _("Changes made")),
    "impact_on_others": (_("Children or other people"), _("Impact on children or others")),
    "helped_by": (_("Who helped me write"), _("Who helped")),
}


def part_choices(*, for_staff: bool = False) -> list[tuple[str, Promise]]:
    """The parts to tick."""
    return [(field, labels[for_staff]) for field, labels in PARTS.items()]


def parts_in_words(fields: Iterable[str], *, for_staff: bool = False) -> list[str]:
    """Ticked parts by name, in the booklet's order."""
    ticked = set(fields)
    return [str(label) for field, label in part_choices(for_staff=for_staff) if field in ticked]
