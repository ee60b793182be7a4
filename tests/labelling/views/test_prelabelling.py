"""Pages that start a release over pictures, and tell what came of it."""

import pytest
from django.utils import timezone

from jobs.models import Job
from labelling.models import Image, Opinion, PreLabel
from labelling.services import prelabel_start
from releases.models import ModelRelease
from tests.detection.makers import make_release
from tests.labelling.makers import make_proposal

pytestmark = pytest.mark.django_db


@pytest.fixture
def active(db) -> ModelRelease:
    make_release()
    ModelRelease.objects.update(is_active=True)
    return ModelRelease.objects.get()


@pytest.fixture
def manager(client, carol):
    client.force_login(carol)
    return client


def add_url(dataset, query: str = "") -> str:
    return f"/datasets/{dataset.pk}/prelabels/add/{query}"


def key_of(name: str) -> int:
    return Image.objects.get(external_id=name).pk


def test_the_page_says_how_many_pictures_and_which_model(manager, masks, active):
    page = manager.get(add_url(masks)).content.decode()
    assert "On all 2 pictures of the dataset." in page
    assert "The active one is slim." in page


def test_without_pictures_the_page_tells_what_is_missing(manager, masks, active):
    Image.objects.update(file="")
    assert "None of these images has its picture yet." in manager.get(add_url(masks)).content.decode()


def test_all_pictures_are_queued(manager, masks, active, carol):
    answer = manager.post(add_url(masks), {"task": "propose", "least_score": "0.3", "release": ""})
    row = PreLabel.objects.get()
    assert answer.url == f"/datasets/prelabels/{row.pk}/"
    assert (row.image_keys, row.least_score, row.proposes, row.release) == (None, 0.3, True, active)
    assert (row.job.kind, row.job.target_id, row.job.owner, row.created_by) == (
        "labelling.prelabel",
        row.pk,
        carol,
        carol,
    )


def test_the_button_of_the_health_page_only_checks(manager, masks, active):
    assert 'name="task" value="check"' in manager.get(f"/datasets/{masks.pk}/health/").content.decode()
    manager.post(add_url(masks), {"task": "check"})
    row = PreLabel.objects.get()
    assert (row.proposes, row.least_score, row.job.title) == (False, 0.5, "Check masks with slim")


def test_chosen_pictures_alone_are_looked_at(manager, masks, active):
    manager.post(add_url(masks), {"images": [key_of("b.jpg"), key_of("c.jpg")]})
    assert PreLabel.objects.get().image_keys == [key_of("b.jpg")]  # c.jpg has no picture yet


def test_the_filters_of_the_gallery_choose_pictures(manager, masks, active):
    page = manager.get(add_url(masks, "?state=negative")).content.decode()
    assert "On the one picture that fits the filters." in page
    manager.post(add_url(masks, "?state=negative&order=edited"), {"task": "propose"})
    assert PreLabel.objects.get().image_keys == [key_of("b.jpg")]


def test_an_order_is_no_filter(manager, masks, active):
    manager.post(add_url(masks, "?order=edited"), {"task": "propose"})
    assert PreLabel.objects.get().image_keys is None


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"least_score": "1.5"}, "less than or equal to 1"),
        ({"task": "paint"}, "not one of the available choices"),
        ({"images": ["0"]}, "not one of the available choices"),
        ({"images": ["x"]}, "not a valid value"),
        ({"release": "0"}, "not one of the available choices"),
    ],
)
def test_what_makes_no_sense_is_told(manager, masks, active, data, sentence):
    answer = manager.post(add_url(masks), data)
    assert (answer.status_code, PreLabel.objects.count()) == (400, 0)
    assert sentence in answer.content.decode()


def test_a_second_one_at_the_same_time_is_refused_with_a_sentence(manager, masks, active, carol):
    prelabel_start(dataset=masks, images=None, by=carol)
    answer = manager.post(add_url(masks), {})
    assert answer.status_code == 400
    assert "under way" in answer.content.decode()


def test_the_page_of_one_follows_its_job(manager, masks, active, carol):
    row = prelabel_start(dataset=masks, images=None, by=carol)
    assert f'data-awaited-job="{row.job_id}"' in manager.get(f"/datasets/prelabels/{row.pk}/").content.decode()


def test_a_finished_one_tells_its_counts_and_leads_to_the_proposals(manager, masks, active):
    image = Image.objects.get(external_id="a.jpg")
    for state in ("open", "open", "accepted", "rejected"):
        make_proposal(image, "deer", (1, 2, 30, 20), state=state)
    report = {"images": 1234, "disagreeing": 1, "unreadable": 1, "unreadable_names": ["broken.jpg"]}
    PreLabel.objects.update(report=report, finished_at=timezone.now())
    Opinion.objects.create(image=image, release=active, disagreement=0.7)
    row = PreLabel.objects.get()
    answer = manager.get(f"/datasets/prelabels/{row.pk}/")
    shown = answer.context["prelabel"]
    assert (shown.open_count, shown.accepted_count, shown.rejected_count) == (2, 1, 1)
    page = answer.content.decode()
    for words in ("1,234", "broken.jpg", f"/datasets/{masks.pk}/images/?state=proposed", "finding=doubted"):
        assert words in page


def test_a_failed_one_says_why(manager, masks, active, carol):
    row = prelabel_start(dataset=masks, images=None, by=carol)
    Job.objects.update(state="failed", finished_at=timezone.now(), failure="The weights are missing.")
    page = manager.get(f"/datasets/prelabels/{row.pk}/").content.decode()
    assert "The weights are missing." in page
    assert "data-awaited-job" not in page


def test_the_page_takes_the_same_queries_for_many_earlier_ones(manager, masks, active, django_assert_max_num_queries):
    PreLabel.objects.create(dataset=masks, release=active)
    with django_assert_max_num_queries(20) as few:
        manager.get(add_url(masks))
    newest = [PreLabel.objects.create(dataset=masks, release=active) for _number in range(5)][-1]
    with django_assert_max_num_queries(len(few)):
        page = manager.get(add_url(masks))
    assert page.context["earlier"][0] == newest


def test_who_may_not_edit_boxes_is_not_offered_it(client, masks, active, dan):
    client.force_login(dan)
    assert client.post(add_url(masks), {}).status_code == 403
    assert "prelabels/add" not in client.get(f"/datasets/{masks.pk}/").content.decode()
