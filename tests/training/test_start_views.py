"""The form that starts a training, with all its settings."""

import pytest
from django.urls import reverse

from tests.training.makers import make_run, make_version
from training.models import StartWeights, TrainingRun

START = "/training/start/"


def form(version, **values) -> dict[str, object]:
    return {"version": version.pk, "network": "yolov3-slim", "net_size": 288, "epochs": 3, "batch": 8, **values}


@pytest.fixture
def version(db):
    return make_version()


@pytest.fixture
def carols(client, carol):
    client.force_login(carol)
    return client


def test_the_form_begins_with_the_active_model_as_it_is(carols, version, tiny_release):
    page = carols.get(START)
    shown = page.context["form"].initial
    assert (shown["start"], shown["network"], shown["net_size"]) == (f"release:{tiny_release.pk}", "yolov3-slim", 288)
    assert f'<option value="release:{tiny_release.pk}" selected>' in page.content.decode()
    assert not page.context["form"].shows_more()
    tiny_release.is_active = False
    tiny_release.save()
    assert not carols.get(f"{START}?version={version.pk}").context["form"].initial.get("start")


def test_settings_that_differ_are_kept_with_the_run_and_no_others(carols, version):
    finer = {"seed": 7, "canvas": 64, "multi_scale": "0.2", "scenes": "0.5 to 1.4", "augment__mosaic": "0.4"}
    carols.post(START, form(version, **finer, learning_rate="0.0015", loss__box=""))
    run = TrainingRun.objects.get()
    expected = {"canvas": 64, "multi_scale": 0.2, "scenes": [0.5, 1.4], "augment": {"mosaic": 0.4}}
    assert (run.seed, run.options) == (7, expected)
    assert run.configuration().augment.mosaic == 0.4


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("canvas", "100", "multiple of step size 32"),
        ("multi_scale", "1.5", "less than or equal to 0.5"),
        ("learning_rate", "0", "greater than or equal to 1e-06"),
        ("scenes", "1.4 to 0.5", "Give two numbers above 0, the smaller first"),
        ("augment__crop_faces", "14", "Give two numbers above 0, the smaller first"),
        ("validate_every", "0", "greater than or equal to 1"),
        ("seed", "-1", "greater than or equal to 0"),
        ("width", "9", "less than or equal to 4"),
        ("start", "release:999", "Select a valid choice"),
    ],
)
def test_a_wrong_setting_is_told_next_to_its_field_and_the_rest_stays_as_typed(carols, version, field, typed, sentence):
    answer = carols.post(START, form(version, **{field: typed, "net_size": 320}))
    assert answer.status_code == 400
    assert sentence in str(answer.context["form"].errors[field])
    page = answer.content.decode()
    assert "Nothing was started." in page
    assert 'value="320"' in page
    assert not TrainingRun.objects.exists()


def test_a_wrong_finer_setting_opens_its_part_of_the_form(carols, version):
    closed = carols.get(START).content.decode()
    assert '<details class="card mw-more">' in closed
    wrong = carols.post(START, form(version, canvas="100")).content.decode()
    assert '<details class="card mw-more" open>' in wrong


def test_what_only_the_service_knows_is_told_next_to_its_field(carols, version):
    weights = StartWeights.objects.create(name="tiny", network="yolov3-tiny", sha256="1" * 64, size=1, layers=1)
    answer = carols.post(START, form(version, start=f"weights:{weights.pk}", crops_version=version.pk))
    errors = answer.context["form"].errors
    assert errors["start"] == ["These weights are those of another network."]
    assert errors["crops_version"] == ["Single faces must come from another dataset than the photographs."]


def test_a_run_starts_from_a_model_that_was_chosen(carols, version, tiny_release):
    assert "tiny-random" in carols.get(START).content.decode()
    carols.post(START, form(version, start=f"release:{tiny_release.pk}"))
    assert TrainingRun.objects.get().start_release == tiny_release


def test_anchors_that_are_not_there_are_told_next_to_their_field(carols, version):
    carols.post(START, form(version, anchors_from="fit"))
    assert TrainingRun.objects.get().anchors_from == "fit"
    answer = carols.post(START, form(version, anchors_from="version"))
    sentence = "No anchors for this network and net size are kept with the version."
    assert answer.context["form"].errors["anchors_from"] == [sentence]


def test_each_network_says_what_it_is_for(carols, version):
    page = carols.get(START).content.decode()
    for words in ("faces of a dozen pixels", "62 million weights", "8.7 million weights", "The usual choice"):
        assert words in page


def test_an_earlier_run_fills_the_form_with_its_settings(carols, version, tiny_release):
    earlier = make_run(
        version,
        network="yolov3-slim-p2",
        net_size=320,
        batch=4,
        seed=5,
        start_release=tiny_release,
        options={"minutes": 12.0, "canvas": 64, "augment": {"mosaic": 0.4, "crop_faces": [14, 280]}},
    )
    answer = carols.get(f"{START}?like={earlier.pk}")
    shown = answer.context["form"]
    expected = {"network": "yolov3-slim-p2", "net_size": 320, "batch": 4, "seed": 5, "budget": "minutes", "minutes": 12}
    assert {name: shown[name].value() for name in expected} == expected
    assert (shown["start"].value(), shown["canvas"].value()) == (f"release:{tiny_release.pk}", 64)
    page = answer.content.decode()
    assert 'value="14 to 280"' in page
    assert '<details class="card mw-more" open>' in page
    assert f"With the settings of {earlier}" in page
    assert f"{START}?like={earlier.pk}" in carols.get(reverse("training:run", args=[earlier.pk])).content.decode()


def test_a_slim_network_is_made_wider_and_started_again_as_wide(carols, version):
    carols.post(START, form(version, width="1.5"))
    run = TrainingRun.objects.get()
    assert run.network == "yolov3-slim-x1.5"
    shown = carols.get(f"{START}?like={run.pk}").context["form"]
    assert (shown["network"].value(), shown["width"].value()) == ("yolov3-slim", 1.5)


def test_networks_of_the_papers_are_not_widened(carols, version):
    answer = carols.post(START, form(version, network="yolov3-tiny", width="2"))
    assert "only yolov3-slim, yolov3-slim-p2 and yolov3-slim-p2-p6 have a width" in str(
        answer.context["form"].errors["width"]
    )
    assert not TrainingRun.objects.exists()


@pytest.mark.parametrize("like", ["999", "all", ""])
def test_an_earlier_run_that_is_not_there_leaves_the_form_as_it_is(carols, version, like):
    assert carols.get(f"{START}?like={like}").context["earlier"] is None


def test_what_it_would_take_is_told_before_it_starts(carols, version):
    query = form(version, epochs=6)
    unknown = carols.get(reverse("training:estimate"), query).content.decode()
    assert "told after its first epoch" in unknown
    make_run(version, epochs_done=2, options={"fine_tune_share": 0})
    known = carols.get(reverse("training:estimate"), {**query, "fine_tune_share": 0}).content.decode()
    assert "about 6 minutes" in known  # the earlier one took a minute for each epoch


def test_what_it_would_take_waits_for_settings_that_make_sense(carols, version):
    page = carols.get(reverse("training:estimate"), form(version, net_size=300)).content.decode()
    assert "Told once the settings are complete." in page


def test_settings_that_do_not_go_together_are_told_before_it_starts(carols, version):
    chosen = form(version, freeze_known="on")
    page = carols.get(reverse("training:estimate"), chosen).content.decode()
    assert "freeze_known needs a model or weights to start from." in page
    answer = carols.post(START, chosen)
    assert "freeze_known needs a model or weights to start from." in answer.content.decode()


def test_a_version_without_validation_pictures_is_warned_of(carols, db):
    page = carols.get(reverse("training:estimate"), form(make_version(validation=0))).content.decode()
    assert "nobody sees whether it learns" in page


def test_who_may_not_train_sees_neither_the_form_nor_its_estimate(client, bob, version):
    client.force_login(bob)
    assert client.get(START).status_code == 403
    assert client.get(reverse("training:estimate"), form(version)).status_code == 403
    run = make_run(version)
    assert "like=" not in client.get(reverse("training:run", args=[run.pk])).content.decode()
