"""What runs in the child process for films and recordings: how long they are, and stills of a film on one sheet.

The file is handed to the library already open: it reads no other file and no address, whatever the file names.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import av
from av.container import InputContainer
from av.video.stream import VideoStream
from PIL import Image

from jobs.child import Refused
from logs.contactsheets import MOST, arranged

STILLS = "logs.films:stills"
# The container by media type: no other reader of the library is tried.
FORMS = {
    "video/mp4": "mov",
    "video/quicktime": "mov",
    "audio/mp4": "mov",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/ogg": "ogg",
}
QUALITY = 85
MOST_PIXELS = 8192 * 4352  # what the largest films of phones have
# Enough to leave a cut-off or damaged stretch behind; a film made to be slow does not hold the worker.
MOST_FRAMES_EACH = 400
BROKEN = (av.FFmpegError, ValueError, OverflowError, ZeroDivisionError)


@contextmanager
def opened(path: str, media_type: str) -> Iterator[InputContainer]:
    """A film or recording, opened by the one reader its kind calls for.

    Raises:
        Refused: `unreadable`.
    """
    with open(path, "rb") as file:
        try:
            container = av.open(file, "r", format=FORMS[media_type], metadata_errors="replace")
        except BROKEN as error:
            raise Refused("unreadable") from error
        with container:
            yield container


def seconds_of(container: InputContainer) -> float:
    """How long it says it is; 0 where it does not say."""
    if container.duration:
        return max(0.0, container.duration / av.time_base)
    lengths = [float(each.duration * each.time_base) for each in container.streams if each.duration and each.time_base]
    return max(lengths, default=0.0)


def stills(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Write twelve stills of the film at `source` to `target`, on one sheet, each with its time in the film.

    Returns:
        `width` and `height` of the sheet, `count` of stills, `notes`: `damaged` when some of it could not be read.

    Raises:
        Refused: `no_picture`, `too_many_pixels` or `unreadable`.
    """
    with opened(payload["source"], payload["media_type"]) as container:
        if not container.streams.video:
            raise Refused("no_picture")
        stream = container.streams.video[0]
        _refuse_large(stream)
        stream.thread_count = 1  # each further thread takes address space of its own
        notes: list[str] = []
        found = list(_stills(container, stream, notes))
    if not found:
        raise Refused("unreadable")
    sheet = arranged(found)
    sheet.save(payload["target"], "JPEG", quality=QUALITY)
    return {"width": sheet.width, "height": sheet.height, "count": len(found), "notes": notes}


def _refuse_large(stream: VideoStream) -> None:
    width, height = stream.codec_context.width, stream.codec_context.height
    if width * height > MOST_PIXELS:
        raise Refused("too_many_pixels")


def _stills(container: InputContainer, stream: VideoStream, notes: list[str]) -> Iterator[tuple[Image.Image, str]]:
    length = seconds_of(container)
    count = MOST if length > 0 else 1
    last = -1.0
    for number in range(count):
        # The middle of each twelfth: first and last frames are often black.
        at = length * (2 * number + 1) / (2 * count)
        try:
            frame = _frame_at(container, stream, at)
        except BROKEN:
            frame = None
        if frame is None:
            notes[:] = ["damaged"]
            continue
        time = frame.time if frame.time is not None else at
        if time <= last:
            continue  # a short film of few frames: none is shown twice
        last = time
        yield _picture(frame), clock(time)


def _frame_at(container: InputContainer, stream: VideoStream, at: float) -> av.VideoFrame | None:
    base = stream.time_base or Fraction(1, 1000)
    start = stream.start_time or 0
    container.seek(start + int(at / base), stream=stream, backward=True)
    best = None
    for number, frame in enumerate(container.decode(stream)):
        best = frame
        if frame.time is None or frame.time - float(start * base) >= at - 0.001 or number >= MOST_FRAMES_EACH:
            break
    return best


def _picture(frame: av.VideoFrame) -> Image.Image:
    if frame.width * frame.height > MOST_PIXELS:  # it may change on the way
        raise Refused("too_many_pixels")
    scale = min(1.0, 1280 / max(frame.width, frame.height))
    size = {"width": max(2, int(frame.width * scale)), "height": max(2, int(frame.height * scale))}
    picture = frame.reformat(**size, format="rgb24").to_image()
    turn = round(frame.rotation) % 360
    return picture.rotate(turn, expand=True) if turn else picture


def clock(seconds: float) -> str:
    """A place in a film, such as `1:02:05` or `0:07`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
