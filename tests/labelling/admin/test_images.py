"""Images in the administration, many at a time."""

import io
import zipfile

import pytest

from accounts.models import AuditEntry
from jobs.models import Job
from labelling.models import Box, Image, Opinion, PreLabel, Split
from labelling.services import splits
from labelling.versions import version_create
from releases.services import NoRelease
from tests.labelling.admin.conftest import act
from tests.labelling.makers import bbox, import_here, jpeg, record

pytestmark = pytest.mark.django_db


def keys(*names: str) -> list[int]:
    return list(Image.objects.filter(external_id__in=names).values_list("pk", flat=True))


def listed(client, query: str) -> set[str]:
    rows = client.get(f"/admin/labelling/image/?{query}").context["cl"].queryset
    return set(rows.values_list("external_id", flat=True))


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("picture=here", {"a.jpg", "b.jpg"}),
        ("picture=pending", {"c.jpg"}),
        ("class=deer", {"a.jpg"}),
        ("split=none", {"c.jpg"}),
        ("split=test", {"b.jpg"}),
        ("fixed=test", {"b.jpg"}),
        ("fixed=none", {"a.jpg", "c.jpg"}),
        ("edited=yes", {"a.jpg"}),
        ("edited=since", {"a.jpg"}),
        ("edited=no", {"b.jpg", "c.jpg"}),
        ("labelled__exact=1", {"a.jpg", "c.jpg"}),
        ("q=b.jp", {"b.jpg"}),
    ],
)
def test_images_are_filtered(manager, masks, carol, query, names):
    splits.images_fix_split(images=Image.objects.filter(external_id="b.jpg"), split=Split.TEST, by=carol)
    version = version_create(dataset=masks, by=carol)
    Image.objects.filter(external_id="a.jpg").update(edited_at=version.created_at.replace(year=2999))
    Image.objects.filter(external_id="b.jpg").update(labelled=False)
    assert listed(manager, query) == names


def test_images_that_the_active_release_contradicts_are_found(manager, masks, tiny_release):
    for name, disagreement in (("a.jpg", 0.5), ("b.jpg", 0.49)):
        image = Image.objects.get(external_id=name)
        Opinion.objects.create(image=image, release=tiny_release, disagreement=disagreement)
    assert listed(manager, "release=disagrees") == {"a.jpg"}


def test_images_are_put_into_a_split_after_asking(manager, masks):
    asking = act(manager, "image", "put_into_split", keys("a.jpg", "b.jpg")).content.decode()
    assert "2 chosen: a.jpg, b.jpg" in " ".join(asking.split())
    assert not Image.objects.exclude(fixed_split="").exists()
    act(manager, "image", "put_into_split", keys("a.jpg", "b.jpg"), split="test")
    assert set(Image.objects.filter(fixed_split="test").values_list("external_id", flat=True)) == {"a.jpg", "b.jpg"}
    act(manager, "image", "put_into_split", keys("a.jpg"), split="")
    assert Image.objects.get(external_id="a.jpg").fixed_split == ""


def test_all_images_that_a_filter_leaves_are_put_into_a_split(manager, masks):
    data = {"action": "put_into_split", "_selected_action": keys("a.jpg"), "select_across": "1"}
    manager.post("/admin/labelling/image/?picture=here", {**data, "answered": "1", "split": "train"})
    assert Image.objects.filter(fixed_split="train").count() == 2


def test_what_the_lock_forbids_is_told(manager, masks, carol):
    splits.images_fix_split(images=Image.objects.filter(external_id="b.jpg"), split=Split.TEST, by=carol)
    splits.test_split_lock(version=version_create(dataset=masks, by=carol), by=carol)
    page = act(manager, "image", "put_into_split", keys("a.jpg"), split="test").content.decode()
    assert "The test split is locked" in page
    assert Image.objects.get(external_id="a.jpg").fixed_split == ""


@pytest.mark.parametrize("export_format", ["voc", "yolo", "coco", "labelbox"])
def test_the_chosen_images_are_exported_and_no_others(manager, masks, export_format):
    answer = act(manager, "image", "export", keys("a.jpg", "c.jpg"), export_format=export_format)
    names = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))).namelist()
    assert any(name.endswith("a.jpg") for name in names)
    assert not any(name.endswith(("b.jpg", "c.jpg")) for name in names)


def test_images_of_two_datasets_are_not_exported_together(manager, masks):
    from labelling.services import dataset_create

    other = dataset_create(name="other", by=None)
    import_here([record("z.jpg", [bbox("face", 1, 1, 9, 9)])], {"z.jpg": jpeg(seed=3)}, dataset=other)
    assert "Choose images of one dataset" in act(manager, "image", "export", keys("a.jpg", "z.jpg")).content.decode()


def test_images_are_marked(manager, masks):
    act(manager, "image", "mark_unlabelled", keys("a.jpg", "b.jpg"))
    assert set(Image.objects.filter(labelled=True).values_list("external_id", flat=True)) == {"c.jpg"}
    page = act(manager, "image", "mark_labelled", keys("a.jpg", "c.jpg")).content.decode()
    assert "1 images now count as labelled" in page
    assert Image.objects.get(external_id="a.jpg").labelled
    entry = AuditEntry.objects.filter(action="images_mark").latest("pk")
    assert entry.detail["images"] == 1


def test_marked_images_are_judged_anew(annotator, masks, tiny_release):
    image = Image.objects.get(external_id="a.jpg")
    Opinion.objects.create(
        image=image, release=tiny_release, disagreement=0.9, doubts=[{"kind": "extra"}], detections=[]
    )
    act(annotator, "image", "mark_unlabelled", [image.pk])
    assert Opinion.objects.get().doubts != [{"kind": "extra"}]


def test_pre_labelling_is_started(manager, masks, tiny_release):
    act(manager, "image", "prelabel", keys("a.jpg", "c.jpg"), least_score="0.4", proposes="on")
    row = PreLabel.objects.get()
    assert (row.image_keys, row.least_score, row.proposes) == (keys("a.jpg"), 0.4, True)
    assert row.job.state == Job.State.QUEUED


def test_without_a_release_pre_labelling_says_so(manager, masks, monkeypatch):
    def none():
        raise NoRelease("No release is active.")

    monkeypatch.setattr("labelling.services.prelabelling.release_active", none)
    page = act(manager, "image", "prelabel", keys("a.jpg"), least_score="0.4")
    assert page.status_code == 200
    assert '<li class="danger">No release is active.' in page.content.decode()
    assert not PreLabel.objects.exists()


def test_a_score_that_is_none_is_refused_on_the_page(manager, masks):
    page = act(manager, "image", "prelabel", keys("a.jpg"), least_score="7")
    assert (page.status_code, "least_score" in page.context["form"].errors) == (400, True)


def test_deletion_is_confirmed_and_tells_what_goes(manager, masks):
    page = act(manager, "image", "delete_selected", keys("a.jpg", "c.jpg")).content.decode()
    assert "a.jpg" in page and "c.jpg" in page and "boxes: 3" in " ".join(page.split()).lower()
    assert Image.objects.count() == 3
    act(manager, "image", "delete_selected", keys("a.jpg", "c.jpg"), post="yes")
    assert list(Image.objects.values_list("external_id", flat=True)) == ["b.jpg"]
    assert not Box.objects.exists()


def test_images_that_a_version_holds_stay_all_of_the_choice(manager, masks, carol):
    version_create(dataset=masks, by=carol)
    page = act(manager, "image", "delete_selected", keys("a.jpg", "c.jpg"), post="yes").content.decode()
    assert "a.jpg is frozen in masks v1" in page
    assert "c.jpg is frozen" not in page
    assert Image.objects.count() == 3


def test_what_is_frozen_while_somebody_confirms_stays(manager, masks, carol, monkeypatch):
    """The service has the last word: nothing is deleted, and Django's log says nothing of deletions."""
    from django.contrib.admin.models import LogEntry

    version_create(dataset=masks, by=carol)
    monkeypatch.setattr("labelling.admin.images._holders", lambda images: [])
    page = act(manager, "image", "delete_selected", keys("a.jpg", "c.jpg"), post="yes").content.decode()
    assert "frozen in a version" in page
    assert (Image.objects.count(), LogEntry.objects.count()) == (3, 0)
