"""Films and voice notes that tests send, made here."""

import array
import math
from pathlib import Path

import av
from PIL import Image, ImageDraw


def film(path: Path, seconds: int = 3, size: tuple[int, int] = (160, 90), **said: str) -> bytes:
    """A short film in which a blue box moves over red; `said` is what the file says of itself."""
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        container.metadata.update({"creation_time": "2026-06-03T20:14:05Z", **said})
        for number in range(seconds * 10):
            picture = Image.new("RGB", size, (200, 20, 20))
            ImageDraw.Draw(picture).rectangle((number, 10, number + 20, 60), fill=(20, 20, 200))
            for packet in stream.encode(av.VideoFrame.from_image(picture)):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return path.read_bytes()


def voice(path: Path, form: str = "ogg", codec: str = "libopus", rate: int = 48_000, seconds: float = 2.0) -> bytes:
    """A voice note: one tone."""
    with av.open(str(path), "w", format=form) as container:
        stream = container.add_stream(codec, rate=rate)
        fitted = av.AudioResampler(format=stream.format, layout=stream.layout, rate=rate)
        for start in range(0, int(seconds * rate), 960):
            samples = array.array("h", (int(8000 * math.sin((start + at) / 20)) for at in range(960)))
            frame = av.AudioFrame(format="s16", layout="mono", samples=960)
            frame.planes[0].update(samples.tobytes())
            frame.sample_rate, frame.pts = rate, start
            for part in fitted.resample(frame):
                for packet in stream.encode(part):
                    container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    return path.read_bytes()


def turned(content: bytes) -> bytes:
    """The same film, held upright: its matrix says a quarter to the right."""
    at = content.index(b"tkhd") + 4 + 40
    words = (0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)
    matrix = b"".join((word & 0xFFFFFFFF).to_bytes(4, "big") for word in words)
    return content[:at] + matrix + content[at + 36 :]
