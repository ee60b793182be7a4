"""Runs side by side, and epochs as files."""

import pytest
from django.urls import reverse

from tests.training.makers import make_examination, make_job, make_run, make_version


def compare(*runs, name="compare") -> str:
    return reverse(f"training:{name}") + "?" + "&".join(f"run={getattr(run, 'pk', run)}" for run in runs)


def test_runs_are_chosen_from_the_list_and_stand_side_by_side(client, dan):
    version = make_version()
    one = make_run(version, job=make_job("succeeded"), epochs_done=2, best={"epoch": 2, "map50": 0.2})
    other = make_run(version, job=make_job("running"), batch=16, best={"epoch": 1, "map50": 0.75})
    client.force_login(dan)
    page = client.get(reverse("training:runs")).content.decode()
    for run in (one, other):
        assert f'name="run" value="{run.pk}" form="compare"' in page
    answer = client.get(compare(other, one))
    assert answer.context["runs"] == [other, one]
    page = answer.content.decode()
    assert "<strong>0.750</strong>" in page
    assert ">16<" in page
    assert "different dataset versions" not in page


def test_runs_of_different_versions_are_compared_with_a_warning(client, dan):
    one, other = make_run(make_version()), make_run(make_version("others"))
    client.force_login(dan)
    assert "different dataset versions" in client.get(compare(one, other)).content.decode()


@pytest.mark.parametrize("chosen", [(), ("1",), ("x", "-1"), ("99999999999999999999", "7")])
def test_fewer_than_two_runs_lead_back_to_the_list(client, dan, chosen):
    client.force_login(dan)
    answer = client.get(compare(*chosen), follow=True)
    assert answer.redirect_chain[0][0] == reverse("training:runs")
    assert "Choose two runs or more" in answer.content.decode()


def test_six_runs_take_as_many_queries_as_two(client, dan, django_assert_num_queries):
    version = make_version()
    runs = [make_run(version, job=make_job("succeeded"), epochs_done=2) for _ in range(7)]
    client.force_login(dan)
    with django_assert_num_queries(5):  # session, person, runs, epochs, examinations
        client.get(compare(*runs[:2]))
    with django_assert_num_queries(5):
        assert len(client.get(compare(*runs)).context["runs"]) == 6


def test_pictures_that_one_run_gets_right_and_the_other_wrong_are_shown_both_ways(client, dan):
    version = make_version(train=1, validation=4, test=0)  # validation pictures are 1 to 4
    one, other = make_run(version), make_run(version)
    make_examination(one, p1=1, p2=1)
    make_examination(other, p2=1, p3=1, p4=2)
    client.force_login(dan)
    first, second = client.get(compare(one, other)).context["differences"]
    assert (first.right, first.wrong, first.count) == (one, other, 2)
    assert [shot.image.external_id for shot in first.shots] == ["4.png", "3.png"]
    assert [shot.image.external_id for shot in second.shots] == ["1.png"]
    assert f"2 pictures that {one} gets right and {other} wrong" in client.get(compare(one, other)).content.decode()


def test_a_run_without_an_examination_is_compared_without_pictures(client, dan):
    version = make_version()
    one, other = make_run(version), make_run(version)
    make_examination(one)
    client.force_login(dan)
    answer = client.get(compare(one, other))
    assert answer.context["differences"] == []
    assert "that takes two runs that have published a model" in answer.content.decode()


def test_the_first_two_runs_that_were_examined_are_held_against_each_other(client, dan):
    version = make_version(train=1, validation=4, test=0)  # validation pictures are 1 to 4
    bare, one, other = make_run(version), make_run(version), make_run(version)
    make_examination(one, p1=1)
    make_examination(other, p3=1)
    client.force_login(dan)
    first, second = client.get(compare(bare, one, other)).context["differences"]
    assert [(each.right, each.wrong, each.count) for each in (first, second)] == [(one, other, 1), (other, one, 1)]
    lines = client.get(compare(one, other, name="compare_pictures_csv")).content.decode().splitlines()
    assert lines[0] == "right,wrong,image,name,missed,of nothing,of the wrong class"
    shown = first.shots[0].image
    assert lines[1] == f"{one},{other},{shown.pk},3.png,1,0,0"


def test_the_epochs_of_one_run_and_of_several_are_files(client, dan):
    version = make_version()
    one, other = make_run(version, epochs_done=2), make_run(version, epochs_done=1)
    client.force_login(dan)
    answer = client.get(reverse("training:run_csv", args=[one.pk]))
    assert answer["Content-Disposition"] == f'attachment; filename="run-{one.pk}.csv"'
    assert len(answer.content.decode().splitlines()) == 1 + 2
    answer = client.get(compare(one, other, name="compare_csv"))
    assert len(answer.content.decode().splitlines()) == 1 + 3


@pytest.mark.parametrize("name", ["compare", "compare_csv"])
def test_a_viewer_compares_nothing(client, charlie, name):
    client.force_login(charlie)
    assert client.get(compare(1, 2, name=name)).status_code == 403


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("settings", ["setting,yolov3-slim #{0},yolov3-slim #{1}", "Batch,8,16"]),
        ("figures", ["figure,yolov3-slim #{0},yolov3-slim #{1}", "mAP@.5,0.25,"]),
        (
            "pictures",
            [
                "right,wrong,image,name,missed,of nothing,of the wrong class",
                "yolov3-slim #{0},yolov3-slim #{1},{2},2.png,2,0,0",
            ],
        ),
    ],
)
def test_each_table_of_the_comparison_is_a_file_too(client, dan, part, expected):
    version = make_version(train=1, validation=2, test=0)
    one, other = make_run(version, best={"epoch": 1, "map50": 0.25}), make_run(version, batch=16)
    make_examination(one)
    make_examination(other, p2=2)
    wrong = version.images.get(image__external_id="2.png").image_id
    client.force_login(dan)
    address = reverse(f"training:compare_{part}_csv") + f"?run={one.pk}&run={other.pk}"
    assert address.replace("&", "&amp;") in client.get(compare(one, other)).content.decode()
    lines = client.get(address).content.decode().splitlines()
    assert lines == [line.format(one.pk, other.pk, wrong) for line in expected]


def test_the_tables_of_no_runs_have_their_heads_alone(client, dan):
    client.force_login(dan)
    for part, heads in (("settings", "setting"), ("figures", "figure"), ("pictures", "right,wrong,image")):
        assert client.get(reverse(f"training:compare_{part}_csv")).content.decode().startswith(heads)
