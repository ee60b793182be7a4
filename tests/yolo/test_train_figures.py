"""What a release that was trained without Django tells of itself."""

from yolo.train_command import as_releases_tell


def test_figures_bear_the_names_that_pages_and_cards_read() -> None:
    by_class = {"map50": 0.5, "map": 0.25, "map_small": 0.1, "map_medium": None, "map_large": 0.3}
    tables = {"ap50": {"a": 0.5, "b": None}, "ap": {"a": 0.25, "b": None}, "boxes": {"a": 9, "b": 0}}
    assert as_releases_tell({**by_class, **tables}, pictures=7) == {
        "pictures": 7,
        "judged": ["a"],
        "map50": 0.5,
        "map50_95": 0.25,
        "map50_all": 0.5,
        "map50_95_all": 0.25,
        "map50_95_small": 0.1,
        "map50_95_medium": None,
        "map50_95_large": 0.3,
        "ap50": {"a": 0.5, "b": None},
        "ap50_95": {"a": 0.25, "b": None},
        "boxes": {"a": 9, "b": 0},
    }
