import pytest

from yolo.config import NETWORKS, YOLOV3_TINY
from yolo.darknet_cfg import DarknetError, read_cfg, sections_of, write_cfg

ANCHORS = [(10, 14), (23, 27), (37, 58), (81, 82), (135, 169), (344, 319)]


@pytest.fixture
def tiny():
    return write_cfg(YOLOV3_TINY, classes=3, anchors=ANCHORS, width=416, height=288)


@pytest.mark.parametrize("config", NETWORKS.values(), ids=NETWORKS)
def test_what_was_written_is_read(config):
    anchors = [(4.5 * n, 5.0 * n) for n in range(1, config.anchor_count + 1)]
    facts = read_cfg(write_cfg(config, classes=2, anchors=anchors, width=640, height=384), config)
    assert (facts.classes, facts.width, facts.height) == (2, 640, 384)
    assert facts.anchors == tuple(anchors)


def test_layers_may_be_named_from_where_one_stands(tiny):
    """Layer 17 routes to 13 as -4, layer 20 joins 19 as -1: as the published file has them."""
    relative = tiny.replace("layers=13\n", "layers = -4\n").replace("layers=19, 8\n", "layers = -1,8\n")
    assert relative != tiny
    assert read_cfg(relative, YOLOV3_TINY).classes == 3


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("layers=13\n", "layers=-3\n", "layers=13 there, not -3"),
        ("filters=1024", "filters=512", "filters=1024 there, not 512"),
        ("[maxpool]\nsize=2\nstride=1\n", "[upsample]\nstride=2\n", "[maxpool] as layer 11, not [upsample]"),
        ("activation=leaky", "activation=mish", "activation=leaky there, not mish"),
        ("10,14, ", "", "anchors must be 12 numbers"),
        ("classes=3", "classes=three", "classes must be a whole number"),
        ("[net]", "net", "Line 1 of the .cfg is neither a section nor an option"),
        ("[net]", "[convolutional]", "The first section of a .cfg file is [net]"),
        ("[yolo]", "[region]", "There is no [yolo] section"),
    ],
)
def test_what_describes_another_network_is_told(tiny, old, new, said):
    assert old in tiny
    with pytest.raises(DarknetError) as raised:
        read_cfg(tiny.replace(old, new), YOLOV3_TINY)
    assert said in str(raised.value)


def test_a_cfg_that_ends_early_is_told(tiny):
    cut = tiny[: tiny.rindex("[yolo]")]
    with pytest.raises(DarknetError, match=r"The \.cfg has 23 layers; yolov3-tiny has 24"):
        read_cfg(cut, YOLOV3_TINY)


def test_comments_and_spaces_do_not_count():
    (section,) = sections_of("# words\n\n[ net ]\n ; more\nwidth = 416 \n")
    assert (section.kind, section.line, section.options) == ("net", 3, {"width": "416"})


def test_too_few_anchors_are_refused():
    with pytest.raises(ValueError, match="6 anchors, not 5"):
        write_cfg(YOLOV3_TINY, classes=1, anchors=ANCHORS[:5], width=416, height=416)
