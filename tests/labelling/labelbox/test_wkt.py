"""Well-known text as Labelbox wrote it."""

import pytest

from labelling.labelbox.wkt import WktError, is_wkt, wkt_polygons


@pytest.mark.parametrize(
    ("text", "polygons"),
    [
        ("POLYGON ((1 2, 3 4, 5 6, 1 2))", [[(1, 2), (3, 4), (5, 6), (1, 2)]]),
        ("polygon((1 2,3 4))", [[(1, 2), (3, 4)]]),
        (" POLYGON  ((1.5 -2, 3e2 .5))", [[(1.5, -2), (300, 0.5)]]),
        ("POLYGON Z ((1 2 9, 3 4 9))", [[(1, 2), (3, 4)]]),
        ("POLYGON ((0 0, 9 9), (1 1, 2 2))", [[(0, 0), (9, 9), (1, 1), (2, 2)]]),
        ("MULTIPOLYGON (((1 2, 3 4)))", [[(1, 2), (3, 4)]]),
        ("MULTIPOLYGON (((1 2, 3 4)), ((5 6, 7 8)))", [[(1, 2), (3, 4)], [(5, 6), (7, 8)]]),
        ("MULTIPOLYGON EMPTY", []),
        ("POINT (1 2)", None),
        ("LINESTRING (1 2, 3 4)", None),
    ],
)
def test_the_points_of_each_polygon_are_read(text, polygons):
    assert is_wkt(text)
    assert wkt_polygons(text) == polygons


@pytest.mark.parametrize(
    "text",
    [
        "POLYGON",
        "POLYGON (1 2, 3 4)",
        "POLYGON ((1 2, 3 4)",
        "POLYGON ((1 2, 3 4)))",
        "POLYGON (((1 2, 3 4)))",
        "POLYGON ((1, 2))",
        "POLYGON ((one two))",
        "POLYGON (())",
        "MULTIPOLYGON ((1 2, 3 4))",
        "MULTIPOLYGON (((1 2, 3 4)), ())",
        "GEOMETRYCOLLECTION (POINT (1 2))",
        "",
        "(" * 100_000,
    ],
)
def test_what_is_no_geometry_is_an_error(text):
    with pytest.raises(WktError):
        wkt_polygons(text)


@pytest.mark.parametrize("text", ["", "Car", "polygonal", "POINTED (roof)", "a POLYGON ((1 2))"])
def test_an_answer_is_no_geometry(text):
    assert not is_wkt(text)
