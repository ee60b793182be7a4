"""Versions over the API: frozen, compared, given anchors, locked, exported."""

import io
import zipfile

import pytest
from django.urls import reverse

from labelling.models import Box, Dataset, DatasetVersion, Image
from labelling.versions import version_create
from tests.labelling.makers import bbox, import_here, jpeg, record
from tests.training.makers import make_version

pytestmark = pytest.mark.django_db


def url(name: str, pk: int) -> str:
    return reverse(f"labelling_api:{name}", args=[pk])


def test_a_version_is_frozen(api, carol, masks):
    answer = api.post(url("versions", masks.pk), {"note": "first", "seed": 3, "shares": [1, 0, 0]}, format="json")
    assert answer.status_code == 201, answer.json()
    version = DatasetVersion.objects.get()
    assert (version.note, version.seed, version.created_by) == ("first", 3, carol)
    told = answer.json()
    # a.jpg and b.jpg have their picture, and all goes to train.
    assert told["images"] == {"train": 2, "validation": 0, "test": 0}
    assert (told["number"], told["classes"], told["anchors"]) == (1, version.classes, {})
    assert told["content_sha256"] == version.content_sha256
    assert api.get(url("version", version.pk)).json() == told


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"shares": [0.5, 0.5]}, "shares"),
        ({"shares": [0.5, 0.2, 0.2]}, "shares"),
        ({"shares": [0, 0.5, 0.5]}, "shares"),
        ({"shares": [1.2, -0.1, -0.1]}, "shares"),
        ({"seed": -1}, "seed"),
        ({"note": "x" * 201}, "note"),
    ],
)
def test_a_version_that_makes_no_sense_is_refused_at_its_field(api, masks, sent, field):
    answer = api.post(url("versions", masks.pk), sent, format="json")
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert not DatasetVersion.objects.exists()


def test_of_nothing_there_is_no_version(api):
    empty = Dataset.objects.create(name="empty")
    answer = api.post(url("versions", empty.pk))
    assert answer.status_code == 409
    assert "nothing to freeze" in answer.json()["detail"]


def test_the_list_takes_as_many_queries_for_five_versions_as_for_one(reader, masks, django_assert_num_queries):
    for seed in range(5):
        version_create(dataset=masks, by=None, seed=seed)
    # Token, its use, the dataset, how many, the page.
    with django_assert_num_queries(5):
        rows = reader.get(url("versions", masks.pk)).json()["results"]
    assert [row["number"] for row in rows] == [5, 4, 3, 2, 1]


def test_versions_are_compared_with_each_other_and_with_now(reader, masks):
    old = version_create(dataset=masks, by=None, shares=(1, 0, 0))
    import_here([record("e.jpg", [bbox("deer", 2, 3, 10, 12)])], {"e.jpg": jpeg(seed=5)}, dataset=masks)
    version_create(dataset=masks, by=None, shares=(1, 0, 0))
    Box.objects.get(image__external_id="e.jpg").delete()
    told = reader.get(url("version_compare", old.pk), {"with": 2}).json()
    assert (told["old"], told["new"], told["count"]) == (1, 2, 1)
    assert told["images"] == {"added": 1, "removed": 0, "changed": 0, "moved": 0}
    assert told["boxes"] == {"added": 1, "removed": 0, "changed": 0}
    assert told["results"] == [
        {
            "image": Image.objects.get(external_id="e.jpg").pk,
            "external_id": "e.jpg",
            "kind": "added",
            "boxes": {"added": 1, "removed": 0, "changed": 0},
            "old_split": None,
            "new_split": "train",
        }
    ]
    now = reader.get(url("version_compare", old.pk)).json()
    assert (now["new"], now["images"]["added"], now["boxes"]["added"]) == (None, 1, 0)
    for nobody in ("7", "x", "-1"):
        answer = reader.get(url("version_compare", old.pk), {"with": nobody})
        assert (answer.status_code, list(answer.json())) == (400, ["with"])


def test_anchors_are_found_and_kept(api):
    version = make_version(train=10)
    answer = api.post(url("version_anchors", version.pk), {"net_size": 416, "count": 3}, format="json")
    assert answer.status_code == 200, answer.json()
    version.refresh_from_db()
    assert (version.anchors["net_size"], len(version.anchors["anchors"])) == (416, 3)
    assert answer.json()["anchors"] == version.anchors


@pytest.mark.parametrize(("sent", "field"), [({"net_size": 417}, "net_size"), ({"count": 13}, "count")])
def test_anchors_that_make_no_sense_are_refused_at_their_field(api, sent, field):
    answer = api.post(url("version_anchors", make_version().pk), sent, format="json")
    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_a_test_split_is_locked_and_unlocked(api, reader):
    version = make_version(train=4, validation=1, test=1)
    assert reader.post(url("version_lock", version.pk)).status_code == 403
    assert api.post(url("version_lock", version.pk)).json()["locked_test"] == version.pk
    assert api.delete(url("dataset_lock", version.dataset_id)).status_code == 204
    assert Dataset.objects.get().locked_test is None


def test_a_version_without_a_test_split_has_nothing_to_lock(api):
    answer = api.post(url("version_lock", make_version(test=0).pk))
    assert (answer.status_code, list(answer.json())) == (409, ["detail"])


def names_in(answer) -> set[str]:
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/zip"
    return set(zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))).namelist())


def test_a_version_is_exported_with_its_split_and_a_dataset_as_it_is(reader, masks):
    version = version_create(dataset=masks, by=None, shares=(1, 0, 0))
    frozen = names_in(reader.get(url("version_export", version.pk), {"format": "yolo"}))
    assert {"data.yaml", "images/train/a.jpg", "labels/train/a.txt"} <= frozen
    now = names_in(reader.get(url("dataset_export", masks.pk), {"format": "voc"}))
    assert any(name.endswith("a.xml") for name in now)
    assert not any("c." in name for name in now), "its picture is missing"


@pytest.mark.parametrize("name", ["dataset_export", "version_export"])
@pytest.mark.parametrize("query", [{}, {"format": "tar"}])
def test_an_export_in_no_known_form_is_refused_at_its_field(reader, masks, name, query):
    version = version_create(dataset=masks, by=None)
    answer = reader.get(url(name, version.pk if name == "version_export" else masks.pk), query)
    assert answer.status_code == 400
    assert answer.json() == {"format": ["Say which: voc, yolo, coco, labelbox."]}
