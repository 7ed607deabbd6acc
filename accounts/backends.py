"""Checks a password. There are no permissions and no groups here: a role decides, in `nsvcs/access.py`."""

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User


class Backend(BaseBackend):
    """Sign-in name and password."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **credentials: Any
    ) -> User | None:
        """The active account these open, taking the same time whether or not it exists."""
        name = credentials.get("sign_in_name") or username
        if name is None or password is None:
            return None
        try:
            user = User.objects.get_by_natural_key(name)
        except User.DoesNotExist:
            User().set_password(password)
            return None
        is_let_in = user.is_active and not user.has_left(timezone.localdate())
        return user if user.check_password(password) and is_let_in else None

    def get_user(self, user_id: UUID) -> User | None:
        """The active account of a session, with whether it has a second factor."""
        user = User.objects.with_second_factor().filter(pk=user_id, is_active=True).first()
        return None if user is None or user.has_left(timezone.localdate()) else user
