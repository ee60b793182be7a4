"""One class for all spellings of a name."""

import pytest

from labelling.class_names import ClassNames


@pytest.mark.parametrize(
    ("title", "value", "name"),
    [
        ("With mask", "with_mask", "with_mask"),
        ("Mask worn incorrectly", "mask_weared_incorrect", "worn_incorrectly"),
        ("mask_weared_incorrect ", "", "worn_incorrectly"),
        (" WITHOUT  MASK", "x", "without_mask"),
        ("Something", "no-mask", "without_mask"),
    ],
)
def test_known_names_mean_ours(title, value, name):
    assert ClassNames({}).name_for(title, value) == name


def test_a_mask_alone_is_not_taken_for_a_face_with_one():
    assert ClassNames({}).name_for("mask", "mask") == "mask"


def test_spaces_and_case_make_no_new_class():
    names = ClassNames({})
    assert [names.name_for(each) for each in ("Aero plane", "aero plane ", "AERO_PLANE")] == ["Aero plane"] * 3


def test_the_spelling_of_the_dataset_is_kept():
    assert ClassNames({}, ["Car"]).name_for("car ") == "Car"


def test_a_given_mapping_goes_before_what_is_known():
    names = ClassNames({"With mask": "Covered", "deer": "animal"})
    assert names.name_for("with_mask") == "Covered"
    assert names.name_for("Wild deer", "deer") == "animal"


def test_the_names_that_were_given_are_known_by_what_the_export_first_called_them():
    names = ClassNames({"bus": "vehicle"})
    for spelling in (" Bus ", "BUS", "No mask", "deer"):
        names.name_for(spelling)
    assert names.given() == {"Bus": "vehicle", "No mask": "without_mask", "deer": "deer"}
