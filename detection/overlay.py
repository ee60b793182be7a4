"""What the player draws over the video: each passage with its boxes at the frames that were judged."""

from typing import Any

from detection.models import Analysis
from detection.summaries import with_said


def judged_times(analysis: Analysis) -> list[float]:
    """The presentation times of the judged frames, in seconds, read chunk by chunk."""
    chunks = analysis.chunks.order_by("number").values_list("frames", flat=True).iterator(chunk_size=20)
    return [frame["t"] for frames in chunks for frame in frames]


def overlay(analysis: Analysis) -> dict[str, Any]:
    """The overlay of an analysis.

    `times` are the judged frames in seconds; a passage's `path` holds [time, x_min, y_min, x_max, y_max] in
    pixels of a frame of `width` x `height`. Between two entries of a path that are neighbours in `times` a
    player may interpolate; where frames lie between them the face was not seen.
    """
    passages = with_said(analysis.passages.order_by("begins", "number"))
    return {
        "width": analysis.clip.width,
        "height": analysis.clip.height,
        "duration": analysis.clip.duration.total_seconds(),
        "times": judged_times(analysis),
        "passages": [
            {
                "number": passage.number,
                "verdict": passage.said,
                "begins": passage.begins,
                "ends": passage.ends,
                "path": passage.path,
            }
            for passage in passages
        ],
    }
