"""Each further class of a dataset has a colour of its own, kept for good, that the colour-blind can tell."""

import re
from itertools import combinations

import numpy as np
import pytest
from django.conf import settings

from labelling.class_colours import class_style, next_colour
from labelling.models import BoxClass, Dataset
from labelling.services import class_rename, classes_merge
from tests.labelling.makers import bbox, import_here, record

TELLABLE = 0.095  # what our two nearest verdict colours in light, blue and grey, are apart


def import_named(*names: str) -> Dataset:
    return import_here([record(f"{name}.jpg", [bbox(name, 1, 1, 9, 9)]) for name in names]).dataset


def styles() -> dict[str, str]:
    return {each.name: each.style for each in BoxClass.objects.all()}


@pytest.mark.parametrize(
    ("taken", "colour"), [([], 1), ([1, 2, 4], 3), ([1, 2, 3, 4, 5, 6], 1), ([1, 1, 2, 3, 4, 5, 6], 2)]
)
def test_the_next_colour_is_the_one_that_fewest_have(taken, colour):
    assert next_colour(taken) == colour


def test_ours_have_the_colours_of_verdicts_and_others_colours_of_their_own(db):
    import_named("with mask", "no mask", "ant", "bee", "cat")
    assert styles() == {
        "with_mask": "with",
        "without_mask": "without",
        "ant": "other-1",
        "bee": "other-2",
        "cat": "other-3",
    }


def test_classes_keep_their_colours_when_others_come_and_go(db, carol):
    import_named("ant", "bee", "cat")
    classes = BoxClass.objects
    classes_merge(sources=classes.filter(name="ant"), into=classes.get(name="cat"), by=carol)
    class_rename(box_class=classes.get(name="bee"), name="wasp", by=carol)
    import_named("aardvark", "dog")
    assert styles() == {"wasp": "other-2", "cat": "other-3", "aardvark": "other-1", "dog": "other-4"}


def test_one_of_ours_that_is_called_otherwise_gets_a_colour_that_nobody_has(db, carol):
    import_named("ant", "with mask")
    class_rename(box_class=BoxClass.objects.get(name="with_mask"), name="face", by=carol)
    assert styles() == {"ant": "other-1", "face": "other-2"}


def test_names_that_are_no_class_any_more_have_the_colour_of_their_place(db):
    dataset = import_named("ant", "bee")
    assert dataset.classes.all().styles(["bee", "gone", "with_mask"]) == ["other-2", "other-2", "with"]
    assert class_style("worn_incorrectly", 4) == "incorrect"


def tokens(theme: str) -> dict[str, str]:
    """The colours of the style sheet by their names: "light" or "dark"."""
    css = (settings.BASE_DIR / "static/css/maskweb.css").read_text()
    light, dark = css.index(":root {"), css.index('[data-bs-theme="dark"] {')
    block = css[light:dark] if theme == "light" else css[dark : css.index("}", dark)]
    return dict(re.findall(r"--mw-([\w-]+): (#[0-9a-f]{6});", block))


def linear(colours: list[str]) -> np.ndarray:
    rgb = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in colours]) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def oklab(rgb: np.ndarray) -> np.ndarray:
    """After Björn Ottosson, from linear RGB."""
    cones = np.array([[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.63]])
    axes = np.array([[0.2105, 0.7936, -0.0041], [1.978, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]])
    return np.cbrt(rgb @ cones.T) @ axes.T


EYES = {  # Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB
    "usual": np.eye(3),
    "protan": np.array([[0.1523, 1.0526, -0.2049], [0.1145, 0.7863, 0.0992], [-0.0039, -0.0481, 1.052]]),
    "deutan": np.array([[0.3673, 0.8606, -0.228], [0.2801, 0.6725, 0.0474], [-0.0118, 0.0429, 0.9689]]),
    "tritan": np.array([[1.2555, -0.0767, -0.1788], [-0.0784, 0.9308, 0.1476], [0.0047, 0.6914, 0.3039]]),
}
SHOWN = ("with", "without", "incorrect", "unknown", *(f"other-{number}" for number in range(1, 7)))
GROUND = {"light": "#ffffff", "dark": "#182433"}


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize(("theme", "apart"), [("light", TELLABLE), ("dark", 0.08)])
def test_any_two_colours_are_told_apart(eyes, theme, apart):
    found = tokens(theme)
    seen = oklab(np.clip(linear([found[name] for name in SHOWN]) @ EYES[eyes].T, 0, 1))
    near = {
        (SHOWN[one], SHOWN[other]): round(float(np.linalg.norm(seen[one] - seen[other])), 3)
        for one, other in combinations(range(len(SHOWN)), 2)
    }
    assert {pair: distance for pair, distance in near.items() if distance < apart} == {}


@pytest.mark.parametrize("theme", GROUND)
def test_words_in_the_colour_of_a_class_can_be_read(theme):
    found = tokens(theme)
    light = linear([GROUND[theme], *(found[f"{name}-text"] for name in SHOWN)]) @ [0.2126, 0.7152, 0.0722]
    contrast = (np.maximum(light[0], light[1:]) + 0.05) / (np.minimum(light[0], light[1:]) + 0.05)
    assert contrast.min() >= 4.5
