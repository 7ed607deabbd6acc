"""Links that lead somewhere: only to pages that exist here and that the person's role may open."""

from functools import lru_cache
from typing import Any

from django.urls import NoReverseMatch, URLResolver, get_resolver, reverse

from nsvcs.access import Mark
from nsvcs.checks import mark_for, pages


@lru_cache(maxsize=4)
def _marks(resolver: URLResolver) -> dict[str, Mark | None]:
    return {name: mark_for(name, pattern) for name, pattern in pages(resolver)}


def may_open(role: str, name: str) -> bool:
    """Whether the page of that name says that this role may open it; its object is another question."""
    mark = _marks(get_resolver()).get(name)
    return mark is not None and (mark.is_public or role in mark.roles)


def open_address(role: str, name: str, *args: Any) -> str:
    """The address of a page, or "" where this role may not open it or this copy has no such page."""
    if not may_open(role, name):
        return ""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
