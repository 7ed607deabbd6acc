"""Stored advice text as HTML: paragraphs, "- " lists and "## " headings, everything else escaped."""

from collections.abc import Iterator
from itertools import groupby

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

HEADING, ITEM = "## ", "- "


def render(text: str, *, keeps_lines: bool = False) -> SafeString:
    """Return stored text as GOV.UK-styled HTML; nothing in it can become a tag.

    Args:
        text: as it is stored.
        keeps_lines: make a paragraph of every line, as in easy read, where a line is one thing that is said.
    """
    return format_html_join("\n", "{}", ((block,) for block in _blocks(text, keeps_lines=keeps_lines)))


def _blocks(text: str, *, keeps_lines: bool) -> Iterator[SafeString]:
    for kind, lines in groupby(text.replace("\r\n", "\n").split("\n"), key=_kind):
        if kind == HEADING:
            yield from (
                format_html('<h2 class="govuk-heading-m">{}</h2>', line[len(HEADING) :].strip()) for line in lines
            )
        elif kind == ITEM:
            items = format_html_join("\n", "<li>{}</li>", ((line[len(ITEM) :].strip(),) for line in lines))
            yield format_html('<ul class="govuk-list govuk-list--bullet">\n{}\n</ul>', items)
        elif kind:
            words = [line.strip() for line in lines]
            said = words if keeps_lines else [" ".join(words)]
            yield format_html_join("\n", '<p class="govuk-body">{}</p>', ((each,) for each in said))


def _kind(line: str) -> str:
    """What a line belongs to; nothing for an empty line, which parts two paragraphs."""
    if not line.strip():
        return ""
    return next((mark for mark in (HEADING, ITEM) if line.startswith(mark)), "text")
