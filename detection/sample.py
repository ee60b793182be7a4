"""The sample clip, made on the spot: a camera pans along a counter with one masked face and two bare ones.

The face is that of the photograph that PyWavelets ships as `pywt.data.camera` (dedicated to the public
domain, CC0, by its photographer Lav Varshney); tint, mask, counter and movement are drawn here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
import pywt.data
from av.video.frame import VideoFrame
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

WIDTH, HEIGHT = 640, 360
RATE = 25
SECONDS = 8
STILL = 1.5  # seconds without movement at both ends
SCALE = 0.75  # of the photograph: its face gets 48 pixels wide, a usual size before a gate camera
SWAY = 3.0  # pixels by which a camera on a pole moves in the wind
SKIN = (0.80, 0.90, 1.0)  # what a grey of 1 becomes, as BGR
COUNTER_TOP, COUNTER, EDGE = 236, (176, 186, 192), (120, 132, 140)
MASK, FOLD, STRAP = (205, 170, 110), (170, 135, 80), (235, 225, 215)
MASK_OUTLINE_X = (246, 252, 250, 246, 236, 222, 206, 196, 206, 226)
MASK_OUTLINE_Y = (150, 160, 172, 184, 196, 196, 186, 170, 158, 152)


def write_sample(path: Path) -> None:
    """Write the sample clip as an MP4 (H.264) that browsers play."""
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=RATE, options={"crf": "20", "preset": "veryfast", "g": str(RATE)})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.thread_count = 1  # the same bytes on any machine
        for image in sample_frames():
            container.mux(stream.encode(VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode())


def sample_frames() -> Iterator[Picture]:
    """The frames of the clip, (360, 640, 3) uint8 BGR."""
    scene = panorama()
    travel = scene.shape[1] - WIDTH - 2 * SWAY
    for number in range(RATE * SECONDS):
        time = number / RATE
        share = min(1.0, max(0.0, (time - STILL) / (SECONDS - 2 * STILL)))
        eased = (1 - math.cos(math.pi * share)) / 2
        left = SWAY + travel * eased + SWAY * math.sin(2.1 * time)
        top = SWAY + SWAY * math.sin(1.3 * time)
        centre = (left + (WIDTH - 1) / 2, top + (HEIGHT - 1) / 2)
        yield cv2.getRectSubPix(scene, (WIDTH, HEIGHT), centre).astype(np.uint8, copy=False)


def panorama() -> Picture:
    """Three photographs side by side, every second one mirrored, so that their edges meet; the middle one masked."""
    bare = tinted(np.asarray(pywt.data.camera(), dtype=np.uint8))
    masked = np.ascontiguousarray(with_mask(bare)[:, ::-1])
    scene = with_counter(np.hstack([bare, masked, bare]))
    small = cv2.resize(scene, None, fx=SCALE, fy=SCALE, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8)


def tinted(grey: Picture) -> Picture:
    """A grey picture (h, w) in skin colours, (h, w, 3) BGR."""
    return np.asarray(grey[..., None] * np.array(SKIN), dtype=np.uint8)


def with_mask(photo: Picture) -> Picture:
    """The photograph with a surgical mask drawn over mouth and nose of its face."""
    drawn = photo.copy()
    outline = np.stack([MASK_OUTLINE_X, MASK_OUTLINE_Y], axis=1).astype(np.int32)
    cv2.fillPoly(drawn, [outline], MASK, lineType=cv2.LINE_AA)
    for fold in range(3):
        cv2.line(drawn, (205, 164 + 8 * fold), (247, 160 + 8 * fold), FOLD, 1, cv2.LINE_AA)
    cv2.line(drawn, (204, 160), (190, 142), STRAP, 2, cv2.LINE_AA)
    cv2.line(drawn, (206, 186), (194, 150), STRAP, 2, cv2.LINE_AA)
    return drawn


def with_counter(scene: Picture) -> Picture:
    """A plain counter across the lower half: hands, tripod and lawn would distract."""
    drawn = scene.copy()
    drawn[COUNTER_TOP:] = COUNTER
    drawn[COUNTER_TOP : COUNTER_TOP + 6] = EDGE
    return drawn
