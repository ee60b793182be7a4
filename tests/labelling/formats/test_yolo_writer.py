"""YOLO text files and data.yaml."""

import pytest
import yaml

from labelling.formats.content import ExportBox
from labelling.formats.yolo_writer import yolo_entries
from labelling.models import Split
from tests.labelling.formats.makers import content, image, texts

ODD_NAMES = ("=cmd|' /C calc'!A0", "<script>alert(1)</script>", "null", "1", "a: b # c", "line\nbreak", "口罩", "&a *b")


def test_a_box_is_its_middle_and_size_as_shares_of_the_picture():
    # 200 x 100: the box from 20,30 to 60,40 has its middle at 40,35 and is 40 x 10.
    files = texts(yolo_entries(content(image("d/a.jpg", [ExportBox(1, (20, 30, 60, 40))]))))
    assert files["labels/train/d/a.txt"] == "1 0.200000000 0.350000000 0.200000000 0.100000000\n"


def test_a_picture_without_boxes_has_an_empty_file():
    assert texts(yolo_entries(content(image("a.jpg"))))["labels/train/a.txt"] == ""


def test_each_part_of_a_split_is_a_folder_that_data_yaml_names():
    images = [image(f"{split}.jpg", key=i, split=split) for i, split in enumerate(Split)]
    files = texts(yolo_entries(content(*images)))
    assert set(files) == {"labels/train/train.txt", "labels/val/validation.txt", "labels/test/test.txt", "data.yaml"}
    assert yaml.safe_load(files["data.yaml"]) == {
        "train": "images/train",
        "val": "images/val",
        "test": "images/test",
        "nc": 2,
        "names": {0: "with_mask", 1: "without_mask"},
    }


def test_without_a_validation_part_data_yaml_still_names_one():
    assert yaml.safe_load(texts(yolo_entries(content(image())))["data.yaml"])["val"] == "images/train"


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names_of_classes_are_the_same_after_reading(name):
    files = texts(yolo_entries(content(image(), classes=[name])))
    assert yaml.safe_load(files["data.yaml"])["names"] == {0: name}
