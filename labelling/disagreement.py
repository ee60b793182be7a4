"""Where a release contradicts the labels of a picture: likely label errors. Plain NumPy, no Django.

The three kinds are those of ObjectLab (Tkachenko, Thyagarajan and Mueller 2023, arXiv:2309.00832):
objects that the labels overlook, boxes of a swapped class, and boxes for which there is nothing.
As there, a picture is as doubtful as its most doubtful object, and IoU tells what is about one object.

* missing: a detection of score p >= 0.6 whose best IoU with any box is u < 0.4.
  Strength (2p - 1) (1 - u) w, w = min(1, s / 20).
* class: a box on which (IoU >= 0.5) another class has score p >= 0.6 and its own class q < p.
  Strength p - q, the normalised margin by which confident learning ranks (Northcutt, Jiang and
  Chuang 2021, arXiv:1911.00068).
* extra: a box near which (IoU >= 0.1) nothing has a score above q < 0.2.
  Strength 0.6 (1 - q) v, v = min(1, s / 64).

Here s is the longer side of the object in pixels at the net size. Below 10 pixels, where people and
networks alike guess, w keeps a missing face from making a picture a likely error (strength >= 0.5).
A box that a network does not see is far more often a face in profile or half hidden than a wrong
label: on 706 photographs none of the 40 largest unseen faces was labelled wrongly. So only large
ones count, and after every strong contradiction; of the 20 strongest doubts there, 14 were right.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from yolo.boxes import as_boxes, iou

Xyxy = tuple[float, float, float, float]
Floats = NDArray[np.float32]

LIKELY: Final = 0.5  # strength from which a picture counts as a likely label error
SURE: Final = 0.6  # least score of a detection that may contradict a label
NOTHING: Final = 0.2  # score below which a release has as good as not seen an object
TOUCHING: Final = 0.1  # IoU from which a detection may be about the object of a box
NEAR: Final = 0.4  # IoU from which it likely is
SAME: Final = 0.5  # IoU from which it is
UNSEEN: Final = 0.6  # most that a box which the release does not see is doubted
CLEAR: Final = 20  # pixels at the net size from which an object is not too small to judge
PLAIN: Final = 64  # pixels at the net size from which a release seldom overlooks an object


@dataclass(frozen=True)
class Labelled:
    """A box that people gave a picture: `xyxy` in pixels of the upright picture."""

    name: str
    xyxy: Xyxy


@dataclass(frozen=True)
class Detected:
    """What a release sees: each class on its own, so that one object may appear once for each class."""

    name: str
    score: float
    xyxy: Xyxy


@dataclass(frozen=True)
class Doubt:
    """One contradiction. `label`: class of the box, empty where there is none; `said`: class that the
    release gives the object, empty where it sees none; `strength`: 0 to 1."""

    kind: Literal["missing", "class", "extra"]
    label: str
    said: str
    strength: float
    xyxy: Xyxy


def doubts_of(
    boxes: Sequence[Labelled], detections: Sequence[Detected], *, judged: Collection[str], scale: float
) -> list[Doubt]:
    """What the detections say against the boxes of one picture, the strongest first.

    `judged`: the classes that both the labels and the release know; what is of another class is
    never doubted, and no detection of another class is ever missed. `scale`: from pixels of the
    picture to pixels at the net size.
    """
    seen = [each for each in detections if each.name in judged]
    overlap = iou(_corners(boxes), _corners(seen))
    found = [_box_doubt(box, seen, overlap[index], judged, scale) for index, box in enumerate(boxes)]
    doubts = [doubt for doubt in found if doubt] + _missing(seen, overlap, scale)
    return sorted(doubts, key=lambda doubt: -doubt.strength)


def _box_doubt(
    box: Labelled, seen: Sequence[Detected], overlap: Floats, judged: Collection[str], scale: float
) -> Doubt | None:
    """What is doubtful of one box; `overlap` (n,) is its IoU with each detection."""
    if box.name not in judged:
        return None
    scores = np.array([each.score for each in seen], np.float64)
    others = np.array([each.name != box.name for each in seen], np.bool_)
    own = _best(scores[~others & (overlap >= SAME)])
    against = np.flatnonzero(others & (overlap >= SAME) & (scores >= SURE))
    if len(against):
        strongest = seen[against[scores[against].argmax()]]
        if strongest.score > own:
            return Doubt("class", box.name, strongest.name, strongest.score - own, box.xyxy)
    score = _best(scores[overlap >= TOUCHING])
    if score < NOTHING:
        return Doubt("extra", box.name, "", UNSEEN * (1 - score) * _weight(box.xyxy, scale, PLAIN), box.xyxy)
    return None


def _missing(seen: Sequence[Detected], overlap: Floats, scale: float) -> list[Doubt]:
    """Objects that have no box; what two classes claim is one. `overlap` (boxes, detections) is their IoU."""
    nearest = overlap.max(axis=0, initial=0)
    found: list[Doubt] = []
    for index in sorted(range(len(seen)), key=lambda index: -seen[index].score):
        each = seen[index]
        if each.score < SURE or nearest[index] >= NEAR:
            continue
        if iou([each.xyxy], [doubt.xyxy for doubt in found]).max(initial=0) >= SAME:
            continue
        strength = (2 * each.score - 1) * (1 - float(nearest[index])) * _weight(each.xyxy, scale, CLEAR)
        found.append(Doubt("missing", "", each.name, strength, each.xyxy))
    return found


def _weight(box: Xyxy, scale: float, full: float) -> float:
    """The share of `full` pixels at the net size that the longer side of a box has, at most 1."""
    return min(1.0, max(box[2] - box[0], box[3] - box[1]) * scale / full)


def _best(scores: NDArray[np.float64]) -> float:
    return float(scores.max(initial=0))


def _corners(objects: Sequence[Labelled] | Sequence[Detected]) -> Floats:
    return as_boxes([each.xyxy for each in objects])
