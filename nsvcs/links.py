"""Links that lead somewhere: only to pages that exist here and that the person's role may open."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from django.urls import NoReverseMatch, URLResolver, get_resolver, get_script_prefix, reverse

from nsvcs.access import Mark
from nsvcs.checks import mark_for, pages


@lru_cache(maxsize=4)
def _marks(resolver: URLResolver) -> dict[str, Mark | None]:
    return {name: mark_for(name, pattern) for name, pattern in pages(resolver)}


def may_open(role: str, name: str) -> bool:
    """Whether the page of that name says that this role may open it; its object is another question."""
    mark = _marks(get_resolver()).get(name)
    return mark is not None and (mark.is_public or role in mark.roles)


@lru_cache(maxsize=1024)
def _pieces(resolver: URLResolver, prefix: str, name: str, count: int) -> tuple[str, ...]:
    """The address of a page cut where its ids stand; empty if this copy has no such page with so many ids."""
    ids = [UUID(int=number) for number in range(count)]
    try:
        rest = reverse(name, args=ids)
    except NoReverseMatch:
        return ()
    pieces = []
    for each in ids:
        before, _id, rest = rest.partition(str(each))
        pieces.append(before)
    return (*pieces, rest)


def address(name: str, *ids: UUID) -> str:
    """The address of a page of one or more things, or "" if this copy has no such page.

    As `reverse`, which takes ten times as long; a page has up to a hundred links that differ in their ids alone.
    """
    pieces = _pieces(get_resolver(), get_script_prefix(), name, len(ids))
    return "".join(piece + str(each) for piece, each in zip(pieces, (*ids, ""), strict=True)) if pieces else ""


def open_address(role: str, name: str, *args: Any) -> str:
    """The address of a page, or "" where this role may not open it or this copy has no such page."""
    if not may_open(role, name):
        return ""
    if all(isinstance(arg, UUID) for arg in args):
        return address(name, *args)
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
