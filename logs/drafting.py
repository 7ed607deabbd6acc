"""What is typed before an entry is kept: names and values of the form's boxes, just as they stand."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.http import QueryDict

from logs.forms import EntryForm
from logs.models import Draft

LISTS = frozenset({"evidence_kinds", "behaviours", "never_disclose"})
TIME = (
    "asked_on", "when", "on_day", "on_month", "on_year", "at", "precision",
    "until_on_day", "until_on_month", "until_on_year", "until_at", "fold",
    "learned_on_day", "learned_on_month", "learned_on_year",
)  # fmt: skip
FIRST = (*TIME, "place", "was_online", "what_happened", "evidence_kinds", "evidence_words")
# The optional questions, one to a page on a phone, in the booklet's order.
STEPS: dict[str, tuple[str, ...]] = {
    "police": ("police_contacted", "police_response", "police_reference"),
    "impact": ("impact",),
    "changes": ("changes_made",),
    "others": ("impact_on_others",),
    "behaviours": ("behaviours",),
    "helped": ("helped_by",),
    "private": ("never_disclose",),
}
LATER = tuple(name for names in STEPS.values() for name in names)
INPUTS = FIRST + LATER
# Boxes with the writer's own words, in the booklet's order.
WORDS = (
    "at", "place", "what_happened", "evidence_words", "police_response", "police_reference", "impact", "changes_made",
    "impact_on_others", "helped_by",
)  # fmt: skip
# Boxes that say nothing by themselves: a page that was only opened is not worth keeping.
FORMAL = frozenset({"asked_on", "when", "revision", "language"})


def merged(content: Mapping[str, Any], data: QueryDict, names: Iterable[str] = INPUTS) -> dict[str, Any]:
    """A draft's content with the named boxes as they were sent; what was left empty is taken out."""
    found = dict(content)
    for name in names:
        value = data.getlist(name) if name in LISTS else data.get(name, "")
        found.pop(name, None)
        if value:
            found[name] = value
    return found


def content_of(draft: Draft) -> dict[str, Any]:
    """What a draft holds."""
    content: dict[str, Any] = json.loads(draft.content or "{}")
    return content


def would_lose(kept: Mapping[str, Any], typed: Mapping[str, Any]) -> bool:
    """Whether words that are kept are missing from what was typed: somebody wrote in another window in between."""
    return any(str(kept.get(name, "")).strip() not in str(typed.get(name, "")) for name in WORDS)


def is_blank(content: Mapping[str, Any]) -> bool:
    """Whether nothing was typed yet."""
    return not content.keys() - FORMAL


def as_data(content: Mapping[str, Any]) -> QueryDict:
    """The same as if the form had just been sent."""
    data = QueryDict(mutable=True)
    for name, value in content.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def as_initial(content: Mapping[str, Any]) -> dict[str, Any]:
    """The same as first values of the form's fields, to show it again without judging it."""
    data = as_data(content)
    fields = EntryForm.base_fields.items()
    found = {name: field.widget.value_from_datadict(data, {}, name) for name, field in fields if name != "uploads"}
    return {name: value for name, value in found.items() if value}


def brought_forward(content: Mapping[str, Any], today: date) -> dict[str, Any]:
    """A draft of an earlier day: "today" and "yesterday" become the days they meant."""
    found = dict(content)
    try:
        asked = date.fromisoformat(str(found.get("asked_on", "")))
    except ValueError:
        return found
    back = {"today": 0, "yesterday": 1}.get(found.get("when", ""))
    if asked >= today or back is None:
        return found
    meant = asked - timedelta(days=back)
    parts = {"on_day": str(meant.day), "on_month": str(meant.month), "on_year": str(meant.year)}
    return found | {"asked_on": today.isoformat(), "when": "other"} | parts
