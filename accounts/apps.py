"""The accounts room."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Staff and portal accounts."""

    name = "accounts"

    def ready(self) -> None:
        """Say which jobs this room has."""
        from jobs.kinds import Kind, register

        register(Kind("recover", "accounts.recovery.write_message"))
        register(Kind("leave", "accounts.actions.leaving.end_leaver"))
