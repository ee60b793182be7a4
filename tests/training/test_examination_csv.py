"""The close look at a run as tables for other programs."""

import csv
import io

import pytest
from django.urls import reverse

from tests.training.makers import make_examination, make_run, make_version


@pytest.fixture
def run(db):
    run = make_run(make_version(train=1, validation=3, test=0))  # validation pictures are 1 to 3
    examination = make_examination(run, p2=2)
    examination.curves = [{"precision": [0.5] * 51, "f1": [0.25] * 50 + [None]}] * 2
    examination.save()
    return run


def table(client, run, part) -> list[list[str]]:
    answer = client.get(reverse(f"training:{part}_csv", args=[run.pk]))
    assert answer["Content-Disposition"] == f'attachment; filename="run-{run.pk}-{part}.csv"'
    return list(csv.reader(io.StringIO(answer.content.decode())))


def test_the_curves_are_a_line_for_each_class_and_step(client, dan, run):
    client.force_login(dan)
    rows = table(client, run, "curves")
    assert len(rows) == 1 + 2 * 51
    assert rows[2] == ["with_mask", "0.02", "0.5", "0.25"]
    assert rows[-1] == ["without_mask", "1.0", "0.5", ""]


def test_the_reliability_is_a_line_for_each_bin(client, dan, run):
    client.force_login(dan)
    assert table(client, run, "reliability") == [
        ["mean score", "share that is right", "detections"],
        ["0.75", "0.5", "4"],
    ]


def test_the_confusion_has_the_background_last(client, dan, run):
    client.force_login(dan)
    assert table(client, run, "confusion") == [
        ["is", "seen as with_mask", "seen as without_mask", "missed"],
        ["with_mask", "3", "1", "0"],
        ["without_mask", "0", "0", "2"],
        ["background", "1", "0", "0"],
    ]


def test_the_pictures_are_named_worst_first_and_no_name_is_a_formula(client, dan, run):
    image = run.version.images.get(image__external_id="1.png").image
    image.external_id = "=1+1.png"
    image.save()
    client.force_login(dan)
    rows = table(client, run, "pictures")
    assert [row[1:] for row in rows[1:]] == [
        ["2.png", "2", "0", "0"],
        ["'=1+1.png", "0", "0", "0"],
        ["3.png", "0", "0", "0"],
    ]


def test_a_run_without_an_examination_has_no_tables(client, dan):
    client.force_login(dan)
    assert client.get(reverse("training:curves_csv", args=[make_run(make_version()).pk])).status_code == 404
