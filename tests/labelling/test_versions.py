"""Versions freeze what training sees."""

import pytest
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError

from accounts.models import AuditEntry
from labelling.models import Box, Dataset, Image, LabelImport, Split
from labelling.services import dataset_create
from labelling.split_plans import SPLITS
from labelling.versions import version_create, version_samples
from tests.labelling.makers import bbox, import_here, jpeg, record

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset() -> Dataset:
    """Ten pictures with a face each, of which the first is twice there."""
    records = [record(f"{i}.jpg", [bbox("With mask" if i % 2 else "no mask", i, 1, 10, 10.1234567)]) for i in range(10)]
    files = {f"{i}.jpg": jpeg(40, 30, seed=max(i, 1)) for i in range(10)}
    return import_here(records, files).dataset


def all_samples(version):
    return {sample.path: sample for split in SPLITS for sample in version_samples(version, split)}


def test_a_version_holds_each_picture_once(dataset, carol):
    version = version_create(dataset=dataset, by=carol, note="first")
    assert (version.number, version.classes, version.note) == (1, ["with_mask", "without_mask"], "first")
    assert version.images.count() == 10
    assert {split: version.images.filter(split=split).exists() for split in Split.values} == dict.fromkeys(
        Split.values, True
    )
    assert AuditEntry.objects.filter(action="version_create", actor=carol).exists()


def test_samples_have_boxes_in_pixels_and_labels_of_the_version(dataset):
    version = version_create(dataset=dataset, by=None)
    image = Image.objects.get(external_id="3.jpg")
    split = version.images.get(image=image).split
    sample = next(each for each in version_samples(version, split) if str(each.path) == image.file.path)
    assert sample.labels.tolist() == [0]
    assert sample.boxes.tolist()[0] == pytest.approx([3, 1, 13, 11.123], abs=1e-5)
    assert sample.read().shape == (30, 40, 3)


def test_a_version_does_not_change_with_its_dataset(dataset):
    version = version_create(dataset=dataset, by=None)
    before = {path: sample.boxes.tolist() for path, sample in all_samples(version).items()}
    Box.objects.update(x_min=0)
    assert {path: sample.boxes.tolist() for path, sample in all_samples(version).items()} == before


def test_identical_pictures_lie_in_one_part(dataset):
    for seed in range(5):
        version = version_create(dataset=dataset, by=None, seed=seed)
        twins = version.images.filter(image__external_id__in=["0.jpg", "1.jpg"])
        assert len({each.split for each in twins}) == 1


def test_the_content_hash_follows_the_content_and_not_the_rows(dataset):
    first = version_create(dataset=dataset, by=None)
    again = version_create(dataset=dataset, by=None)
    assert (again.number, again.content_sha256) == (2, first.content_sha256)
    assert version_create(dataset=dataset, by=None, seed=1).content_sha256 != first.content_sha256
    other = import_again_elsewhere(dataset)
    assert version_create(dataset=other, by=None).content_sha256 == first.content_sha256
    Box.objects.filter(image__dataset=other, image__external_id="4.jpg").update(x_max=20)
    assert version_create(dataset=other, by=None).content_sha256 != first.content_sha256


def import_again_elsewhere(dataset: Dataset) -> Dataset:
    other = dataset_create(name="other", by=None)
    records = [record(f"{i}.jpg", [bbox("With mask" if i % 2 else "no mask", i, 1, 10, 10.1234567)]) for i in range(10)]
    files = {f"{i}.jpg": jpeg(40, 30, seed=max(i, 1)) for i in range(10)}
    import_here(records[::-1], files, dataset=other)
    return other


def test_pending_hidden_and_unlabelled_images_stay_out(dataset):
    import_here([record("pending.jpg", [bbox("no mask", 0, 0, 5, 5)])], dataset=dataset)
    Image.objects.filter(external_id="2.jpg").update(labelled=False)
    hidden = LabelImport.objects.create(dataset=dataset, export_name="x")
    Image.objects.filter(external_id="3.jpg").update(brought_by=hidden)
    version = version_create(dataset=dataset, by=None)
    names = set(version.images.values_list("image__external_id", flat=True))
    assert names == {f"{i}.jpg" for i in (0, 1, 4, 5, 6, 7, 8, 9)}


def test_a_class_without_a_frozen_box_is_left_out(dataset):
    Box.objects.filter(box_class__name="with_mask").delete()
    assert version_create(dataset=dataset, by=None).classes == ["without_mask"]


def test_a_dataset_without_boxes_cannot_be_frozen():
    import_here([record("a.jpg")], {"a.jpg": jpeg()})
    with pytest.raises(ValidationError, match="nothing to freeze"):
        version_create(dataset=Dataset.objects.get(), by=None)


def test_a_frozen_image_cannot_be_deleted(dataset):
    version_create(dataset=dataset, by=None)
    with pytest.raises(ProtectedError):
        Image.objects.first().delete()
