"""Model cards."""

from dataclasses import replace
from typing import Any

import pytest

from releases.card import Card, as_markdown, card_of
from tests.conftest import TINY_ANCHORS, TINY_CLASSES
from tests.releases.additions import seal_calibration, seal_int8
from yolo.release import Release

MEASURED: dict[str, Any] = {
    "pictures": 75,
    "map50": 0.8125,
    "map50_95": 0.456,
    "judged": ["with_mask", "without_mask"],
    "ap50": {"with_mask": 0.9, "without_mask": 0.725, "worn_incorrectly": None},
    "ap50_95": {"with_mask": 0.5, "without_mask": 0.412, "worn_incorrectly": None},
    "boxes": {"with_mask": 232, "without_mask": 56, "worn_incorrectly": 0},
    "map50_95_small": 0.25,
    "map50_95_medium": 0.5,
    "map50_95_large": None,
}
RELEASE = Release(
    name="slim-7",
    network="yolov3-slim",
    classes=TINY_CLASSES,
    anchors=tuple(TINY_ANCHORS),
    strides=(8, 16, 32),
    decoding="wide",
    net_size=640,
    thresholds={"with_mask": 0.6456, "without_mask": 0.5, "worn_incorrectly": 0.4},
    iou_threshold=0.5,
    metrics={"test": MEASURED},
    provenance={
        "created": "2026-11-22T12:00:00+00:00",
        "run": 7,
        "code": "0.1+1c98",
        "dataset": {
            "name": "face-mask",
            "version": 3,
            "content_sha256": "38a8ec",
            "description": "853 photographs.\nLicence: CC0 | public domain",
        },
    },
)


def card(release: Release = RELEASE, name: str = "slim-7") -> Card:
    return card_of(release, name=name, sha256="f" * 64)


def points(title: str, release: Release = RELEASE) -> str:
    return "\n".join(next(section.points for section in card(release).sections if section.title == title))


def test_a_release_that_was_trained_on_a_folder_names_it():
    voc = {"name": "voc", "pictures": 12, "content_sha256": "9e3b", "description": ""}
    facts = dict(
        fact for section in card(replace(RELEASE, provenance={"dataset": voc})).sections for fact in section.facts
    )
    assert facts["Trained, validated and tested on"] == "voc, a folder of 12 pictures"
    assert facts["SHA-256 of this version"] == "9e3b"


def test_it_tells_data_with_licence_version_hash_run_and_code():
    facts = {label: value for section in card().sections for label, value in section.facts}
    assert facts["Trained, validated and tested on"] == "face-mask, version 3"
    assert facts["SHA-256 of this version"] == "38a8ec"
    assert facts["Origin and licence"].endswith("Licence: CC0 | public domain")
    assert (facts["Run"], facts["Version of the code"]) == ("7", "0.1+1c98")
    assert facts["SHA-256 of release.json"] == "f" * 64
    assert "Started from" not in facts


def test_figures_stand_by_class_and_by_size():
    figures = next(section for section in card().sections if section.title == "Figures")
    by_class, by_size = figures.tables
    assert by_class.caption == "By class, on 75 pictures of the test split"
    assert by_class.rows == (
        ("with_mask", "0.900", "0.500", "232"),
        ("without_mask", "0.725", "0.412", "56"),
        ("worn_incorrectly", "–", "–", "0"),
        ("mean over with_mask, without_mask", "0.812", "0.456", ""),
    )
    assert [row[1] for row in by_size.rows] == ["0.250", "0.500", "–"]


@pytest.mark.parametrize(
    ("provenance", "facts"),
    [({}, ()), ({"arithmetic": "bf16"}, (("Computed in", "bfloat16"),)), ({"arithmetic": "surprise"}, ())],
)
def test_figures_say_in_which_numbers_they_were_computed_where_that_is_known(provenance, facts):
    release = replace(RELEASE, provenance={**RELEASE.provenance, **provenance})
    assert next(section for section in card(release).sections if section.title == "Figures").facts == facts


def test_precision_by_side_is_shown_where_it_was_measured():
    sides = [{"from": 0.0, "to": 12.0, "ap50": 0.5, "boxes": 8}, {"from": 12.0, "to": None, "ap50": None, "boxes": 0}]
    release = replace(RELEASE, metrics={"test": {**MEASURED, "ap50_by_side": {"with_mask": sides}}})
    figures = next(section for section in card(release).sections if section.title == "Figures")
    assert figures.tables[-1].heads == ("Class", "0–12", "above 12")
    assert figures.tables[-1].rows == (("with_mask", "0.500 (8)", "– (0)"),)


def test_limits_follow_from_the_figures():
    limits = points("Limits")
    assert "Only 0 boxes of “worn_incorrectly”" in limits
    assert "“without_mask”" not in limits  # 56 boxes
    one = {**MEASURED, "boxes": {**MEASURED["boxes"], "without_mask": 1}}
    assert "Only 1 box of “without_mask” was" in points("Limits", replace(RELEASE, metrics={"test": one}))
    assert "0.250 against 0.500" in limits
    # Cells of 8 pixels in 640: of a picture 1920 wide that is three times as much.
    assert "24 pixels of a picture 1920 wide" in limits
    assert "Its largest anchor is 220 by 240 pixels, 38 % of the net size: faces that fill much more" in limits
    assert "flatter" not in limits
    assert "flatter" in points("Limits", replace(RELEASE, metrics={"validation": MEASURED}))


def test_what_was_never_measured_says_so():
    assert "Nobody has measured it" in points("Figures", replace(RELEASE, metrics={}))


def test_a_release_that_knows_one_side_is_not_fit_for_rates():
    one_sided = replace(RELEASE, classes=("with_mask",), thresholds={"with_mask": 0.5})
    assert "does not know without_mask" in points("Not fit for", one_sided)
    assert "share" not in points("Fit for", one_sided)
    assert "Compliance rates" not in points("Not fit for")


def test_a_description_nobody_wrote_is_told():
    release = replace(RELEASE, provenance={"dataset": {"name": "a", "version": 1, "content_sha256": "b"}})
    facts = [value for section in card(release).sections for _label, value in section.facts]
    assert "The data set has no description: nothing is on record." in facts


@pytest.mark.parametrize(
    ("typed", "written"),
    [("a <b> | c", r"a \<b\> \| c"), ("# *no* heading\nbut text", r"# \*no\* heading but text")],
)
def test_what_people_typed_is_no_markup(typed, written):
    release = replace(RELEASE, provenance={}, classes=(typed,), thresholds={typed: 0.5}, metrics={})
    assert f"| {written} | 0.500 |" in as_markdown(card(release)).splitlines()


def test_the_file_holds_every_section_and_the_name_it_goes_by():
    text = as_markdown(card(name="gate-model"))
    assert text.startswith("# Model card: gate-model\n\n## What it is\n\n- **Release:** gate-model, made as slim-7\n")
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == [
        "What it is",
        "Data",
        "Figures",
        "Fit for",
        "Not fit for",
        "Limits",
        "How it was made",
    ]
    assert "| with\\_mask | 0.900 | 0.500 | 232 |" in text


def test_a_card_tells_of_int8_and_of_what_scores_mean(tmp_path):
    (tmp_path / "release.json").write_text("{}")
    int8, calibration = seal_int8(tmp_path), seal_calibration(tmp_path)
    text = as_markdown(card_of(RELEASE, name="slim-7", sha256="f" * 64, int8=int8, calibration=calibration))
    assert "- **Int8 against float32:** -0.40 points of mAP@.5" in text
    assert "| int8 | 0.876 | 0.580 | 5.0 | 4.0 |" in text
    assert "- **Temperature:** 0.500" in text
    assert "| test (69) | 0.250 | 0.125 |" in text


def test_a_card_is_silent_about_what_does_not_lie_beside_the_release():
    assert "int8" not in as_markdown(card())
    assert "Temperature" not in as_markdown(card())
