"""Two people changed one record: what the second sees."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from cases.forms.versions import marks
from nsvcs import forms

AnyForm = TypeVar("AnyForm", bound=forms.Form)


@dataclass(frozen=True)
class Difference:
    """One field, as it stands now and as it was typed."""

    label: Any
    theirs: Any
    yours: Any


def brought_together(
    form: AnyForm, now: Mapping[str, Any], mine: Mapping[str, Any]
) -> tuple[AnyForm, list[Difference]]:
    """The form anew on the record as it stands, with what this worker changed; and what of that differs from it.

    What this worker left alone is taken as the colleague has it: saving must not bring back what was changed in the
    meantime, least of all a way of contact that was ruled out.
    """
    found = [
        Difference(bound.label, _shown(bound, now[bound.name]), _shown(bound, mine[bound.name]))
        for bound in form.visible_fields()
        if bound.name in now and bound.name in mine and now[bound.name] != mine[bound.name]
    ]
    return type(form)(initial={**now, **mine, "version": now["version"], "began": marks(now)}), found


def _shown(bound: Any, value: Any) -> Any:
    """A value as the page says it: a choice by its label, a tick by yes or no."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    labels = dict(getattr(bound.field, "choices", ()))
    if isinstance(value, list):
        return ", ".join(str(labels.get(str(item), item)) for item in value)
    return labels.get(value, value)
