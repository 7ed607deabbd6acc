"""The room of reference data."""

from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    """Organisations, advice, limits and bank holidays."""

    name = "reference"
