"""What a network looks like and how it is trained: plain values, no Keras behind them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, Literal

Decoding = Literal["wide", "darknet"]
Backbone = Literal["darknet53", "tiny"]

ANCHORS_PER_SCALE: Final = 3
LEAST_NET_SIZE: Final = 288
SIDE_STEP: Final = 32
"""Sides of pictures and canvases, in pixels, are multiples of it: of the coarsest cells, but for those of a scale
that stands apart, which may reach over the edge."""
MOST_SCENES: Final = 8
"""The longest side of a scene, as a share of the net size."""
MOST_MULTI_SCALE: Final = 0.5


@dataclass(frozen=True)
class Stage:
    """One stage of the backbone: a convolution of stride 2, then residual blocks."""

    filters: int
    blocks: int


@dataclass(frozen=True)
class NetworkConfig:
    """A YOLOv3-shaped network: Darknet-53 stages, a neck and a head on the last `scales` of them.

    `neck_pairs` counts the (1x1, 3x3) pairs before the closing 1x1 convolution of each
    scale's neck: two in Redmon and Farhadi's YOLOv3 (2018), one in our slim network.
    `decoding` says how raw outputs become boxes, see `yolo.decode`. Each scale's neck and head
    are as wide as its stage, but not narrower than `least_width`. `norm_epsilon` is what batch
    normalisation adds to the variance: 1e-6 in Darknet, 1e-3 in Keras.

    With `coarsest_apart` the coarsest scale lends no features to finer ones: joined to a trained network it leaves what
    the others say as it is.

    The backbone "tiny" is that of YOLOv3-tiny: max pooling and one convolution for each stage.
    """

    name: str
    stem_filters: int
    stem_stride: int
    stages: tuple[Stage, ...]
    neck_pairs: int
    decoding: Decoding
    scales: int = 3
    least_width: int = 1
    backbone: Backbone = "darknet53"
    norm_epsilon: float = 1e-3
    coarsest_apart: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.scales <= len(self.stages):
            raise ValueError(f"{self.name}: {self.scales} scales need at least as many stages.")

    @property
    def strides(self) -> tuple[int, ...]:
        """Pixels a cell of each output covers, finest output first."""
        coarsest = self.stem_stride * int(2 ** len(self.stages))
        return tuple(coarsest >> finer for finer in reversed(range(self.scales)))

    @property
    def anchor_count(self) -> int:
        """Anchors of all scales together."""
        return ANCHORS_PER_SCALE * self.scales


YOLOV3_SLIM: Final = NetworkConfig(
    name="yolov3-slim",
    stem_filters=16,
    stem_stride=2,
    stages=(Stage(32, 1), Stage(64, 3), Stage(128, 4), Stage(256, 2)),
    neck_pairs=1,
    decoding="wide",
)

YOLOV3_SLIM_P2: Final = replace(YOLOV3_SLIM, name="yolov3-slim-p2", scales=4, least_width=48)
"""The same with a fourth scale at stride 4, for faces of a dozen pixels. P2 is that level's name in Lin et
al., "Feature Pyramid Networks for Object Detection", CVPR 2017."""

YOLOV3_SLIM_P2_P6: Final = replace(
    YOLOV3_SLIM_P2,
    name="yolov3-slim-p2-p6",
    stages=(*YOLOV3_SLIM.stages, Stage(80, 2)),
    scales=5,
    coarsest_apart=True,
)
"""The same with a fifth scale at stride 64, level P6, that stands apart: for faces near the camera."""

YOLOV3: Final = NetworkConfig(
    name="yolov3",
    stem_filters=32,
    stem_stride=1,
    stages=(Stage(64, 1), Stage(128, 2), Stage(256, 8), Stage(512, 8), Stage(1024, 4)),
    neck_pairs=2,
    decoding="darknet",
    norm_epsilon=1e-6,
)
"""As Redmon and Farhadi have it: Darknet-53, 61.6 M parameters."""

YOLOV3_TINY: Final = NetworkConfig(
    name="yolov3-tiny",
    stem_filters=16,
    stem_stride=1,
    stages=(Stage(32, 0), Stage(64, 0), Stage(128, 0), Stage(256, 0), Stage(512, 0)),
    neck_pairs=0,
    decoding="darknet",
    scales=2,
    backbone="tiny",
    norm_epsilon=1e-6,
)
"""The small network of the same authors: two scales, six anchors, 8.7 M parameters."""

NETWORKS: Final[Mapping[str, NetworkConfig]] = MappingProxyType(
    {network.name: network for network in (YOLOV3_SLIM, YOLOV3_SLIM_P2, YOLOV3_SLIM_P2_P6, YOLOV3, YOLOV3_TINY)}
)


SLIM_NETWORKS: Final = (YOLOV3_SLIM.name, YOLOV3_SLIM_P2.name, YOLOV3_SLIM_P2_P6.name)
"""Those that are also there wider or narrower: `yolov3-slim-x1.5` has one and a half times the filters."""
LEAST_WIDTH, MOST_WIDTH = 0.25, 4.0
WIDENED = re.compile(rf"({'|'.join(SLIM_NETWORKS)})-x([0-9]+(?:\.[0-9]{{1,2}})?)")
FILTER_STEP = 8


def name_and_width(name: str) -> tuple[str, float]:
    """The network a name begins with, and its width: 1 where the name tells none."""
    widened = WIDENED.fullmatch(name)
    return (widened[1], float(widened[2])) if widened else (name, 1.0)


def network_named(name: str) -> NetworkConfig:
    """The network of that name, a registered or a widened one; ValueError names those there are."""
    base, width = name_and_width(name)
    try:
        return network_widened(NETWORKS[base], width) if width != 1 else NETWORKS[base]
    except KeyError:
        known = ", ".join(sorted(NETWORKS))
        slim = _slim_names()
        raise ValueError(
            f"There is no network '{name}'; there are: {known}. Of {slim} a number after '-x' makes wider or "
            f"narrower ones: {YOLOV3_SLIM.name}-x1.5."
        ) from None


def anchors_fit(name: str, other: str) -> bool:
    """Whether anchors of the network `other`, and the heads that learned with them, fit the network `name`.

    They do where the cells and boxes are the same, but for coarser cells that `name` may have besides: of them
    `yolo.anchors.with_coarser` makes the anchors. False where there is no network of that name.
    """
    try:
        one, two = network_named(name), network_named(other)
    except ValueError:
        return False
    return one.strides[: two.scales] == two.strides and one.decoding == two.decoding


def network_widened(network: NetworkConfig, width: float) -> NetworkConfig:
    """A slim network with `width` times the filters in each layer, rounded to multiples of 8.

    Its name ends in the width. Raises ValueError for the networks of the papers, and for a width
    outside of 0.25 to 4.
    """
    if network.name not in SLIM_NETWORKS:
        raise ValueError(f"{network.name} is as its authors have it; only {_slim_names()} have a width.")
    if not LEAST_WIDTH <= width <= MOST_WIDTH:
        raise ValueError(f"The width lies between {LEAST_WIDTH:g} and {MOST_WIDTH:g}, not at {width:g}.")
    if width == 1:
        return network
    return replace(
        network,
        name=f"{network.name}-x{width:g}",
        stem_filters=_filters(network.stem_filters * width),
        stages=tuple(replace(stage, filters=_filters(stage.filters * width)) for stage in network.stages),
        least_width=_filters(network.least_width * width) if network.least_width > 1 else 1,
    )


def _slim_names() -> str:
    return f"{', '.join(SLIM_NETWORKS[:-1])} and {SLIM_NETWORKS[-1]}"


def _filters(wished: float) -> int:
    return max(FILTER_STEP, FILTER_STEP * round(wished / FILTER_STEP))


def _check_least(settings: object, least: int, *names: str) -> None:
    for name in names:
        if getattr(settings, name) < least:
            raise ValueError(f"{name} is at least {least}, not {getattr(settings, name)}.")


def _check_shares(settings: object, *names: str) -> None:
    for name in names:
        if not 0 <= getattr(settings, name) <= 1:
            raise ValueError(f"{name} is a share and lies between 0 and 1.")


def check_reasonable(config: "TrainConfig") -> None:
    """Raise ValueError where a new training is to go far beyond what makes sense; stored ones may have done so."""
    for name in ("scenes", "fine_tune_scenes"):
        if any(end > MOST_SCENES for end in getattr(config, name)):
            raise ValueError(f"{name} are at most {MOST_SCENES} times the net size.")
    if config.multi_scale > MOST_MULTI_SCALE:
        raise ValueError(f"multi_scale is at most {MOST_MULTI_SCALE}, not {config.multi_scale:g}.")


def _check_range(name: str, ends: Sequence[float]) -> None:
    if ends and (len(ends) != 2 or not 0 < ends[0] <= ends[1]):
        raise ValueError(f"{name} goes from a smaller to a bigger share, both above 0.")


@dataclass(frozen=True)
class AugmentConfig:
    """How training canvases are composed; shares are probabilities, sizes are pixels."""

    mosaic: float = 0.7
    packed_tiles: float = 0.35
    pasted_scenes: float = 0.3
    crop_faces: tuple[float, float] = (14.0, 130.0)
    near_faces: float = 0.0
    flip: float = 0.5
    hue: float = 0.015
    saturation: float = 0.6
    brightness: float = 0.4
    least_visible: float = 0.4
    least_side: float = 3.0

    def __post_init__(self) -> None:
        _check_shares(self, "mosaic", "packed_tiles", "pasted_scenes", "near_faces", "flip", "least_visible")
        low, high = self.crop_faces
        if not 0 < low <= high:
            raise ValueError("crop_faces goes from a smaller to a bigger size, both above 0.")


@dataclass(frozen=True)
class LossConfig:
    """Weights of the three terms of the loss, and the ratio up to which an anchor matches."""

    box: float = 5.0
    objectness: float = 1.0
    classes: float = 1.0
    match_ratio: float = 3.0


@dataclass(frozen=True)
class TrainConfig:
    """One training, completely: with the same samples it gives the same network.

    The network learns on small canvases and is used at `net_size`: it is fully
    convolutional and anchors are pixels on either, so only the pixel sizes of objects must
    agree. `scene_sides` sees to that. An epoch draws `canvases_per_picture` canvases for
    each training picture: 60 epochs of one make the budget that was measured for some 600
    pictures. The last `fine_tune_share` of the epochs use the larger canvas, fewer mosaics
    and a low learning rate.

    `scenes` and `fine_tune_scenes` replace the rule of `scene_sides`, each by a lowest and a
    highest long side as shares of the net size. `repeat_share` shows pictures with rare classes
    more often: those in less than that share of the pictures, see `yolo.batches.repeat_weights`.
    `multi_scale` lets each batch have a canvas of its own, up to that share smaller or larger.
    With `minutes` above 0 a training takes about that long: of the `epochs` it does those that
    fit, and its schedule follows, see `yolo.budget`.
    With `freeze_known` only layers learn for which the start weights had nothing fitting: all others stay as they are,
    the statistics of their batch normalisation too.
    """

    network: str = "yolov3-slim"
    net_size: int = 416
    epochs: int = 60
    batch: int = 8
    seed: int = 0
    canvases_per_picture: float = 1.0
    canvas: int = 256
    learning_rate: float = 1.5e-3
    weight_decay: float = 0.02
    warm_up_steps: int = 150
    ema: float = 0.999
    fine_tune_share: float = 0.12
    fine_tune_canvas: int = 320
    fine_tune_learning_rate: float = 3e-4
    fine_tune_mosaic: float = 0.4
    scenes: Sequence[float] = ()
    fine_tune_scenes: Sequence[float] = ()
    repeat_share: float = 0.0
    multi_scale: float = 0.0
    minutes: float = 0.0
    freeze_known: bool = False
    validate_every: int = 1
    loader_threads: int = 2
    cache_megabytes: int = 1024
    augment: AugmentConfig = AugmentConfig()
    loss: LossConfig = LossConfig()

    def __post_init__(self) -> None:
        network_named(self.network)
        if self.net_size < LEAST_NET_SIZE or self.net_size % SIDE_STEP:
            raise ValueError(
                f"The net size is a multiple of {SIDE_STEP} from {LEAST_NET_SIZE} up, not {self.net_size}."
            )
        for name in ("canvas", "fine_tune_canvas"):
            if getattr(self, name) < SIDE_STEP or getattr(self, name) % SIDE_STEP:
                raise ValueError(f"{name} is a multiple of {SIDE_STEP}, not {getattr(self, name)}.")
        _check_least(self, 1, "epochs", "batch", "validate_every", "loader_threads")
        _check_least(self, 0, "seed", "minutes")
        for name in ("canvases_per_picture", "learning_rate", "fine_tune_learning_rate"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} is above 0, not {getattr(self, name)}.")
        _check_range("scenes", self.scenes)
        _check_range("fine_tune_scenes", self.fine_tune_scenes)
        _check_shares(self, "ema", "fine_tune_share", "fine_tune_mosaic", "repeat_share", "multi_scale")
        if self.ema == 1:
            raise ValueError("ema is below 1: an average that takes nothing in learns nothing.")

    @property
    def fine_tune_epochs(self) -> int:
        """Epochs of the last phase; a training of one or two epochs has none."""
        return min(round(self.epochs * self.fine_tune_share), self.epochs - 1)

    @property
    def scene_sides(self) -> tuple[float, float]:
        """Range of the long side, in pixels, to which scenes are scaled before cropping.

        Measured best on pictures of 400 to 600 pixels: 0.5 to 1.7 of a letterbox at 416. Other
        net sizes move the ends so far that detection always works well inside of the range.
        """
        if self.scenes:
            return self.scenes[0] * self.net_size, self.scenes[1] * self.net_size
        low = max(0.5 * min(self.net_size, 416), 0.4 * self.net_size)
        return low, max(1.2 * self.net_size, 1.7 * 416)

    @property
    def fine_tune_scene_sides(self) -> tuple[float, float]:
        """The same range for the last phase."""
        if self.fine_tune_scenes:
            return self.fine_tune_scenes[0] * self.net_size, self.fine_tune_scenes[1] * self.net_size
        return self.scene_sides
