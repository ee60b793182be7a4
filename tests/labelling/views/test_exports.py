"""The page that offers exports, and the zips it sends."""

import io
import json
import zipfile

import pytest
from asgiref.sync import sync_to_async

from labelling.versions import version_create
from tests.labelling.conftest import RECORDS
from tests.labelling.makers import import_here, jpeg

pytestmark = pytest.mark.django_db


def download(client, dataset, **query) -> tuple[str, zipfile.ZipFile]:
    answer = client.get(f"/datasets/{dataset.pk}/export/download/", query)
    assert answer.status_code == 200
    return answer["Content-Disposition"], zipfile.ZipFile(io.BytesIO(b"".join(answer)))


def test_the_page_offers_all_forms_and_the_versions_there_are(client, masks, carol):
    version_create(dataset=masks, by=carol)
    client.force_login(carol)
    page = client.get(f"/datasets/{masks.pk}/export/?version=1").content.decode()
    for label in ("Pascal VOC", "YOLO", "COCO", "Labelbox v2", "as it is now"):
        assert label in page
    assert '<option value="1" selected>masks v1</option>' in page


def test_a_dataset_is_sent_as_a_zip(client, masks, carol):
    client.force_login(carol)
    disposition, archive = download(client, masks, export_format="voc")
    assert disposition == 'attachment; filename="masks-voc.zip"'
    assert sorted(archive.namelist()) == [
        "Annotations/a.xml",
        "Annotations/b.xml",
        "JPEGImages/a.jpg",
        "JPEGImages/b.jpg",
    ]
    assert archive.read("JPEGImages/a.jpg") == jpeg(seed=1)


def test_a_version_is_sent_as_it_was_frozen(client, masks, carol):
    version_create(dataset=masks, by=carol)
    masks.images.get(external_id="a.jpg").boxes.all().delete()
    client.force_login(carol)
    disposition, archive = download(client, masks, export_format="labelbox", version=1)
    assert disposition == 'attachment; filename="masks-v1-labelbox.zip"'
    rows = [json.loads(line) for line in archive.read("export.ndjson").splitlines()]
    labels = {row["data_row"]["external_id"]: row["projects"]["masks-v1"]["labels"][0] for row in rows}
    assert {name: len(label["annotations"]["objects"]) for name, label in labels.items()} == {"a.jpg": 2, "b.jpg": 0}


@pytest.mark.parametrize("query", [{}, {"export_format": "tar"}, {"export_format": "voc", "version": 7}])
def test_what_cannot_be_sent_is_told_on_the_page(client, masks, carol, query):
    client.force_login(carol)
    answer = client.get(f"/datasets/{masks.pk}/export/download/", query)
    assert (answer.status_code, bool(answer.context["form"].errors)) == (400, True)


async def test_the_zip_is_streamed_under_asgi(async_client, carol, transactional_db):
    await async_client.aforce_login(carol)
    dataset = await sync_to_async(import_here)(RECORDS, {"a.jpg": jpeg(seed=1)})
    answer = await async_client.get(f"/datasets/{dataset.dataset_id}/export/download/?export_format=coco")
    assert answer.is_async
    content = b"".join([part async for part in answer])
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
