"""The one filter that every staff-only table of a case shares."""

from django.db import models
from django.db.models.expressions import RawSQL

from accounts.models import User
from nsvcs.access import STAFF


def array(function: str) -> models.Subquery:
    """Rows of one of the database's own arrays, so that list and policy use the same rule."""
    return RawSQL(f"SELECT unnest({function})", [])  # type: ignore[return-value]  # noqa: S611 - a literal


class OfCase(models.QuerySet):  # type: ignore[type-arg]
    """Questions about rows that belong to a case."""

    def visible_to(self, user: User) -> "OfCase":
        """Rows of the cases one may open; portal accounts see none of these."""
        if user.role in STAFF:
            return self.filter(case_id__in=array("my_staff_cases()"))
        return self.none()
