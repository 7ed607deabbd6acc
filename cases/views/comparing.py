"""Two people changed one record: what the second sees."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from nsvcs import forms


@dataclass(frozen=True)
class Difference:
    """One field, as it stands now and as it was typed."""

    label: Any
    theirs: Any
    yours: Any


def differences(form: forms.Form, present: object, version: int) -> list[Difference]:
    """What a stale edit would have changed, and the form based anew on the present version, with all that was typed."""
    form.data = form.data.copy()  # type: ignore[attr-defined]
    form.data["version"] = str(version)  # type: ignore[index]
    found = []
    for bound in form.visible_fields():
        theirs, yours = getattr(present, bound.name, None), form.cleaned_data[bound.name]
        if hasattr(present, bound.name) and theirs != yours:
            found.append(Difference(bound.label, _shown(bound, theirs), _shown(bound, yours)))
    return found


def _shown(bound: Any, value: Any) -> Any:
    """A value as the page says it: a choice by its label, a tick by yes or no."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    labels = dict(getattr(bound.field, "choices", ()))
    if isinstance(value, list):
        return ", ".join(str(labels.get(str(item), item)) for item in value)
    return labels.get(value, value)
