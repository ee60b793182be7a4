"""YOLO: one text file a picture, shares of its size."""

import pytest

from labelling.formats.yolo_reader import YoloAnnotations, class_names, label_files, looks_like_yolo
from labelling.labelbox import ExportError
from tests.labelling.formats.trees import files

YAML = "names: [with_mask, without_mask]"


def sized(*names: str):
    """Pictures of 200 x 100 with these names."""
    return lambda candidates: next(((name, (200, 100)) for name in candidates if name in names), None)


def only(line: str, *pictures: str):
    annotations = YoloAnnotations(files({"data.yaml": YAML, "labels/train/a.txt": line}), sized(*pictures or ["a.jpg"]))
    (outcome,) = annotations
    return outcome


def test_shares_become_pixels_of_the_picture():
    record = only("1 0.2 0.35 0.2 0.1\n")
    assert (record.row, record.id, record.external_id) == (1, "labels/train/a.txt", "a.jpg")
    assert [(each.title, each.xyxy) for each in record.objects] == [("without_mask", (20, 30, 60, 40))]


def test_a_score_at_the_end_is_passed_over():
    assert only("0 0.5 0.5 1 1 0.9").objects[0].xyxy == (0, 0, 200, 100)


def test_the_bounds_of_a_polygon_are_its_box():
    assert only("0 0.1 0.1 0.5 0.2 0.3 0.6").objects[0].xyxy == (20, 10, 100, 60)


def test_an_empty_file_is_a_negative():
    assert only("").objects == ()


def test_the_picture_may_be_a_png():
    assert only("0 0.5 0.5 1 1", "a.png").external_id == "a.png"


def test_boxes_without_their_picture_have_no_size():
    assert only("0 0.5 0.5 1 1", "b.jpg").reason == "size-unknown"


@pytest.mark.parametrize("line", ["7 0.5 0.5 1 1", "x 0.5 0.5 1 1", "0 0.5 0.5 1", "0 nan 0.5 1 1", "0 a b c d", "0"])
def test_a_line_that_makes_no_sense_is_listed_apart(line):
    record = only(f"{line}\n0 0.5 0.5 1 1")
    assert [each.reason for each in record.skipped_objects] == ["malformed-object"]
    assert len(record.objects) == 1


def test_a_box_without_area_is_listed_apart():
    assert [each.reason for each in only("0 0.5 0.5 0 1").skipped_objects] == ["degenerate-box"]


@pytest.mark.parametrize(
    ("names", "labels"),
    [
        (["images/train/a.jpg", "labels/train/a.txt"], {"labels/train/a.txt": "images/train/a.jpg"}),
        (["train/images/a.jpg", "train/labels/a.txt"], {"train/labels/a.txt": "train/images/a.jpg"}),
        (["a.jpg", "a.txt", "classes.txt", "train.txt"], {"a.txt": "a.jpg"}),
        (["images/train/a.jpg"], {"labels/train/a.txt": "images/train/a.jpg"}),
        (["a.jpg"], {}),
        (["labels/a.txt"], {"labels/a.txt": ""}),
    ],
)
def test_text_files_find_their_pictures_and_pictures_their_text_files(names, labels):
    assert label_files(names) == labels


def test_a_picture_without_a_text_file_is_a_negative():
    tree = files({"data.yaml": YAML, "images/train/a.jpg": b""})
    (record,) = YoloAnnotations(tree, sized("a.jpg"))
    assert (record.external_id, record.objects) == ("a.jpg", ())


def test_pictures_of_one_name_in_two_parts_are_told_apart():
    tree = files({"data.yaml": YAML, "labels/train/a.txt": "", "labels/val/a.txt": "", "labels/val/b.txt": ""})
    names = [record.external_id for record in YoloAnnotations(tree, sized())]
    assert [name.rpartition(".")[0] for name in names] == ["images/train/a", "images/val/a", "b"]


@pytest.mark.parametrize(
    "content",
    [
        {"data.yaml": "names:\n  0: a\n  1: b\n"},
        {"x/data.yml": "names: [a, b]"},
        {"classes.txt": "a\nb\n"},
        {"obj.names": "a\r\nb\r\n"},
        {"data.yaml": "names: {'0': a, '1': b, x: c}"},
        {"a.yaml": "names: 7", "b.yaml": "- 1", "c.yaml": "]", "classes.txt": "a\nb"},
    ],
)
def test_classes_are_named_in_a_file(content):
    assert class_names(files(content)) == {0: "a", 1: "b"}


def test_without_names_nothing_can_be_read():
    with pytest.raises(ExportError, match="no names of classes"):
        YoloAnnotations(files({"labels/a.txt": "0 0.5 0.5 1 1"}), sized())


def test_it_is_recognised_by_its_content():
    assert looks_like_yolo(files({"data.yaml": YAML, "labels/a.txt": ""}))
    assert not looks_like_yolo(files({"data.yaml": YAML}))
    assert not looks_like_yolo(files({"labels/a.txt": ""}))


def test_objects_of_yaml_are_not_made():
    tree = files({"data.yaml": "names: !!python/object/apply:os.system ['true']", "labels/a.txt": ""})
    assert not looks_like_yolo(tree)
