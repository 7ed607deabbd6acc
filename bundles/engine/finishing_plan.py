"""What the child process at the end is told (`bundles.engine.finishing`): plain values, of one volume."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from bundles.engine import bookmarks
from bundles.engine.planning import Plan, Volume
from bundles.engine.rendering import frame_place
from bundles.selection.contents import Contents
from nsvcs.typesetting import Typesetter


def parts_of(volume: Volume) -> list[dict[str, Any]]:
    """Which pages of which files it is joined from, and what archives mind in them."""
    return [
        {"path": part.path, "first": part.first, "pages": part.pages, "faults": part.faults} for part in volume.parts
    ]


def told(
    contents: Contents, plan: Plan, volume: Volume, sizes: Mapping[str, int], setter: Typesetter
) -> dict[str, Any]:
    """All but the words read in its pictures.

    Args:
        contents: what the bundle holds.
        plan: the whole of it, page by page.
        volume: the file.
        sizes: how many bytes each picture has as it is shown, by mark.
        setter: makes words fit for the font of the stamps.
    """
    here = range(volume.first, volume.first + volume.pages)
    frames = {mark: plan.places[frame_place(mark)][0] for mark in sizes}
    paths = {exhibit.mark: exhibit.copy_path for exhibit in contents.exhibits}
    return {
        "parts": parts_of(volume),
        "pages": volume.pages,
        "pictures": {
            index - volume.first: [paths[mark], sizes[mark]] for mark, index in frames.items() if index in here
        },
        "first": volume.first,
        "all_pages": plan.pages,
        "places": plan.places_in(volume),
        "headers": {index - volume.first: pair for index, pair in plan.headers.items() if index in here},
        "runs": plan.runs,
        "outline": bookmarks.outline(contents, plan, volume),
        "reference": setter.plain(contents.reference),
        "copy_mark": setter.plain(contents.cover.copy_mark),
        "made_at": contents.made_at.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ"),
    }
