"""The project package as an app: migrations of the identity functions, commands, checks."""

from django.apps import AppConfig


class NsvcsConfig(AppConfig):
    """Registers the checks."""

    name = "nsvcs"
    verbose_name = "NSVCS"

    def ready(self) -> None:
        """Load the system checks."""
        from nsvcs import checks  # noqa: F401
