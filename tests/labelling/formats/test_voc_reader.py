"""Pascal VOC: one XML file a picture."""

import pytest

from labelling.formats.voc_reader import VocAnnotations, looks_like_voc
from labelling.labelbox import LabelRecord, SkippedRecord
from tests.labelling.formats.trees import files

OBJECT = (
    "<object><name>{name}</name><bndbox>"
    "<xmin>{0}</xmin><ymin>{1}</ymin><xmax>{2}</xmax><ymax>{3}</ymax></bndbox></object>"
)


def xml(*objects: str, filename: str = "a.jpg", size: tuple[object, object] = (40, 30)) -> str:
    width, height = size
    claimed = f"<size><width>{width}</width><height>{height}</height><depth>3</depth></size>"
    return f"<annotation><filename>{filename}</filename>{claimed}{''.join(objects)}</annotation>"


def box(name: str, *edges: object) -> str:
    return OBJECT.format(*edges, name=name)


def only(content: str | bytes, name: str = "Annotations/a.xml"):
    (outcome,) = VocAnnotations(files({name: content}))
    return outcome


def test_a_file_is_a_record_with_its_boxes_as_they_stand():
    record = only(xml(box(" with_mask ", 1, 2.5, 11, 20), box("dog", 0, 0, 3, 3)))
    assert isinstance(record, LabelRecord)
    assert (record.row, record.id, record.external_id, record.size) == (1, "Annotations/a.xml", "a.jpg", (40, 30))
    assert [(each.title, each.xyxy) for each in record.objects] == [
        ("with_mask", (1, 2.5, 11, 20)),
        ("dog", (0, 0, 3, 3)),
    ]


def test_a_file_without_objects_is_a_negative():
    assert only(xml()).objects == ()


def test_the_picture_may_have_another_ending_than_the_file_says():
    assert "a.png" in only(xml(filename="a.jpg")).file_names


@pytest.mark.parametrize("filename", ["../../etc/a.jpg", "C:\\pictures\\a.jpg", "/a.jpg"])
def test_only_the_last_part_of_the_file_name_counts(filename):
    assert only(xml(filename=filename)).external_id == "a.jpg"


def test_folders_below_the_annotations_are_kept():
    assert only(xml(), "set/Annotations/gate/7.xml").external_id == "gate/a.jpg"


@pytest.mark.parametrize("size", [(0, 0), ("x", 3), ("", "")])
def test_a_size_that_says_nothing_is_none(size):
    assert only(xml(size=size)).size is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("<annotation>", "not well-formed"),
        ("<other/>", "no <annotation>"),
        ('<!DOCTYPE x [<!ENTITY e "x">]><annotation>&e;</annotation>', "entities"),
        ('<?xml version="1.0" encoding="klingon"?><annotation/>', "encoding"),
        (b"\xff\xfe\x00", "not well-formed"),
    ],
)
def test_a_file_that_makes_no_sense_is_a_skipped_record(content, words):
    outcome = only(content)
    assert isinstance(outcome, SkippedRecord)
    assert (outcome.reason, words in outcome.message) == ("malformed", True)


@pytest.mark.parametrize(
    ("drawn", "reason"),
    [
        (box("face", 5, 5, 5, 9), "degenerate-box"),
        (box("face", "nan", 0, 1, 1), "malformed-object"),
        (box("face", "", 0, 1, 1), "malformed-object"),
        (box("face", "1e300", 0, "1e301", 1), "malformed-object"),
        (box("", 0, 0, 1, 1), "malformed-object"),
        (box("x" * 101, 0, 0, 1, 1), "malformed-object"),
        ("<object><name>face</name></object>", "malformed-object"),
    ],
)
def test_an_object_that_cannot_become_a_box_is_listed_apart(drawn, reason):
    record = only(xml(drawn, box("face", 0, 0, 1, 1)))
    assert [each.reason for each in record.skipped_objects] == [reason]
    assert len(record.objects) == 1


def test_of_two_files_about_one_picture_the_first_counts():
    first, second = VocAnnotations(files({"1.xml": xml(box("face", 0, 0, 1, 1)), "2.xml": xml()}))
    assert isinstance(first, LabelRecord)
    assert (second.row, second.reason, "Row 1" in second.message) == (2, "duplicate-picture", True)


def test_it_is_recognised_by_its_content():
    assert looks_like_voc(files({"x/y.xml": xml()}))
    assert not looks_like_voc(files({"x/y.xml": "<svg/>", "annotation.txt": "<annotation"}))
