"""What fixed splits and a locked test split make of the next version."""

from collections import Counter

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import File

from accounts.models import AuditEntry
from jobs.services import job_run_here
from labelling.models import IMPORT_KIND, Dataset, DatasetVersion, Image, Split
from labelling.services import dataset_create, import_create, splits
from labelling.versions import is_current, left_out_of, version_create, version_current
from tests.labelling.makers import bbox, import_here, jpeg, record

pytestmark = pytest.mark.django_db


def add(names: str, dataset: Dataset | None = None, twins_of: str = "") -> Dataset:
    """Pictures of one face, named by letters; near none other, or of the content of another letter."""
    records = [record(f"{name}.jpg", [bbox("With mask", 1, 1, 9, 9)]) for name in names]
    files = {f"{name}.jpg": jpeg(seed=ord(twin)) for name, twin in zip(names, twins_of or names, strict=True)}
    return import_here(records, files, dataset=dataset).dataset


@pytest.fixture
def dataset() -> Dataset:
    """Ten pictures: eight to train on, one to validate with, one to test on."""
    return add("abcdefghij")


def fix(dataset: Dataset, letters: str, split: str, by=None) -> int:
    names = [f"{letter}.jpg" for letter in letters]
    return splits.images_fix_split(images=dataset.images.filter(external_id__in=names), split=split, by=by)


def letters(version: DatasetVersion, split: str = Split.TEST) -> str:
    names = version.images.filter(split=split).values_list("image__external_id", flat=True)
    return "".join(sorted(name[0] for name in names))


def lock(version: DatasetVersion, by=None) -> Dataset:
    return splits.test_split_lock(version=version, by=by)


def test_fixed_splits_hold_whatever_the_seed(dataset, carol):
    assert fix(dataset, "abc", Split.TEST, carol) == 3
    fix(dataset, "d", Split.VALIDATION)
    for seed in range(4):
        version = version_create(dataset=dataset, by=None, seed=seed)
        assert (letters(version), letters(version, Split.VALIDATION)) == ("abc", "d")
    entry = AuditEntry.objects.get(action="images_fix_split", actor=carol)
    assert (entry.target_id, entry.detail) == (str(dataset.pk), {"split": "test", "images": 3})


def test_a_split_is_given_back(dataset):
    fix(dataset, "abc", Split.TEST)
    assert fix(dataset, "ab", "") == 2
    assert list(Image.objects.exclude(fixed_split="").values_list("external_id", flat=True)) == ["c.jpg"]


def test_a_part_that_is_none_is_refused(dataset):
    with pytest.raises(ValidationError, match="no part of a split"):
        fix(dataset, "a", "exam")


def test_near_duplicates_fixed_apart_are_refused_by_name(dataset):
    add("k", dataset, twins_of="a")
    fix(dataset, "a", Split.TRAIN)
    fix(dataset, "k", Split.TEST)
    with pytest.raises(ValidationError, match=r"a\.jpg and k\.jpg are near-duplicates"):
        version_create(dataset=dataset, by=None)
    assert not dataset.versions.exists()


def test_a_locked_test_split_neither_gains_nor_loses_a_picture(dataset, carol):
    first = version_create(dataset=dataset, by=None)
    tested = letters(first)
    lock(first, carol)
    add("klmnopqrstuvwxyz", dataset)
    dataset.refresh_from_db()
    for seed in range(4):
        assert letters(version_create(dataset=dataset, by=None, seed=seed)) == tested
    # 25 pictures are left for train and validation, dealt 8 to 1: 22.2 and 2.8.
    newest = version_create(dataset=dataset, by=None)
    assert (len(letters(newest, Split.TRAIN)), len(letters(newest, Split.VALIDATION))) == (22, 3)
    assert AuditEntry.objects.get(action="test_split_lock").detail == {"dataset": "masks", "number": 1}


def test_a_locked_picture_that_is_gone_is_not_replaced(dataset):
    fix(dataset, "ab", Split.TEST)
    lock(version_create(dataset=dataset, by=None))
    dataset.refresh_from_db()
    fix(dataset, "ab", "")
    Image.objects.filter(external_id="a.jpg").update(labelled=False)
    assert letters(version_create(dataset=dataset, by=None)) == "b"


def test_a_near_duplicate_of_a_locked_test_picture_stays_out_and_is_counted(dataset):
    fix(dataset, "a", Split.TEST)
    lock(version_create(dataset=dataset, by=None))
    add("kl", dataset, twins_of="ab")
    dataset.refresh_from_db()
    version = version_create(dataset=dataset, by=None)
    assert not version.images.filter(image__external_id="k.jpg").exists()
    assert letters(version) == "a"
    assert left_out_of(version) == 1
    assert AuditEntry.objects.filter(action="version_create").latest("pk").detail["left_out"] == 1
    together = version.images.filter(image__external_id__in=["b.jpg", "l.jpg"]).values_list("split", flat=True)
    assert len(together) == 2 and len(set(together)) == 1


def test_unlocked_the_near_duplicate_comes_in_beside_its_twin(dataset, carol):
    fix(dataset, "a", Split.TEST)
    lock(version_create(dataset=dataset, by=None))
    add("k", dataset, twins_of="a")
    splits.test_split_unlock(dataset=dataset, by=carol)
    dataset.refresh_from_db()
    version = version_create(dataset=dataset, by=None)
    assert (letters(version), left_out_of(version)) == ("ak", 0)
    assert AuditEntry.objects.get(action="test_split_unlock").actor == carol


def test_fixed_splits_against_the_lock_are_refused_before_and_when_freezing(dataset):
    fix(dataset, "a", Split.TEST)
    lock(version_create(dataset=dataset, by=None))
    dataset.refresh_from_db()
    with pytest.raises(ValidationError, match=r"one picture contradicts it: a\.jpg\. Clear that .* or unlock the"):
        fix(dataset, "a", Split.TRAIN)
    with pytest.raises(ValidationError, match=r"one picture contradicts it: b\.jpg"):
        fix(dataset, "ab", Split.TEST)
    Image.objects.filter(external_id__in=["b.jpg", "c.jpg", "d.jpg", "e.jpg"]).update(fixed_split=Split.TEST)
    with pytest.raises(ValidationError, match=r"4 pictures contradict it: b\.jpg, c\.jpg, d\.jpg …"):
        version_create(dataset=dataset, by=None)


def test_a_version_without_test_pictures_cannot_be_locked(dataset):
    version = version_create(dataset=dataset, by=None, shares=(0.5, 0.5, 0.0))
    with pytest.raises(ValidationError, match="nothing to lock"):
        lock(version)


def test_a_version_stays_current_while_lock_and_fixed_splits_agree_with_it(dataset):
    fix(dataset, "a", Split.TEST)
    first = version_create(dataset=dataset, by=None)
    lock(first)
    dataset.refresh_from_db()
    assert version_current(dataset=dataset, by=None) == first
    add("k", dataset, twins_of="a")
    second = version_create(dataset=dataset, by=None)
    assert version_current(dataset=dataset, by=None) == second
    add("l", dataset)
    assert not is_current(second)


def test_a_version_is_not_current_once_a_picture_is_put_elsewhere(dataset):
    version = version_create(dataset=dataset, by=None)
    elsewhere = Split.TRAIN if "a" not in letters(version, Split.TRAIN) else Split.TEST
    fix(dataset, "a", elsewhere)
    assert not is_current(version)


def test_the_content_hash_follows_the_split(dataset):
    first = version_create(dataset=dataset, by=None)
    fix(dataset, letters(first), Split.TRAIN)
    assert version_create(dataset=dataset, by=None).content_sha256 != first.content_sha256
    fix(dataset, letters(first), Split.TEST)
    for split in Split.values:
        fix(dataset, letters(first, split), split)
    assert version_create(dataset=dataset, by=None, seed=7).content_sha256 == first.content_sha256


@pytest.mark.shared
def test_the_photographs_are_dealt_by_pictures_and_by_boxes(shared_data):
    """Of 706 pictures, 2,692 faces with, 540 without and 104 with an ill-worn mask each part gets its share.

    Of the rarest, 82 pictures show one: 65.6, 8.2 and 8.2 are due, so that one picture is 1.2 % of it.
    """
    masks = dataset_create(name="masks", by=None)
    with (shared_data / "labelbox" / "face-mask-2020-objects.json").open("rb") as export:
        row = import_create(
            dataset=masks,
            export=File(export, name="export.json"),
            pictures_path=shared_data / "face-mask" / "images",
            by=None,
        )
    job_run_here(kind=IMPORT_KIND, title="import", owner=None, target_id=row.pk)
    version = version_create(dataset=masks, by=None)
    held: Counter[tuple[str, str]] = Counter()
    totals: Counter[str] = Counter()
    for frozen in version.images.all():
        faces = Counter(version.classes[int(box[0])] for box in frozen.boxes)
        shown = Counter({f"pictures of {name}": 1 for name in faces})
        for name, count in (faces + shown + Counter({"pictures": 1})).items():
            held[name, frozen.split] += count
            totals[name] += count
    assert {name: totals[name] for name in ("pictures", *version.classes)} == {
        "pictures": 706,
        "with_mask": 2692,
        "without_mask": 540,
        "worn_incorrectly": 104,
    }
    for name, total in totals.items():
        for split, due in (("train", 0.8), ("validation", 0.1), ("test", 0.1)):
            assert held[name, split] / total == pytest.approx(due, abs=0.0125), (name, split)
