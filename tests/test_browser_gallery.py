"""The gallery by keys alone, on a whole server."""

import pytest
from playwright.sync_api import expect

from tests.box_editor import images_made
from tests.jobs.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def images(site: Site) -> list[int]:
    return images_made(site)


def test_images_are_chosen_and_marked_by_keys(page, images):
    page.goto("/datasets/1/images/")
    marks = page.locator("[name=action][value=unlabel]")
    expect(marks).to_be_disabled()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    expect(page.locator("[data-chosen-count]")).to_have_text("1 chosen")
    expect(page.locator("input[name=images]:checked")).to_have_attribute("value", str(images[1]))
    marks.press("Enter")
    page.goto("/datasets/1/images/?state=unlabelled")
    expect(page.locator(".mw-gallery-item")).to_have_count(1)
    expect(page.locator(".mw-gallery-item")).to_have_attribute(
        "href", f"/datasets/images/{images[1]}/?state=unlabelled"
    )


def test_the_page_is_chosen_and_let_go_by_one_key_and_everything_takes_its_place(page, images):
    page.goto("/datasets/1/images/")
    count = page.locator("[data-chosen-count]")
    page.keyboard.press("a")
    expect(count).to_have_text(f"{min(len(images), 48)} chosen")
    page.keyboard.press("a")
    expect(count).to_have_text("")
    page.locator("[name=everything]").check()
    expect(page.locator("input[name=images]").first).to_be_disabled()
    expect(page.locator("[name=action][value=label]")).to_be_enabled()
