"""Addresses that say nothing: six letters for an unfinished note, made from its key and not telling it."""

from uuid import UUID

from django.http import Http404
from django.utils.crypto import salted_hmac

from accounts.models import User
from logs.models import Draft

ALPHABET = "bcdfghjkmnpqrtwxz"  # no vowels: no words
LENGTH = 6


def letters_of(key: UUID) -> str:
    """The letters that stand for a key in addresses and forms of this installation."""
    digest = salted_hmac("portal.addresses", key.bytes.hex(), algorithm="sha256").digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:LENGTH])


def draft_at(user: User, letters: str) -> Draft:
    """The writer's own draft behind the letters.

    Raises:
        Http404: she has none by these letters.
    """
    for draft in Draft.objects.visible_to(user).filter(case_ref=None).order_by("-updated_at"):
        if letters_of(draft.pk) == letters:
            return draft
    raise Http404
