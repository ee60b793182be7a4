"""A dataset's longer work as people ask for it: the model's proposals, and the dataset handed on."""

import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.box_editor import images_made
from tests.jobs.site import Site, wait_for

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
