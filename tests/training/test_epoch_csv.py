"""Epochs as a table for other programs."""

import csv
import io

from django.urls import reverse

from tests.training.makers import make_run, make_version
from training.epoch_csv import epochs_csv
from training.models import Epoch


def test_each_epoch_is_a_line_in_the_order_of_the_runs(db):
    version = make_version()
    one, other = make_run(version, epochs_done=1), make_run(version, epochs_done=2)
    Epoch.objects.create(run=one, number=2, losses={"loss": 1.5}, learning_rate=0.0005, seconds=30.0, data_share=0.125)
    rows = list(csv.DictReader(io.StringIO(epochs_csv([other, one]))))
    assert [(int(row["run"]), row["epoch"]) for row in rows] == [
        (other.pk, "1"),
        (other.pk, "2"),
        (one.pk, "1"),
        (one.pk, "2"),
    ]
    assert (rows[1]["loss"], rows[1]["map50"], rows[1]["ap50 without_mask"]) == ("2.5", "0.2", "0.1")
    assert (rows[3]["loss"], rows[3]["learning_rate"], rows[3]["map50"]) == ("1.5", "0.0005", "")
    assert (rows[0]["data_share"], rows[3]["data_share"]) == ("", "0.125")


def test_the_page_of_a_run_shows_the_share_of_the_pictures_in_each_epoch(client, dan):
    run = make_run(make_version(), epochs_done=1)
    Epoch.objects.create(run=run, number=2, losses={"loss": 1.5}, learning_rate=0.0005, seconds=30.0, data_share=0.12)
    client.force_login(dan)
    assert "12%" in client.get(reverse("training:run", args=[run.pk])).content.decode()
