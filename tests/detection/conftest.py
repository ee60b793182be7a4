"""Small real videos, drawn for each test."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

Colour = tuple[int, int, int]


def write_video(
    path: Path,
    times: Sequence[float],
    *,
    size: tuple[int, int] = (64, 48),
    codec: str = "libx264",
    options: dict[str, str] | None = None,
) -> Path:
    """A video whose frame number i is shown from times[i] on; its grey value is 4 * i.

    AVI and raw H.264 know a fixed rate only, here 25 a second.
    """
    clock = Fraction(1, 25) if path.suffix in {".avi", ".h264"} else Fraction(1, 1000)
    with av.open(str(path), "w", options={"movflags": "+faststart"} if path.suffix == ".mp4" else {}) as container:
        stream = container.add_stream(codec, rate=25, options=options or {"g": "5", "crf": "10"})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.codec_context.time_base = clock
        for number, time in enumerate(times):
            picture = np.full((size[1], size[0], 3), 4 * number % 256, np.uint8)
            picture[: size[1] // 2, : size[0] // 2] = 255  # the upper left is white
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = round(time / clock), clock
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@pytest.fixture
def video(tmp_path: Path):
    """Make a video file: `video(times, name="clip.mp4", size=(64, 48))`."""

    def make(times: Sequence[float], name: str = "clip.mp4", **options) -> Path:
        return write_video(tmp_path / name, times, **options)

    return make
