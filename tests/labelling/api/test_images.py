"""Lists of images over the API, pictures that are added, and their files."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from labelling.models import BoxChange, Dataset, Image, Opinion
from labelling.versions import version_create
from releases.models import ModelRelease
from tests.detection.makers import make_release
from tests.labelling.makers import bbox, import_here, jpeg, make_proposal, record

pytestmark = pytest.mark.django_db


def list_url(dataset: Dataset) -> str:
    return reverse("labelling_api:images", args=[dataset.pk])


def names(client, dataset, **query) -> list[str]:
    answer = client.get(list_url(dataset), query)
    assert answer.status_code == 200, answer.json()
    return [row["external_id"] for row in answer.json()["results"]]


def test_each_image_comes_with_its_boxes(reader, masks):
    first, second, pending = reader.get(list_url(masks)).json()["results"]
    assert [(box["class"], box["xyxy"]) for box in first["boxes"]] == [
        ("with_mask", [2, 3, 12, 15]),
        ("deer", [20, 5, 25, 10]),
    ]
    assert (first["width"], first["height"], first["pending"], second["boxes"]) == (40, 30, False, [])
    assert (pending["pending"], pending["file"], pending["thumbnail"]) == (True, None, None)


def test_filters_leave_what_they_name(reader, masks):
    picture = Image.objects.get(external_id="a.jpg")
    make_proposal(picture, "with_mask", (1, 1, 5, 5))
    Image.objects.filter(external_id="b.jpg").update(labelled=False)
    assert names(reader, masks, box_class="without_mask") == ["c.jpg"]
    assert names(reader, masks, state="pending") == ["c.jpg"]
    assert names(reader, masks, state="unlabelled") == ["b.jpg"]
    assert names(reader, masks, state="proposed") == ["a.jpg"]
    assert names(reader, masks, external_id="b.jpg") == ["b.jpg"]
    assert names(reader, masks, search="B.") == ["b.jpg"]
    assert names(reader, masks, external_id="b") == []


def test_images_that_the_active_release_contradicts(reader, masks):
    active = make_release()
    other = ModelRelease.objects.create(
        name="other", network="yolov3-slim", net_size=416, classes=["deer"], sha256="1" * 64, folder="other"
    )
    active.is_active = True
    active.save()
    for name, release, disagreement in (("a.jpg", active, 0.5), ("b.jpg", active, 0.49), ("c.jpg", other, 0.9)):
        Opinion.objects.create(image=Image.objects.get(external_id=name), release=release, disagreement=disagreement)
    assert names(reader, masks, state="disagrees") == ["a.jpg"]


def test_images_by_their_part_in_the_newest_version(reader, masks):
    version = version_create(dataset=masks, by=None)
    splits = {row.image.external_id: row.split for row in version.images.select_related("image")}
    assert names(reader, masks, split="none") == ["c.jpg"]
    for split in set(splits.values()):
        assert names(reader, masks, split=split) == sorted(name for name in splits if splits[name] == split)
    Image.objects.filter(external_id="b.jpg").update(edited_at=timezone.now())
    assert names(reader, masks, state="changed") == ["b.jpg"]


@pytest.mark.parametrize(
    "query", [{"box_class": "cat"}, {"split": "attic"}, {"state": "happy"}], ids=["class", "split", "state"]
)
def test_a_filter_that_makes_no_sense_is_named(reader, masks, query):
    answer = reader.get(list_url(masks), query)
    assert (answer.status_code, list(answer.json())) == (400, list(query))


def test_pages_lead_through_all_images_and_count_nothing(reader, masks, django_assert_num_queries):
    import_here([record(f"{n}.jpg", [bbox("deer", 1, 1, 5, 5)]) for n in range(7)], dataset=masks)
    seen, address = [], f"{list_url(masks)}?page_size=4"
    while address:
        # Token, its use, the dataset, the page, its boxes with their classes: the same for every page.
        with django_assert_num_queries(5):
            page = reader.get(address).json()
        assert "count" not in page
        seen += [row["external_id"] for row in page["results"]]
        address = page["next"]
    assert seen == ["a.jpg", "b.jpg", "c.jpg", *(f"{n}.jpg" for n in range(7))]


def add(client, dataset, content: bytes, name: str = "new.jpg", **fields):
    return client.post(list_url(dataset), {"file": SimpleUploadedFile(name, content), **fields})


def test_a_picture_is_added_with_its_boxes(api, carol, masks):
    boxes = [{"class": "No Mask", "xyxy": [1, 2, 11, 12.5]}, {"class": "cat", "xyxy": [0, 0, 40, 30]}]
    answer = add(api, masks, jpeg(seed=9), boxes=json.dumps(boxes))
    assert answer.status_code == 201, answer.json()
    image = Image.objects.get(external_id="new.jpg")
    # Named as imports name them: "No Mask" means ours, a cat is a new class.
    assert [(box.box_class.name, box.xyxy) for box in image.boxes.all()] == [
        ("without_mask", (1, 2, 11, 12.5)),
        ("cat", (0, 0, 40, 30)),
    ]
    assert (image.width, image.height, image.depth, image.labelled) == (40, 30, 3, True)
    assert {(change.by, change.source) for change in BoxChange.objects.filter(image=image)} == {(carol, "api")}
    with image.file.open() as file:
        assert file.read() == jpeg(seed=9)


def test_a_picture_without_boxes_waits_for_labels_and_with_none_it_is_a_negative(api, masks):
    assert add(api, masks, jpeg(seed=8), external_id="waits").json()["labelled"] is False
    assert add(api, masks, jpeg(seed=9), external_id="empty", boxes="[]").json()["labelled"] is True


@pytest.mark.parametrize(
    ("content", "fields", "field"),
    [
        (b"<html>", {}, "file"),
        (jpeg()[:400], {}, "file"),
        (jpeg(), {"external_id": "a.jpg"}, "external_id"),
        (jpeg(), {"boxes": "no list"}, "boxes"),
        (jpeg(), {"boxes": '{"class": "deer"}'}, "boxes"),
        (jpeg(), {"boxes": '[{"class": "deer", "xyxy": [1, 2, 3]}]'}, "boxes"),
        (jpeg(), {"boxes": '[{"class": "deer", "xyxy": [0, 0, 41, 30]}]'}, "boxes"),
        (jpeg(), {"boxes": '[{"class": "deer", "xyxy": [NaN, 0, 4, 3]}]'}, "boxes"),
        (
            jpeg(),
            {"boxes": '[{"class": "deer", "xyxy": [0, 0, 5, 5]}, {"class": "elk", "xyxy": [9, 9, 9, 9]}]'},
            "boxes",
        ),
    ],
    ids=["html", "cut", "taken", "text", "object", "three", "outside", "nan", "flat"],
)
def test_a_picture_that_cannot_be_used_is_refused_at_its_field_and_nothing_is_kept(api, masks, content, fields, field):
    before = (Image.objects.count(), masks.classes.count())
    answer = add(api, masks, content, **fields)
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert (Image.objects.count(), masks.classes.count()) == before


def test_programs_fetch_pictures_and_thumbnails(reader, masks):
    row = reader.get(list_url(masks)).json()["results"][0]
    picture = reader.get(row["file"], headers={"Accept": "image/jpeg"})
    assert (picture.status_code, picture["Content-Type"], picture.content) == (200, "image/jpeg", jpeg(seed=1))
    assert reader.get(row["thumbnail"])["Content-Type"] == "image/jpeg"
    pending = Image.objects.get(external_id="c.jpg")
    assert reader.get(reverse("labelling_api:image_file", args=[pending.pk])).status_code == 404


def test_an_image_is_deleted_unless_a_version_holds_it(api, reader, masks):
    address = reverse("labelling_api:image", args=[Image.objects.get(external_id="b.jpg").pk])
    assert reader.delete(address).status_code == 403
    version_create(dataset=masks, by=None)
    assert api.delete(address).status_code == 409
    pending = reverse("labelling_api:image", args=[Image.objects.get(external_id="c.jpg").pk])
    assert api.delete(pending).status_code == 204
    assert names(api, masks) == ["a.jpg", "b.jpg"]
