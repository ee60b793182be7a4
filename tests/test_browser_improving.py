"""The whole way of a model in a browser: labels mended, frozen and learnt from, the model compared and made active."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser import judged_clip, run, signed_in
from tests.jobs.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1800)]

BEGINS_WITHIN = 600_000  # milliseconds: TensorFlow is loaded and the network compiled, at a low priority
TOLD_WITHIN = 60_000

SEED = """
from labelling.models import Box, BoxClass
from tests.training.makers import CLASSES, make_examination, make_job, make_run, make_version
version = make_version(train=14, validation=3, test=3)
classes = [BoxClass.objects.create(dataset=version.dataset, name=name) for name in CLASSES]
for frozen in version.images.select_related("image"):
    for label, left, top, right, bottom in frozen.boxes:
        Box.objects.create(
            image=frozen.image, box_class=classes[label], x_min=left, y_min=top, x_max=right, y_max=bottom
        )
Box.objects.filter(image__external_id="0.png").update(box_class=classes[1])
run = make_run(version, job=make_job("succeeded"), epochs_done=3, best={"epoch": 3, "map50": 0.3})
make_examination(run, p15=1)
"""
POINTS = """(least) => {
  const chart = window.Chart?.getChart(document.querySelector('canvas[data-chart="losses"]'));
  const points = chart?.data.datasets[0]?.data.length ?? 0;
  return points > least && points;
}"""


class Sockets:
    """The websockets of a page, which can be cut and let through again."""

    def __init__(self, page: Page) -> None:
        self._open: list[WebSocketRoute] = []
        self._cut = False
        page.route_web_socket(re.compile("/ws/jobs/"), self._routed)

    def _routed(self, socket: WebSocketRoute) -> None:
        if self._cut:
            socket.close()
        else:
            socket.connect_to_server()
            self._open.append(socket)

    def cut(self) -> None:
        self._cut = True
        for socket in self._open:
            socket.close()
        self._open.clear()

    def mend(self) -> None:
        self._cut = False


@pytest.fixture
def page(browser, site: Site) -> Iterator[Page]:
    """Alice's; an estimate that is asked for while the page is left is no complaint."""
    with signed_in(browser, site, "alice", also_expected=("htmx:",)) as page:
        yield page


def test_labels_are_mended_and_a_better_model_is_trained_compared_activated_and_rolled_back(
    page: Page, site: Site, tmp_path: Path
):
    run(site, "shell", "--no-imports", "-c", SEED)
    judged_clip(site, tmp_path)
    sockets = Sockets(page)
    mend_a_label(page)
    freeze_a_version(page)
    start_a_training(page)
    assert_the_curve_grows(page)
    assert_a_lost_connection_is_told(page, sockets)
    publish_what_there_is(page)
    compare_with_the_first(page)
    release = look_at_the_model(page)
    preview(page, release)
    activate_and_roll_back(page, release)


def mend_a_label(page: Page) -> None:
    """The first picture says 'without mask' where the square is of the other class."""
    page.goto("/datasets/")
    page.get_by_role("link", name="squares").click()
    page.get_by_role("link", name="See the images").click()
    page.get_by_text("0.png", exact=True).click()
    expect(page.locator("#box-editor[data-ready]")).to_be_visible()
    expect(page.locator("[data-box=without_mask]")).to_have_count(1)
    page.locator("[data-select]").first.click()
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        page.keyboard.press("1")
    expect(page.locator("[data-box=with_mask]")).to_have_count(1)
    expect(page.locator("[data-status]")).to_have_text("Saved")


def freeze_a_version(page: Page) -> None:
    page.get_by_role("link", name="squares").click()
    page.get_by_role("button", name="Freeze a version").click()
    expect(page.locator("#versions tbody tr")).to_have_count(2)


def start_a_training(page: Page) -> None:
    page.get_by_role("link", name="Train from version 2").click()
    expect(page.locator("[name=version] option:checked")).to_have_text("squares v2")
    page.fill("[name=net_size]", "300")
    page.fill("[name=epochs]", "500")
    page.get_by_text("More settings").click()
    for name, value in {"canvas": "64", "fine_tune_canvas": "64", "batch": "2", "loader_threads": "1"}.items():
        page.fill(f"[name={name}]", value)
    page.fill("[name=warm_up_steps]", "1")
    page.fill("[name=net_size]", "320")
    expect(page.locator("#estimate")).to_contain_text("to watch it on")
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url(re.compile(r"/training/\d+/$"))


def assert_the_curve_grows(page: Page) -> None:
    """It has points while its first epochs run, then more, and a reload shows no fewer."""
    first = page.wait_for_function(POINTS, arg=0, timeout=BEGINS_WITHIN).json_value()
    second = page.wait_for_function(POINTS, arg=first, timeout=BEGINS_WITHIN).json_value()
    assert second > first
    expect(page.locator("[data-loss=loss]")).to_have_text(re.compile(r"\d"))
    page.reload()
    page.wait_for_function(POINTS, arg=second - 1, timeout=TOLD_WITHIN)


def assert_a_lost_connection_is_told(page: Page, sockets: Sockets) -> None:
    told = page.locator("[data-connection]")
    expect(told).to_be_hidden(timeout=TOLD_WITHIN)
    sockets.cut()
    expect(told).to_contain_text("The live connection is lost.", timeout=TOLD_WITHIN)
    sockets.mend()
    expect(told).to_have_text("The live connection is back.", timeout=TOLD_WITHIN)


def publish_what_there_is(page: Page) -> None:
    expect(page.locator("#epochs-card tbody tr").first).to_be_visible(timeout=BEGINS_WITHIN)
    page.get_by_role("button", name="Cancel the training").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel the training").click()
    expect(page.get_by_text("This training was cancelled.")).to_be_visible(timeout=TOLD_WITHIN)
    page.get_by_role("button", name="Publish the best so far").click()
    expect(page.get_by_text("The model this training published.")).to_be_visible(timeout=BEGINS_WITHIN)
    expect(page.get_by_role("heading", name="At the best epoch")).to_be_visible()


def compare_with_the_first(page: Page) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Training").click()
    for box in page.locator("input[form=compare]").all():
        box.check()
    page.get_by_role("button", name="Compare the chosen runs").click()
    expect(page.locator("h1")).to_have_text("Runs compared")
    expect(page.get_by_text("These runs learnt from different dataset versions")).to_be_visible()
    expect(page.get_by_role("region", name="Settings that differ").first).to_contain_text("Canvas")


def look_at_the_model(page: Page) -> str:
    """Open the new release and its card; its name."""
    page.get_by_role("region", name="Figures").first.get_by_role("link", name=re.compile("-run2$")).click()
    name = page.locator("h1").inner_text()
    page.get_by_role("link", name="Model card").click()
    expect(page.locator("main")).to_contain_text("squares")
    page.go_back()
    return name


def preview(page: Page, release: str) -> None:
    page.get_by_role("button", name="Preview on stored clips").click()
    page.wait_for_url(re.compile(r"/models/previews/\d+/$"))
    rates = page.get_by_role("region", name="The rate, by camera").first
    expect(rates).to_contain_text("1 of 1", timeout=BEGINS_WITHIN)
    page.get_by_role("link", name=release).first.click()


def activate_and_roll_back(page: Page, release: str) -> None:
    page.get_by_role("button", name="Make active").click()
    models = page.get_by_role("navigation", name="Main").get_by_role("link", name="Models")
    models.click()
    expect(page.locator("#active")).to_have_text(release)
    page.get_by_role("button", name=re.compile("^Roll back to")).click()
    models.click()
    expect(page.locator("#active")).not_to_have_text(release)
