"""Changes of many images or boxes are made by a job, in portions, from where it was broken off."""

import pytest
from django.core.exceptions import ValidationError

from jobs.models import Job
from jobs.services import JobFailed, job_run_here
from labelling import bulk, pace
from labelling.models import BULK_KIND, Box, BoxChange, BoxClass, BulkAction, BulkChange, Image
from labelling.services import bulk as service
from labelling.services import classes, classes_unite, dataset_create, images_change
from labelling.versions import version_create
from tests.labelling.makers import bbox, import_here, jpeg, record

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Two images are many, and portions are of one."""
    monkeypatch.setattr(service, "MOST_IMAGES", 1)
    monkeypatch.setattr(service, "MOST_BOXES", 1)
    monkeypatch.setattr(pace, "MOST", 1)


def start(action: BulkAction, by, **parameters) -> BulkChange:
    made = images_change(images=Image.objects.all(), action=action, by=by, parameters=parameters)
    assert isinstance(made, BulkChange)
    return made


def finish(row: BulkChange) -> BulkChange:
    """What a worker does with the job of a row."""
    job_run_here(kind=BULK_KIND, title="bulk", owner=None, target_id=row.pk)
    row.refresh_from_db()
    return row


def test_few_images_are_changed_there_and_then(masks, carol):
    one = Image.objects.filter(external_id="a.jpg")
    assert images_change(images=one, action=BulkAction.MARK, by=carol, parameters={"labelled": False}) == 1
    assert not one.get().labelled
    assert not BulkChange.objects.exists()


def test_many_images_are_marked_by_a_job(masks, carol):
    row = start(BulkAction.MARK, carol, labelled=False)
    assert Image.objects.filter(labelled=True).count() == 3
    assert (row.created_by, row.job.state, row.job.owner) == (carol, Job.State.QUEUED, carol)
    finish(row)
    assert not Image.objects.filter(labelled=True).exists()
    assert row.report == {"done": 3, "changed": 3, "total": 3}
    assert row.finished_at is not None


def test_what_is_chosen_is_settled_when_the_change_is_started(masks, carol):
    Image.objects.filter(external_id="c.jpg").update(labelled=False)
    chosen = Image.objects.filter(labelled=True)
    row = images_change(images=chosen, action=BulkAction.MARK, by=carol, parameters={"labelled": False})
    Image.objects.filter(external_id="c.jpg").update(labelled=True)
    finish(row)
    assert list(Image.objects.filter(labelled=True).values_list("external_id", flat=True)) == ["c.jpg"]


def test_many_images_are_put_into_a_part_by_a_job(masks, carol):
    finish(start(BulkAction.FIX_SPLIT, carol, split="train"))
    assert list(Image.objects.values_list("fixed_split", flat=True)) == ["train"] * 3


def test_many_images_are_deleted_by_a_job(masks, carol):
    row = finish(start(BulkAction.DELETE, carol))
    assert not Image.objects.exists()
    assert row.report["changed"] == 3


def test_where_a_version_holds_one_of_them_none_is_deleted(masks, carol):
    version_create(dataset=masks, by=carol)
    with pytest.raises(ValidationError, match="frozen in a version"):
        start(BulkAction.DELETE, carol)
    assert (Image.objects.count(), BulkChange.objects.count()) == (3, 0)


def test_one_that_a_version_has_come_to_hold_keeps_all_from_being_deleted(masks, carol):
    row = start(BulkAction.DELETE, carol)
    version_create(dataset=masks, by=carol)
    with pytest.raises(JobFailed, match=r"frozen in a version.*0 of 3"):
        finish(row)
    assert Image.objects.count() == 3


def test_images_of_several_datasets_are_too_many_for_one_job(masks, carol):
    import_here([record("z.jpg")], {"z.jpg": jpeg(seed=3)}, dataset=dataset_create(name="other", by=None))
    with pytest.raises(ValidationError, match="those of one dataset"):
        start(BulkAction.MARK, carol, labelled=False)


def test_of_one_dataset_one_such_change_is_made_at_a_time(masks, carol):
    start(BulkAction.MARK, carol, labelled=False)
    with pytest.raises(ValidationError, match="under way"):
        start(BulkAction.MARK, carol, labelled=True)


def test_broken_off_it_goes_on_behind_its_last_portion(masks, carol, monkeypatch):
    row, marked, handled = start(BulkAction.MARK, carol, labelled=False), bulk.images_mark_portion, []

    def breaks(**given):
        handled.append(given["keys"])
        if len(handled) == 2:
            raise OSError("the power went")
        return marked(**given)

    monkeypatch.setattr(bulk, "images_mark_portion", breaks)
    with pytest.raises(JobFailed):
        finish(row)
    row.refresh_from_db()
    assert row.report == {"done": 1, "changed": 1, "total": 3}
    assert Image.objects.filter(labelled=False).count() == 1
    finish(row)
    keys = list(Image.objects.order_by("pk").values_list("pk", flat=True))
    assert handled == [[keys[0]], [keys[1]], [keys[1]], [keys[2]]]
    assert row.report == {"done": 3, "changed": 3, "total": 3}


@pytest.mark.parametrize(
    ("action", "parameters"),
    [
        (BulkAction.MARK, {"labelled": False}),
        (BulkAction.FIX_SPLIT, {"split": "test"}),
        (BulkAction.DELETE, {}),
    ],
)
def test_its_job_counts_images(masks, carol, action, parameters):
    assert start(action, carol, **parameters).job.unit == "images"


def test_a_finished_change_is_not_made_again(masks, carol):
    row = finish(start(BulkAction.MARK, carol, labelled=False))
    Image.objects.update(labelled=True)
    finish(row)
    assert Image.objects.filter(labelled=True).count() == 3


@pytest.fixture
def herd(masks):
    """Three boxes of a deer, where one is already many to merge."""
    deer, image = BoxClass.objects.get(name="deer"), Image.objects.get(external_id="b.jpg")
    Box.objects.bulk_create(Box(image=image, box_class=deer, x_min=i, y_min=0, x_max=i + 1, y_max=1) for i in range(2))
    return BoxClass.objects.filter(name="deer")


def test_classes_of_many_boxes_are_merged_by_a_job(herd, carol, monkeypatch):
    monkeypatch.setattr(pace, "MOST", 2)
    into = BoxClass.objects.get(name="with_mask")
    row = classes_unite(sources=herd, into=into, by=carol)
    assert herd.get().boxes.count() == 3
    finish(row)
    assert row.report == {"done": 3, "changed": 3, "total": 3}
    assert not herd.exists()
    assert into.boxes.count() == 4
    assert BoxChange.objects.filter(source=BoxChange.Source.CLASS_MERGE, by=carol).count() == 3


def test_the_job_of_a_merge_counts_boxes(client, herd, carol):
    row = classes_unite(sources=herd, into=BoxClass.objects.get(name="with_mask"), by=carol)
    Job.objects.filter(pk=row.job_id).update(done=1, total=3)
    client.force_login(carol)
    page = " ".join(client.get(f"/jobs/{row.job_id}/").content.decode().split())
    assert "/ 3</span> boxes" in page
    assert "images or boxes" not in page
    assert client.get(f"/api/jobs/{row.job_id}/").json()["unit"] == "boxes"


def test_a_merge_that_was_broken_off_is_finished_by_its_job(herd, carol, monkeypatch):
    monkeypatch.setattr(pace, "MOST", 2)
    row = classes_unite(sources=herd, into=BoxClass.objects.get(name="with_mask"), by=carol)

    def broken(*_given):
        raise OSError("the power went")

    with monkeypatch.context() as patched, pytest.raises(JobFailed):
        patched.setattr(classes, "_classes_deleted", broken)
        finish(row)
    row.refresh_from_db()
    assert row.report == {"done": 3, "changed": 3, "total": 3}
    finish(row)
    assert not herd.exists()
    assert row.report == {"done": 3, "changed": 3, "total": 3}


def test_a_merge_into_a_class_that_has_gone_says_so(herd, carol):
    other = import_here([record("f.jpg", [bbox("fox", 1, 1, 9, 9)])], {"f.jpg": jpeg(seed=5)})
    into = other.dataset.classes.get(name="fox")
    row = classes_unite(sources=herd, into=into, by=carol)
    Box.objects.filter(box_class=into).delete()
    into.delete()
    with pytest.raises(JobFailed, match=r"no longer there.*0 of 3"):
        finish(row)
    assert herd.get().boxes.count() == 3


def test_when_the_dataset_has_gone_the_job_says_so(masks, carol):
    row = start(BulkAction.MARK, carol, labelled=False)
    key = row.pk
    masks.delete()
    with pytest.raises(JobFailed, match="dataset was deleted"):
        job_run_here(kind=BULK_KIND, title="bulk", owner=None, target_id=key)
