"""Taking hold of a record before it is changed, so that two people's changes come one after the other."""

from django.db import models

from cases.models import Case


class StaleEdit(Exception):
    """Somebody changed the record after the form was opened. Nothing is stored; the page shows both versions.

    Args:
        present: the record as it stands now.
    """

    def __init__(self, present: models.Model) -> None:
        """Keep the present record."""
        super().__init__("changed in the meantime")
        self.present = present


def lock(case: Case) -> Case:
    """The case as it stands now, held until the end of the transaction.

    Raises:
        Case.DoesNotExist: the person acting may not see it, or may no longer.
    """
    return Case.objects.select_for_update(of=("self",)).select_related("victim").get(pk=case.pk)
