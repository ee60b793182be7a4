"""A whole server with a browser before it: what the fixtures of browser tests are made of."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from playwright.sync_api import Browser, Page, Route, sync_playwright

from tests.jobs.site import Site

PASSWORD = "correct horse"
EXPECTED = ("WebSocket", "400 (Bad Request)", "409 (Conflict)")
"""Complaints of the console that are in order: a socket cut by leaving a page, a file or a change that is refused."""


@contextmanager
def running_site(folder: Path) -> Iterator[Site]:
    """`manage.py up` with its queues in a data folder, with one person: alice, its administrator."""
    site = Site(folder)
    run(site, "migrate", "--verbosity", "0")
    run(
        site,
        "shell",
        "--no-imports",
        "-c",
        "from accounts.models import User\n"
        f"User.objects.create_superuser('alice', password={PASSWORD!r}, role='administrator')",
    )
    try:
        site.start()
        yield site
    finally:
        site.close()


def run(site: Site, *arguments: str) -> str:
    """What a command of the site prints."""
    done = site.manage(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def running_browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@contextmanager
def page_of_modules(browser: Browser) -> Iterator[Page]:
    """A page on which the modules under static/ can be imported, straight from their files."""

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix("http://modules.test/")
        if path:
            route.fulfill(path=settings.BASE_DIR / path)
        else:
            route.fulfill(body="<!doctype html>", content_type="text/html")

    page = browser.new_page()
    page.route("http://modules.test/**", answer)
    page.goto("http://modules.test/")
    yield page
    page.close()


@contextmanager
def signed_in(browser: Browser, site: Site, username: str, *, also_expected: tuple[str, ...] = ()) -> Iterator[Page]:
    """A page on which a person is signed in. What the browser's console complains about fails the test."""
    context = browser.new_context(base_url=f"http://127.0.0.1:{site.port}", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto("/accounts/login/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/")
    yield page
    context.close()
    expected = (*EXPECTED, *also_expected)
    assert [text for text in complaints if not any(words in text for words in expected)] == []
