"""Numbers that open the entries behind them: `{% load patterns %}`."""

from collections.abc import Sequence
from datetime import date

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from logs.choosing import LONGEST_RUNS
from logs.patterns import Figure
from logs.queries import CasePatterns
from nsvcs import days
from nsvcs.templatetags.govuk import day

register = template.Library()


@register.simple_tag
def figure_link(figure: Figure, list_url: str, what: str = "") -> str | SafeString:
    """A figure as a link to a list of exactly its entries; nothing is plain 0. `what` is for screen readers."""
    return numbers_link(figure.count, figure.runs, list_url, what)


@register.simple_tag
def numbers_link(count: int, runs: str, list_url: str, what: str = "") -> str | SafeString:
    """A number of entries as a link to a list of them. More than an address can name are not linked."""
    if not count or len(runs) > LONGEST_RUNS:
        return str(count)
    told = format_html('<span class="govuk-visually-hidden"> {}</span>', what) if what else ""
    return format_html('<a class="govuk-link" href="{}?numbers={}">{}{}</a>', list_url, runs, count, told)


@register.simple_tag
def entry_link(number: int, list_url: str, words: str = "") -> SafeString:
    """One entry, named by its number and linked."""
    told = words or _("entry %(number)s") % {"number": number}
    return format_html('<a class="govuk-link" href="{}?numbers={}">{}</a>', list_url, number, told)


@register.simple_tag
def of_period(what: str, part: CasePatterns) -> str:
    """A table's caption: what it counts, and from which day to which; "as at" is that last day."""
    return part.captioned(what)


@register.filter
def month_words(month: date) -> str:
    """A month as "June 2026"."""
    return days.month_words(month)


@register.filter
def month_in_short(month: date) -> str:
    """A month as "Jun 2026", for a narrow column."""
    return days.short_month_words(month)


@register.filter
def week_pairs(weeks: Sequence[Figure]) -> list[tuple[str, int]]:
    """Weeks as words and numbers, for the bars."""
    return [(day(week.day), week.count) for week in weeks if week.day]
