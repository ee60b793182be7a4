import pytest

from yolo.config import NETWORKS, YOLOV3, YOLOV3_TINY
from yolo.darknet_layers import Convolution, Route, Shortcut, convolutions, darknet_layers
from yolo.network import build_network

# Of Darknet's published files: bytes of yolov3.weights, yolov3-tiny.weights (80 classes, 20 bytes of header).
PUBLISHED = {"yolov3": 248_007_048, "yolov3-tiny": 35_434_956}


def floats(layers):
    return sum(c.filters * (c.channels * c.size**2 + (4 if c.normalised else 1)) for c in layers)


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_published_files_are_as_long_as_the_layers_say(name):
    assert 20 + 4 * floats(convolutions(NETWORKS[name], 80)) == PUBLISHED[name]


def test_darknet53_conv_74_holds_the_backbone():
    """162,482,580 bytes: the 52 convolutions up to layer 74 and a header of 20."""
    layers = darknet_layers(YOLOV3, 80)[:74]
    assert 20 + 4 * floats([layer for layer in layers if isinstance(layer, Convolution)]) == 162_482_580


@pytest.mark.parametrize("config", NETWORKS.values(), ids=NETWORKS)
def test_every_kernel_of_the_network_is_one_of_the_layers(config):
    network = build_network(config, classes=2)
    kernels = {layer.name: tuple(layer.kernel.shape) for layer in network.layers if hasattr(layer, "kernel")}
    listed = {
        f"{layer.name}_conv" if layer.normalised else layer.name: (
            layer.size,
            layer.size,
            layer.channels,
            layer.filters,
        )
        for layer in convolutions(config, 2)
    }
    assert listed == kernels


def test_yolov3_numbers_its_layers_as_darknet_does():
    """The published yolov3.cfg: 107 layers, detections at 82, 94, 106, routes from 79 and 91 to 61 and 36."""
    layers = darknet_layers(YOLOV3, 80)
    assert len(layers) == 107
    assert [index for index, layer in enumerate(layers) if type(layer).__name__ == "Detection"] == [82, 94, 106]
    routes = [layer.sources for layer in layers if isinstance(layer, Route)]
    assert routes == [(79,), (85, 61), (91,), (97, 36)]
    assert layers[4] == Shortcut(1)


def test_yolov3_tiny_numbers_its_layers_as_darknet_does():
    """The published yolov3-tiny.cfg: 24 layers, route -4 is layer 13, the join takes 19 and 8."""
    layers = darknet_layers(YOLOV3_TINY, 80)
    assert len(layers) == 24
    assert [layer.sources for layer in layers if isinstance(layer, Route)] == [(13,), (19, 8)]
