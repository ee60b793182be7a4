"""The list of datasets and the page of one."""

import pytest

from labelling.models import Dataset, DatasetVersion
from labelling.services import dataset_create
from tests.labelling.conftest import RECORDS
from tests.labelling.makers import import_here, record

pytestmark = pytest.mark.django_db


def test_the_list_counts_images_boxes_and_pending(client, masks, carol):
    client.force_login(carol)
    (row,) = client.get("/datasets/").context["datasets"]
    assert (row.image_count, row.box_count, row.pending_count, row.newest_version) == (2, 3, 1, None)
    assert [each.name for each in row.classes.all()] == ["with_mask", "without_mask", "deer"]


def test_the_list_takes_the_same_queries_for_many_datasets(client, masks, carol, django_assert_num_queries):
    client.force_login(carol)
    for name in ("one", "two", "three"):
        import_here(RECORDS, dataset=dataset_create(name=name, by=carol))
    with django_assert_num_queries(4):  # session, person, datasets with their counts, classes
        assert len(client.get("/datasets/").context["datasets"]) == 4


def test_an_empty_list_tells_what_to_do(client, carol):
    client.force_login(carol)
    assert "No dataset yet" in client.get("/datasets/").content.decode()


def test_an_empty_list_names_who_adds_datasets_to_those_who_may_not(client, dan):
    client.force_login(dan)
    page = client.get("/datasets/").content.decode()
    assert "A data-set manager or an administrator adds them." in page
    assert "Add a dataset" not in page


def test_a_dataset_is_added(client, carol):
    client.force_login(carol)
    answer = client.post("/datasets/add/", {"name": " faces "})
    added = Dataset.objects.get()
    assert (answer.url, added.name, added.created_by) == (f"/datasets/{added.pk}/", "faces", carol)


def test_a_name_that_is_taken_is_refused_at_its_field(client, masks, carol):
    client.force_login(carol)
    answer = client.post("/datasets/add/", {"name": masks.name})
    assert (answer.status_code, "name" in answer.context["form"].errors) == (400, True)


def test_the_page_takes_the_same_queries_for_many_imports_and_versions(client, masks, carol, django_assert_num_queries):
    client.force_login(carol)
    for _ in range(3):
        import_here(RECORDS, dataset=masks)
        client.post(f"/datasets/{masks.pk}/versions/add/", {"seed": 1})
    # Session, person; dataset with its counts and classes; classes with counts; time to label; versions; imports;
    # the mapping of classes to start from; whether a change of many images is under way.
    with django_assert_num_queries(10):
        answer = client.get(f"/datasets/{masks.pk}/")
    assert (len(answer.context["versions"]), len(answer.context["imports"])) == (3, 4)


def test_the_page_tells_the_time_to_label(client, dan):
    client.force_login(dan)
    seconds = (30, 90, 4000)
    row = import_here([record(f"{each}.jpg", **{"Seconds to Label": each}) for each in seconds])
    page = client.get(f"/datasets/{row.dataset_id}/").content.decode()
    assert "Labelled in 1:08:40, median 1:30 (3 images timed)" in page  # 4,120 seconds; 90 seconds


def test_a_version_is_frozen(client, masks, carol):
    client.force_login(carol)
    answer = client.post(f"/datasets/{masks.pk}/versions/add/", {"note": "first", "seed": 7})
    assert answer.status_code == 302
    version = DatasetVersion.objects.get()
    assert (version.note, version.seed, version.created_by) == ("first", 7, carol)
    assert "v1" in client.get(f"/datasets/{masks.pk}/").content.decode()


def test_a_dataset_without_boxes_says_why_it_cannot_be_frozen(client, carol):
    client.force_login(carol)
    empty = dataset_create(name="empty", by=carol)
    answer = client.post(f"/datasets/{empty.pk}/versions/add/", {"seed": 0})
    assert answer.status_code == 400
    assert not DatasetVersion.objects.exists()
    assert "nothing to freeze" in str(answer.context["version_form"].errors)
