"""Pictures put onto finished pages, for child processes: their bytes go into the file as they are.

Whoever prints pictures through the layout library writes them anew, and passes on what a file carries beside them.
Called through `jobs.child` only.
"""

from collections.abc import Iterator
from typing import Any

POINTS_PER_PIXEL = 0.75
MILLIMETRE = 72 / 25.4
COLOURS = {1: "/DeviceGray", 3: "/DeviceRGB"}


def anchors(document: Any) -> Iterator[tuple[str, int, float, float]]:
    """Each place of a laid out document that has a name, where it stands first: the name, the page's index from 0, the
    points from the page's left edge to its left one, and from the page's foot to its top.
    """
    seen: set[str] = set()
    for number, page in enumerate(document.pages):
        for name, (left, top, *_) in page.anchors.items():
            if name not in seen:
                seen.add(name)
                yield name, number, left * POINTS_PER_PIXEL, (page.height - top) * POINTS_PER_PIXEL


def put(
    pdf: Any,
    page: Any,
    jpeg: bytes,
    *,
    size: tuple[int, int],
    colours: str,
    box: tuple[float, float, float, float],
    name: str = "Picture",
) -> None:
    """Draw a JPEG on a page whose other content is already there.

    Args:
        pdf: the open file.
        page: one of its pages.
        jpeg: its bytes, without anything but what draws it.
        size: its width and height in pixels.
        colours: one of `COLOURS`.
        box: left, bottom, width and height on the page, in points.
        name: what the page calls it; another one for each picture of a page.
    """
    import pikepdf

    image = pikepdf.Stream(
        pdf,
        jpeg,
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=size[0],
        Height=size[1],
        ColorSpace=pikepdf.Name(colours),
        BitsPerComponent=8,
        Filter=pikepdf.Name.DCTDecode,
    )
    # The page printer lets pages share one list of resources: a name in it would show one picture on all of them.
    resources: Any = pikepdf.Dictionary(page.obj.get("/Resources", pikepdf.Dictionary()))
    drawings = pikepdf.Dictionary({f"/{name}": image})
    for known, drawing in resources.get("/XObject", {}).items():
        drawings[known] = drawing
    resources.XObject = drawings
    page.obj.Resources = resources
    left, bottom, width, height = box
    page.contents_add(b"q\n", prepend=True)  # what the page sets for itself must not move the picture
    page.contents_add(f"\nQ\nq {width:.3f} 0 0 {height:.3f} {left:.3f} {bottom:.3f} cm /{name} Do Q\n".encode())
