"""The cases room."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Victims, cases and the work around them."""

    name = "cases"
