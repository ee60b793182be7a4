"""Darknet's `.cfg` files: the description of a network that goes with a `.weights` file.

Written for our networks, and read to find out whether a file describes one of them. "darknet"
boxes are plain `[yolo]` sections; "wide" boxes are those with `new_coords` and `scale_x_y=2`, as
A. Bochkovskiy's Darknet has them, where the convolution before them ends in a logistic function.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yolo.config import ANCHORS_PER_SCALE, NetworkConfig
from yolo.darknet_layers import (
    Convolution,
    Detection,
    Layer,
    Pool,
    Route,
    Shortcut,
    Upsample,
    darknet_layers,
)

RELATIVE = ("from", "layers")
COMPARED: Mapping[str, Mapping[str, str]] = {
    "convolutional": {
        "batch_normalize": "0",
        "filters": "1",
        "size": "1",
        "stride": "1",
        "pad": "0",
        "groups": "1",
        "activation": "logistic",
    },
    "maxpool": {"size": "1", "stride": "1"},
    "shortcut": {"from": "", "activation": "linear"},
    "route": {"layers": "", "groups": "1"},
    "upsample": {"stride": "2"},
    "yolo": {"mask": "", "num": "1", "scale_x_y": "1", "new_coords": "0"},
}
"""The options that decide what a layer computes, with what Darknet takes where they are left out."""


class DarknetError(Exception):
    """A file of Darknet cannot be used; the message is a sentence for people."""


@dataclass(frozen=True)
class Section:
    """One `[kind]` with its options; `line` counts from 1."""

    kind: str
    line: int
    options: dict[str, str]


@dataclass(frozen=True)
class CfgFacts:
    """What a `.cfg` says beyond the layers. `anchors` are pixels at the net size, the finest scale's first."""

    classes: int
    anchors: tuple[tuple[float, float], ...]
    width: int
    height: int


def write_cfg(
    config: NetworkConfig, *, classes: int, anchors: Sequence[Sequence[float]], width: int, height: int
) -> str:
    """The `.cfg` of a network. Raises ValueError where the anchors are not three a scale."""
    if len(anchors) != config.anchor_count:
        raise ValueError(f"{config.name} has {config.anchor_count} anchors, not {len(anchors)}.")
    net: dict[str, object] = {"batch": 1, "subdivisions": 1, "width": width, "height": height, "channels": 3}
    head = {
        "anchors": ", ".join(f"{float(w):g},{float(h):g}" for w, h in anchors),
        "classes": classes,
        "num": config.anchor_count,
    }
    sections = [("net", net)]
    for layer in darknet_layers(config, classes):
        kind, options = _described(layer, config)
        sections.append((kind, {**options, **head} if kind == "yolo" else options))
    return "\n".join(f"[{kind}]\n" + "".join(f"{k}={v}\n" for k, v in options.items()) for kind, options in sections)


def read_cfg(text: str, config: NetworkConfig) -> CfgFacts:
    """What a `.cfg` of this network says. Raises DarknetError at the first thing in which it describes another."""
    sections = sections_of(text)
    if not sections or sections[0].kind not in ("net", "network"):
        raise DarknetError("The first section of a .cfg file is [net]; this one begins otherwise.")
    heads = [section for section in sections if section.kind == "yolo"]
    if not heads:
        raise DarknetError("There is no [yolo] section: this .cfg describes no detector of the YOLOv3 kind.")
    classes = _number(heads[0], "classes", "20")
    _compare(sections[1:], darknet_layers(config, classes), config)
    return CfgFacts(
        classes, _anchors(heads[0], config), _number(sections[0], "width", "416"), _number(sections[0], "height", "416")
    )


def sections_of(text: str) -> list[Section]:
    """The sections of a `.cfg`. Raises DarknetError with the line of what is neither section, option nor comment."""
    found: list[Section] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line[0] in "#;":
            continue
        if line[0] == "[" and line[-1] == "]":
            found.append(Section(line[1:-1].strip(), number, {}))
            continue
        name, equals, value = line.partition("=")
        if not equals or not found:
            raise DarknetError(f"Line {number} of the .cfg is neither a section nor an option: {line[:60]}")
        found[-1].options[name.strip()] = value.strip()
    return found


def _described(layer: Layer, config: NetworkConfig) -> tuple[str, dict[str, object]]:
    match layer:
        case Convolution():
            return "convolutional", _convolution(layer, config)
        case Pool():
            return "maxpool", {"size": 2, "stride": layer.stride}
        case Shortcut():
            return "shortcut", {"from": layer.source, "activation": "linear"}
        case Route():
            return "route", {"layers": ", ".join(map(str, layer.sources))}
        case Upsample():
            return "upsample", {"stride": 2}
        case Detection():
            first = ANCHORS_PER_SCALE * layer.scale
            mask: dict[str, object] = {"mask": ",".join(str(first + n) for n in range(ANCHORS_PER_SCALE))}
            return "yolo", {**mask, "scale_x_y": 2, "new_coords": 1} if config.decoding == "wide" else mask


def _convolution(layer: Convolution, config: NetworkConfig) -> dict[str, object]:
    linear = "logistic" if config.decoding == "wide" else "linear"
    return {
        **({"batch_normalize": 1} if layer.normalised else {}),
        "filters": layer.filters,
        "size": layer.size,
        "stride": layer.stride,
        "pad": 1,
        "activation": "leaky" if layer.normalised else linear,
    }


def _compare(sections: Sequence[Section], layers: Sequence[Layer], config: NetworkConfig) -> None:
    count = config.anchor_count
    for index, (section, layer) in enumerate(zip(sections, layers, strict=False)):
        kind, options = _described(layer, config)
        wanted = {name: str(value) for name, value in options.items()}
        if kind == "yolo":
            wanted["num"] = str(count)
        if section.kind != kind:
            raise DarknetError(
                f"Line {section.line} of the .cfg: {config.name} has [{kind}] as layer {index}, not [{section.kind}]."
            )
        for name, default in COMPARED[kind].items():
            here = _absolute(section.options.get(name, default), name, index)
            if here != _absolute(wanted.get(name, default), name, index):
                raise DarknetError(
                    f"Line {section.line} of the .cfg, [{kind}]: {config.name} has {name}="
                    f"{wanted.get(name, default)} there, not {section.options.get(name, default)}."
                )
    if len(sections) != len(layers):
        raise DarknetError(f"The .cfg has {len(sections)} layers; {config.name} has {len(layers)}.")


def _absolute(value: str, name: str, index: int) -> tuple[str | float, ...]:
    """An option so that spaces do not count, nor whether layers are told from the start or from here."""
    found: list[str | float] = []
    for part in value.split(","):
        text = part.strip()
        try:
            number = float(text)
        except ValueError:
            found.append(text)
        else:
            found.append(number + index if name in RELATIVE and number < 0 else number)
    return tuple(found)


def _number(section: Section, name: str, default: str) -> int:
    try:
        return int(section.options.get(name, default))
    except ValueError:
        raise DarknetError(
            f"Line {section.line} of the .cfg, [{section.kind}]: {name} must be a whole number."
        ) from None


def _anchors(head: Section, config: NetworkConfig) -> tuple[tuple[float, float], ...]:
    try:
        sides = [float(side) for side in head.options.get("anchors", "").split(",")]
    except ValueError:
        sides = []
    if len(sides) != 2 * config.anchor_count:
        raise DarknetError(
            f"Line {head.line} of the .cfg, [yolo]: anchors must be {2 * config.anchor_count} numbers, "
            "width and height of each."
        )
    return tuple(zip(sides[::2], sides[1::2], strict=True))
