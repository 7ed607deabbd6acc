"""The room of support services."""

from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    """Support, restorative justice, equipment on loan, onward referrals, signposts."""

    name = "referrals"

    def ready(self) -> None:
        """Say what workers do here, what is loaded as reference data, and what stands on a case's timeline."""
        from referrals import bringing

        bringing.restorative()
        bringing.support()
        bringing.onward()
        bringing.signposts()
        bringing.letters()
        bringing.equipment()
