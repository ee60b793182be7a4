"""What releases say of pictures, in the administration: to be seen, not to be changed."""

import pytest

from labelling.models import Dataset, Image, Opinion, PreLabel, Proposal
from tests.detection.makers import make_release
from tests.labelling.makers import bbox, import_here, record

pytestmark = pytest.mark.django_db

TABLES = {"prelabel": PreLabel, "proposal": Proposal, "opinion": Opinion}
DOUBT = {"kind": "missing", "class": "", "said": "deer", "score": 0.7, "xyxy": [1, 2, 3, 4]}


def look_at(image: Image) -> None:
    """A pre-labelling of its own for the image, with a proposal and an opinion."""
    prelabel = PreLabel.objects.create(dataset=image.dataset, release=make_release())
    place = {"x_min": 1, "y_min": 2, "x_max": 30, "y_max": 20}
    deer = image.dataset.classes.get(name="deer")
    Proposal.objects.create(image=image, prelabel=prelabel, box_class=deer, score=0.8, **place)
    Opinion.objects.create(image=image, release=make_release(), disagreement=0.7, doubts=[DOUBT])


@pytest.fixture
def looked_at(masks) -> Dataset:
    look_at(Image.objects.get(external_id="a.jpg"))
    return masks


@pytest.mark.parametrize("table", TABLES)
def test_lists_can_be_searched_and_take_the_same_queries_for_many_rows(
    manager, looked_at, table, django_assert_max_num_queries
):
    address = f"/admin/labelling/{table}/?q=a"
    with django_assert_max_num_queries(40) as few:
        assert manager.get(address).status_code == 200
    import_here([record(f"{i}a.jpg", [bbox("deer", 0, 0, 5, 5)]) for i in range(5)], dataset=looked_at)
    for image in Image.objects.filter(external_id__endswith="a.jpg").exclude(external_id="a.jpg"):
        look_at(image)
    with django_assert_max_num_queries(len(few)):
        page = manager.get(address).content.decode()
    assert page.count("<tr") >= 6


@pytest.mark.parametrize("table", TABLES)
def test_a_row_has_a_page_and_cannot_be_changed(manager, looked_at, table):
    address = f"/admin/labelling/{table}/{TABLES[table].objects.first().pk}"
    assert manager.get(f"{address}/change/").status_code == 200
    assert manager.post(f"{address}/change/", {"score": 1}).status_code == 403
    assert manager.post(f"{address}/delete/", {"post": "yes"}).status_code == 403
    assert manager.get(f"/admin/labelling/{table}/add/").status_code == 403


def test_the_strongest_doubt_is_told_in_words(manager, looked_at):
    assert "deer without a box (0.70)" in manager.get("/admin/labelling/opinion/").content.decode()


def test_a_dataset_goes_with_all_of_it(manager, looked_at):
    manager.post(f"/admin/labelling/dataset/{looked_at.pk}/delete/", {"post": "yes"})
    assert not any(model.objects.exists() for model in (Dataset, *TABLES.values()))
