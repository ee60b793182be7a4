"""What a person does in a browser, on a whole server: `manage.py up` with its queues, in a data folder of its own."""

import json
import os
import re
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from tests.browser import judged_clip
from tests.detection.conftest import write_video

pytestmark = [pytest.mark.browser, pytest.mark.slow]

JUDGED_WITHIN = 120_000  # milliseconds; two busy cores are slow
BUNDLED = settings.BASE_DIR / "releases" / "bundled"


def has_release() -> bool:
    return any(BUNDLED.glob("*/release.json"))


def add_camera(page: Page, name: str, *, frames_per_second: float) -> None:
    page.goto("/cameras/add/")
    page.fill("[name=name]", name)
    page.fill("[name=time_zone]", "Europe/Berlin")
    page.fill("[name=frames_per_second]", str(frames_per_second))
    page.click("text=Add the camera")
    expect(page.locator("h1")).to_have_text(name)


def upload(page: Page, camera: str, *files: Path) -> None:
    page.goto("/clips/")
    page.select_option("#upload [name=camera]", label=camera)
    page.set_input_files("#upload input[type=file]", [str(file) for file in files])
    page.click("#upload [data-send]")


def watch_bar(page: Page) -> None:
    """Keep every value that the bar of the live page takes, from its first moment on."""
    page.add_init_script(
        """
        addEventListener("DOMContentLoaded", () => {
          const bar = document.querySelector("#live progress");
          if (!bar) return;
          const seen = JSON.parse(sessionStorage.getItem("seen") || "[]");
          setInterval(() => {
            if (seen.at(-1) === bar.value) return;
            seen.push(bar.value);
            sessionStorage.setItem("seen", JSON.stringify(seen));
          }, 20);
        });
        """
    )


def bar_values(page: Page) -> list[float]:
    return json.loads(page.evaluate("sessionStorage.getItem('seen') || '[]'"))


def count_of(page: Page, verdict: str) -> int:
    return page.locator(f'[data-passage-row][data-said="{verdict}"]').count()


def test_the_sample_is_judged_at_once(page):
    """A new site offers the sample, and judges it; this test stands first, while the site is empty."""
    assert has_release(), "no release ships in releases/bundled"
    page.goto("/")
    page.click("text=Try a sample clip")
    page.wait_for_url(re.compile(r"/clips/\d+/$"))
    expect(page.locator("#player")).to_be_visible(timeout=JUDGED_WITHIN)
    expect(page.locator("[data-passage-row]").first).to_be_visible()
    page.goto("/")
    expect(page.locator("main")).to_contain_text("of video judged")


@pytest.mark.shared
def test_a_street_clip_is_uploaded_watched_and_judged(page, shared_data):
    """The whole way of a clip, with the release that ships: uploaded, judged live, played with its passages."""
    assert has_release(), "no release ships in releases/bundled"
    add_camera(page, "street", frames_per_second=25)
    watch_bar(page)
    upload(page, "street", shared_data / "clips" / "street-handwash.mp4")
    page.wait_for_url(re.compile(r"/clips/\d+/$"))
    expect(page.locator("#player")).to_be_visible(timeout=JUDGED_WITHIN)
    values = bar_values(page)
    assert len(values) >= 3, f"the bar did not move: {values}"
    assert values == sorted(values)
    assert count_of(page, "with_mask") >= 1
    assert count_of(page, "without_mask") >= 3
    assert_player_follows(page)
    assert_a_verdict_can_be_corrected(page)


def assert_player_follows(page: Page) -> None:
    """A jump to a passage shows its boxes at its time; the keys j and k step through the list."""
    rows = page.locator("[data-passage-row]")
    expect(page.locator("#player[data-ready]")).to_be_visible()
    page.keyboard.press("j")
    expect(rows.nth(0)).to_have_attribute("aria-current", "true")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_have_attribute("aria-current", "true")
    page.keyboard.press("k")
    expect(rows.nth(0)).to_have_attribute("aria-current", "true")
    expect(page.locator("#player canvas")).to_have_attribute("data-boxes", re.compile("[1-9]"))
    last = rows.last
    last.locator("[data-jump]").click()
    number = last.get_attribute("data-passage-row")
    begins = page.evaluate(
        """async (number) => {
          const { passages } = await (await fetch(document.querySelector("#player").dataset.overlay)).json();
          return passages.find((one) => String(one.number) === number).begins;
        }""",
        number,
    )
    page.wait_for_function("begins => document.querySelector('#player video').currentTime >= begins", arg=begins)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")


def assert_a_verdict_can_be_corrected(page: Page) -> None:
    before = int(re.sub(r"\D", "", page.locator('[data-count="unknown"]').inner_text()))
    row = page.locator("[data-passage-row]:not([data-said=unknown])").first
    number = row.get_attribute("data-passage-row")
    row.locator("button[value=unknown]").click()
    expect(page.locator(f"#passage-{number}")).to_have_attribute("data-said", "unknown")
    expect(page.locator('[data-count="unknown"]')).to_contain_text(str(before + 1))
    expect(page.locator(f'[data-mark="{number}"]')).to_have_attribute("data-verdict", "unknown")
    expect(page.locator(f"#passage-{number}")).to_contain_text("said by alice")


def test_a_judged_clip_is_played_with_its_boxes_and_corrected(page, site, tmp_path):
    """Without any network: the passages are put there, the browser plays and corrects them."""
    page.goto(f"/clips/{judged_clip(site, tmp_path)}/")
    assert count_of(page, "without_mask") == 1
    assert_player_follows(page)
    assert_a_verdict_can_be_corrected(page)


def test_several_files_are_sent_one_after_another_and_a_bad_one_says_why(page, tmp_path):
    add_camera(page, "yard", frames_per_second=5)
    good = write_video(tmp_path / "good.mp4", [number / 10 for number in range(20)], size=(320, 240))
    other = write_video(tmp_path / "other.mp4", [number / 10 for number in range(30)], size=(320, 240))
    bad = tmp_path / "notes.mp4"
    bad.write_text("This is no video.")
    upload(page, "yard", bad, good, other)
    rows = page.locator("#upload [data-queue] > li")
    expect(rows).to_have_count(3)
    expect(rows.nth(0).locator("[role=alert]")).not_to_be_empty()
    expect(rows.nth(1).get_by_role("link", name="Open")).to_be_visible()
    expect(rows.nth(2).get_by_role("link", name="Open")).to_be_visible()
    expect(page.locator("[data-clip]", has_text="good.mp4")).to_have_count(1)
    expect(page.locator("[data-clip]", has_text="notes.mp4")).to_have_count(0)


def test_the_time_of_a_file_is_shown_on_the_cameras_clock(page, tmp_path):
    add_camera(page, "roof", frames_per_second=5)
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"x")
    os.utime(clip, (1_782_909_015, 1_782_909_015))  # 2026-07-01 12:30:15 UTC, two hours later in Berlin
    page.goto("/clips/")
    page.select_option("#upload [name=camera]", label="roof")
    page.set_input_files("#upload input[type=file]", str(clip))
    expect(page.locator("#upload [data-queue] input")).to_have_value("2026-07-01T14:30:15")


GEOMETRY = "async ({ name, given }) => (await import('/static/js/overlay-geometry.js'))[name](...given)"
PATH = [[1.0, 0, 0, 10, 10], [1.2, 10, 0, 20, 10], [1.6, 30, 0, 40, 10]]
TIMES = [0.8, 1.0, 1.2, 1.4, 1.6, 1.8]


@pytest.mark.parametrize(
    ("time", "box"),
    [
        (0.9, None),  # not yet seen
        (1.0, [0, 0, 10, 10]),
        (1.05, [2.5, 0, 12.5, 10]),  # a quarter of the way between two neighbours
        (1.2, [10, 0, 20, 10]),
        (1.29, [10, 0, 20, 10]),  # the face is missing at 1.4: it stays for half a step
        (1.31, None),
        (1.5, None),  # nothing is made up across the gap
        (1.6, [30, 0, 40, 10]),
        (1.69, [30, 0, 40, 10]),
        (1.75, None),
    ],
)
def test_boxes_are_interpolated_only_between_neighbouring_frames(page, time, box):
    found = page.evaluate(GEOMETRY, {"name": "boxAt", "given": [PATH, TIMES, time]})
    assert found == (box if box is None else pytest.approx(box))


@pytest.mark.parametrize(
    ("element", "picture", "area"),
    [
        ((200, 100), (400, 200), (0, 0, 200, 100)),
        ((200, 200), (400, 200), (0, 50, 200, 100)),  # bars above and below
        ((200, 100), (100, 100), (50, 0, 100, 100)),  # bars on both sides
        ((0, 0), (100, 100), (0, 0, 0, 0)),
    ],
)
def test_the_letterbox_of_the_video_is_respected(page, element, picture, area):
    found = page.evaluate(GEOMETRY, {"name": "contentRect", "given": [*element, *picture]})
    assert (found["x"], found["y"], found["width"], found["height"]) == area
