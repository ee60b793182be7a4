import cv2
import numpy as np
import pytest

from yolo.samples import Sample, SampleError


def test_a_picture_is_read_as_bgr(tmp_path):
    path = tmp_path / "blue.png"
    image = np.zeros((4, 6, 3), np.uint8)
    image[..., 0] = 200
    cv2.imwrite(str(path), image)
    found = Sample(path, np.zeros((0, 4)), np.zeros(0)).read()
    assert found.shape == (4, 6, 3)
    assert found.dtype == np.uint8
    assert found[0, 0].tolist() == [200, 0, 0]


def test_a_picture_lying_on_its_side_is_turned_upright(tmp_path):
    from PIL import Image

    path = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: the right side is the top
    Image.new("RGB", (6, 4)).save(path, exif=exif)
    assert Sample(path, np.zeros((0, 4)), np.zeros(0)).read().shape == (6, 4, 3)


def test_what_is_no_picture_is_refused_with_a_sentence(tmp_path):
    text, empty = tmp_path / "text.jpg", tmp_path / "empty.jpg"
    text.write_text("no picture")
    empty.touch()
    for path in (text, empty):
        with pytest.raises(SampleError, match=f"{path.name} is not a picture we can decode"):
            Sample(path, np.zeros((0, 4)), np.zeros(0)).read()
    with pytest.raises(SampleError, match=r"picture gone\.jpg cannot be read: No such file"):
        Sample(tmp_path / "gone.jpg", np.zeros((0, 4)), np.zeros(0)).read()


def test_boxes_and_labels_become_arrays_and_must_agree(tmp_path):
    sample = Sample(tmp_path / "a.jpg", [[1, 2, 3, 4]], [1])
    assert (sample.boxes.dtype, sample.labels.dtype) == (np.float32, np.int64)
    with pytest.raises(ValueError, match=r"a\.jpg: 1 boxes but 0 labels"):
        Sample(tmp_path / "a.jpg", [[1, 2, 3, 4]], [])
