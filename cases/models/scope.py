"""The one filter that every staff-only table of a case shares."""

from django.db import models

from accounts.models import User
from nsvcs.access import STAFF
from nsvcs.rls import Within


class OfCase(models.QuerySet):  # type: ignore[type-arg]
    """Questions about rows that belong to a case."""

    def visible_to(self, user: User) -> "OfCase":
        """Rows of the cases one may open; portal accounts see none of these."""
        if user.role in STAFF:
            return self.filter(Within("case_id", "staff"))
        return self.none()
