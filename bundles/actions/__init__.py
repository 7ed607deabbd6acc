"""Asking for a bundle and taking it out."""

from bundles.actions.asking import (
    NothingChosen,
    ask_without,
    has_failed,
    removable_item,
    request_bundle,
    retry_bundle,
    selection,
)
from bundles.actions.releasing import NoPass, NotReady, fetch_bundle, is_held, pass_for, release_bundle

__all__ = [
    "NoPass",
    "NotReady",
    "NothingChosen",
    "ask_without",
    "fetch_bundle",
    "has_failed",
    "is_held",
    "pass_for",
    "release_bundle",
    "removable_item",
    "request_bundle",
    "retry_bundle",
    "selection",
]
