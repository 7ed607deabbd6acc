"""Handing a form's values to an action, and turning its refusals into words on the page with all that was typed."""

from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from cases.actions import KeyUsed
from nsvcs import forms
from nsvcs.ids import uuid7

Result = TypeVar("Result")


def attempt(form: forms.Form, act: Callable[[], Result]) -> Result | None:
    """What the action returned; none when it refused, and then the form says why.

    A key that stands for other content gives the form a new one: pressing again keeps both.
    """
    try:
        with transaction.atomic():
            return act()
    except ValidationError as refusal:
        form.add_error(None, refusal)
    except KeyUsed:
        form.data = form.data.copy()  # type: ignore[attr-defined]
        form.data[form.add_prefix("key")] = str(uuid7())  # type: ignore[index]
        form.is_conflict = True  # type: ignore[attr-defined]
        form.add_error(
            None, _("You saved this already, with other words. Nothing was overwritten. Save again to keep this too.")
        )
    return None


def status_of(form: forms.Form) -> int:
    """409 when the form's key stands for something else, 422 for a form with faults, else 200."""
    if getattr(form, "is_conflict", False):
        return HTTPStatus.CONFLICT
    return forms.form_status(form)
