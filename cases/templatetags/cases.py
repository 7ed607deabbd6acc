"""What pages of a case ask: `{% load cases %}`."""

from datetime import datetime, time, timedelta
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from cases.languages import LANGUAGES
from cases.models import Case, Task
from cases.navigation import case_links
from cases.places import place_of
from cases.rules import CaseStatus, ConsentState
from nsvcs.context import url_or_none
from nsvcs.links import open_address
from nsvcs.templatetags.govuk import day, day_and_clock

register = template.Library()

COLOURS = {
    CaseStatus.REFERRED: "yellow",
    CaseStatus.TRIAGED: "yellow",
    CaseStatus.CONTACT_ATTEMPTS: "orange",
    CaseStatus.UNSAFE_TO_CONTACT: "red",
    CaseStatus.CLOSING: "purple",
}


@register.simple_tag(takes_context=True)
def case_sections(context: template.Context, case: Case) -> list[dict[str, Any]]:
    """The links of the case's sub-navigation."""
    request = context.get("request")
    if request is None:
        return []
    return case_links(case, request.path, request.user.role)


@register.simple_tag
def status_tag(case: Case) -> SafeString:
    """A case's status in a word and a colour; red is for danger only."""
    colour = "grey" if case.is_closed else COLOURS.get(CaseStatus(case.status), "teal")
    return render_to_string("govuk/tag.html", {"text": case.get_status_display(), "colour": colour})


CONSENT_COLOURS = {ConsentState.STANDING: "teal", ConsentState.COMING: "blue"}


@register.simple_tag
def consent_tag(state: ConsentState) -> SafeString:
    """Where an agreement stands, in a word and a colour."""
    return render_to_string("govuk/tag.html", {"text": state.label, "colour": CONSENT_COLOURS.get(state, "grey")})


@register.simple_tag(takes_context=True)
def task_place(context: template.Context, task: Task) -> dict[str, Any] | None:
    """Where the thing that a task asks for is done, as a link's `text` and `href`, if this person may go there."""
    place, user = place_of(task), getattr(context.get("request"), "user", None)
    href = open_address(str(getattr(user, "role", "")), place.name, task.case_id) if place else ""
    return {"text": place.text, "href": href + place.anchor} if place and href else None


@register.filter
def last_moment(ends_at: datetime) -> str:
    """Until when: what ends at midnight lasted the whole day before, and is said by that day; else day and time."""
    local = timezone.localtime(ends_at)
    return day(local.date() - timedelta(days=1)) if local.time() == time(0) else day_and_clock(ends_at)


@register.filter
def language_name(code: str) -> str:
    """A language by its name."""
    return str(dict(LANGUAGES).get(code, code))


@register.simple_tag
def page_exists(name: str) -> bool:
    """Whether this copy has a page of that name."""
    return bool(url_or_none(name))
