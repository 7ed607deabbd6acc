"""Photographs and screenshots for the invented log, drawn here: no picture of a real place or person is used."""

import io
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache, partial

from PIL import Image, ImageDraw, ImageFilter, ImageFont
from PIL.TiffImagePlugin import IFDRational

SIZE = (1200, 900)
PHONE = (720, 1280)
NIGHT, DUSK, DAY = (16, 20, 34), (52, 56, 78), (176, 196, 210)
# Where the photographs say they were taken: a spot in the North Sea, so that nobody lives there.
LATITUDE, LONGITUDE = (52, 57, 12.4), (1, 51, 33.1)
GPS_IFD, EXIF_IFD = 0x8825, 0x8769

Drawing = Callable[[ImageDraw.ImageDraw], None]


def photo(drawing: Drawing, sky: tuple[int, int, int], taken: datetime, *, has_place: bool = True) -> bytes:
    """Draw a photograph as a phone would save it: JPEG, a little blurred and grainy, with time and place inside."""
    picture = Image.new("RGB", SIZE, sky)
    drawing(ImageDraw.Draw(picture))
    picture = picture.filter(ImageFilter.GaussianBlur(1.6))
    picture = Image.blend(picture, _grain(), 0.07)
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=86, exif=_exif(taken, has_place))
    return kept.getvalue()


@cache
def _grain() -> Image.Image:
    return Image.effect_noise(SIZE, 26).convert("RGB")


def _exif(taken: datetime, has_place: bool) -> Image.Exif:
    exif = Image.Exif()
    stamp = taken.strftime("%Y:%m:%d %H:%M:%S")
    exif[0x010F], exif[0x0110], exif[0x0132] = "Example", "Phone 5", stamp
    exif.get_ifd(EXIF_IFD)[0x9003] = stamp
    if has_place:
        gps = exif.get_ifd(GPS_IFD)
        gps[1], gps[2] = "N", tuple(IFDRational(round(part * 10), 10) for part in LATITUDE)
        gps[3], gps[4] = "E", tuple(IFDRational(round(part * 10), 10) for part in LONGITUDE)
    return exif


def screenshot(drawing: Drawing) -> bytes:
    """Draw a screenshot of a phone: a sharp PNG."""
    picture = Image.new("RGB", PHONE, (245, 245, 247))
    drawing(ImageDraw.Draw(picture))
    kept = io.BytesIO()
    picture.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The letters that come with the drawing library, so that no machine's own are needed."""
    return ImageFont.load_default(size)


# --- photographs -------------------------------------------------------------------------------------------------


def car(draw: ImageDraw.ImageDraw, left: int, ground: int, colour: tuple[int, int, int], scale: float = 1.0) -> None:
    """A car seen from the side, its wheels on the ground."""

    def spot(x: float, y: float) -> tuple[float, float]:
        return left + x * scale, ground - y * scale

    draw.polygon([spot(0, 40), spot(10, 95), spot(90, 105), spot(150, 160), spot(300, 160), spot(370, 105),
                  spot(450, 92), spot(460, 40)], fill=colour)  # fmt: skip
    glass = tuple(part // 3 + 30 for part in colour)
    draw.polygon([spot(112, 108), spot(158, 150), spot(220, 150), spot(220, 108)], fill=glass)
    draw.polygon([spot(232, 108), spot(232, 150), spot(292, 150), spot(344, 108)], fill=glass)
    for wheel in (95, 365):
        draw.ellipse([spot(wheel - 42, 84), spot(wheel + 42, 0)], fill=(18, 18, 20))
        draw.ellipse([spot(wheel - 20, 62), spot(wheel + 20, 22)], fill=(120, 122, 126))
    draw.rectangle([spot(440, 84), spot(458, 70)], fill=(250, 240, 200))


def houses(draw: ImageDraw.ImageDraw, wall: tuple[int, int, int], lit: Sequence[int] = ()) -> None:
    """A terrace across the picture; windows of the houses in `lit` have their lights on."""
    for number in range(4):
        left = number * 300
        shade = tuple(max(0, part - 9 * (number % 2)) for part in wall)
        draw.rectangle([left, 250, left + 300, 620], fill=shade)
        draw.polygon([(left, 250), (left + 150, 130), (left + 300, 250)], fill=tuple(part // 2 for part in shade))
        glow = (246, 214, 132) if number in lit else tuple(part // 2 + 8 for part in shade)
        for x, y in ((40, 310), (190, 310), (190, 470)):
            draw.rectangle([left + x, y, left + x + 70, y + 90], fill=glow)
            draw.line([left + x + 35, y, left + x + 35, y + 90], fill=shade, width=5)
        draw.rectangle([left + 45, 450, left + 115, 620], fill=tuple(part // 3 for part in shade))


def street(draw: ImageDraw.ImageDraw, colour: tuple[int, int, int], *, is_night: bool) -> None:
    """The road outside, with a car standing in it."""
    houses(draw, (44, 42, 52) if is_night else (168, 120, 96), lit=(2,) if is_night else ())
    draw.rectangle([0, 620, 1200, 680], fill=(60, 60, 68) if is_night else (160, 158, 152))
    draw.rectangle([0, 680, 1200, 900], fill=(28, 29, 36) if is_night else (92, 94, 98))
    if is_night:
        for spread, light in ((230, 36), (160, 58), (90, 92)):
            draw.ellipse([880 - spread, 640, 880 + spread, 640 + spread * 0.9], fill=(light, light - 6, 30))
        draw.ellipse([850, 90, 910, 150], fill=(255, 236, 170))
    draw.rectangle([872, 120, 886, 690], fill=(20, 20, 24))
    car(draw, 330, 800, colour, 1.25)


def car_park(draw: ImageDraw.ImageDraw, colour: tuple[int, int, int]) -> None:
    """Bays in front of a low building; one car faces the doors."""
    draw.rectangle([0, 180, 1200, 460], fill=(196, 190, 178))
    draw.rectangle([120, 260, 1080, 420], fill=(96, 128, 140))
    for x in range(120, 1081, 96):
        draw.line([x, 260, x, 420], fill=(220, 220, 216), width=8)
    draw.text((430, 198), "LEISURE CENTRE", font=font(48), fill=(70, 70, 80))
    draw.rectangle([0, 460, 1200, 900], fill=(104, 106, 110))
    for x in range(60, 1200, 270):
        draw.line([x, 560, x - 70, 880], fill=(226, 226, 220), width=8)
    car(draw, 420, 820, colour, 1.1)


def paper(draw: ImageDraw.ImageDraw, lines: Sequence[str], *, is_on_car: bool) -> None:
    """A sheet with handwriting: under a wiper, or on a table."""
    if is_on_car:
        draw.polygon([(0, 900), (140, 180), (1060, 180), (1200, 900)], fill=(74, 92, 106))
        draw.line([100, 860, 900, 560], fill=(16, 16, 18), width=16)
    else:
        draw.rectangle([0, 0, 1200, 900], fill=(126, 92, 64))
        for y in range(0, 900, 90):
            draw.line([0, y, 1200, y + 26], fill=(112, 80, 54), width=4)
    left, top = (360, 300) if is_on_car else (240, 110)
    height = 110 + 62 * len(lines)
    draw.polygon([(left, top + 14), (left + 640, top), (left + 656, top + height), (left + 10, top + height + 12)],
                 fill=(246, 242, 226))  # fmt: skip
    for number, line in enumerate(lines):
        draw.text((left + 46 + 5 * (number % 3), top + 48 + 62 * number), line, font=font(40), fill=(34, 44, 110))
    if is_on_car:
        draw.line([330, 780, 700, 600], fill=(16, 16, 18), width=12)


def flowers(draw: ImageDraw.ImageDraw) -> None:
    """A bunch of flowers on a doorstep."""
    draw.rectangle([300, 0, 900, 640], fill=(42, 74, 66))
    draw.rectangle([350, 60, 850, 600], fill=(52, 90, 80))
    draw.ellipse([800, 330, 836, 366], fill=(206, 178, 90))
    draw.rectangle([0, 640, 1200, 900], fill=(150, 146, 138))
    draw.polygon([(470, 560), (740, 560), (640, 840), (570, 840)], fill=(222, 210, 190))
    for number, (x, y) in enumerate(
        ((500, 520), (570, 480), (640, 500), (700, 530), (540, 560), (620, 556), (680, 580))
    ):
        draw.line([x, y, 605, 760], fill=(60, 110, 60), width=6)
        draw.ellipse([x - 42, y - 42, x + 42, y + 42], fill=(176 + 8 * number, 40 + 12 * number, 60))
        draw.ellipse([x - 14, y - 14, x + 14, y + 14], fill=(110, 20, 40))


def tracker(draw: ImageDraw.ImageDraw, *, is_close: bool) -> None:
    """A small black box with a magnet: under the wheel arch, or in a hand's reach on a table."""
    if is_close:
        draw.rectangle([0, 0, 1200, 900], fill=(198, 196, 190))
        draw.rounded_rectangle([330, 270, 870, 640], 40, fill=(24, 24, 27))
        for x in (420, 700):
            draw.ellipse([x, 390, x + 90, 480], fill=(148, 150, 154))
        draw.text((430, 540), "GPS  S/N 00-0000-17", font=font(36), fill=(170, 172, 176))
        draw.rectangle([250, 720, 950, 770], fill=(232, 208, 90))
        for mark in range(26):
            draw.line([262 + mark * 26, 720, 262 + mark * 26, 742], fill=(40, 40, 40), width=3)
        return
    draw.pieslice([60, 60, 1140, 1140], 180, 360, fill=(40, 40, 44))
    draw.ellipse([260, 330, 940, 1010], fill=(16, 16, 18))
    draw.ellipse([430, 500, 770, 840], fill=(110, 112, 118))
    draw.rounded_rectangle([500, 150, 690, 270], 18, fill=(8, 8, 10))
    draw.ellipse([660, 170, 676, 186], fill=(190, 40, 40))


def gate(draw: ImageDraw.ImageDraw) -> None:
    """A garden gate standing open, a pot beside the path."""
    draw.rectangle([0, 420, 1200, 900], fill=(92, 122, 74))
    for x in [*range(0, 420, 60), *range(780, 1200, 60)]:
        draw.polygon([(x, 620), (x, 300), (x + 22, 270), (x + 44, 300), (x + 44, 620)], fill=(142, 108, 78))
    draw.polygon([(430, 900), (520, 480), (680, 480), (800, 900)], fill=(176, 168, 152))
    draw.polygon([(430, 640), (430, 290), (520, 330), (520, 580)], fill=(120, 88, 60))
    draw.polygon([(850, 860), (830, 700), (1000, 700), (980, 860)], fill=(172, 92, 62))
    draw.ellipse([820, 590, 1010, 740], fill=(58, 96, 54))


def doorbell(draw: ImageDraw.ImageDraw, stamp: str) -> None:
    """What the doorbell camera saw: a path at night and somebody at the end of it."""
    draw.rectangle([0, 0, 1200, 900], fill=(30, 34, 36))
    draw.polygon([(360, 900), (540, 430), (660, 430), (860, 900)], fill=(70, 74, 74))
    draw.ellipse([566, 250, 634, 320], fill=(96, 98, 98))
    draw.rounded_rectangle([545, 318, 655, 520], 30, fill=(54, 56, 60))
    draw.rectangle([562, 510, 594, 640], fill=(40, 42, 46))
    draw.rectangle([606, 510, 638, 640], fill=(40, 42, 46))
    draw.text((40, 836), f"FRONT DOOR  {stamp}", font=font(38), fill=(230, 230, 230))


# --- screenshots -------------------------------------------------------------------------------------------------


def bar(draw: ImageDraw.ImageDraw, title: str, under: str) -> None:
    """The top of a phone's screen."""
    draw.rectangle([0, 0, 720, 130], fill=(255, 255, 255))
    draw.text((30, 12), "10:42", font=font(26), fill=(40, 40, 40))
    draw.text((30, 54), title, font=font(38), fill=(10, 10, 10))
    draw.text((30, 98), under, font=font(24), fill=(110, 110, 115))
    draw.line([0, 131, 720, 131], fill=(205, 205, 210), width=2)


def messages(draw: ImageDraw.ImageDraw, sender: str, under: str, texts: Sequence[tuple[str, str]]) -> None:
    """Messages from one sender, each with its time; none of them answered."""
    bar(draw, sender, under)
    top = 170
    for at, text in texts:
        rows = text.split("|")
        width = max(draw.textlength(row, font=font(30)) for row in rows) + 48
        draw.rounded_rectangle([28, top, 28 + width, top + 34 + 38 * len(rows)], 24, fill=(226, 227, 233))
        for number, row in enumerate(rows):
            draw.text((52, top + 14 + 38 * number), row, font=font(30), fill=(20, 20, 24))
        draw.text((36, top + 40 + 38 * len(rows)), at, font=font(22), fill=(120, 120, 128))
        top += 92 + 38 * len(rows)


def rows(draw: ImageDraw.ImageDraw, title: str, under: str, lines: Sequence[tuple[str, str]]) -> None:
    """A list on a phone: what on the left, a figure or time on the right."""
    bar(draw, title, under)
    for number, (left, right) in enumerate(lines):
        top = 160 + 98 * number
        draw.text((34, top), left, font=font(32), fill=(30, 30, 34))
        draw.text((690, top), right, font=font(28), fill=(90, 90, 96), anchor="ra")
        draw.line([30, top + 72, 690, top + 72], fill=(216, 216, 220), width=2)


def profile(draw: ImageDraw.ImageDraw, name: str, lines: Sequence[str]) -> None:
    """A profile on a social app that asks to be a friend."""
    bar(draw, "Friend request", "1 new")
    draw.ellipse([240, 210, 480, 450], fill=(186, 196, 210))
    draw.ellipse([315, 255, 405, 345], fill=(150, 160, 176))
    draw.pieslice([270, 350, 450, 530], 180, 360, fill=(150, 160, 176))
    draw.text((360, 480), name, font=font(44), fill=(10, 10, 10), anchor="ma")
    for number, line in enumerate(lines):
        draw.text((360, 560 + 46 * number), line, font=font(28), fill=(90, 90, 96), anchor="ma")
    draw.rounded_rectangle([80, 800, 340, 880], 16, fill=(60, 110, 190))
    draw.text((210, 822), "Confirm", font=font(32), fill=(255, 255, 255), anchor="ma")
    draw.rounded_rectangle([380, 800, 640, 880], 16, fill=(214, 214, 220))
    draw.text((510, 822), "Delete", font=font(32), fill=(30, 30, 30), anchor="ma")


GREY, BLUE = (128, 130, 134), (46, 62, 92)
street_at_night = partial(street, colour=BLUE, is_night=True)
street_by_day = partial(street, colour=BLUE, is_night=False)
