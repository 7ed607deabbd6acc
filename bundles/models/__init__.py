"""What the room of bundles keeps."""

from bundles.models.bundles import Bundle, BundleItem
from bundles.models.drafts import BundleDraft
from bundles.models.editions import EDITIONS, PICKED, PRINTED, USUAL, Edition, Purpose, Reason, edition_for
from bundles.models.gate import BundleCheck, Colour, FalseAlarm, GateRun, PictureWords
from bundles.models.kinds import Recipient, Shown
from bundles.models.own_copies import OwnCopy
from bundles.models.parts import BundlePart, ComingFile, PartOrder, StepTime
from bundles.models.portal_copies import PortalCopy
from bundles.models.redactions import BundleTerm, Redaction
from bundles.models.releases import BundleRelease, ReleaseReceipt, ReleaseStep, Way
from bundles.models.seals import BundleFile, SealedDigest

__all__ = [
    "Bundle",
    "BundleCheck",
    "BundleDraft",
    "BundleFile",
    "BundleItem",
    "BundlePart",
    "BundleRelease",
    "BundleTerm",
    "Colour",
    "EDITIONS",
    "Edition",
    "FalseAlarm",
    "GateRun",
    "OwnCopy",
    "PICKED",
    "PRINTED",
    "PartOrder",
    "PictureWords",
    "PortalCopy",
    "Purpose",
    "Reason",
    "Recipient",
    "Redaction",
    "ReleaseReceipt",
    "ReleaseStep",
    "SealedDigest",
    "Shown",
    "ComingFile",
    "StepTime",
    "USUAL",
    "Way",
    "edition_for",
]
