"""The accounts room."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Staff and portal accounts."""

    name = "accounts"
