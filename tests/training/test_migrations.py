"""What a migration of the trainings does to rows that are there."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from tests.training.makers import make_version
from training.models import TrainingRun

CANVASES = import_module("training.migrations.0009_canvases_of_an_epoch")


@pytest.mark.django_db
def test_earlier_trainings_say_how_long_their_epochs_are():
    version = make_version()
    untold = TrainingRun.objects.create(version=version, options={"canvas": 64})
    told = TrainingRun.objects.create(version=version, options={"canvases_per_picture": 0.4})
    CANVASES.keep_former(apps, SimpleNamespace(connection=connection))
    assert [TrainingRun.objects.get(pk=run.pk).options for run in (untold, told)] == [
        {"canvas": 64, "canvases_per_picture": 2.0},
        {"canvases_per_picture": 0.4},
    ]
