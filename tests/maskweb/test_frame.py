"""The frame of every page, in a browser: theme, keys, navigation."""

from collections.abc import Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from accounts.services import user_create

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1440, "height": 900}


@pytest.fixture
def address(alice, live_server) -> str:
    """A site with an administrator and enough people for a second page. Rows are made before the browser starts."""
    user_create(username="a-person-with-a-name-that-is-as-long-as-names-on-a-phone-can-be", role="viewer", by=alice)
    return live_server.url


@pytest.fixture
def context(address, chromium) -> Iterator[BrowserContext]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser.new_context(base_url=address, viewport=DESK, color_scheme="light")
        browser.close()


@pytest.fixture
def page(context) -> Iterator[Page]:
    """The settings of alice. What the console complains about, the content policy included, fails the test."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(f"{reverse('accounts:login')}?next={reverse('accounts:settings')}")
    page.fill("[name=username]", "alice")
    page.fill("[name=password]", "correct horse")
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"**{reverse('accounts:settings')}")
    yield page
    assert complaints == []


def theme(page: Page) -> str:
    return page.evaluate("document.documentElement.dataset.bsTheme")


def choose_theme(page: Page, name: str) -> None:
    page.get_by_role("button", name="Your menu").click()
    page.locator(f"[data-theme-choice={name}]").click()


def test_a_chosen_theme_stays_and_auto_follows_the_system(page):
    assert theme(page) == "light"
    choose_theme(page, "dark")
    page.reload()
    assert theme(page) == "dark"
    expect(page.locator("[data-theme-choice=dark]")).to_have_attribute("aria-pressed", "true")
    choose_theme(page, "auto")
    assert theme(page) == "light"
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_a_question_mark_lists_the_keys_unless_somebody_types(page):
    keys = page.locator("#keys")
    page.focus("[name=first_name]")
    page.keyboard.type("?")
    expect(keys).not_to_be_visible()
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(keys).to_be_visible()
    expect(keys).to_contain_text("Show these keys")
    page.keyboard.press("Escape")
    expect(keys).not_to_be_visible()


def test_the_first_tab_offers_to_skip_the_navigation(page):
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to content")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_on_a_phone_the_navigation_opens_by_its_button(page):
    page.set_viewport_size(PHONE)
    people = page.locator("#navigation").get_by_role("link", name="Datasets")
    expect(people).not_to_be_visible()
    page.get_by_role("button", name="Navigation").click()
    expect(people).to_be_visible()


def test_no_page_about_people_is_wider_than_a_phone(page):
    page.set_viewport_size(PHONE)
    for name in ("settings", "password", "people", "person_add", "audit"):
        page.goto(reverse(f"accounts:{name}"))
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], name


def test_revoking_asks_before_it_posts(page):
    page.fill("[name=name]", "nightly upload")
    page.get_by_role("button", name="Make a token").click()
    page.get_by_role("link", name="I have copied it").click()
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("dialog")).to_contain_text("Revoke this token?")
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.locator("#messages")).to_contain_text("The token “nightly upload” opens nothing any more.")
