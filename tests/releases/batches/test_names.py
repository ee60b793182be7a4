"""Names of photographs in a batch."""

import pytest

from releases.batches.models import LONGEST_NAME
from releases.batches.names import DrawnNames, clean_name, free_name


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("a.jpg", "a.jpg"),
        ("gate/a.jpg", "gate/a.jpg"),
        ("/gate//a.jpg", "gate/a.jpg"),
        ("../../a.jpg", "a.jpg"),
        ("gate\\a.jpg", "gate/a.jpg"),
        ("C:\\gate\\a.jpg", "gate/a.jpg"),
        ("a\n\x00b.jpg", "ab.jpg"),
        ("..", "photograph"),
        ("", "photograph"),
        ("x" * 400 + ".jpg", "x" * (LONGEST_NAME - 4) + ".jpg"),
    ],
)
def test_names_become_relative_paths(name, clean):
    assert clean_name(name) == clean


def test_a_name_that_is_taken_gets_the_first_free_number():
    assert free_name("a.jpg", set()) == "a.jpg"
    assert free_name("in/a.jpg", {"in/a.jpg", "in/a (2).jpg"}) == "in/a (3).jpg"


def test_a_long_name_stays_within_what_is_kept():
    long = "in/" + "x" * (LONGEST_NAME - 7) + ".jpg"
    other = free_name(long, {long})
    assert other.endswith("x (2).jpg")
    assert len(other) <= LONGEST_NAME


def test_drawn_pictures_are_jpegs_of_names_of_their_own():
    names = DrawnNames()
    assert [names.path_of(name) for name in ("a.jpg", "in/a.JPEG", "a.png", "a.png.jpg")] == [
        "drawn/a.jpg",
        "drawn/in/a.JPEG",
        "drawn/a.png.jpg",
        "drawn/a.png (2).jpg",
    ]
