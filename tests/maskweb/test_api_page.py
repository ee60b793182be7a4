"""The page of the API in a real browser; what its console complains about fails the test, broken policy included."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_whole_api_can_be_read_and_tried_as_whoever_is_signed_in(page: Page):
    page.goto("/accounts/settings/")
    page.click("text=What the API can do")
    expect(page.locator("#operations-datasets-datasets_add .opblock-summary-description")).to_have_text(
        "Make an empty dataset"
    )
    expect(page.locator("#operations-clips-clips_add")).to_be_visible()
    adding = page.locator("#operations-datasets-datasets_add")
    adding.locator(".opblock-summary-control").click()
    adding.locator(".try-out__btn").click()
    adding.locator("textarea").fill('{"name": "made on the page"}')
    adding.locator(".execute").click()
    expect(adding.locator(".live-responses-table tbody .response-col_status")).to_have_text("201")
    page.goto("/datasets/")
    expect(page.locator("main")).to_contain_text("made on the page")
