"""The jobs room."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Work to be done, as rows."""

    name = "jobs"

    def ready(self) -> None:
        """Load our settings of the queue: commands would else wake workers through the library's own, and wait."""
        import nsvcs.celery  # noqa: F401
