"""Asking for a bundle and taking it out."""

from bundles.actions.asking import (
    Said,
    ask_without,
    cancel_bundle,
    has_failed,
    removable_item,
    request_bundle,
    retry_bundle,
    selection,
)
from bundles.actions.own_copies import CopyGone, ask_own_copies, kept_for, own_copies, take_own_copy
from bundles.actions.picking import NothingChosen, Picked
from bundles.actions.releasing import NoPass, NotReady, fetch_bundle, is_held, pass_for, release_bundle

__all__ = [
    "CopyGone",
    "NoPass",
    "NotReady",
    "NothingChosen",
    "Picked",
    "Said",
    "ask_own_copies",
    "ask_without",
    "cancel_bundle",
    "fetch_bundle",
    "has_failed",
    "is_held",
    "kept_for",
    "own_copies",
    "pass_for",
    "release_bundle",
    "removable_item",
    "request_bundle",
    "retry_bundle",
    "selection",
    "take_own_copy",
]
