"""The room of support services."""

from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    """Support, restorative justice, equipment on loan, onward referrals, signposts."""

    name = "referrals"
