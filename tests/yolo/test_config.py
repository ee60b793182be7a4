import subprocess
import sys

import pytest

from yolo.config import NETWORKS, NetworkConfig, Stage, TrainConfig, anchors_fit, check_reasonable, network_named


def test_the_slim_network_has_outputs_every_8_16_and_32_pixels():
    assert NETWORKS["yolov3-slim"].strides == (8, 16, 32)


def test_the_p2_network_adds_an_output_every_4_pixels():
    network = NETWORKS["yolov3-slim-p2"]
    assert network.strides == (4, 8, 16, 32)
    assert network.anchor_count == 12


def test_the_p6_network_adds_an_output_every_64_pixels_and_takes_the_same_sides():
    network = NETWORKS["yolov3-slim-p2-p6"]
    assert network.strides == (4, 8, 16, 32, 64)
    assert network.anchor_count == 15
    assert TrainConfig(network=network.name, net_size=288, canvas=96).net_size == 288
    with pytest.raises(ValueError, match=r"net size is a multiple of 32 .* not 300"):
        TrainConfig(network=network.name, net_size=300)
    with pytest.raises(ValueError, match="canvas is a multiple of 32, not 80"):
        TrainConfig(network=network.name, net_size=288, canvas=80)


@pytest.mark.parametrize(
    ("name", "other", "fit"),
    [
        ("yolov3-slim", "yolov3-slim-x1.5", True),
        ("yolov3-slim-p2-p6", "yolov3-slim-p2", True),  # coarser cells besides
        ("yolov3-slim-p2", "yolov3-slim-p2-p6", False),
        ("yolov3-slim-p2", "yolov3-slim", False),  # finer cells: anchors are in order of their cells
        ("yolov3-slim", "yolov3", False),  # other boxes
        ("yolov3-slim", "yolo9", False),
    ],
)
def test_anchors_fit_where_cells_and_boxes_are_the_same(name, other, fit):
    assert anchors_fit(name, other) is fit


def test_a_network_has_no_more_scales_than_stages():
    with pytest.raises(ValueError, match="two: 3 scales need at least as many stages"):
        NetworkConfig("two", 8, 2, (Stage(8, 1), Stage(8, 1)), 1, "wide")


def test_a_stem_without_stride_needs_one_more_stage_for_the_same_strides():
    stages = tuple(Stage(8, 1) for _ in range(5))
    assert NetworkConfig("full", 8, 1, stages, 2, "darknet").strides == (8, 16, 32)


def test_an_unknown_network_is_refused_with_the_known_names():
    with pytest.raises(ValueError, match=r"no network 'yolo9'; there are: .*yolov3-slim"):
        network_named("yolo9")


@pytest.mark.parametrize(
    ("name", "stem", "filters", "least"),
    [
        # 16 * 1.5 = 24; 32, 64, 128, 256 times 1.5
        ("yolov3-slim-x1.5", 24, (48, 96, 192, 384), 1),
        # 16 * 0.75 = 12 lies between 8 and 16, and Python rounds 1.5 to the even 2; 48 * 0.75 = 36 is 4.5 steps, so 32
        ("yolov3-slim-p2-x0.75", 16, (24, 48, 96, 192), 32),
        ("yolov3-slim-x0.25", 8, (8, 16, 32, 64), 1),
    ],
)
def test_slim_networks_are_wider_or_narrower_by_one_number(name, stem, filters, least):
    network = network_named(name)
    assert network.name == name
    assert (network.stem_filters, network.least_width) == (stem, least)
    assert tuple(stage.filters for stage in network.stages) == filters
    assert network.strides == network_named(name.rsplit("-x", 1)[0]).strides


def test_a_width_of_one_is_the_network_itself():
    assert network_named("yolov3-slim-x1.0") is NETWORKS["yolov3-slim"]


@pytest.mark.parametrize("name", ["yolov3-slim-x0.2", "yolov3-slim-x5"])
def test_widths_out_of_bounds_are_refused(name):
    with pytest.raises(ValueError, match=r"lies between 0\.25 and 4"):
        network_named(name)


@pytest.mark.parametrize("name", ["yolov3-x2", "yolov3-tiny-x0.5", "yolov3-slim-x", "yolov3-slim-x1e1"])
def test_networks_of_the_papers_have_no_width(name):
    with pytest.raises(ValueError, match="There is no network"):
        network_named(name)


@pytest.mark.parametrize("net_size", [256, 300, 0])
def test_a_net_size_too_small_or_between_the_multiples_of_32_is_refused(net_size):
    with pytest.raises(ValueError, match=f"multiple of 32 from 288 up, not {net_size}"):
        TrainConfig(net_size=net_size)


@pytest.mark.parametrize(
    "wrong",
    [
        {"epochs": 0},
        {"batch": 0},
        {"canvas": 100},
        {"learning_rate": 0.0},
        {"ema": 1.0},
        {"seed": -1},
        {"minutes": -1},
        {"repeat_share": 1.5},
        {"multi_scale": -0.1},
        {"scenes": (1.4, 0.5)},
        {"fine_tune_scenes": (0.5,)},
    ],
)
def test_values_that_make_no_sense_are_refused_by_name(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        TrainConfig(**wrong)


@pytest.mark.parametrize(
    ("most", "beyond"),
    [
        ({"scenes": (0.5, 8)}, {"scenes": (0.5, 8.1)}),
        ({"fine_tune_scenes": (8, 8)}, {"fine_tune_scenes": (9, 9)}),
        ({"multi_scale": 0.5}, {"multi_scale": 0.51}),
    ],
)
def test_new_trainings_keep_within_what_makes_sense_and_stored_ones_may_be_beyond(most, beyond):
    check_reasonable(TrainConfig(**most))
    config = TrainConfig(**beyond)  # as a run of an earlier version has it
    with pytest.raises(ValueError, match=f"{next(iter(beyond))} (is|are) at most"):
        check_reasonable(config)


def test_the_last_eighth_of_the_epochs_fine_tunes_but_never_all_of_them():
    # 12 % of 30 is 3.6, of 1 is 0.12
    assert TrainConfig(epochs=30).fine_tune_epochs == 4
    assert TrainConfig(epochs=1).fine_tune_epochs == 0
    assert TrainConfig(epochs=2, fine_tune_share=1.0).fine_tune_epochs == 1


def test_scenes_are_scaled_around_the_size_at_which_detection_works():
    # Half of 416 to 1.7 * 416 = 707.2; half of 288; 0.4 and 1.2 of 640
    assert TrainConfig(net_size=416).scene_sides == pytest.approx((208, 707.2))
    assert TrainConfig(net_size=288).scene_sides == pytest.approx((144, 707.2))
    assert TrainConfig(net_size=640).scene_sides == pytest.approx((256, 768))


def test_scenes_can_be_scaled_around_the_net_size_for_each_phase():
    config = TrainConfig(net_size=640, scenes=(0.5, 1.4))
    assert config.scene_sides == config.fine_tune_scene_sides == pytest.approx((320, 896))
    narrower = TrainConfig(net_size=640, fine_tune_scenes=(0.7, 1.3))
    assert narrower.scene_sides == pytest.approx((256, 768))
    assert narrower.fine_tune_scene_sides == pytest.approx((448, 832))


def test_the_modules_of_web_processes_load_no_network_library():
    code = (
        "import sys, yolo.config, yolo.samples, yolo.voc, yolo.boxes, yolo.events, yolo.checkpoint\n"
        "found = {'keras', 'tensorflow', 'openvino'} & set(sys.modules)\n"
        "sys.exit(str(found) if found else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
