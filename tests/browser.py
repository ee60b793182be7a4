"""A whole server with a browser before it: what the fixtures of browser tests are made of."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from tests.detection.conftest import write_video
from tests.jobs.site import Site

PASSWORD = "correct horse"
PATIENCE = 20_000  # milliseconds for what a page is to show, on a busy machine too
EXPECTED = ("WebSocket", "400 (Bad Request)", "409 (Conflict)")
"""Complaints of the console that are in order: a socket cut by leaving a page, a file or a change that is refused."""


def make_site(folder: Path) -> None:
    """A data folder before its first start, with one person: alice, its administrator."""
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


@contextmanager
def running_site(folder: Path) -> Iterator[Site]:
    """`manage.py up` with its queues in a data folder that was made."""
    site = Site(folder)
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


JUDGED_CLIP = """
from datetime import UTC, datetime
from django.core.files import File
from detection.models import Camera, Passage
from detection.services import analysis_create, clip_store
from releases.models import ModelRelease
camera = Camera.objects.create(name="corridor")
with open({path!r}, "rb") as file:
    clip = clip_store(
        camera=camera, file=File(file, name="corridor.mp4"), filmed_at=datetime(2026, 7, 1, tzinfo=UTC), by=None
    )
analysis = analysis_create(clip=clip, release=ModelRelease.objects.first())
times = [number / 5 for number in range(15)]
analysis.chunks.create(number=0, first_time=0, last_time=2.8, frames=[dict(t=time, boxes=[]) for time in times])
for number, (begin, end, verdict) in enumerate([(0, 4, "with_mask"), (2, 9, "without_mask"), (10, 13, "unknown")], 1):
    path = [[time, 20, 20, 80, 90] for time in times[begin : end + 1]]
    Passage.objects.create(
        analysis=analysis, number=number, begins=times[begin], ends=times[end], verdict=verdict, confidence=0.9,
        best_time=times[begin], path=path,
    )
analysis.finished_at = datetime.now(UTC)
analysis.save()
clip.counted_analysis = analysis
clip.save()
print(clip.pk)
"""


def judged_clip(site: Site, folder: Path) -> int:
    """Key of a clip of the camera 'corridor', three seconds with three passages, judged without any network."""
    path = write_video(folder / "corridor.mp4", [number / 10 for number in range(30)], size=(320, 240))
    return int(run(site, "shell", "--no-imports", "-c", JUDGED_CLIP.format(path=str(path))))


@contextmanager
def running_browser(chromium: str) -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
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
