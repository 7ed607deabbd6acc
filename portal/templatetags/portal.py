"""Showing a page of the portal to somebody whom it does not belong to: `{% load portal %}`."""

import re

from django import template
from django.utils.safestring import SafeString

register = template.Library()

# Written by our own templates, where everything anybody typed is escaped: no tag and no quote comes from a text.
LINK = re.compile(r"<a\b([^>]*)>")
ADDRESS = re.compile(r'\s(?:href|data-module|draggable)="[^"]*"')
CONTROL = re.compile(r"<(button|input|select|textarea)\b(?![^>]*\sdisabled\b)")
OPENING = re.compile(r"<(/?)(?:details|summary)\b")
PICTURE = re.compile(r"<img\b[^>]*>")
TOKEN = re.compile(r'<input\b[^>]*\sname="csrfmiddlewaretoken"[^>]*>')


def stilled(html: str) -> str:
    """The same page with nothing to press: links lead nowhere, boxes are closed, pictures are named and not loaded."""
    html = LINK.sub(_without_address, TOKEN.sub("", html))
    html = CONTROL.sub(r"<\1 disabled", html)
    return OPENING.sub(r"<\1div", PICTURE.sub("", html))


def _without_address(link: re.Match[str]) -> str:
    told = ADDRESS.sub("", link.group(1))
    role = "" if " role=" in told else ' role="link"'
    return f'<a{role} aria-disabled="true"{told}>'


@register.simple_block_tag
def still(content: str) -> SafeString:
    """What stands between `still` and `endstill`, with nothing to press."""
    return SafeString(stilled(content))
