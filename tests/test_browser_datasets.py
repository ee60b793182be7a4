"""A dataset's longer work as people ask for it: the model's proposals, and the dataset handed on."""

import json
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.box_editor import images_made
from tests.jobs.site import Site, wait_for
from tests.labelling.makers import bbox, jpeg, record

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def images(site: Site) -> list[int]:
    """Images with one box each, of one dataset."""
    return images_made(site)


@pytest.fixture
def dataset(site: Site, images: list[int]) -> int:
    [row] = site.sql("SELECT dataset_id FROM labelling_image WHERE id = ?", images[0])
    return row["dataset_id"]


def test_the_labels_of_a_dataset_are_looked_at_by_the_model(page: Page, site, dataset, images):
    page.goto(f"/datasets/{dataset}/")
    page.get_by_role("link", name="Pre-label").click()
    page.get_by_role("button", name="Start").click()
    page.wait_for_url(re.compile(r"/datasets/prelabels/\d+/$"))
    ended = "SELECT 1 FROM labelling_prelabel WHERE finished_at IS NOT NULL"
    wait_for("the job's end", lambda: site.sql(ended), seconds=90)
    [row] = site.sql("SELECT count(DISTINCT image_id) AS n FROM labelling_opinion")
    assert row["n"] == len(images)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An export of three pictures, two of them beside it in a folder of their own, and a file that is of no use."""
    (tmp_path / "all" / "pictures").mkdir(parents=True)
    records = [record(f"{name}.jpg", [bbox("With mask", 2, 3, 10, 12)]) for name in "abc"]
    (tmp_path / "all" / "export.json").write_text(json.dumps(records))
    (tmp_path / "all" / "notes.docx").write_text("nothing")
    for seed, name in enumerate("ab"):
        (tmp_path / "all" / "pictures" / f"{name}.jpg").write_bytes(jpeg(seed=seed))
    (tmp_path / "c.jpg").write_bytes(jpeg(seed=9))
    return tmp_path


def choose(page: Page, what: str, files: Path | list[Path]) -> None:
    """Choose files, or a folder, as soon as the page takes them: its module shows the zone once it listens."""
    expect(page.locator("[data-drop]")).to_be_visible()
    page.locator(f"[data-chooses={what}]").set_input_files(files)


def imported(site: Site, number: int) -> dict:
    """The report of that import into the dataset called loose, from 0, once it has come to its end."""
    ended = (
        "SELECT report FROM labelling_labelimport WHERE finished_at IS NOT NULL AND dataset_id ="
        " (SELECT id FROM labelling_dataset WHERE name = 'loose') ORDER BY id LIMIT 1 OFFSET ?"
    )
    return json.loads(wait_for("the import's end", lambda: site.sql(ended, number), seconds=120)[0]["report"])


def test_a_folder_and_then_a_loose_picture_are_imported(page: Page, site, folder):
    page.goto("/datasets/add/")
    page.get_by_label("Name").fill("loose")
    page.get_by_role("button", name="Add").click()
    page.get_by_label("Look first").uncheck()
    choose(page, "folder", folder / "all")
    expect(page.locator("[data-drop-taken]")).to_contain_text("Pictures: 2")
    expect(page.locator("[data-drop-left]")).to_contain_text("all/notes.docx: empty, or neither picture nor labels")
    page.get_by_role("button", name="Import", exact=True).click()
    report = imported(site, 0)
    assert (report["images"], report["pending"], report["boxes"]) == (2, 1, 3)
    page.goto("/datasets/")
    page.get_by_role("link", name="loose").click()
    page.get_by_role("link", name="export.json").click()
    choose(page, "files", folder / "c.jpg")
    page.get_by_role("button", name="Add the pictures").click()
    assert imported(site, 1)["pending"] == 0


def test_pictures_without_labels_are_added_one_by_one_and_what_is_refused_is_named(page: Page, site, folder):
    page.goto("/datasets/add/")
    page.get_by_label("Name").fill("unlabelled")
    page.get_by_role("button", name="Add").click()
    (folder / "broken.jpg").write_text("no picture")
    choose(page, "files", [folder / "c.jpg", folder / "broken.jpg"])
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("[data-upload-errors]")).to_contain_text("1 of 2 pictures were added.")
    expect(page.locator("[data-upload-errors]")).to_contain_text("broken.jpg: This picture cannot be used")
    rows = site.sql(
        "SELECT i.external_id, i.labelled FROM labelling_image i JOIN labelling_dataset d"
        " ON d.id = i.dataset_id WHERE d.name = 'unlabelled'"
    )
    assert [(row["external_id"], row["labelled"]) for row in rows] == [("c.jpg", 0)]


def test_what_cannot_go_along_is_named_and_not_said_to_be_taken(page: Page, site, dataset, folder):
    page.goto(f"/datasets/{dataset}/")
    with zipfile.ZipFile(folder / "rest.zip", "w") as archive:
        archive.writestr("d.jpg", jpeg(seed=7))
    choose(page, "files", [folder / "all" / "export.json", folder / "c.jpg", folder / "rest.zip"])
    expect(page.locator("[data-drop-taken]")).to_have_text("Pictures: 1 (0.0 MB)export.json")
    expect(page.locator("[data-drop-left]")).to_have_text(re.compile(r"^rest\.zip: left out, as one zip"))
    page.get_by_role("button", name="Take none of them").click()
    choose(page, "files", folder / "rest.zip")
    expect(page.locator("[data-drop-taken]")).to_have_text("rest.zip")
    expect(page.locator("[data-drop-left]")).to_be_empty()


def test_labels_are_not_taken_where_only_pictures_are_missing(page: Page, site, folder):
    [row] = site.sql("SELECT id FROM labelling_labelimport WHERE export_name = 'export.json' ORDER BY id LIMIT 1")
    site.sql("UPDATE labelling_image SET file = '' WHERE external_id = 'c.jpg'")
    page.goto(f"/datasets/imports/{row['id']}/")
    choose(page, "files", [folder / "all" / "export.json"])
    expect(page.locator("[data-drop-taken]")).to_be_empty()
    expect(page.locator("[data-drop-left]")).to_have_text("Files of annotations, left out: 1")


def test_files_that_are_dropped_are_taken(page: Page, dataset):
    page.goto(f"/datasets/{dataset}/")
    zone = page.locator("[data-drop]")
    transfer = page.evaluate_handle("""() => {
      const transfer = new DataTransfer();
      for (const name of ["a.jpg", "b.jpg"]) transfer.items.add(new File(["x"], name, { type: "image/jpeg" }));
      return transfer;
    }""")
    zone.dispatch_event("drop", {"dataTransfer": transfer})
    expect(page.locator("[data-drop-taken]")).to_contain_text("Pictures: 2")
    page.get_by_role("button", name="Take none of them").click()
    expect(page.locator("[data-drop-taken]")).to_be_empty()


def test_a_dataset_is_downloaded_as_yolo(page: Page, dataset, images, tmp_path: Path):
    page.goto(f"/datasets/{dataset}/")
    page.get_by_role("link", name="Export").click()
    page.get_by_label("YOLO").check()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download the zip").click()
    waiting.value.save_as(tmp_path / "yolo.zip")
    with zipfile.ZipFile(tmp_path / "yolo.zip") as archive:
        names = archive.namelist()
    assert "data.yaml" in {Path(name).name for name in names}
    assert len([name for name in names if "labels/" in name and name.endswith(".txt")]) == len(images)
