"""Sentences whose number a script fills in: `{% load counting %}`."""

import json

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from nsvcs import counting

register = template.Library()


@register.simple_tag
def counted(name: str) -> str:
    """The forms of a sentence for our own scripts, which put the number where `%s` stands (`js/counting.js`)."""
    return json.dumps(counting.forms(name), ensure_ascii=False)


@register.simple_tag
def counted_i18n(attribute: str, name: str) -> SafeString:
    """The same for a script of GOV.UK: one attribute for each form."""
    forms = counting.forms(name, "%{count}")
    return format_html_join("", ' data-i18n.{}.{}="{}"', ((attribute, kind, text) for kind, text in forms.items()))
