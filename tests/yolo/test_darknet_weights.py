import struct

import numpy as np
import pytest

from tests.yolo.darknet.random_networks import random_arrays
from yolo.config import NetworkConfig, Stage
from yolo.darknet_cfg import DarknetError
from yolo.darknet_weights import read_weights, write_weights
from yolo.network import build_network
from yolo.start_weights import take_darknet

# stem 3->2 (3x3), stage1 2->4, its block 4->2->4, stage 2 4->8, neck 8->4, head 4->8, output 8->3*(5+C); then
# lift 4->2, neck (2+4)->2, head 2->4, output 4->3*(5+C). No stage has more than a handful of numbers.
SMALL = NetworkConfig("small", 2, 1, (Stage(4, 1), Stage(8, 0)), 0, "darknet", scales=2, norm_epsilon=1e-6)
STEM = 2 * (3 * 9 + 4)  # 62 numbers


@pytest.fixture
def arrays():
    return random_arrays(SMALL, classes=2)


@pytest.fixture
def file(tmp_path, arrays):
    path = tmp_path / "small.weights"
    write_weights(path, arrays, SMALL, classes=2)
    return path


def test_a_network_written_and_read_is_the_same(file, arrays):
    found = read_weights(file, SMALL)
    assert (found.classes, found.version) == (2, (0, 2, 5))
    assert found.arrays.keys() == arrays.keys()
    assert all(np.array_equal(found.arrays[name], arrays[name]) for name in arrays)


def test_numbers_stand_in_darknets_order(file, arrays):
    """Of the stem 2 biases, scales, means and variances, then the kernel filter by filter, channel by channel."""
    numbers = np.frombuffer(file.read_bytes(), "<f4", offset=20)
    assert numbers[:2].tolist() == arrays["stem_norm/beta"].tolist()
    assert numbers[2:4].tolist() == arrays["stem_norm/gamma"].tolist()
    assert numbers[4:6].tolist() == arrays["stem_norm/moving_mean"].tolist()
    assert numbers[6:8].tolist() == arrays["stem_norm/moving_variance"].tolist()
    kernel = arrays["stem_conv/kernel"]  # height, width, channel, filter
    assert numbers[8] == kernel[0, 0, 0, 0]
    assert numbers[9] == kernel[0, 1, 0, 0]  # the next column of the same channel
    assert numbers[8 + 9] == kernel[0, 0, 1, 0]  # the next channel
    assert numbers[8 + 27] == kernel[0, 0, 0, 1]  # the next filter


def test_old_files_count_the_pictures_in_32_bits(file, arrays):
    body = file.read_bytes()[20:]
    file.write_bytes(struct.pack("<iiii", 0, 1, 0, 32013312) + body)
    found = read_weights(file, SMALL)
    assert (found.version, found.seen) == ((0, 1, 0), 32013312)
    assert np.array_equal(found.arrays["stem_norm/beta"], arrays["stem_norm/beta"])


def test_a_file_may_end_after_a_layer(file):
    file.write_bytes(file.read_bytes()[: 20 + 4 * STEM])
    found = read_weights(file, SMALL)
    assert (found.classes, found.layers) == (None, ("stem",))


def test_what_the_file_has_not_is_named_and_stays(file):
    file.write_bytes(file.read_bytes()[: 20 + 4 * STEM])
    network = build_network(SMALL, classes=2)
    before = {variable.path: variable.numpy() for variable in network.weights}
    left_out = take_darknet(network, read_weights(file, SMALL), heads=True)
    assert "stage1_down_conv/kernel" in left_out
    assert not [path for path in left_out if path.startswith("stem")]
    now = {variable.path: variable.numpy() for variable in network.weights}
    assert all(np.array_equal(before[path], now[path]) for path in left_out)
    assert not np.array_equal(before["stem_conv/kernel"], now["stem_conv/kernel"])


def test_outputs_for_other_classes_are_left_out(file):
    network = build_network(SMALL, classes=3)
    left_out = take_darknet(network, read_weights(file, SMALL), heads=True)
    assert set(left_out) == {f"scale{s}_output/{part}" for s in (2, 4) for part in ("kernel", "bias")}


def test_outputs_for_as_many_other_classes_are_left_out_when_asked(file):
    left_out = take_darknet(build_network(SMALL, classes=2), read_weights(file, SMALL), heads=False)
    assert set(left_out) == {f"scale{s}_output/{part}" for s in (2, 4) for part in ("kernel", "bias")}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda content: content[:8], "too short"),
        (lambda content: content[:15], "too short"),
        (lambda content: b"PK\3\4" + content, "does not begin with a version"),
        (lambda content: content[:-1], "does not end with a whole number"),
        (lambda content: content[:-4], "neither all of small nor its first layers"),
        (lambda content: content[: 20 + 4 * (STEM - 1)], "neither all of small nor its first layers"),
        (lambda content: content[:20] + b"\xff" * 4 + content[24:], "values that are no numbers"),
    ],
)
def test_what_is_no_file_of_the_network_is_told(file, change, said):
    file.write_bytes(change(file.read_bytes()))
    with pytest.raises(DarknetError, match=said):
        read_weights(file, SMALL)


def test_a_file_that_is_missing_is_told(tmp_path):
    with pytest.raises(DarknetError, match=r"none.weights cannot be read"):
        read_weights(tmp_path / "none.weights", SMALL)


def test_darknets_epsilon_is_made_up_for(tmp_path):
    """A network with epsilon 1e-3 computes with var + 1e-3, Darknet with its var + 1e-6: 0.5 becomes 0.500999."""
    keras_like = NetworkConfig("small", 2, 1, (Stage(4, 1), Stage(8, 0)), 0, "darknet", scales=2, norm_epsilon=1e-3)
    arrays = random_arrays(keras_like, classes=2)
    arrays["stem_norm/moving_variance"] = np.array([0.5, 0.25], np.float32)
    path = tmp_path / "other.weights"
    write_weights(path, arrays, keras_like, classes=2)
    written = np.frombuffer(path.read_bytes(), "<f4", offset=20)[6:8]
    np.testing.assert_allclose(written, [0.500999, 0.250999], rtol=1e-6)
