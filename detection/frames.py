"""Video files: what they are, and their frames one by one at a chosen rate.

Plain Python on PyAV. Times are seconds from the start of the clip, as a browser's player counts
them. Memory does not grow with the length of a clip, and every generator here closes its file.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from gettext import gettext as _
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

# Formats that point at other files (playlists) and pictures are not opened at all.
CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg,mxf,m4v,h264,hevc,ivf,mjpeg,dhav,wtv,dv"
# In these, times never run backwards, so that a seek lands where reading from the start would.
SEEKABLE = ("mov,mp4", "matroska,webm")
CONTENT_TYPES = {
    "mov,mp4": "video/mp4",
    "matroska,webm": "video/x-matroska",
    "mpegts": "video/mp2t",
    "mpeg": "video/mpeg",
    "ogg": "video/ogg",
    "avi": "video/x-msvideo",
    "flv": "video/x-flv",
    "asf": "video/x-ms-asf",
}
WEBM_CODECS = {"vp8", "vp9", "av1"}
MICROSECOND = Fraction(1, 1_000_000)
USUAL_RATE = Fraction(25)
DISORDER = 1.0  # seconds: a smaller step back is disorder (AVI with B-frames), a larger one a clock set anew
SLACK = 1e-4  # seconds by which a frame may come early: time stamps are rounded to their time base

NO_FILE = _("The file is empty.")
NO_VIDEO = _("This file is no video.")
CUT_OFF = _("The video is cut off: its end, which says how to read it, is missing. Send the whole file.")
NO_PICTURE = _("The video is broken: not one picture of it can be read.")


class ClipError(Exception):
    """A file that cannot be used as a clip; the text is a sentence for the person who sent it."""


@dataclass(frozen=True)
class ClipFacts:
    """`duration` in seconds, `width` and `height` of the upright picture, `frames` an estimate."""

    duration: float
    width: int
    height: int
    codec: str
    frames: int
    content_type: str

    def judged_frames(self, fps: float) -> int:
        """How many frames will be judged at that rate, as nearly as the file says."""
        return max(1, min(math.ceil(self.duration * fps - SLACK), self.frames))


@dataclass(frozen=True)
class Frame:
    """One picture: `time` in seconds from the clip's start, `image` (h, w, 3) uint8 BGR, upright."""

    time: float
    image: NDArray[np.uint8]


def probe(path: Path) -> ClipFacts:
    """Look into a file without decoding more than one picture. Raises ClipError when it is no clip."""
    if path.stat().st_size == 0:
        raise ClipError(NO_FILE)
    with _opened(path) as (container, stream):
        first = next(_pictures(container, stream), None)
        if first is None:
            raise ClipError(NO_PICTURE)
        rate = stream.average_rate or stream.guessed_rate or USUAL_RATE
        duration = _duration(container, stream) or _last_time(path) + float(1 / rate)
        width, height = (first.height, first.width) if _is_turned(first) else (first.width, first.height)
        return ClipFacts(
            duration=duration,
            width=width,
            height=height,
            codec=stream.codec_context.name,
            frames=stream.frames or max(1, round(duration * rate)),
            content_type=_content_type(container.format.name, stream.codec_context.name),
        )


def frames(path: Path, *, fps: float, after: float | None = None, largest: int | None = None) -> Generator[Frame]:
    """Yield the first frame of each 1/fps seconds, by presentation time, in order.

    A rate above the clip's own gives every frame. `after` goes on behind the frame of that time, with
    the same frames that a reading from the start would give. `largest` is the longer side in pixels
    above which pictures are shrunk while they are converted, which costs less than shrinking later.
    What can be decoded of a damaged file is yielded. Raises ClipError when nothing can be.
    """
    if fps <= 0:
        raise ValueError(f"A rate above 0 is needed, not {fps}.")
    seek = after
    if after is not None and not _seek_is_sound(path, after):
        seek = None
    with _opened(path) as (container, stream):
        yield from _chosen(container, stream, fps=fps, after=after, largest=largest, seek=seek)


def picture_at(path: Path, time: float, *, largest: int) -> Frame:
    """The frame shown at a time, or the last one before the end. Raises ClipError."""
    sound = time > 0 and _seek_is_sound(path, time)
    shown = None
    with _opened(path) as (container, stream):
        for shown in _timed(container, stream, seek=time if sound else None):
            if shown[0] + SLACK >= time:
                break
    if shown is None:
        raise ClipError(NO_PICTURE)
    return Frame(shown[0], _Converter(largest).convert(shown[1]))


def _chosen(
    container: InputContainer,
    stream: VideoStream,
    *,
    fps: float,
    after: float | None,
    largest: int | None,
    seek: float | None,
) -> Iterator[Frame]:
    converter = _Converter(largest)
    judged = -1 if after is None else _slot(after, fps)
    found = after is not None
    for time, picture in _timed(container, stream, seek=seek):
        found = True
        slot = _slot(time, fps)
        if slot > judged:
            judged = slot
            yield Frame(time, converter.convert(picture))
    if not found:
        raise ClipError(NO_PICTURE)


def _slot(time: float, fps: float) -> int:
    return math.floor((time + SLACK) * fps)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """The container and its first true video stream, decoded by several threads."""
    options = {"format_whitelist": CONTAINERS, "protocol_whitelist": "file"}
    try:
        container = av.open(f"file:{path}", options=options, metadata_errors="replace")
    except av.error.FFmpegError as error:
        raise ClipError(CUT_OFF if _begins_as_mp4(path) else NO_VIDEO) from error
    with container:
        streams = [s for s in container.streams.video if not s.disposition & s.disposition.attached_pic]
        if not streams or not streams[0].codec_context:
            raise ClipError(NO_VIDEO)
        streams[0].thread_type = "AUTO"
        yield container, streams[0]


def _begins_as_mp4(path: Path) -> bool:
    """Whether the file begins with the file type box of ISO 14496-12; the index may be missing at its end."""
    with path.open("rb") as file:
        return file.read(8)[4:] == b"ftyp"


def _pictures(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """Every frame that can be decoded: a damaged packet is passed over, a cut-off end ends it."""
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.error.FFmpegError):
            return
        try:
            decoded = packet.decode()
        except av.error.FFmpegError:
            continue
        for picture in decoded:
            if isinstance(picture, VideoFrame):
                yield picture


def _timed(
    container: InputContainer, stream: VideoStream, *, seek: float | None = None
) -> Iterator[tuple[float, VideoFrame]]:
    """Frames with their times, which rise strictly: missing ones are filled in, jumps back are closed."""
    start = float((container.start_time or 0) * MICROSECOND)
    step = float(1 / (stream.average_rate or stream.guessed_rate or USUAL_RATE))
    if seek is not None and stream.time_base:
        container.seek(math.floor((seek + start) / stream.time_base), stream=stream)
    shift, last = 0.0, -step
    for picture in _pictures(container, stream):
        stamp = None if picture.pts is None else picture.time
        time = last + step if stamp is None else max(0.0, stamp - start) + shift
        if time <= last:
            if last - time > DISORDER:
                shift += last + step - time
            time = last + step / 2
        last = time
        yield time, picture


def _seek_is_sound(path: Path, time: float) -> bool:
    """Whether seeking before that time gives the frames that reading from the start gives."""
    with _opened(path) as (container, stream):
        if not container.format.name.startswith(SEEKABLE):
            return False
        try:
            first = next(_timed(container, stream, seek=time), None)
        except av.error.FFmpegError:
            return False
        return first is not None and first[1].pts is not None and first[0] <= time + SLACK


def _duration(container: InputContainer, stream: VideoStream) -> float:
    """Seconds to the end of the pictures as the file says it; 0 when it does not."""
    if stream.duration and stream.time_base:
        begin = (stream.start_time or 0) * stream.time_base - (container.start_time or 0) * MICROSECOND
        return float(max(Fraction(0), begin) + stream.duration * stream.time_base)
    return float((container.duration or 0) * MICROSECOND)


def _last_time(path: Path) -> float:
    """Time of the last picture, found by reading the whole file; for files that do not say."""
    last = 0.0
    with _opened(path) as (container, stream):
        for last, _picture in _timed(container, stream):  # noqa: B007 - the last one is used
            pass
    return last


def _content_type(names: str, codec: str) -> str:
    if names.startswith("matroska") and codec in WEBM_CODECS:
        return "video/webm"
    known = (kind for name, kind in CONTENT_TYPES.items() if names.startswith(name))
    return next(known, "application/octet-stream")


def _is_turned(picture: VideoFrame) -> bool:
    return round(picture.rotation / 90) % 2 == 1


class _Converter:
    """Decoded pictures to upright BGR arrays; keeps the scaler's tables between frames."""

    def __init__(self, largest: int | None) -> None:
        self.largest = largest
        self.reformatter = VideoReformatter()

    def convert(self, picture: VideoFrame) -> NDArray[np.uint8]:
        longer = max(picture.width, picture.height)
        scale = min(1.0, self.largest / longer) if self.largest else 1.0
        small = self.reformatter.reformat(
            picture,
            width=max(1, round(picture.width * scale)),
            height=max(1, round(picture.height * scale)),
            format="bgr24",
            interpolation=Interpolation.BILINEAR,
        )
        image = small.to_ndarray().astype(np.uint8, copy=False)
        turns = round(picture.rotation / 90) % 4  # quarter turns counter-clockwise, as np.rot90 counts
        return np.ascontiguousarray(np.rot90(image, turns))
