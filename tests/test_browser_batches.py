"""Batches of photographs on a whole server: a folder is dropped, looked at, looked through, taken away, deleted."""

import base64
import json
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import run, signed_in
from tests.jobs.site import Site
from tests.releases.batches.makers import BLUE, RED, picture, zipped

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SLOW = 120_000  # milliseconds; the machine may be busy with other things

DROP = """([files, folder]) => {
  const entry = ([name, content]) => {
    const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
    return { isFile: true, fullPath: `/${folder}/${name}`, file: (done) => done(new File([bytes], name)) };
  };
  const parts = [files.map(entry), []];
  const reader = { readEntries: (done) => done(parts.shift()) };
  const dropped = { isFile: false, fullPath: `/${folder}`, createReader: () => reader };
  const event = new Event("drop", { bubbles: true, cancelable: true });
  event.dataTransfer = { types: ["Files"], items: [{ webkitGetAsEntry: () => dropped }], files: [] };
  document.querySelector(".mw-drop").dispatchEvent(event);
}"""


def drop(page: Page, folder: str, files: dict[str, bytes]) -> None:
    """Drop a folder, as far as a script may: only people can drop real ones."""
    encoded = [[name, base64.b64encode(content).decode()] for name, content in files.items()]
    page.evaluate(DROP, [encoded, folder])


def new_batch(page: Page, name: str) -> None:
    page.goto("/models/pictures/")
    page.get_by_role("link", name="Many at once: a batch").click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Make it, then add photographs").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page.locator("[data-dropping]")).to_be_visible()  # once its module listens


@pytest.fixture(scope="module", autouse=True)
def _tiny_release(site: Site, tiny_release_folder: Path) -> None:
    """A release of random weights looks at them: what it sees does not matter, and it is loaded at once."""
    run(site, "release_import", str(tiny_release_folder), "--activate", "--json")


def test_a_folder_is_dropped_looked_through_taken_away_and_deleted(page, site):
    new_batch(page, "Gate, Monday")
    files = {
        "2.png": picture(BLUE),
        "10.jpg": b"no picture",
        "1.png": picture(RED),
        "notes.txt": b"x",
        ".DS_Store": b"x",
    }
    drop(page, "gate", files)
    expect(page.locator("[data-says]")).to_have_text("All have arrived.", timeout=SLOW)
    expect(page.locator("[data-count-words]")).to_have_text("3 photographs have arrived.")
    expect(page.locator("[data-left-out-names]")).to_have_text(
        "Left out, as they are no photographs: 1 (gate/notes.txt)"
    )
    page.reload()
    drop(page, "gate", files)
    expect(page.locator("[data-says]")).to_have_text("All have arrived.", timeout=SLOW)
    page.locator("[data-start]").press("Enter")
    download = page.get_by_role("link", name="Download all")
    expect(download).to_have_class(re.compile("btn-primary"), timeout=SLOW)  # once all have been looked at
    names = page.locator(".mw-gallery-item .text-truncate")
    expect(names).to_have_text(["gate/1.png", "gate/2.png", "gate/10.jpg"])
    with page.expect_download() as taken:
        download.click()
    with zipfile.ZipFile(taken.value.path()) as archive:
        told = json.loads(archive.read("boxes.json"))
        assert "drawn/gate/1.png.jpg" in archive.namelist()
    assert [(one["picture"], one["state"]) for one in told["pictures"]] == [
        ("gate/1.png", "seen"),
        ("gate/2.png", "seen"),
        ("gate/10.jpg", "unreadable"),
    ]
    page.get_by_role("link", name="unreadable 1").click()
    expect(names).to_have_text(["gate/10.jpg"])
    page.get_by_role("link", name="All 3").click()
    page.locator(".mw-gallery-item").first.press("Enter")
    expect(page.get_by_role("heading", name="gate/1.png")).to_be_visible()
    expect(page.locator("pre")).to_contain_text('"picture": "gate/1.png"')
    assert page.locator(".mw-frame img").evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 60
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name="gate/2.png")).to_be_visible()
    page.get_by_role("link", name="Gate, Monday").click()
    page.get_by_role("button", name="Delete now").click()
    page.locator(".modal.show").get_by_role("button", name="Delete now").click()
    expect(page.get_by_text("is deleted with its photographs")).to_be_visible()
    assert list((site.data_dir / "media" / "batches").iterdir()) == []


def test_a_refused_zip_is_told_once_and_nothing_else_claims_it_arrived(page):
    new_batch(page, "Garbled")
    garbled = {"name": "garbled.zip", "mimeType": "application/zip", "buffer": b"no zip"}
    picker = page.locator('[data-input="files"]')
    picker.set_input_files(garbled)
    says, refused = page.locator("[data-says]"), page.locator("[data-refused] li")
    expect(says).to_have_text("Taken in: 0 / 1. Refused, and not kept:", timeout=SLOW)
    expect(refused).to_have_text(["garbled.zip: This is no zip, or it is damaged."])
    expect(page.locator("[data-count-words]")).to_have_text("0 photographs have arrived.")
    picker.set_input_files([garbled, {"name": "a.png", "mimeType": "image/png", "buffer": picture(RED)}])
    expect(says).to_have_text("Taken in: 1 / 2. Refused, and not kept:", timeout=SLOW)
    expect(refused).to_have_count(1)
    picker.set_input_files({"name": "b.png", "mimeType": "image/png", "buffer": picture(BLUE)})
    expect(says).to_have_text("All have arrived.", timeout=SLOW)
    expect(refused).to_have_count(0)
    expect(page.locator("[data-count-words]")).to_have_text("2 photographs have arrived.")


@pytest.fixture
def page_cut_off(browser, site):
    """A page whose lost connections are in order."""
    with signed_in(browser, site, "alice", also_expected=("ERR_CONNECTION_RESET",)) as page:
        yield page


def test_a_zip_goes_on_after_a_broken_connection(page_cut_off):
    """The first portion is lost on its way twice; the module waits and sends it again."""
    page = page_cut_off
    new_batch(page, "Zipped")
    lost = []

    def lose(route) -> None:
        if len(lost) < 2:
            lost.append(route.request.url)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/zip/**", lose)
    content = zipped({"in/a.png": picture(RED), "in/b.png": picture(BLUE), "read.txt": b"x"})
    file = {"name": "photographs.zip", "mimeType": "application/zip", "buffer": content}
    page.locator('[data-input="files"]').set_input_files(file)
    expect(page.locator("[data-says]")).to_have_text("All have arrived.", timeout=SLOW)
    assert len(lost) == 2
    expect(page.locator("[data-count-words]")).to_have_text("2 photographs have arrived.")
    page.reload()
    expect(
        page.get_by_text("2 photographs; left out, as they are no photographs or point outside the zip: 1 (read.txt)")
    ).to_be_visible()


def test_single_photographs_come_back_with_boxes_json_and_a_sentence_for_what_is_none(page):
    page.goto("/models/pictures/")
    picker = page.locator('#try input[type="file"]')
    tiff = {"name": "b.tif", "mimeType": "image/tiff", "buffer": picture(BLUE, kind="TIFF")}
    note = {"name": "c.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}
    picker.set_input_files([{"name": "a.png", "mimeType": "image/png", "buffer": picture(RED)}, tiff, note])
    cards = page.locator("[data-results] .card")
    expect(cards.nth(2)).to_contain_text("This is not a JPEG, PNG, WebP, BMP or TIFF picture.", timeout=SLOW)
    for number in (0, 1):
        image = cards.nth(number).locator("img")
        expect(cards.nth(number).get_by_role("button", name="Save with boxes")).to_be_visible()
        page.wait_for_function("(image) => image.naturalWidth === 60", arg=image.element_handle(), timeout=SLOW)
    cards.nth(0).get_by_text("JSON").click()
    expect(cards.nth(0).locator("pre")).to_contain_text('"file": "a.png"')
    with page.expect_download() as taken:
        cards.nth(0).get_by_role("button", name="Save with boxes").click()
    assert taken.value.suggested_filename == "a-boxes.jpg"
    picker.set_input_files({"name": "d.zip", "mimeType": "application/zip", "buffer": b"x"})
    expect(page.locator("[data-refused]")).to_have_text("A zip is looked at as a batch.")
    expect(page.get_by_role("link", name="Make a batch")).to_be_visible()
