"""The cases room."""

from django.apps import AppConfig

from jobs.kinds import Kind, register


class CasesConfig(AppConfig):
    """Victims, cases and the work around them."""

    name = "cases"

    def ready(self) -> None:
        """Say which job this room does."""
        register(Kind("send", "cases.outgoing.send", as_itself=True))
