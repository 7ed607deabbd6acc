from django.apps import AppConfig


class BundlesConfig(AppConfig):
    """Evidence bundles: selecting, rendering, sealing, verifying."""

    name = "bundles"
