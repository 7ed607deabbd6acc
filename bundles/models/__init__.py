"""What the room of bundles keeps."""

from bundles.models.bundles import Bundle, BundleItem
from bundles.models.kinds import Recipient, Shown
from bundles.models.own_copies import OwnCopy
from bundles.models.releases import BundleRelease

__all__ = ["Bundle", "BundleItem", "BundleRelease", "OwnCopy", "Recipient", "Shown"]
