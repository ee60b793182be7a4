"""`manage.py prelabel` with a real network: the release that ships with the product, on a frame of the sample clip."""

import io
import json
import os
from itertools import islice

import cv2
import pytest
from django.core.management import CommandError, call_command

from detection.sample import sample_frames
from jobs.models import Job
from labelling.models import PRELABEL_KIND, Opinion, PreLabel, Proposal
from labelling.services import dataset_create
from releases.services import bundled_register, release_active
from tests.labelling.makers import import_here, record

pytestmark = pytest.mark.django_db


@pytest.fixture
def counter():
    """One picture without a box that shows a face behind a counter."""
    frame = next(islice(sample_frames(), 1))
    content = cv2.imencode(".png", frame)[1].tobytes()
    dataset = dataset_create(name="c", by=None)
    return import_here([record("counter.png")], {"counter.png": content}, dataset=dataset).dataset


def called(*arguments: str) -> dict:
    out = io.StringIO()
    call_command("prelabel", *arguments, "--json", "-v", "0", stdout=out)
    return json.loads(out.getvalue())


def test_the_bundled_release_proposes_the_face_that_it_sees(counter, monkeypatch):
    nicer: list[int] = []
    monkeypatch.setattr(os, "nice", lambda by: nicer.append(by) or 0)
    bundled_register()
    said = called("--dataset", "c", "--least-score", "0.6")
    assert (said["dataset"], said["release"], said["images"]) == ("c", release_active().name, 1)
    assert said["proposals"] == Proposal.objects.count() >= 1
    best = Proposal.objects.first()
    assert best.score >= 0.6
    assert best.x_max <= 640 and best.y_max <= 360
    opinion = Opinion.objects.get()
    assert [best.box_class.name, best.score, *best.xyxy] in opinion.detections
    assert min(row[1] for row in opinion.detections) >= 0.05
    assert nicer == [0, 10]  # asked how nice it is, then ten nicer
    row = PreLabel.objects.get()
    assert (row.job, row.job.state) == (Job.objects.get(kind=PRELABEL_KIND), "succeeded")


def test_a_check_proposes_nothing(counter, tiny_release):
    said = called("--dataset", "c", "--check-only", "--release", tiny_release.name)
    assert (said["images"], said["proposals"], Proposal.objects.count()) == (1, 0, 0)
    assert Opinion.objects.get().release == tiny_release


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--dataset", "none"], "no dataset named 'none'"),
        (["--dataset", "c", "--release", "none"], "no release named 'none'"),
        (["--dataset", "c", "--least-score", "2"], "between 0 and 1"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(counter, arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        called(*arguments)
