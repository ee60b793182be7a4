"""What the page of a training is told while it runs."""

import pytest

from jobs.attempts import Attempt
from jobs.reporter import Reporter
from tests.training.makers import make_job, make_run, make_version
from tests.training.test_runs import LOSSES, QUICK
from training import runs
from training.models import TrainingRun
from yolo.train import EpochEvent, StepEvent


@pytest.fixture
def run(db) -> TrainingRun:
    return make_run(make_version(), options=QUICK)


@pytest.mark.parametrize(
    ("every", "step", "message"),
    [
        (1, 10, "epoch 3, looking at the validation pictures"),
        (1, 9, "epoch 3 of 4, step 9 of 10"),
        (2, 10, "epoch 3 of 4, step 10 of 10"),
    ],
)
def test_the_last_step_of_an_epoch_tells_that_the_validation_pictures_are_looked_at(run, every, step, message):
    run.options = {**QUICK, "validate_every": every}
    told = []
    job = Reporter(Attempt(job_id=make_job("running").pk, number=1), on_progress=told.append)
    runs.Chronicle(job, run).note(StepEvent(3, 4, step, 10, LOSSES, 0.1, 8.0, None))
    assert told[-1].message == message
    assert step != 10 or not job.unwritten()  # at once, for the validation may take long


def test_a_run_by_the_clock_tells_with_its_first_epoch_how_many_there_will_be(run):
    run.options = {"minutes": 10}
    row = make_job("running")
    chronicle = runs.Chronicle(Reporter(Attempt(job_id=row.pk, number=1)), run)
    chronicle.note(StepEvent(1, 500, 10, 10, LOSSES, 0.1, 8.0, None))
    chronicle.note(EpochEvent(1, 3, LOSSES, None, 200.0, True))
    row.refresh_from_db()
    assert (row.done, row.total) == (10, 30)
    assert (row.detail["epochs"], row.detail["epochs_done"]) == (3, 1)
