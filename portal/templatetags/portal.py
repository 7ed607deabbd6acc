"""Showing a page of the portal to somebody whom it does not belong to: `{% load portal %}`."""

import re

from django import template
from django.conf import settings
from django.template.base import NodeList, Parser, Token
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from nsvcs.languages import SOURCE_LANGUAGE

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


class Still(template.Node):
    """What stands between `still` and `endstill`, with nothing to press, in the language of `shown_language`."""

    def __init__(self, inside: NodeList) -> None:
        """Keep the inside."""
        self.inside = inside

    def render(self, context: template.Context) -> SafeString:
        """Drawn as she would read it, whatever language the frame speaks."""
        language = context.get("shown_language") or translation.get_language() or SOURCE_LANGUAGE
        with translation.override(language):
            told = {"SERVICE_HOURS": gettext(settings.SERVICE_HOURS), "is_translated": language != SOURCE_LANGUAGE}
            with context.push(**told):
                return SafeString(stilled(self.inside.render(context)))


@register.tag
def still(parser: Parser, _token: Token) -> Still:
    """Her part of a page, shown to somebody else."""
    inside = parser.parse(("endstill",))
    parser.delete_first_token()
    return Still(inside)
