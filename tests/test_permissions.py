"""Every address of the site, and who may open it. An address that stands in no table here fails a test."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from accounts.models import ApiToken, User
from accounts.rights import Right
from detection.models import Camera, ReleasePreview
from labelling.models import Box, BoxClass, BulkChange, Image, LabelImport, PictureFetch, PreLabel
from releases.models import ReleaseConversion
from tests.detection.makers import make_analysis, make_camera, make_clip, make_job
from tests.labelling.makers import make_proposal
from tests.releases.batches.makers import filled, picture
from tests.training.makers import make_run, make_version
from training.evaluations.models import Evaluation

pytestmark = pytest.mark.django_db

PEOPLE = ("alice", "bob", "carol", "dan", "wanda", "charlie")


@dataclass(frozen=True)
class Rule:
    """Who may open an address, and with what it is asked for.

    right: what it takes; None for everybody who is signed in. open: for everybody.
    pk: the name of the row in `rows` whose key the address takes. of_camera: hidden (404) from people who may
    not see the row's camera. own: hidden from everybody but the row's owner and those with this right.
    """

    right: Right | None = None
    open: bool = False
    post: bool = False
    pk: str = ""
    of_camera: bool = False
    own: Right | None = None
    data: dict[str, Any] = field(default_factory=dict)
    api: bool = False
    takes: tuple[int, ...] = (200, 201, 204, 302, 400)


VIEW = Right.VIEW_CAMERAS
RULES: dict[str, Rule] = {
    "health": Rule(open=True),
    "administration_login": Rule(open=True),
    # detection
    "detection:overview": Rule(),
    "detection:sample_add": Rule(Right.UPLOAD_CLIPS, post=True),
    "detection:cameras": Rule(VIEW),
    "detection:camera_add": Rule(Right.MANAGE_CAMERAS),
    "detection:camera": Rule(VIEW, pk="camera", of_camera=True),
    "detection:camera_settings": Rule(Right.MANAGE_CAMERAS, pk="camera", of_camera=True),
    "detection:camera_token": Rule(Right.MANAGE_CAMERAS, post=True, pk="camera", of_camera=True),
    "detection:clips": Rule(VIEW),
    "detection:clip_add": Rule(Right.UPLOAD_CLIPS, post=True),
    "detection:clip": Rule(VIEW, pk="clip", of_camera=True),
    "detection:clip_judge": Rule(Right.UPLOAD_CLIPS, post=True, pk="clip", of_camera=True),
    "detection:clip_delete": Rule(Right.MANAGE_CAMERAS, post=True, pk="clip", of_camera=True),
    "detection:clip_video": Rule(VIEW, pk="clip", of_camera=True),
    "detection:clip_thumbnail": Rule(VIEW, pk="clip", of_camera=True),
    "detection:analysis": Rule(VIEW, pk="analysis", of_camera=True),
    "detection:analysis_cancel": Rule(Right.UPLOAD_CLIPS, post=True, pk="analysis", of_camera=True),
    "detection:analysis_retry": Rule(Right.UPLOAD_CLIPS, post=True, pk="analysis", of_camera=True),
    "detection:live_frame": Rule(VIEW, pk="analysis", of_camera=True),
    "detection:overlay": Rule(VIEW, pk="analysis", of_camera=True),
    "detection:preview_add": Rule(Right.MANAGE_RELEASES, post=True, pk="release", data={"clips_per_camera": "2"}),
    "detection:preview": Rule(Right.VIEW_RELEASES, pk="preview"),
    "detection:preview_stop": Rule(Right.MANAGE_RELEASES, post=True, pk="preview"),
    "detection:preview_go_on": Rule(Right.MANAGE_RELEASES, post=True, pk="preview"),
    "detection:preview_delete": Rule(Right.MANAGE_RELEASES, post=True, pk="preview"),
    "detection:passage_verdict": Rule(
        Right.REVIEW, post=True, pk="passage", of_camera=True, data={"verdict": "unknown"}
    ),
    # accounts
    "accounts:login": Rule(open=True),
    "accounts:logout": Rule(open=True, post=True),
    "accounts:home": Rule(),
    "accounts:settings": Rule(),
    "accounts:password": Rule(),
    "accounts:token_create": Rule(post=True),
    "accounts:token_revoke": Rule(post=True, pk="api_token", own=None),
    "accounts:people": Rule(Right.MANAGE_PEOPLE),
    "accounts:person_add": Rule(Right.MANAGE_PEOPLE),
    "accounts:person": Rule(Right.MANAGE_PEOPLE, pk="person"),
    "accounts:person_password": Rule(Right.MANAGE_PEOPLE, post=True, pk="person"),
    "accounts:audit": Rule(Right.MANAGE_PEOPLE),
    # jobs
    "jobs:jobs": Rule(),
    "jobs:bell": Rule(),
    "jobs:job": Rule(pk="job", own=Right.SEE_ALL_JOBS),
    "jobs:snapshot": Rule(pk="job", own=Right.SEE_ALL_JOBS),
    "jobs:cancel": Rule(post=True, pk="job", own=Right.SEE_ALL_JOBS),
    "jobs:resume": Rule(post=True, pk="job", own=Right.SEE_ALL_JOBS),
    # labelling
    "labelling:datasets": Rule(Right.VIEW_DATASETS),
    "labelling:dataset_add": Rule(Right.MANAGE_DATASETS),
    "labelling:dataset": Rule(Right.VIEW_DATASETS, pk="dataset"),
    "labelling:version_add": Rule(Right.MANAGE_DATASETS, post=True, pk="dataset"),
    "labelling:test_lock": Rule(Right.MANAGE_DATASETS, post=True, pk="dataset"),
    "labelling:test_unlock": Rule(Right.MANAGE_DATASETS, post=True, pk="dataset"),
    "labelling:versions_compare": Rule(Right.VIEW_DATASETS, pk="dataset"),
    "labelling:anchors": Rule(Right.VIEW_DATASETS, pk="dataset"),
    "labelling:anchors_choose": Rule(Right.MANAGE_DATASETS, post=True, pk="dataset"),
    "labelling:health": Rule(Right.VIEW_DATASETS, pk="dataset"),
    "labelling:health_pictures": Rule(Right.VIEW_DATASETS, pk="dataset"),
    "labelling:export": Rule(Right.VIEW_DATASETS, pk="dataset"),
    "labelling:export_download": Rule(Right.VIEW_DATASETS, pk="dataset"),
    "labelling:images": Rule(Right.VIEW_DATASETS, pk="dataset"),
    "labelling:images_do": Rule(Right.EDIT_BOXES, post=True, pk="dataset", data={"action": "label"}),
    "labelling:class_add": Rule(Right.MANAGE_DATASETS, post=True, pk="dataset"),
    "labelling:class_rename": Rule(Right.MANAGE_DATASETS, post=True, pk="dataset"),
    "labelling:class_merge": Rule(Right.MANAGE_DATASETS, post=True, pk="dataset"),
    "labelling:bulk": Rule(Right.VIEW_DATASETS, pk="bulk"),
    "labelling:import_add": Rule(Right.MANAGE_DATASETS, post=True, pk="dataset"),
    "labelling:import": Rule(Right.VIEW_DATASETS, pk="label_import"),
    "labelling:import_skipped": Rule(Right.VIEW_DATASETS, pk="label_import"),
    "labelling:import_skipped_csv": Rule(Right.VIEW_DATASETS, pk="label_import"),
    "labelling:import_go": Rule(Right.MANAGE_DATASETS, post=True, pk="label_import"),
    "labelling:pictures_add": Rule(Right.MANAGE_DATASETS, post=True, pk="label_import"),
    "labelling:prelabel_add": Rule(Right.EDIT_BOXES, pk="dataset"),
    "labelling:prelabel": Rule(Right.VIEW_DATASETS, pk="prelabel"),
    "labelling:fetch_add": Rule(Right.MANAGE_DATASETS, post=True, pk="dataset"),
    "labelling:fetch": Rule(Right.VIEW_DATASETS, pk="fetch"),
    "labelling:image": Rule(Right.VIEW_DATASETS, pk="image"),
    "labelling:image_file": Rule(Right.VIEW_DATASETS, pk="image"),
    "labelling:thumbnail": Rule(Right.VIEW_DATASETS, pk="image"),
    # training
    "training:runs": Rule(Right.VIEW_TRAINING),
    "training:estimate": Rule(Right.TRAIN),
    "training:start": Rule(Right.TRAIN),
    "training:run": Rule(Right.VIEW_TRAINING, pk="run"),
    "training:epochs": Rule(Right.VIEW_TRAINING, pk="run"),
    "training:pictures": Rule(Right.VIEW_TRAINING, pk="run", takes=(200, 404)),
    "training:pictures_csv": Rule(Right.VIEW_TRAINING, pk="run", takes=(200, 404)),
    "training:curves_csv": Rule(Right.VIEW_TRAINING, pk="run", takes=(200, 404)),
    "training:confusion_csv": Rule(Right.VIEW_TRAINING, pk="run", takes=(200, 404)),
    "training:reliability_csv": Rule(Right.VIEW_TRAINING, pk="run", takes=(200, 404)),
    "training:run_csv": Rule(Right.VIEW_TRAINING, pk="run"),
    "training:steps_csv": Rule(Right.VIEW_TRAINING, pk="run", takes=(200, 404)),
    "training:compare": Rule(Right.VIEW_TRAINING),
    "training:compare_csv": Rule(Right.VIEW_TRAINING),
    "training:compare_figures_csv": Rule(Right.VIEW_TRAINING),
    "training:compare_settings_csv": Rule(Right.VIEW_TRAINING),
    "training:compare_pictures_csv": Rule(Right.VIEW_TRAINING),
    "training:cancel": Rule(Right.TRAIN, post=True, pk="run"),
    "training:resume": Rule(Right.TRAIN, post=True, pk="run"),
    "training:publish_best": Rule(Right.TRAIN, post=True, pk="run"),
    "training_api:runs": Rule(Right.TRAIN, post=True, api=True),
    "training_api:run": Rule(Right.VIEW_TRAINING, pk="run", api=True),
    "training_api:cancel": Rule(Right.TRAIN, post=True, pk="run", api=True, takes=(200, 409)),
    "training_api:resume": Rule(Right.TRAIN, post=True, pk="run", api=True, takes=(200, 409)),
    "training_api:publish_best": Rule(Right.TRAIN, post=True, pk="run", api=True, takes=(200, 409)),
    "training_api:epochs_csv": Rule(Right.VIEW_TRAINING, pk="run", api=True),
    "training_api:steps_csv": Rule(Right.VIEW_TRAINING, pk="run", api=True, takes=(200, 404)),
    "training_api:examination": Rule(Right.VIEW_TRAINING, pk="run", api=True, takes=(200, 404)),
    "training_api:evaluations": Rule(Right.TRAIN, post=True, api=True),
    "training_api:evaluation": Rule(Right.VIEW_TRAINING, pk="evaluation", api=True),
    "training:measure": Rule(Right.VIEW_TRAINING),
    "training:measure_start": Rule(Right.TRAIN, post=True),
    "training:evaluation": Rule(Right.VIEW_TRAINING, pk="evaluation"),
    "training_api:start_weights": Rule(Right.VIEW_TRAINING, api=True),
    # releases
    "releases:releases": Rule(Right.VIEW_RELEASES),
    "releases:pictures": Rule(Right.VIEW_RELEASES),
    "api-detect": Rule(Right.VIEW_RELEASES, post=True, api=True),
    "api-releases": Rule(Right.VIEW_RELEASES, api=True),
    "api-release": Rule(Right.VIEW_RELEASES, pk="release", api=True),
    "api-release-activate": Rule(Right.MANAGE_RELEASES, post=True, pk="release", api=True, takes=(200, 409)),
    "api-release-roll-back": Rule(Right.MANAGE_RELEASES, post=True, api=True, takes=(200, 409)),
    "api-release-int8": Rule(Right.MANAGE_RELEASES, post=True, pk="release", api=True, takes=(202, 409)),
    "api-release-calibration": Rule(Right.MANAGE_RELEASES, post=True, pk="release", api=True, takes=(202, 409)),
    "api-release-precision": Rule(Right.MANAGE_RELEASES, post=True, pk="release", api=True, data={"precision": "f32"}),
    "api-release-card": Rule(Right.VIEW_RELEASES, pk="release", api=True, takes=(200, 409)),
    "api-release-download": Rule(Right.VIEW_RELEASES, pk="release", api=True, takes=(200, 409)),
    "api-release-files": Rule(
        Right.MANAGE_RELEASES, post=True, pk="release", api=True, data={"form": "onnx"}, takes=(202, 409)
    ),
    "api-release-file": Rule(Right.VIEW_RELEASES, pk="conversion", api=True),
    "api-release-file-content": Rule(Right.VIEW_RELEASES, pk="conversion", api=True, takes=(200, 409)),
    "releases:convert": Rule(Right.MANAGE_RELEASES, post=True, pk="release", data={"form": "onnx"}),
    "releases:conversion": Rule(Right.VIEW_RELEASES, pk="conversion"),
    "releases:conversion_file": Rule(Right.VIEW_RELEASES, pk="conversion"),
    "releases:release": Rule(Right.VIEW_RELEASES, pk="release"),
    "releases:activate": Rule(Right.MANAGE_RELEASES, post=True, pk="release"),
    "releases:roll_back": Rule(Right.MANAGE_RELEASES, post=True, pk="release"),
    "releases:delete": Rule(Right.MANAGE_RELEASES, post=True, pk="release"),
    "releases:card": Rule(Right.VIEW_RELEASES, pk="release"),
    "releases:card_file": Rule(Right.VIEW_RELEASES, pk="release"),
    "releases:int8": Rule(Right.MANAGE_RELEASES, post=True, pk="release"),
    "releases:calibration": Rule(Right.MANAGE_RELEASES, post=True, pk="release"),
    "releases:precision": Rule(Right.MANAGE_RELEASES, post=True, pk="release", data={"precision": "f32"}),
    "releases:download": Rule(Right.VIEW_RELEASES, pk="release"),
    "releases:batches": Rule(Right.VIEW_RELEASES),
    "releases:batch": Rule(Right.VIEW_RELEASES, pk="batch", own=Right.SEE_ALL_JOBS),
    "releases:batch_add": Rule(Right.VIEW_RELEASES, post=True, pk="batch", own=Right.SEE_ALL_JOBS),
    "releases:batch_start": Rule(Right.VIEW_RELEASES, post=True, pk="batch", own=Right.SEE_ALL_JOBS),
    "releases:batch_stop": Rule(Right.VIEW_RELEASES, post=True, pk="batch", own=Right.SEE_ALL_JOBS),
    "releases:batch_delete": Rule(Right.VIEW_RELEASES, post=True, pk="batch", own=Right.SEE_ALL_JOBS),
    "releases:batch_download": Rule(Right.VIEW_RELEASES, pk="batch", own=Right.SEE_ALL_JOBS),
    "releases:batch_zip_delete": Rule(Right.VIEW_RELEASES, post=True, pk="batch_zip", own=Right.SEE_ALL_JOBS),
    "releases:batch_picture": Rule(Right.VIEW_RELEASES, pk="batch_picture", own=Right.SEE_ALL_JOBS),
    "releases:batch_picture_file": Rule(Right.VIEW_RELEASES, pk="batch_picture", own=Right.SEE_ALL_JOBS),
    "releases:batch_thumbnail": Rule(
        Right.VIEW_RELEASES, pk="batch_picture", own=Right.SEE_ALL_JOBS, takes=(404,)
    ),  # nobody has looked at it yet
    "api-batches": Rule(Right.VIEW_RELEASES, post=True, api=True),
    "api-batch": Rule(Right.VIEW_RELEASES, pk="batch", own=Right.SEE_ALL_JOBS, api=True),
    "api-batch-pictures": Rule(Right.VIEW_RELEASES, post=True, pk="batch", own=Right.SEE_ALL_JOBS, api=True),
    "api-batch-zip": Rule(Right.VIEW_RELEASES, post=True, pk="batch", api=True, takes=(405,)),
    "api-batch-start": Rule(
        Right.VIEW_RELEASES, post=True, pk="batch", own=Right.SEE_ALL_JOBS, api=True, takes=(202, 409)
    ),
    "api-batch-download": Rule(Right.VIEW_RELEASES, pk="batch", own=Right.SEE_ALL_JOBS, api=True),
    # the API
    "schema": Rule(api=True),
    "api-cameras": Rule(VIEW, api=True),
    "api-clips": Rule(VIEW, api=True),
    "api-clip": Rule(VIEW, api=True, pk="clip", of_camera=True),
    "api-passages": Rule(VIEW, api=True),
    "api-previews": Rule(Right.MANAGE_RELEASES, post=True, pk="release", api=True, takes=(202, 409)),
    "api-preview": Rule(Right.VIEW_RELEASES, pk="preview", api=True),
    "api_docs": Rule(),
    "jobs_api:job": Rule(pk="job", own=Right.SEE_ALL_JOBS, api=True),
    "jobs_api:cancel": Rule(pk="job", own=Right.SEE_ALL_JOBS, post=True, api=True),
    "labelling_api:datasets": Rule(Right.VIEW_DATASETS, api=True),
    "labelling_api:dataset": Rule(Right.VIEW_DATASETS, pk="dataset", api=True),
    "labelling_api:images": Rule(Right.VIEW_DATASETS, pk="dataset", api=True),
    "labelling_api:imports": Rule(Right.MANAGE_DATASETS, post=True, pk="dataset", api=True),
    "labelling_api:versions": Rule(Right.MANAGE_DATASETS, post=True, pk="dataset", api=True, takes=(201, 409)),
    "labelling_api:dataset_export": Rule(Right.VIEW_DATASETS, pk="dataset", api=True),
    "labelling_api:dataset_lock": Rule(Right.MANAGE_DATASETS, post=True, pk="dataset", api=True, takes=(405,)),
    "labelling_api:prelabels": Rule(Right.EDIT_BOXES, post=True, pk="dataset", api=True, takes=(202, 409)),
    "labelling_api:prelabel": Rule(Right.VIEW_DATASETS, pk="prelabel", api=True),
    "labelling_api:import": Rule(Right.VIEW_DATASETS, pk="label_import", api=True),
    "labelling_api:import_skipped": Rule(Right.VIEW_DATASETS, pk="label_import", api=True),
    "labelling_api:import_skipped_csv": Rule(Right.VIEW_DATASETS, pk="label_import", api=True),
    "labelling_api:import_confirm": Rule(
        Right.MANAGE_DATASETS, post=True, pk="label_import", api=True, takes=(202, 409)
    ),
    "labelling_api:import_pictures": Rule(Right.MANAGE_DATASETS, post=True, pk="label_import", api=True),
    "labelling_api:fetches": Rule(Right.MANAGE_DATASETS, post=True, pk="dataset", api=True, takes=(202, 409)),
    "labelling_api:fetch": Rule(Right.VIEW_DATASETS, pk="fetch", api=True),
    "labelling_api:version": Rule(Right.VIEW_DATASETS, pk="version", api=True),
    "labelling_api:version_anchors": Rule(Right.MANAGE_DATASETS, post=True, pk="version", api=True, takes=(200, 409)),
    "labelling_api:version_compare": Rule(Right.VIEW_DATASETS, pk="version", api=True),
    "labelling_api:version_export": Rule(Right.VIEW_DATASETS, pk="version", api=True),
    "labelling_api:version_lock": Rule(Right.MANAGE_DATASETS, post=True, pk="version", api=True, takes=(200, 409)),
    "labelling_api:classes": Rule(Right.MANAGE_DATASETS, post=True, pk="dataset", api=True),
    "labelling_api:class": Rule(Right.VIEW_DATASETS, pk="box_class", api=True),
    "labelling_api:class_merge": Rule(Right.MANAGE_DATASETS, post=True, pk="box_class", api=True),
    "labelling_api:image_file": Rule(Right.VIEW_DATASETS, pk="image", api=True),
    "labelling_api:thumbnail": Rule(Right.VIEW_DATASETS, pk="image", api=True),
    "labelling_api:image": Rule(Right.VIEW_DATASETS, pk="image", api=True),
    "labelling_api:boxes": Rule(Right.EDIT_BOXES, post=True, pk="image", api=True),
    "labelling_api:history": Rule(Right.VIEW_DATASETS, pk="image", api=True),
    "labelling_api:box": Rule(Right.VIEW_DATASETS, pk="box", api=True),
    "labelling_api:proposals": Rule(Right.EDIT_BOXES, post=True, pk="image", api=True),
    "labelling_api:proposal_accept": Rule(Right.EDIT_BOXES, post=True, pk="proposal", api=True, takes=(200, 409)),
    "labelling_api:proposal_reject": Rule(Right.EDIT_BOXES, post=True, pk="proposal", api=True),
}

NO_PICTURE = "detection:clip_thumbnail"  # the clip of these tests has none: not found, for everybody


def named(patterns: list[Any], namespaces: tuple[str, ...] = ()) -> Iterator[str]:
    """The full name of every address; an address without a name is one that this test cannot see."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from named(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield ":".join((*namespaces, pattern.name or f"<no name> {pattern.pattern}"))


NAMES = sorted(set(named(get_resolver().url_patterns)))
ADMIN = [name for name in NAMES if name.startswith("admin:")]
REST = [name for name in NAMES if not name.startswith("admin:")]
CLOSED = [name for name in RULES if not RULES[name].open]


@pytest.fixture
def people(request) -> dict[str, User]:
    return {name: request.getfixturevalue(name) for name in PEOPLE}


@pytest.fixture
def rows(people) -> dict[str, int]:
    """The key of one row of each kind. The camera has no members; the job belongs to somebody else."""
    camera = make_camera("the vault")
    clip = make_clip(camera)
    analysis = make_analysis(clip, "with_mask")
    somebody = User.objects.create_user("somebody", password="correct horse")
    job = make_job(make_analysis(clip, state="queued"), "queued", owner=somebody)
    analysis.refresh_from_db()
    version = make_version(train=1, validation=0, test=0)
    batch = filled(somebody, {"a.png": picture()})
    label_import = LabelImport.objects.create(dataset=version.dataset, export_name="export.json")
    return {
        "camera": camera.pk,
        "clip": clip.pk,
        "analysis": analysis.pk,
        "passage": analysis.passages.get().pk,
        "person": somebody.pk,
        "job": job.pk,
        "dataset": version.dataset_id,
        "label_import": label_import.pk,
        "version": version.pk,
        "bulk": BulkChange.objects.create(dataset=version.dataset, action="mark").pk,
        "box_class": version.dataset.classes.create(name="bulk").pk,
        "prelabel": PreLabel.objects.create(dataset=version.dataset, release=analysis.release).pk,
        "fetch": PictureFetch.objects.create(dataset=version.dataset).pk,
        "image": version.images.get().image_id,
        "box": a_box(version.images.get().image).pk,
        "proposal": make_proposal(version.images.get().image, "deer", (0, 0, 5, 5)).pk,
        "run": make_run(version).pk,
        "release": analysis.release_id,
        "batch": batch.pk,
        "batch_zip": batch.zips.create(name="a.zip", size=5).pk,
        "batch_picture": batch.pictures.get().pk,
        "evaluation": Evaluation.objects.create(release=analysis.release, version=version, split="test").pk,
        "conversion": ReleaseConversion.objects.create(release=analysis.release, form="keras").pk,
        "preview": ReleasePreview.objects.create(release=analysis.release).pk,
        "api_token": ApiToken.objects.create(user=somebody, name="script", digest="0" * 64).pk,
    }


def a_box(image: Image) -> Box:
    deer = BoxClass.objects.create(dataset=image.dataset, name="deer")
    return Box.objects.create(image=image, box_class=deer, x_min=0, y_min=0, x_max=5, y_max=5)


def ask(client: Client, name: str, rows: dict[str, int]):
    rule = RULES[name]
    url = reverse(name, kwargs={"pk": rows[rule.pk]} if rule.pk else None)
    return client.post(url, rule.data) if rule.post else client.get(url)


def refused(response) -> bool:
    return response.status_code in {401, 403}


def test_every_address_is_listed():
    assert sorted(RULES) == REST


@pytest.mark.parametrize("name", CLOSED)
def test_the_signed_out_are_sent_to_the_login(client, rows, name):
    response = ask(client, name, rows)
    if RULES[name].api:
        assert response.status_code in {401, 403}
    else:
        assert response.status_code == 302
        assert response.url.startswith(reverse("accounts:login"))


@pytest.mark.parametrize("name", [name for name in RULES if RULES[name].open])
def test_what_is_open_needs_no_login(client, rows, name):
    assert ask(client, name, rows).status_code in {200, 302}


@pytest.mark.parametrize("name", [name for name in CLOSED if RULES[name].right])
def test_without_the_right_the_answer_is_403(client, people, rows, name):
    without = [user for user in people.values() if not user.may(RULES[name].right)]
    assert without, "nobody lacks this right: the test would say nothing"
    for user in without:
        client.force_login(user)
        response = ask(client, name, rows)
        assert response.status_code == 403, f"{user} opened {name}: {response.status_code}"


@pytest.mark.parametrize("name", CLOSED)
def test_with_the_right_it_opens(client, people, rows, name):
    """The camera is seen by those who see all cameras; whatever else a row is, it is not refused."""
    rule = RULES[name]
    user = people["alice"]
    client.force_login(user)
    if rule.pk == "api_token":
        rows["api_token"] = ApiToken.objects.create(user=user, name="own", digest="1" * 64).pk
    response = ask(client, name, rows)
    expected = {404} if name == NO_PICTURE else set(rule.takes)
    assert response.status_code in expected, f"{name}: {response.status_code}"


@pytest.mark.parametrize("name", [name for name in CLOSED if RULES[name].of_camera])
def test_a_foreign_camera_is_not_found(client, charlie, rows, name, monkeypatch):
    """Even with every right but the one to see all cameras."""
    monkeypatch.setattr("accounts.models.rights_of", lambda role: frozenset(Right) - {Right.VIEW_ALL_CAMERAS})
    client.force_login(charlie)
    assert ask(client, name, rows).status_code == 404


@pytest.mark.parametrize("name", [name for name in CLOSED if RULES[name].of_camera and not RULES[name].post])
def test_a_member_of_the_camera_may_look(client, charlie, rows, name):
    if RULES[name].right != VIEW:
        return
    Camera.objects.get().members.add(charlie)
    client.force_login(charlie)
    assert ask(client, name, rows).status_code in ({404} if name == NO_PICTURE else {200, 204, 302})


@pytest.mark.parametrize("name", [name for name in CLOSED if RULES[name].own])
def test_what_is_anothers_own_is_not_found(client, people, rows, name):
    """The job's clip is behind a camera that the viewer is no member of, so she may not watch it either."""
    client.force_login(people["bob" if RULES[name].right else "charlie"])
    assert ask(client, name, rows).status_code == 404


def test_a_token_of_somebody_else_cannot_be_revoked(client, people, rows):
    client.force_login(people["alice"])
    assert ask(client, "accounts:token_revoke", rows).status_code == 404
    assert ApiToken.objects.filter(pk=rows["api_token"]).exists()


def admin_url(name: str) -> str:
    for kwargs in ({}, {"object_id": "1"}, {"app_label": "accounts"}, {"id": "1"}, {"url": "x"}):
        try:
            return reverse(name, kwargs=kwargs)
        except NoReverseMatch:
            continue
    if name == "admin:view_on_site":
        return reverse(name, kwargs={"content_type_id": 1, "object_id": 1})
    raise AssertionError(f"what does {name} take?")


@pytest.mark.parametrize("name", [name for name in ADMIN if "<no name>" not in name])
def test_the_administration_is_closed_to_the_signed_out_and_to_viewers(client, charlie, name):
    if name in {"admin:login", "admin:logout"}:
        return
    assert client.get(admin_url(name)).status_code in {302, 403, 404, 405}
    client.force_login(charlie)
    assert client.get(admin_url(name)).status_code in {302, 403, 404, 405}
