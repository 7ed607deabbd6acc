"""The project package as an app: migrations of the identity functions, commands, checks."""

from django.apps import AppConfig


class NsvcsConfig(AppConfig):
    """Registers the checks, and the quick way to the words of templates."""

    name = "nsvcs"
    verbose_name = "NSVCS"

    def ready(self) -> None:
        """Load the system checks and the tags."""
        from nsvcs import checks  # noqa: F401
        from nsvcs.translating import use_quick_words

        use_quick_words()
