"""Asking for a bundle and taking it out."""

from bundles.actions.asking import NothingChosen, request_bundle, retry_bundle, selection
from bundles.actions.releasing import NotReady, release_bundle

__all__ = ["NotReady", "NothingChosen", "release_bundle", "request_bundle", "retry_bundle", "selection"]
