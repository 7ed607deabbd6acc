"""The room of the stalking log."""

from django.apps import AppConfig


class LogsConfig(AppConfig):
    """Entries and evidence."""

    name = "logs"
