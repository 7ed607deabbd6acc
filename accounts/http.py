"""The request as views see it after sign-in."""

from django.http import HttpRequest

from accounts.models import User


class AuthenticatedRequest(HttpRequest):
    """A request whose `user` is an account."""

    user: User
