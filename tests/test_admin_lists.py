"""The lists of the administration that no app's own tests look at, and that there is none besides."""

from collections.abc import Callable

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.models import User
from accounts.rights import Role
from accounts.services import audit
from detection.models import ReleasePreview
from labelling.models import BoxChange, BulkChange, ClassAlias, PictureFetch
from releases.batches.services import batch_create
from releases.models import Activation, ModelRelease, ReleaseConversion
from tests.detection.test_admin import TABLES as DETECTION
from tests.labelling.admin.test_lists import TABLES as LABELLING
from tests.labelling.admin.test_proposals import TABLES as PROPOSALS
from tests.training.makers import make_examination, make_job, make_run, make_version
from training.evaluations.models import Evaluation
from training.models import Curve, Examination, StartWeights, TrainingRun

ELSEWHERE = {f"detection.{table}" for table in DETECTION} | {f"labelling.{table}" for table in (*LABELLING, *PROPOSALS)}


def add_release(number: int, by: User) -> ModelRelease:
    values = {"network": "yolov3-slim", "net_size": 416, "classes": ["with_mask"], "folder": f"r{number}"}
    return ModelRelease.objects.create(name=f"r{number}", sha256=f"{number:064x}", created_by=by, **values)


def add_run(number: int, by: User) -> TrainingRun:
    version = make_version(f"squares {number}", train=1, validation=0, test=0)
    return make_run(version, created_by=by, release=add_release(number, by))


def add_curve(number: int, by: User) -> Curve:
    return Curve.objects.create(run=add_run(number, by))


def add_examination(number: int, by: User) -> Examination:
    return make_examination(add_run(number, by))


def add_evaluation(number: int, by: User) -> Evaluation:
    version = make_version(f"measured {number}", train=1, validation=0, test=0)
    return Evaluation.objects.create(release=add_release(number, by), version=version, split="test", created_by=by)


def add_weights(number: int, by: User) -> StartWeights:
    values = {"network": "yolov3", "size": 4, "layers": 52, "source": "a file"}
    return StartWeights.objects.create(name=f"darknet53 {number}", sha256=f"{number:064x}", **values)


def add_fetch(number: int, by: User) -> PictureFetch:
    dataset = make_version(f"fetched {number}", train=1, validation=0, test=0).dataset
    report = {"fetched": 1, "failed": {"too-large": 2}}
    return PictureFetch.objects.create(dataset=dataset, created_by=by, report=report)


def add_activation(number: int, by: User) -> Activation:
    release = add_release(number, by)
    return Activation.objects.create(release=release, name=release.name, at=release.created_at, by=by)


def add_conversion(number: int, by: User) -> ReleaseConversion:
    return ReleaseConversion.objects.create(release=add_release(number, by), form="onnx", created_by=by)


def add_preview(number: int, by: User) -> ReleasePreview:
    return ReleasePreview.objects.create(release=add_release(number, by), created_by=by)


def add_bulk_change(number: int, by: User) -> BulkChange:
    dataset = make_version(f"changed {number}", train=1, validation=0, test=0).dataset
    return BulkChange.objects.create(dataset=dataset, action="mark", report={"changed": 3}, created_by=by)


def add_alias(number: int, by: User) -> ClassAlias:
    dataset = make_version(f"renamed {number}", train=1, validation=0, test=0).dataset
    box_class = dataset.classes.create(name="roe")
    return ClassAlias.objects.create(dataset=dataset, name="deer", key="deer", box_class=box_class)


def add_box_change(number: int, by: User) -> BoxChange:
    image = make_version(f"drawn {number}", train=1, validation=0, test=0).images.get().image
    after = {"class": "with_mask", "xyxy": [1, 2, 3, 4]}
    return BoxChange.objects.create(image=image, box_key=1, kind="created", source="editor", after=after, by=by)


ROWS: dict[str, Callable[[int, User], object]] = {
    "accounts.user": lambda number, by: by,
    "accounts.auditentry": lambda number, by: audit(actor=by, action="looked", target=by),
    "detection.releasepreview": add_preview,
    "jobs.job": lambda number, by: make_job("queued", owner=by),
    "labelling.boxchange": add_box_change,
    "labelling.bulkchange": add_bulk_change,
    "labelling.classalias": add_alias,
    "labelling.picturefetch": add_fetch,
    "releases.activation": add_activation,
    "releases.modelrelease": add_release,
    "releases.picturebatch": lambda number, by: batch_create(by=by),
    "training.curve": add_curve,
    "releases.releaseconversion": add_conversion,
    "training.evaluation": add_evaluation,
    "training.examination": add_examination,
    "training.startweights": add_weights,
    "training.trainingrun": add_run,
}


def test_every_list_is_looked_at():
    assert {model._meta.label_lower for model in admin.site._registry} == ELSEWHERE | ROWS.keys()


@pytest.mark.parametrize("model", ROWS)
def test_lists_take_the_same_queries_for_many_rows(client, alice, model, django_assert_max_num_queries):
    alice.is_superuser = alice.is_staff = True
    alice.save()
    client.force_login(alice)
    address = reverse(f"admin:{model.replace('.', '_')}_changelist")
    ROWS[model](0, alice)
    with django_assert_max_num_queries(20) as few:
        assert client.get(address).status_code == 200
    for number in range(1, 7):
        ROWS[model](number, User.objects.create_user(f"person {number}", role=Role.ENGINEER))
    with django_assert_max_num_queries(len(few)):
        client.get(address)
