"""What a training tells while it runs."""

from collections.abc import Mapping
from dataclasses import dataclass

from yolo.metrics import Metrics
from yolo.stability import Trouble


@dataclass(frozen=True)
class StepEvent:
    """Sent at most about twice a second. `epoch` and `step` count from 1.

    `step` of `steps` within the epoch; `losses` are means since the epoch began: "loss" and its
    terms "box", "objectness" and "classes". `seconds_left` is None until a speed is known.
    """

    epoch: int
    epochs: int
    step: int
    steps: int
    losses: Mapping[str, float]
    learning_rate: float
    pictures_per_second: float
    seconds_left: float | None


@dataclass(frozen=True)
class EpochEvent:
    """Sent after each epoch, before its checkpoint is written: after a kill in between it may come again.

    `losses` are the epoch's means; `metrics` those of the averaged weights on the validation
    pictures, None where the epoch was not validated. `is_best` if its weights now lead. `seconds` are
    those of all sessions that had a part in it; `data_share` of the processor time that this session spent on its
    steps went into reading pictures and composing canvases.
    """

    epoch: int
    epochs: int
    losses: Mapping[str, float]
    metrics: Metrics | None
    seconds: float
    is_best: bool
    data_share: float | None = None


@dataclass(frozen=True)
class SetbackEvent:
    """The training had diverged: it goes on from its last good checkpoint at a lower rate.

    It diverged in `epoch`, `step` (from 1), after `epochs_kept` whole epochs it goes on; `setbacks`
    counts those so far, `rate_share` is the share of the planned learning rate from now on.
    """

    epoch: int
    step: int
    setbacks: int
    rate_share: float
    trouble: Trouble
    epochs_kept: int


@dataclass(frozen=True)
class StartEvent:
    """Sent once by a training that begins with weights from elsewhere.

    `taken` counts the arrays that fitted, `left_out` names those of the network that began at random. Of those taken
    `widened` came from a narrower network: their new channels began at random, see `yolo.widen`.
    """

    taken: int
    left_out: tuple[str, ...]
    widened: int = 0


Event = StepEvent | EpochEvent | SetbackEvent | StartEvent
