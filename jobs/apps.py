"""The jobs room."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Work to be done, as rows."""

    name = "jobs"
