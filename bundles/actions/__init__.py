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
from bundles.actions.releasing import NotReady, release_bundle

__all__ = [
    "NotReady",
    "NothingChosen",
    "ask_without",
    "has_failed",
    "release_bundle",
    "removable_item",
    "request_bundle",
    "retry_bundle",
    "selection",
]
