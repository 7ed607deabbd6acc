"""Translations beside the text they are of: `{% load translations %}`, and `{% translated "place" %}` below it."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django import template

from logs.models import Translation
from logs.templatetags.logs import language_name

register = template.Library()


def by_piece(rows: Iterable[Translation]) -> dict[str, list[Translation]]:
    """Translations by the text they are of, as the pages' context holds them: `translations`."""
    found: dict[str, list[Translation]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.recorded_at):
        found[row.piece].append(row)
    return dict(found)


@register.inclusion_tag("logs/_translations.html", takes_context=True)
def translated(context: template.Context, piece: Any) -> dict[str, Any]:
    """What `translations` in the context has for one text; nothing where it has none."""
    found = (context.get("translations") or {}).get(str(piece), [])
    return {"rows": [(row, language_name(row.language_to)) for row in found]}
