"""Single values of records, sensible and not."""

from datetime import UTC, datetime

import pytest

from labelling.labelbox.values import kept, moment_of, size_of, text_of


def test_text_loses_what_a_database_cannot_keep():
    assert text_of(" a\x00b \ud800") == "ab ?"
    assert text_of(" Łódź ") == "Łódź"
    assert text_of(7) == ""


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2018-06-05T19:12:37.000Z", datetime(2018, 6, 5, 19, 12, 37, tzinfo=UTC)),
        ("2018-06-05T19:12:37", datetime(2018, 6, 5, 19, 12, 37, tzinfo=UTC)),
        ("2018-06-05T21:12:37+02:00", datetime(2018, 6, 5, 19, 12, 37, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        (1528226000, None),
    ],
)
def test_moments_are_utc_or_unknown(value, moment):
    assert moment_of(value) == moment


def test_the_first_moment_that_is_one_counts():
    assert moment_of(None, "soon", "2018-06-05") == datetime(2018, 6, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("values", "size"),
    [
        ({"width": 400, "height": 156}, (400, 156)),
        ({"width": 400.0, "height": 156.0}, (400, 156)),
        ({"width": 400}, None),
        ({"width": "400", "height": "156"}, (400, 156)),
        ({"width": "wide", "height": "156"}, None),
        ({"width": 0, "height": 156}, None),
        ({"width": float("nan"), "height": float("inf")}, None),
        ({"width": True, "height": True}, None),
    ],
)
def test_a_size_has_two_sensible_sides(values, size):
    assert size_of(values) == size


def test_provenance_is_neither_empty_nor_deep_nor_long_nor_nonsense():
    deep: list = []
    for _ in range(5000):
        deep = [deep]
    source = {"a": "x\x00", "b": None, "c": [], "d": float("nan"), "e": "y" * 5000, "f": [{"g": 1}], "h": deep}
    assert kept(source) == {"a": "x", "f": [{"g": 1}], "h": [[[[[[None]]]]]]}
