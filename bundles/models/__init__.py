"""What the room of bundles keeps."""

from bundles.models.bundles import Bundle, BundleItem
from bundles.models.drafts import BundleDraft
from bundles.models.editions import EDITIONS, PICKED, PRINTED, USUAL, Edition, Purpose, Reason, edition_for
from bundles.models.kinds import Recipient, Shown
from bundles.models.own_copies import OwnCopy
from bundles.models.parts import BundlePart, PartOrder, StepTime
from bundles.models.releases import BundleRelease

__all__ = [
    "Bundle",
    "BundleItem",
    "BundlePart",
    "BundleRelease",
    "OwnCopy",
    "PartOrder",
    "Recipient",
    "Shown",
    "StepTime",
    "EDITIONS",
    "PICKED",
    "PRINTED",
    "USUAL",
    "BundleDraft",
    "Edition",
    "Purpose",
    "Reason",
    "edition_for",
]
