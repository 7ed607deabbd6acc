"""The doorbell's short film, drawn frame by frame: somebody at the end of the path, and then nobody."""

import io
from datetime import datetime, timedelta

import av
from PIL import Image, ImageDraw

from demo import pictures

SECONDS, A_SECOND = 12, 5
SMALL = (480, 360)
SWAY = 6  # pixels


def doorbell(taken: datetime) -> bytes:
    """Twelve seconds of MP4 with the camera's clock in the picture, and its time in the file."""
    kept = io.BytesIO()
    with av.open(kept, "w", format="mp4") as container:
        container.metadata["creation_time"] = f"{taken:%Y-%m-%dT%H:%M:%S}Z"
        stream = container.add_stream("mpeg4", rate=A_SECOND)
        stream.width, stream.height = SMALL
        stream.pix_fmt, stream.bit_rate = "yuv420p", 200_000
        for number in range(SECONDS * A_SECOND):
            frame = av.VideoFrame.from_image(_frame(number, taken))
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return kept.getvalue()


def _frame(number: int, taken: datetime) -> Image.Image:
    stamp = f"{taken + timedelta(seconds=number // A_SECOND):%d-%m  %H:%M:%S}"
    picture = Image.new("RGB", pictures.SIZE, pictures.NIGHT)
    pictures.doorbell(ImageDraw.Draw(picture), stamp)
    # The camera shakes a little in the wind.
    return picture.transform(SMALL, Image.Transform.AFFINE, (2.5, 0, SWAY * (number % 3 - 1), 0, 2.5, 0))
