"""With which settings a clip is judged: fixed when its analysis first runs, and kept on its row."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from detection.judging import JudgingSettings
from detection.tracking import TrackingSettings
from yolo.release import Release

# Boxes down to this share of the lowest threshold are kept: they continue tracks that surer ones began.
KEPT_SHARE = 0.5
SLOW = 2.0  # frames a second below which a passer-by may be seen only once


@dataclass(frozen=True)
class AnalysisSettings:
    """`score`: boxes from there on are kept; `iou`: above it two boxes are one face; `net_size` in pixels."""

    frames_per_second: float
    score: float
    iou: float
    net_size: int
    tracking: TrackingSettings
    judging: JudgingSettings

    @classmethod
    def first(cls, release: Release, *, frames_per_second: float, picture: int) -> Self:
        """The settings of a new analysis; `picture` is the longer side of the clip in pixels."""
        thresholds = tuple(release.thresholds[name] for name in release.classes)
        return cls(
            frames_per_second=frames_per_second,
            score=round(KEPT_SHARE * min(thresholds), 4),
            iou=release.iou_threshold,
            net_size=release.net_size,
            tracking=TrackingSettings(fps=frames_per_second, picture=picture, begins=min(thresholds)),
            judging=JudgingSettings(
                classes=release.classes,
                thresholds=thresholds,
                picture=picture,
                seen=min(picture, release.net_size),
                shortest=1 if frames_per_second < SLOW else 2,
            ),
        )

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        judging = values["judging"]
        lists = {"classes": tuple(judging["classes"]), "thresholds": tuple(judging["thresholds"])}
        return cls(
            frames_per_second=values["frames_per_second"],
            score=values["score"],
            iou=values["iou"],
            net_size=values["net_size"],
            tracking=TrackingSettings(**values["tracking"]),
            judging=JudgingSettings(**{**judging, **lists}),
        )

    def to_json(self) -> dict[str, Any]:
        return asdict(self)
