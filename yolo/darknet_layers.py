"""The layers of a network in Darknet's order, which is the order of the weights in its files.

Plain values: neither Keras nor files. Darknet is Joseph Redmon's program, https://pjreddie.com/darknet/;
its `.cfg` lists one section a layer, and layers name earlier ones by number.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from yolo.config import ANCHORS_PER_SCALE, NetworkConfig


@dataclass(frozen=True)
class Convolution:
    """A convolution by the name it has in our network. One without batch normalisation is an output."""

    name: str
    channels: int
    filters: int
    size: int
    stride: int = 1
    normalised: bool = True


@dataclass(frozen=True)
class Pool:
    """Max pooling over 2 x 2 pixels; with stride 1 it pads on the right and below."""

    stride: int


@dataclass(frozen=True)
class Shortcut:
    """Adds the output of an earlier layer to that of the last."""

    source: int


@dataclass(frozen=True)
class Route:
    """Joins the channels of earlier layers."""

    sources: tuple[int, ...]


@dataclass(frozen=True)
class Upsample:
    """Doubles width and height."""


@dataclass(frozen=True)
class Detection:
    """Where boxes are read: the scale's number, 0 for the finest."""

    scale: int


Layer = Convolution | Pool | Shortcut | Route | Upsample | Detection


def darknet_layers(config: NetworkConfig, classes: int) -> list[Layer]:
    """All layers of a network; the sources of routes and shortcuts are indices into this very list."""
    drawing = _Drawing(ANCHORS_PER_SCALE * (5 + classes))
    if config.backbone == "tiny":
        drawing.tiny(config)
    else:
        drawing.pyramid(config)
    return drawing.layers


def convolutions(config: NetworkConfig, classes: int) -> list[Convolution]:
    """The convolutions alone, in the order of a `.weights` file."""
    return [layer for layer in darknet_layers(config, classes) if isinstance(layer, Convolution)]


class _Drawing:
    def __init__(self, outputs: int) -> None:
        self.layers: list[Layer] = []
        self._outputs = outputs
        self._channels = 3

    def _last(self) -> int:
        return len(self.layers) - 1

    def _convolve(self, name: str, filters: int, size: int, stride: int = 1) -> None:
        self.layers.append(Convolution(name, self._channels, filters, size, stride))
        self._channels = filters

    def _output(self, name: str, scale: int) -> None:
        self.layers.append(Convolution(f"{name}_output", self._channels, self._outputs, 1, normalised=False))
        self.layers.append(Detection(scale))

    def _route(self, sources: Sequence[int], channels: int) -> None:
        self.layers.append(Route(tuple(sources)))
        self._channels = channels

    def _join(self, feature: int, channels: int) -> None:
        """Double the size of what was last, and put an earlier layer of that many channels behind it."""
        self.layers.append(Upsample())
        self._route((self._last(), feature), self._channels + channels)

    def pyramid(self, config: NetworkConfig) -> None:
        self._convolve("stem", config.stem_filters, 3, config.stem_stride)
        features = []
        for number, stage in enumerate(config.stages, start=1):
            self._convolve(f"stage{number}_down", stage.filters, 3, 2)
            for block in range(1, stage.blocks + 1):
                source = self._last()
                self._convolve(f"stage{number}_block{block}_narrow", stage.filters // 2, 1)
                self._convolve(f"stage{number}_block{block}_wide", stage.filters, 3)
                self.layers.append(Shortcut(source))
            features.append((self._last(), stage.filters))
        neck = None
        for scale in reversed(range(config.scales)):
            feature, channels = features[len(features) - config.scales + scale]
            width = max(channels, config.least_width)
            name = f"scale{config.strides[scale]}"
            if neck is not None:
                self._route((neck[0],), neck[1])
                self._convolve(f"{name}_lift", width // 2, 1)
                self._join(feature, channels)
            elif feature != self._last():
                self._route((feature,), channels)
            neck = self._neck_and_head(config, name, width, scale)
            if config.coarsest_apart and scale == config.scales - 1:
                neck = None

    def _neck_and_head(self, config: NetworkConfig, name: str, width: int, scale: int) -> tuple[int, int]:
        """Returns where the neck ends and how many channels it has there."""
        for pair in range(1, config.neck_pairs + 1):
            self._convolve(f"{name}_neck{pair}_narrow", width // 2, 1)
            self._convolve(f"{name}_neck{pair}_wide", width, 3)
        self._convolve(f"{name}_neck", width // 2, 1)
        neck = self._last()
        self._convolve(f"{name}_head", width, 3)
        self._output(name, scale)
        return neck, width // 2

    def tiny(self, config: NetworkConfig) -> None:
        widths = [stage.filters for stage in config.stages]
        fine, coarse = (f"scale{stride}" for stride in config.strides)
        self._convolve("stem", config.stem_filters, 3, config.stem_stride)
        features = []
        for number, width in enumerate(widths, start=1):
            self.layers.append(Pool(2))
            self._convolve(f"stage{number}", width, 3)
            features.append(self._last())
        self.layers.append(Pool(1))
        self._convolve("top", 2 * widths[-1], 3)
        self._convolve(f"{coarse}_neck", widths[-2], 1)
        neck = self._last()
        self._convolve(f"{coarse}_head", widths[-1], 3)
        self._output(coarse, 1)
        self._route((neck,), widths[-2])
        self._convolve(f"{fine}_lift", widths[-3], 1)
        self._join(features[-2], widths[-2])
        self._convolve(f"{fine}_head", widths[-2], 3)
        self._output(fine, 0)
