"""What a run's page says of its best epoch."""

import pytest
from django.urls import reverse

from tests.training.makers import make_examination, make_job, make_run, make_version
from training.examination_views import heat_rows


@pytest.fixture
def examined_run(db):
    version = make_version(train=1, validation=12, test=0)  # validation pictures are 1 to 12
    run = make_run(version, job=make_job("succeeded"), epochs_done=2, best={"epoch": 2})
    make_examination(run, p2=1, p11=3, **{f"p{number}": 1 for number in range(4, 10)})
    return run


def test_the_page_of_a_run_shows_its_best_epoch_closely(client, dan, examined_run):
    client.force_login(dan)
    answer = client.get(reverse("training:run", args=[examined_run.pk]))
    page = answer.content.decode()
    assert "At the best epoch, 2" in page
    assert "with mask 0.40, without mask 0.25." in page
    assert "stands for want of a better one" not in page
    assert "differ by 0.250 on average" in page
    assert len(answer.context["shots"]) == 6
    assert answer.context["shots"][0].image.external_id == "11.png"


def test_a_class_that_no_score_gives_an_f1_is_told_apart(client, dan, examined_run):
    looked = examined_run.examination
    looked.thresholds = [0.4, 0.5]
    looked.curves = [looked.curves[0], {"precision": [None, None], "f1": [0.0, None]}]
    looked.save()
    client.force_login(dan)
    page = client.get(reverse("training:run", args=[examined_run.pk])).content.decode()
    assert "the score with its best F1: with mask 0.40." in page
    assert "stands for want of a better one: without mask 0.50." in page


def test_the_worst_pictures_are_drawn_with_what_is_there_and_what_was_found(client, dan, examined_run):
    client.force_login(dan)
    answer = client.get(reverse("training:pictures", args=[examined_run.pk]))
    assert len(answer.context["shots"]) == 8  # those without errors are not among them
    worst = answer.context["shots"][0]
    page = answer.content.decode()
    assert reverse("labelling:image", args=[worst.image.pk]) in page
    assert "3 missed" in page
    assert (
        'data-verdict="without_mask" x="5.0" y="6.0" width="20.5" height="24.0"><title>without mask 0.75</title>'
        in page
    )
    true = worst.rectangles[0]  # picture 11: from (19, 10), 27 wide, 42 high
    assert (true.is_true, true.x, true.y, true.width, true.height) == (True, 19.0, 10.0, 43.0 - 16.0, 42.0)


def test_a_picture_that_was_deleted_is_left_out(client, dan, examined_run):
    gone = examined_run.version.images.get(image__external_id="11.png")
    image = gone.image
    gone.delete()
    image.delete()
    client.force_login(dan)
    assert len(client.get(reverse("training:pictures", args=[examined_run.pk])).context["shots"]) == 7


def test_the_worst_pictures_take_as_many_queries_however_many_there_are(client, dan, django_assert_num_queries):
    client.force_login(dan)
    for wrong in (2, 12):
        version = make_version(f"of {wrong}", train=0, validation=12, test=0)
        run = make_run(version)
        make_examination(run, **{f"p{number}": 1 for number in range(wrong)})
        with django_assert_num_queries(5):  # session, person, examination, images, their classes
            client.get(reverse("training:pictures", args=[run.pk]))


def test_a_run_without_an_examination_has_no_such_page(client, dan):
    run = make_run(make_version(), job=make_job("running"))
    client.force_login(dan)
    assert "At the best epoch" not in client.get(reverse("training:run", args=[run.pk])).content.decode()
    assert client.get(reverse("training:pictures", args=[run.pk])).status_code == 404


def test_cells_are_coloured_by_their_share_of_the_row():
    # A share of 1 in 10 is the first of five steps, 3 in 10 the second, 6 in 10 the third.
    assert heat_rows([[1, 3, 6, 0], [0, 0, 0, 0], [0, 4, 0, 0]]) == [
        [(1, 1), (3, 2), (6, 3), (0, 0)],
        [(0, 0)] * 4,
        [(0, 0), (4, 5), (0, 0), (0, 0)],
    ]
