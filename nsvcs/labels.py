"""A code of a row in words."""

from functools import cache
from typing import Any

from django.db import models
from django.utils.encoding import force_str


@cache
def _labels(field: Any) -> dict[Any, Any]:
    return dict(field.flatchoices)


class Labelled(models.Model):
    """A row whose `get_…_display` translates the one word asked for.

    Django's own translates every choice of the field each time it is asked: a tenth of a millisecond, for each row of
    a list.
    """

    class Meta:
        abstract = True

    def _get_FIELD_display(self, field: Any) -> Any:  # noqa: N802 - Django's name
        value = getattr(self, field.attname)
        return force_str(_labels(field).get(value, value), strings_only=True)
