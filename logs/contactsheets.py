"""Small pictures on one sheet: stills of a film, frames of a moving picture. For child processes."""

from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

MOST = 12
ACROSS = 3
WIDTH, HEIGHT = 640, 900
GAP, STRIP = 16, 44


def arranged(found: Sequence[tuple[Image.Image, str]]) -> Image.Image:
    """Pictures on one white sheet, three in a row, each above its words."""
    across = min(ACROSS, len(found))
    for picture, _ in found:
        picture.thumbnail((WIDTH, HEIGHT))
    width, height = max(each.width for each, _ in found), max(each.height for each, _ in found) + STRIP
    rows = -(-len(found) // across)
    sheet = Image.new("RGB", (across * (width + GAP) + GAP, rows * (height + GAP) + GAP), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(28)
    for place, (picture, label) in enumerate(found):
        left, top = GAP + place % across * (width + GAP), GAP + place // across * (height + GAP)
        sheet.paste(picture, (left, top))
        pen.text((left, top + picture.height + 6), label, fill="black", font=font)
    return sheet


def spread(count: int) -> list[int]:
    """Which of so many to show, from 0: all of few, else twelve from the first to the last."""
    if count <= MOST:
        return list(range(count))
    return [round(number * (count - 1) / (MOST - 1)) for number in range(MOST)]
