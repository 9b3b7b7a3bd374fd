"""A short real video from one painted picture: a slow push towards the subject."""

import tempfile
from fractions import Fraction
from pathlib import Path

import av
from PIL import Image

FPS = 24


def film(still: Image.Image, *, seconds: int = 5) -> bytes:
    """An MP4 (H.264, yuv420p, 24 fps) of the picture's size and that length; no sound. Needs even sides."""
    count = FPS * (seconds if seconds > 0 else 5)
    with tempfile.TemporaryDirectory() as folder:  # faststart reads the finished file again, by its name
        path = Path(folder) / "film.mp4"
        _encode(still, path, count)
        return path.read_bytes()


def _encode(still: Image.Image, path: Path, count: int) -> None:
    with av.open(path, "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=FPS, options={"preset": "veryfast", "crf": "24"})
        stream.width, stream.height, stream.pix_fmt = still.width, still.height, "yuv420p"
        stream.time_base = Fraction(1, FPS)
        for number in range(count):
            frame = av.VideoFrame.from_image(_pushed(still, number / count))  # type: ignore[no-untyped-call]
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _pushed(still: Image.Image, progress: float) -> Image.Image:
    """The frame at that share of the film: up to 8 % closer, towards the lower middle."""
    width, height = still.size
    zoom = 1 + 0.08 * progress
    w, h = width / zoom, height / zoom
    left, top = (width - w) / 2, (height - h) * 0.62
    return still.resize(still.size, Image.Resampling.BILINEAR, box=(left, top, left + w, top + h))
