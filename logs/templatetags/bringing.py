"""On an entry's page: the lines of the file it was brought in from."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from logs.bringing.words import kind_of_source, place_words
from logs.models import Incident, IncidentLine
from logs.models.incidents import Source

register = template.Library()
LINES_SHOWN = 50


@register.inclusion_tag("logs/bringing/_from_source.html", takes_context=True)
def from_source(context: dict[str, Any], entry: Incident, in_portal: bool = False) -> dict[str, Any]:
    """Where an entry came from: the file, the places in it, who wrote, and the lines as they stand there."""
    user = context["request"].user
    if entry.source != Source.IMPORT:
        return {"lines": []}
    found = (
        IncidentLine.objects.visible_to(user)
        .filter(incident=entry)
        .select_related("line", "batch__own_source", "batch__read_from")
    )
    links = list(found.order_by("line__number"))
    if not links:
        return {"lines": []}
    batch, lines = links[0].batch, [link.line for link in links]
    places = place_words(lines[0].place_kind, (line.place_number for line in lines), lines[0].place_in)
    names = sorted({line.sender_name for line in lines if line.sender_name})
    return {
        "batch": batch,
        "case": None if in_portal else context.get("case"),
        "is_hers": in_portal,
        "kind": kind_of_source(batch.kind),
        "places": places,
        "names": ", ".join(names) or _("not known"),
        "lines": lines[:LINES_SHOWN],
        "hidden": max(0, len(lines) - LINES_SHOWN),
    }
