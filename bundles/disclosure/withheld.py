"""What one bundle's recipient is not to see, as rows of plain values: for the gate, and to say what a find is of."""

import json
from dataclasses import asdict
from typing import Any

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.models import User
from bundles.disclosure.protected import terms_to_look_for
from bundles.models import Bundle, Shown


def told_terms(bundle: Bundle, by: User) -> list[dict[str, Any]]:
    """The terms withheld from a bundle, as the gate's child process takes them."""
    return [asdict(term) for term in terms_to_look_for(bundle, by)]


def hidden_kinds(bundle: Bundle) -> list[str]:
    """The kinds of `Shown` that are withheld from a bundle; of her own copy none."""
    return [] if bundle.asked_by_id is None else [str(kind.value) for kind in Shown if kind not in bundle.shown]


def kind_names() -> dict[str, str]:
    """The kinds of terms, in words."""
    return {str(kind.value): str(kind.label) for kind in Shown} | {"always": _("A word that is always withheld")}


def mac_of(terms: list[dict[str, Any]]) -> str:
    """Names this list of terms and tells nobody its words: a look with another list says nothing of today's."""
    told = json.dumps(sorted(terms, key=lambda row: (row["kind"], row["id"])), sort_keys=True)
    return salted_hmac("bundles.disclosure.withheld", told, algorithm="sha256").hexdigest()
