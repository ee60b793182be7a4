"""The charts of trainings in a browser: the parts that need no server, and the pages with their charts drawn."""

import pytest
from playwright.sync_api import expect

from tests.browser import run

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TWO_RUNS = """
from tests.training.makers import make_examination, make_job, make_run, make_version
version = make_version(train=1, validation=3, test=0)
for number in (1, 2):
    made = make_run(version, job=make_job("succeeded"), epochs_done=3, best={"epoch": 3}, batch=8 * number)
    make_examination(made, **{f"p{number}": 1})
"""
PUBLISHED = """
from tests.detection.makers import make_release
from tests.training.makers import make_job, make_run, make_version
version = make_version("face-mask")
release = make_release()
release.name = "yolov3-slim-p2-x1.5-640-20261123-0154-run3-voting"
release.save()
made = make_run(
    version, network="yolov3-slim-p2-x1.5", net_size=640, job=make_job("succeeded"), epochs_done=3, release=release,
    best={"epoch": 3, "map50": 0.875}, test_metrics={"map50": 0.895},
)
made.epochs_done.update(seconds=7000)
"""
LOSSES = [{"x": 0.5, "y": 5.0}, {"x": 1.0, "y": 4.0}]
CALL = "async ([module, name, ...given]) => (await import(`/static/js/${module}.js`))[name](...given)"
DRAWN = """(names) => names.every((name) => {
  const chart = window.Chart?.getChart(document.querySelector(`canvas[data-chart="${name}"]`));
  return chart?.data.datasets.some((line) => line.data.length);
})"""


@pytest.mark.parametrize(
    ("call", "points"),
    [
        (["training-charts", "stepsOf", [1.0, None, 0.5]], [{"x": 0, "y": 1.0}, {"x": 1, "y": 0.5}]),
        (["training-run", "stepPoints", [[0.5, 4, 0.001, 5.0], [1.0, 4, 0.002, 4.0]], 3], LOSSES),
    ],
)
def test_lines_have_the_points_that_were_measured(page, call, points):
    assert page.evaluate(CALL, call) == points


def test_two_trainings_are_chosen_compared_and_looked_at(page, site):
    run(site, "shell", "--no-imports", "-c", TWO_RUNS)
    page.goto("/training/")
    for box in page.locator("input[form=compare]").all():
        box.check()
    page.click("text=Compare the chosen runs")
    expect(page.locator("h1")).to_have_text("Runs compared")
    expect(page.locator("text=1 picture that yolov3-slim #1 gets right")).to_be_visible()
    expect_drawn(page, "map50", "loss", "box", "objectness", "classes")
    page.click("thead >> text=yolov3-slim #2")
    expect(page.locator("text=At the best epoch, 3")).to_be_visible()
    expect_drawn(page, "losses", "metrics", "rate", "precision", "f1", "reliability")
    page.click("text=The hundred worst")
    expect(page.locator(".mw-shot")).to_have_count(1)


def test_the_list_of_trainings_fits_on_screens_of_1280_pixels_and_on_phones(page, site, tmp_path):
    run(site, "shell", "--no-imports", "-c", PUBLISHED)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto("/training/")
        expect(page.locator("text=run3-voting")).to_be_visible()
        assert page.locator(".table-responsive").evaluate("(place) => place.scrollWidth - place.clientWidth") == 0


def test_only_the_field_of_the_chosen_budget_is_shown(page):
    page.goto("/training/start/")
    expect(page.locator("[name=epochs]")).to_be_visible()
    expect(page.locator("[name=minutes]")).to_be_hidden()
    page.select_option("[name=budget]", "ready_by")
    expect(page.locator("[name=ready_by]")).to_be_visible()
    expect(page.locator("[name=epochs]")).to_be_hidden()


def expect_drawn(page, *charts: str) -> None:
    page.wait_for_function(DRAWN, arg=list(charts))
