"""System checks: every page says who may open it."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver, get_resolver

from nsvcs.access import Mark, mark_of


def pages(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every pattern with its full name, includes too; the name is '' where a page has none."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from pages(entry, inner)
        else:
            yield (f"{namespace}{entry.name}" if entry.name else ""), entry


def mark_for(name: str, pattern: URLPattern) -> Mark | None:
    """What the page behind a pattern says of itself."""
    return mark_of(pattern.callback, name)


@register()
def every_page_says_who(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Fail for a page without a name or without a mark."""
    found: list[CheckMessage] = []
    for name, pattern in pages():
        if not name:
            found.append(Error(f"The page {pattern.pattern} has no name.", id="nsvcs.E001"))
        elif mark_for(name, pattern) is None:
            found.append(Error(f"The page {name} does not say who may open it.", id="nsvcs.E002"))
    return found
