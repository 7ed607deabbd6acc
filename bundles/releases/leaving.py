"""What would leave with a bundle, for the people who approve it."""

from collections import Counter
from dataclasses import dataclass

from accounts.models import User
from bundles.models import Bundle, BundleItem, Reason, Shown
from bundles.models.redactions import Redaction
from bundles.selection.frozen import KIND_WORDS, frozen

Kind = BundleItem.Kind


@dataclass(frozen=True)
class Leaving:
    """What is in it, and what is not.

    Attributes:
        left_out: kind, how many, why: the reason as it was given, also where less is printed of it.
        redactions: what was taken out by hand: of what, how many pieces, why.
    """

    entries: int
    listed: int
    files: int
    left_out: list[tuple[str, int, str]]
    redactions: list[tuple[str, int, str]]
    shown: list[str]
    withheld: list[str]


def leaving(bundle: Bundle, by: User) -> Leaving:
    """What would leave with a bundle."""
    chosen = frozen(bundle, by)
    out = [(str(KIND_WORDS[Kind(kind)]), count, _why(reason)) for (kind, reason), count in sorted(chosen.out.items())]
    return Leaving(
        entries=len(chosen.entries),
        listed=len(chosen.listed),
        files=len(chosen.files),
        left_out=out,
        redactions=_redactions(bundle, by),
        shown=[str(kind.label) for kind in Shown if kind in bundle.shown],
        withheld=[str(kind.label) for kind in Shown if kind not in bundle.shown],
    )


def _redactions(bundle: Bundle, by: User) -> list[tuple[str, int, str]]:
    found = Redaction.objects.visible_to(by).of_choice(bundle.pk)
    counts = Counter((str(each.get_target_display()), str(each.get_reason_display())) for each in found)
    return [(target, count, why) for (target, why), count in counts.items()]


def _why(reason: str) -> str:
    return str(Reason(reason).label) if reason in Reason.values else reason
