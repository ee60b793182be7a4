"""Builds the networks: Darknet-53 backbones with YOLOv3's neck and heads, at any width, and YOLOv3-tiny.

Redmon and Farhadi, "YOLOv3: An Incremental Improvement", 2018. Layer names are given
explicitly, so that weights find their place by name in any later session.
"""

import math
import zlib

import keras
from keras import layers

from yolo.config import ANCHORS_PER_SCALE, NetworkConfig

LEAK = 0.1
OBJECT_PRIOR = 0.01
"""Objectness every cell starts with: most cells hold nothing (Lin et al., 2017, section 4.1)."""


def build_network(
    config: NetworkConfig,
    *,
    classes: int,
    seed: int = 0,
    norm: type[layers.BatchNormalization] = layers.BatchNormalization,
) -> keras.Model:
    """Build a network with fresh weights; the same seed gives the same weights, with any `norm`.

    Input: float32 (B, H, W, 3), RGB from 0 to 1, H and W multiples of 32.
    Outputs: one raw float32 tensor for each stride, finest first, each (B, ⌈H/s⌉, ⌈W/s⌉, 3 * (5 + classes));
    per anchor tx, ty, tw, th, objectness and the class logits.
    """
    if classes < 1:
        raise ValueError("A network needs at least one class.")
    pictures = keras.Input((None, None, 3), name="pictures")
    convolve = _Convolutions(seed, config.norm_epsilon, norm)
    draw = _tiny if config.backbone == "tiny" else _pyramid
    return keras.Model(pictures, draw(pictures, config, classes, convolve), name=config.name.replace("-", "_"))


def joined_channels(config: NetworkConfig) -> dict[str, tuple[int, int]]:
    """Of each convolution that sees two tensors joined: the channels of the coarser scale, then of the stage."""
    scales = list(zip(config.strides, config.stages[-config.scales :], strict=True))
    first = "neck1_narrow" if config.neck_pairs else "neck"
    return {
        f"scale{stride}_{first}_conv": (max(stage.filters, config.least_width) // 2, stage.filters)
        for stride, stage in scales[: -2 if config.coarsest_apart else -1]
    }


def _pyramid(
    pictures: keras.KerasTensor, config: NetworkConfig, classes: int, convolve: "_Convolutions"
) -> list[keras.KerasTensor]:
    """The outputs of a network with residual stages, finest first."""
    features = _backbone(pictures, config, convolve)
    outputs: list[keras.KerasTensor] = []
    above = None
    for stride, feature in zip(reversed(config.strides), reversed(features), strict=True):
        filters = max(feature.shape[-1], config.least_width)
        name = f"scale{stride}"
        if above is not None:
            above = convolve(above, filters // 2, 1, f"{name}_lift")
            above = layers.UpSampling2D(2, name=f"{name}_up")(above)
            feature = layers.Concatenate(name=f"{name}_join")([above, feature])
        above = _neck(feature, filters, config.neck_pairs, name, convolve)
        outputs.insert(0, _head(convolve(above, filters, 3, f"{name}_head"), classes, name, convolve.seed))
        if config.coarsest_apart and stride == config.strides[-1]:
            above = None
    return outputs


def _tiny(
    pictures: keras.KerasTensor, config: NetworkConfig, classes: int, convolve: "_Convolutions"
) -> list[keras.KerasTensor]:
    """The outputs of YOLOv3-tiny, finest first; `yolov3-tiny.cfg` of Darknet is the specification."""
    tensor = convolve(pictures, config.stem_filters, 3, "stem", stride=config.stem_stride)
    features = []
    for number, stage in enumerate(config.stages, start=1):
        tensor = layers.MaxPooling2D(2, name=f"stage{number}_pool")(tensor)
        tensor = convolve(tensor, stage.filters, 3, f"stage{number}")
        features.append(tensor)
    fine, coarse = config.strides
    tensor = layers.MaxPooling2D(2, strides=1, padding="same", name="top_pool")(tensor)
    tensor = convolve(tensor, 2 * config.stages[-1].filters, 3, "top")
    neck = convolve(tensor, config.stages[-2].filters, 1, f"scale{coarse}_neck")
    head = convolve(neck, config.stages[-1].filters, 3, f"scale{coarse}_head")
    lift = convolve(neck, config.stages[-3].filters, 1, f"scale{fine}_lift")
    lift = layers.UpSampling2D(2, name=f"scale{fine}_up")(lift)
    joined = layers.Concatenate(name=f"scale{fine}_join")([lift, features[-2]])
    fine_head = convolve(joined, config.stages[-2].filters, 3, f"scale{fine}_head")
    return [
        _head(fine_head, classes, f"scale{fine}", convolve.seed),
        _head(head, classes, f"scale{coarse}", convolve.seed),
    ]


class _Convolutions:
    """Adds Darknet's convolutions to a graph, each with initial weights by seed and name."""

    def __init__(self, seed: int, norm_epsilon: float, norm: type[layers.BatchNormalization]) -> None:
        self.seed, self._norm_epsilon, self._norm = seed, norm_epsilon, norm

    def __call__(
        self, tensor: keras.KerasTensor, filters: int, size: int, name: str, *, stride: int = 1
    ) -> keras.KerasTensor:
        """Convolution, batch normalisation, leaky ReLU. Darknet pads evenly on all sides."""
        if stride == 2:
            tensor = layers.ZeroPadding2D(1, name=f"{name}_pad")(tensor)
        tensor = layers.Conv2D(
            filters,
            size,
            strides=stride,
            padding="valid" if stride == 2 else "same",
            use_bias=False,
            kernel_initializer=keras.initializers.HeNormal(_seed_for(name, self.seed)),
            name=f"{name}_conv",
        )(tensor)
        tensor = self._norm(momentum=0.97, epsilon=self._norm_epsilon, name=f"{name}_norm")(tensor)
        return layers.LeakyReLU(LEAK, name=f"{name}_act")(tensor)


def _backbone(pictures: keras.KerasTensor, config: NetworkConfig, convolve: _Convolutions) -> list[keras.KerasTensor]:
    """Features of the stages that have a head, finest first."""
    tensor = convolve(pictures, config.stem_filters, 3, "stem", stride=config.stem_stride)
    features = []
    for number, stage in enumerate(config.stages, start=1):
        tensor = convolve(tensor, stage.filters, 3, f"stage{number}_down", stride=2)
        for block in range(1, stage.blocks + 1):
            name = f"stage{number}_block{block}"
            narrow = convolve(tensor, stage.filters // 2, 1, f"{name}_narrow")
            wide = convolve(narrow, stage.filters, 3, f"{name}_wide")
            tensor = layers.Add(name=f"{name}_add")([tensor, wide])
        features.append(tensor)
    return features[-config.scales :]


def _neck(tensor: keras.KerasTensor, filters: int, pairs: int, name: str, convolve: _Convolutions) -> keras.KerasTensor:
    for pair in range(1, pairs + 1):
        tensor = convolve(tensor, filters // 2, 1, f"{name}_neck{pair}_narrow")
        tensor = convolve(tensor, filters, 3, f"{name}_neck{pair}_wide")
    return convolve(tensor, filters // 2, 1, f"{name}_neck")


def _head(tensor: keras.KerasTensor, classes: int, name: str, seed: int) -> keras.KerasTensor:
    """Raw predictions; objectness starts at its prior, all else at zero bias."""
    channels = 5 + classes
    bias = [0.0] * (ANCHORS_PER_SCALE * channels)
    bias[4::channels] = [-math.log((1 - OBJECT_PRIOR) / OBJECT_PRIOR)] * ANCHORS_PER_SCALE
    output = layers.Conv2D(
        ANCHORS_PER_SCALE * channels,
        1,
        kernel_initializer=keras.initializers.RandomNormal(stddev=0.01, seed=_seed_for(name, seed)),
        name=f"{name}_output",
    )
    raw = output(tensor)
    output.bias.assign(bias)
    return raw


def _seed_for(name: str, seed: int) -> int:
    return zlib.crc32(f"{seed} {name}".encode())
