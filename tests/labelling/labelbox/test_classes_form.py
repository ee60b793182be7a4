"""The labels of 2018 and 2019, class by class."""

import pytest

from labelling.labelbox.classes_form import read_classes_form
from labelling.labelbox.records import RecordError
from tests.labelling.labelbox.makers import SQUARE, xy

BOX = (5, 2, 9, 8)


def boxes(label) -> list[tuple]:
    return [(each.title, each.xyxy) for each in read_classes_form(label).objects]


@pytest.mark.parametrize(
    "value",
    [
        "POLYGON ((5 2, 9 2, 9 8, 5 8, 5 2))",
        "MULTIPOLYGON (((5 2, 9 2, 9 8, 5 8, 5 2)))",
        SQUARE,
        [SQUARE],
        [{"geometry": SQUARE}],
        [{"geometry": SQUARE, "color": "blue"}],
        {"geometry": SQUARE},
        [{"geometry": "POLYGON ((5 2, 9 2, 9 8, 5 8, 5 2))"}],
        ["POLYGON ((5 2, 9 2, 9 8, 5 8, 5 2))"],
    ],
)
def test_every_way_to_write_a_polygon_gives_its_box(value):
    assert boxes({"Car": value}) == [("Car", BOX)]


def test_each_polygon_of_a_multipolygon_is_an_object():
    label = {"Tree": "MULTIPOLYGON (((0 0, 4 0, 4 4)), ((10 10, 12 10, 12 15)))"}
    assert boxes(label) == [("Tree", (0, 0, 4, 4)), ("Tree", (10, 10, 12, 15))]


def test_classes_stand_side_by_side_and_lose_the_spaces_around_them():
    label = {"car ": [{"geometry": SQUARE}, {"geometry": xy((0, 0), (1, 1), (1, 0))}], "Tree": [SQUARE]}
    assert boxes(label) == [("car", BOX), ("car", (0, 0, 1, 1)), ("Tree", BOX)]


def test_coordinates_may_be_negative():
    assert boxes({"Car": [{"geometry": xy((-3, -1.5), (4, 5), (4, -1.5))}]}) == [("Car", (-3, -1.5, 4, 5))]


@pytest.mark.parametrize("answer", ["sunny", ["sunny", "dry"], {"title": "Weather", "answer": "sunny"}, 4, True])
def test_answers_beside_geometries_are_no_objects(answer):
    assert boxes({"Weather": answer, "Car": [SQUARE]}) == [("Car", BOX)]
    with pytest.raises(RecordError) as raised:
        read_classes_form({"Weather": answer})
    assert raised.value.reason == "only-a-classification"


@pytest.mark.parametrize("label", [{}, {"Car": []}, {"Car": None}, {"Car": ""}])
def test_a_label_without_anything_says_there_is_nothing(label):
    assert read_classes_form(label).objects == ()
    assert read_classes_form(label).errors == ()


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ([{"geometry": {"x": 1, "y": 2}}], "line-or-point"),
        ([{"geometry": "POINT (1 2)"}], "line-or-point"),
        ([{"geometry": "LINESTRING (1 2, 3 4)"}], "line-or-point"),
        ([{"geometry": xy((1, 2))}], "degenerate-box"),
        ([{"geometry": xy((1, 2), (8, 9))}], "line-or-point"),
        ([{"geometry": xy((1, 2), (1, 5), (1, 9))}], "degenerate-box"),
        ([{"geometry": "POLYGON EMPTY"}], "degenerate-box"),
        ([{"geometry": "POLYGON ((1 2"}], "malformed-object"),
        ([{"geometry": "POLYGON ((nan 2, 3 4))"}], "malformed-object"),
        ([{"geometry": "POLYGON ((1e400 2, 3 4))"}], "malformed-object"),
        ([{"geometry": "Car"}], "malformed-object"),
        ([{"geometry": None}], "malformed-object"),
        ([{"geometry": [1, 2]}], "malformed-object"),
        ([{"colour": "blue"}], "malformed-object"),
        ([xy(("one", "2"), (3, 4), (5, 9))], "malformed-object"),
    ],
)
def test_a_geometry_that_cannot_become_a_box_has_a_reason_and_the_others_stay(value, reason):
    label = read_classes_form({"Car": [*value, SQUARE]})
    assert [each.reason for each in label.errors] == [reason]
    assert len(label.objects) == 1


def test_a_class_without_a_name_or_with_too_long_a_one_is_malformed():
    label = read_classes_form({" ": [SQUARE], "C" * 101: [SQUARE]})
    assert [each.reason for each in label.errors] == ["malformed-object"] * 2
