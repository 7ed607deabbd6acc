"""The filters that tables of a case share: for staff alone, and for staff and the portal."""

from typing import Self

from django.db import models

from accounts.models import User
from nsvcs.access import STAFF
from nsvcs.rls import Within


class OfCase(models.QuerySet):  # type: ignore[type-arg]
    """Questions about rows that belong to a case."""

    def visible_to(self, user: User) -> Self:
        """Rows of the cases one may open; portal accounts see none of these."""
        if user.role in STAFF:
            return self.filter(Within("case_id", "staff"))
        return self.none()


class SharedOfCase(models.QuerySet):  # type: ignore[type-arg]
    """Questions about rows that the portal may read too."""

    def visible_to(self, user: User) -> Self:
        """Rows of the cases one may see: staff theirs, a portal account her own."""
        return self.filter(Within("case_id", "staff" if user.role in STAFF else "portal"))
