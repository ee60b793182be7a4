"""The box editor in a browser: pictures to try it on, and hands and eyes in pixels of the picture."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser import PASSWORD, run
from tests.jobs.site import Site

IMAGES = 30
SEED = """
from django.core.files.base import ContentFile
from accounts.models import User
from labelling.models import Box, BoxClass, Dataset, Image, PreLabel, Proposal
from releases.models import ModelRelease
from tests.labelling.makers import jpeg
User.objects.create_user("anna", password={password!r}, role="annotator")
dataset = Dataset.objects.create(name="masks")
classes = [
    BoxClass.objects.create(dataset=dataset, name=name) for name in ("with_mask", "without_mask", "worn_incorrectly")
]
prelabel = PreLabel.objects.create(dataset=dataset, release=ModelRelease.objects.first())
for number in range({images}):
    image = Image(dataset=dataset, external_id=str(number), width=400, height=300, depth=3, sha256=f"{{number:064}}")
    image.file.save("picture.jpg", ContentFile(jpeg(400, 300, seed=number)))
    Box.objects.create(image=image, box_class=classes[0], x_min=100, y_min=100, x_max=180, y_max=200)
    for score, left in ((0.9, 220), (0.6, 280), (0.3, 340)) if number % 2 else ():
        Proposal.objects.create(
            image=image, prelabel=prelabel, box_class=classes[1], score=score,
            x_min=left, y_min=20, x_max=left + 40, y_max=60,
        )
print(*Image.objects.order_by("pk").values_list("pk", flat=True))
"""


def images_made(site: Site) -> list[int]:
    """Keys of the images, and anna, an annotator. Each image has one box, every second one three proposals."""
    code = SEED.format(password=PASSWORD, images=IMAGES)
    return [int(key) for key in run(site, "shell", "--no-imports", "-c", code).split()]


def opened(page: Page, image: int, query: str = "") -> Page:
    page.goto(f"/datasets/images/{image}/{query}")
    expect(page.locator("#box-editor[data-ready]")).to_be_visible()
    return page


def boxes(page: Page) -> list[tuple[str, list[float]]]:
    """What the list beside the picture says: classes and xyxy."""
    rows = page.locator("[data-box]")
    found = rows.evaluate_all("rows => rows.map(({dataset}) => [dataset.box, dataset.xyxy.split(',').map(Number)])")
    return [(name, xyxy) for name, xyxy in found]


def saved(page: Page) -> None:
    expect(page.locator("[data-status]")).to_have_text("Saved")


def reloaded(page: Page) -> list[tuple[str, list[float]]]:
    """The boxes that the server has, once all is saved."""
    saved(page)
    page.reload()
    expect(page.locator("#box-editor[data-ready]")).to_be_visible()
    return boxes(page)


def view(page: Page) -> dict[str, float]:
    """Where the picture stands on the canvas, in pixels of the screen: x, y, scale."""
    return json.loads(page.locator("[data-canvas]").get_attribute("data-view") or "")


def on_screen(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a pixel of the picture is shown."""
    edge = page.locator("[data-canvas]").bounding_box()
    assert edge is not None
    shown = view(page)
    return edge["x"] + shown["x"] + x * shown["scale"], edge["y"] + shown["y"] + y * shown["scale"]


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Press at one pixel of the picture and let go at another."""
    page.mouse.move(*on_screen(page, *start))
    page.mouse.down()
    page.mouse.move(*on_screen(page, (start[0] + end[0]) / 2, (start[1] + end[1]) / 2))
    page.mouse.move(*on_screen(page, *end))
    page.mouse.up()


def click(page: Page, x: float, y: float) -> None:
    page.mouse.click(*on_screen(page, x, y))


def near(*xyxy: float):
    """A pixel of the screen is up to a pixel of the picture."""
    return pytest.approx(list(xyxy), abs=1)
