"""The victim's front door: pages over the rooms below, no tables of its own."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The portal's pages."""

    name = "portal"
