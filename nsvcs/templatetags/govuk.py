"""The parts pages are made of: `{% load govuk %}`. One template each in `templates/govuk/`; see docs/pages.md."""

import datetime
from collections.abc import Iterable
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from nsvcs import days, speaking, widgets
from nsvcs.context import navigation_links
from nsvcs.forms import BoundField
from nsvcs.links import open_address

register = template.Library()
Context = template.Context

BADGES = {"low": "grey", "medium": "blue", "standard": "blue", "high": "red", "very high": "bright-purple"}


def _draw(name: str, **context: Any) -> SafeString:
    return render_to_string(f"govuk/{name}.html", context)


# --- dates and times ---------------------------------------------------------------------------------------------


def _local(value: Any) -> Any:
    is_instant = isinstance(value, datetime.datetime) and timezone.is_aware(value)
    return timezone.localtime(value) if is_instant else value


@register.filter(expects_localtime=True)
def day(value: Any) -> str:
    """A date as "22 November 2026"; nothing for nothing."""
    return days.day_words(_local(value)) if value else ""


@register.filter(expects_localtime=True)
def weekday_and_day(value: Any) -> str:
    """A date as "Tuesday 24 November"; nothing for nothing."""
    return days.weekday_words(_local(value)) if value else ""


@register.filter(expects_localtime=True)
def short_day(value: Any) -> str:
    """A date as "22 Nov 2026", for a narrow column of a list; nothing for nothing."""
    return days.short_day_words(_local(value)) if value else ""


@register.filter(expects_localtime=True)
def clock(value: Any) -> str:
    """A time as "2:30pm", "9am", "midday"; nothing for nothing."""
    local = _local(value)
    if isinstance(local, datetime.datetime):
        local = local.time()
    return widgets.clock(local) if isinstance(local, datetime.time) else ""


@register.filter(expects_localtime=True)
def day_and_clock(value: Any) -> str:
    """An instant as "22 November 2026 at 2:30pm"; a date alone as its day."""
    if not isinstance(value, datetime.datetime):
        return day(value)
    return gettext("%(day)s at %(clock)s") % {"day": day(value), "clock": clock(value)}


# --- frame -------------------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def navigation(context: Context, place: str) -> list[Any]:
    """The links of "portal", "staff" or "footer" that exist and that this person may use."""
    request = context.get("request")
    return navigation_links(request, place) if request else []


@register.simple_tag(takes_context=True)
def open_url(context: Context, name: str, *args: Any) -> str:
    """Like `url`, but "" for a page that this person's role may not open or that this copy does not have."""
    user = getattr(context.get("request"), "user", None)
    return open_address(str(getattr(user, "role", "") or ""), name, *args)


@register.inclusion_tag("govuk/sub_navigation.html")
def sub_navigation(links: Iterable[Any], label: str = "") -> dict[str, Any]:
    """Tabs as links: rows with `text`, `href`, `is_current` and perhaps `count`."""
    return {"links": links, "label": label or gettext("Sections")}


@register.inclusion_tag("govuk/back_link.html")
def back_link(href: str, text: str = "") -> dict[str, Any]:
    """The way back, first in `{% block before %}`."""
    return {"href": href, "text": text or gettext("Back")}


@register.inclusion_tag("govuk/pagination.html", takes_context=True)
def pagination(context: Context, page: Page) -> dict[str, Any]:
    """Previous, numbers, next; keeps the filters that are in the address."""
    request = context.get("request")
    kept = request.GET.copy() if request else QueryDict(mutable=True)

    def href(number: int) -> str:
        kept["page"] = str(number)
        return f"?{kept.urlencode()}"

    items = []
    for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
        if isinstance(number, int):
            label = gettext("Page %(number)s") % {"number": number}
            items.append({"href": href(number), "text": number, "label": label, "is_current": number == page.number})
        else:
            items.append({"href": ""})
    return {
        "page": page,
        "items": items,
        "previous": href(page.previous_page_number()) if page.has_previous() else "",
        "next": href(page.next_page_number()) if page.has_next() else "",
    }


@register.simple_tag
def speaks(language: str) -> SafeString:
    """Attributes for a piece in a language of its own, ` lang="en" dir="ltr"`; nothing where the page speaks it too."""
    if not language or speaking.is_spoken(language):
        return SafeString("")
    return format_html(' lang="{}" dir="{}"', language, "rtl" if speaking.is_from_right(language) else "ltr")


# --- forms -------------------------------------------------------------------------------------------------------


@register.inclusion_tag("govuk/error_summary.html")
def error_summary(*found: forms.BaseForm | forms.BaseFormSet | None) -> dict[str, Any]:
    """All faults of one or more forms or formsets, each linked to its box. Draws nothing when there are none."""
    faults: list[dict[str, Any]] = []
    for item in found:
        if isinstance(item, forms.BaseFormSet):
            faults += [{"anchor": "", "text": error} for error in item.non_form_errors()]
            faults += [fault for form in item.forms for fault in _faults(form)]
        elif item is not None:
            faults += _faults(item)
    return {"faults": faults}


def _faults(form: forms.BaseForm) -> list[dict[str, Any]]:
    if not form.is_bound:
        return []
    whole = [{"anchor": "", "text": error} for error in form.non_field_errors()]
    return whole + [
        {"anchor": "" if bound.is_hidden else getattr(bound, "error_anchor", bound.auto_id), "text": error}
        for bound in form
        for error in bound.errors
    ]


@register.simple_block_tag(takes_context=True)
def post_form(
    context: Context,
    content: str,
    form: forms.BaseForm | None = None,
    action: str = "",
    autosave_url: str = "",
    stays: bool = False,
    anchor: str = "",
) -> SafeString:
    """A form that posts: token, hidden fields, the right encoding; the browser's own checks are off.

    Args:
        context: the page's.
        content: what stands in it.
        form: whose hidden fields and encoding it has.
        action: another address than the page's.
        autosave_url: where what is typed is saved meanwhile.
        stays: sent while its page stays, with scripts; the page's view then says where to go.
        anchor: its id, for buttons that stand elsewhere on the page.
    """
    hidden = form.hidden_fields() if form is not None else []
    return _draw(
        "post_form",
        content=content,
        action=action,
        autosave_url=autosave_url,
        stays=stays,
        anchor=anchor,
        csrf_token=context.get("csrf_token", ""),
        form_owner=context.get("form_owner", ""),
        is_multipart=form is not None and form.is_multipart(),
        hidden_fields=[bound for bound in hidden if f'name="{bound.html_name}"' not in content],
    )


@register.simple_tag
def field(bound: BoundField, size: str = "s", heading: bool = False) -> SafeString:
    """One field with a bigger label ("m", "l"), or with the label as the page's heading."""
    bound.label_size, bound.is_heading = size, heading
    return bound.as_field_group()


@register.simple_block_tag
def fieldset(content: str, legend: str, size: str = "m", heading: bool = False) -> SafeString:
    """Fields that belong together, under one legend."""
    return _draw("fieldset", content=content, legend=legend, size=size, is_heading=heading)


@register.inclusion_tag("govuk/button.html")
def button(text: str, href: str = "", kind: str = "", name: str = "", value: str = "", id: str = "") -> dict[str, Any]:
    """A button, or a link that looks like one (`href`). Kinds: "", "secondary", "warning", "inverse".

    With an `id` it keeps the focus when the piece of a page that it stands in is brought anew.
    """
    kind_class = f" govuk-button--{kind}" if kind else ""
    return {"text": text, "href": href, "kind_class": kind_class, "name": name, "value": value, "id": id}


@register.simple_tag
def limit_message(limit: int) -> str:
    """What is said under a counted box before a script counts."""
    return gettext("You can write up to %(limit)s characters") % {"limit": number_format(limit, force_grouping=True)}


# --- content -----------------------------------------------------------------------------------------------------


@register.simple_block_tag
def summary_list(content: str, plain: bool = False) -> SafeString:
    """Key facts; holds `{% row %}`. `plain` leaves out the lines."""
    return _draw("summary_list", content=content, is_plain=plain)


@register.simple_block_tag
def row(content: str, key: str, change: str = "", change_text: str = "", empty: str = "") -> SafeString:
    """One fact, with a Change link if `change` is an address. An empty one says "Not given"."""
    return _draw(
        "summary_row",
        content=content.strip() and content,
        key=key,
        change=change,
        change_text=change_text or gettext("Change"),
        empty=empty or gettext("Not given"),
    )


@register.simple_block_tag
def card(
    content: str, title: str = "", href: str = "", link_text: str = "", kind: str = "", level: int = 2
) -> SafeString:
    """A box with a heading and perhaps one link. Kinds: "", "quiet", "accent"."""
    return _draw("card", content=content, title=title, href=href, link_text=link_text, kind=kind, level=level)


@register.simple_block_tag
def table(
    content: str, caption: str, head: Iterable[Any] | str | Promise, size: str = "m", cards: bool = True
) -> SafeString:
    """A table round `<tr>` rows. `head`: texts parted by "|" ("#" first for numbers), or rows with text, href, sorted.

    On a phone each row becomes a card if the cells carry `data-label`; `cards=False` scrolls within itself instead.
    """
    drawn = _draw("table", content=content, caption=caption, head=_headings(head), size=size, is_cards=cards)
    return SafeString(
        f'<div class="app-table-box">{drawn}</div>' if cards else f'<div class="app-scroll" tabindex="0">{drawn}</div>'
    )


def _headings(head: Iterable[Any] | str | Promise) -> list[Any]:
    if not isinstance(head, str | Promise):  # `_("…")` in a template is translated only when it is asked for
        return list(head)
    texts = [text.strip() for text in str(head).split("|")]
    return [{"text": text.removeprefix("#"), "is_number": text.startswith("#")} for text in texts]


@register.inclusion_tag("govuk/tag.html")
def tag(text: str, colour: str = "") -> dict[str, Any]:
    """A state in a word: "", "grey", "green", "teal", "blue", "purple", "yellow", "orange"; red only for risk."""
    return {"text": text, "colour": colour}


@register.inclusion_tag("govuk/badge.html")
def risk_badge(text: str, level: str = "") -> dict[str, Any]:
    """The level of risk, in words and colour. `level` when the text is not one of low, medium, high, very high."""
    return {"text": text, "colour": BADGES.get(str(level or text).casefold(), "grey")}


@register.simple_block_tag
def inset(content: str) -> SafeString:
    return _draw("inset", content=content)


@register.simple_block_tag
def warning(content: str) -> SafeString:
    return _draw("warning", content=content)


ALERT_LABELS = {
    "success": gettext_lazy("Done"),
    "information": gettext_lazy("Information"),
    "warning": gettext_lazy("Warning"),
    "error": gettext_lazy("Error"),
}


@register.simple_block_tag
def alert(content: str, kind: str = "information", title: str = "") -> SafeString:
    """A message across the column: "success", "information", "warning", "error"."""
    return _draw("alert", content=content, kind=kind, title=title, label=title or ALERT_LABELS[kind])


@register.simple_block_tag
def panel(content: str, title: str) -> SafeString:
    """It is done: the heading of the page after an action."""
    return _draw("panel", content=content, title=title, is_interruption=False)


@register.simple_block_tag
def interruption(content: str, title: str) -> SafeString:
    """Stop and read: one message, one button, no fields."""
    return _draw("panel", content=content, title=title, is_interruption=True)


@register.simple_block_tag
def details(content: str, summary: str) -> SafeString:
    return _draw("details", content=content, summary=summary)


@register.simple_block_tag
def blurred(content: str, summary: str = "") -> SafeString:
    """A picture that may upset: blurred until tapped; without scripts it is behind a line to open."""
    return _draw("blurred", content=content, summary=summary or gettext("Show the picture"))


@register.simple_block_tag
def identity_bar(content: str, title: str) -> SafeString:
    """Whose file this is, on top of every page of it."""
    return _draw("identity_bar", content=content, title=title)


@register.simple_block_tag
def timeline(content: str) -> SafeString:
    return _draw("timeline", content=content)


@register.simple_block_tag
def timeline_item(content: str, title: str, at: Any, by: str = "", href: str = "", level: int = 3) -> SafeString:
    """One thing that happened: what, when (an instant or a date), by whom."""
    return _draw("timeline_item", content=content, title=title, at=at, by=by, href=href, level=level)


@register.simple_block_tag
def task_list(content: str) -> SafeString:
    return _draw("task_list", content=content)


@register.simple_block_tag
def task(content: str, title: str, href: str = "", hint: str = "") -> SafeString:
    """One line of a task list; the content is its state ("Completed" as plain words, else a tag)."""
    return _draw("task", content=content, title=title, href=href, hint=hint)


@register.simple_block_tag
def empty(content: str) -> SafeString:
    """What would be here, and how to add it."""
    return _draw("empty", content=content)


@register.inclusion_tag("govuk/progress.html")
def progress(text: str, done: int, total: int, id: str = "progress") -> dict[str, Any]:
    """How far a long piece of work is, in words and as a bar."""
    return {"text": text, "done": done, "total": total, "id": id}
