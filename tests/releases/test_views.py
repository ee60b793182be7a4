"""The pages of models."""

import io
import zipfile
from base64 import b64encode
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import AuditEntry
from releases import views
from releases.models import ModelRelease
from releases.services import release_activate, release_folder
from releases.warm import PictureRefused, Seen

METRICS = {
    "test": {
        "pictures": 75,
        "map50": 0.8125,
        "map50_95": 0.456,
        "ap50": {"with_mask": 0.9, "without_mask": 0.725, "worn_incorrectly": None},
        "ap50_95": {"with_mask": 0.5, "without_mask": 0.412, "worn_incorrectly": None},
        "boxes": {"with_mask": 232, "without_mask": 56, "worn_incorrectly": 0},
    }
}


def another(release: ModelRelease, number: int) -> ModelRelease:
    """A row that shares the folder of a release."""
    return ModelRelease.objects.create(
        name=f"another-{number}",
        network=release.network,
        net_size=release.net_size,
        classes=release.classes,
        metrics=METRICS,
        sha256=f"{number:064}",
        folder=release.folder,
    )


def test_the_active_model_stands_on_top_with_its_figures(client, dan, tiny_release):
    tiny_release.metrics = METRICS
    tiny_release.save()
    another(tiny_release, 1)
    client.force_login(dan)
    page = client.get(reverse("releases:releases")).content.decode()
    assert page.index("tiny-random") < page.index("another-1")
    assert "0.813" in page  # 0.8125 to three digits
    assert "on 75 test pictures, looked at once" in page


def test_the_list_asks_as_many_queries_for_twenty_models_as_for_two(
    client, dan, tiny_release, django_assert_num_queries
):
    client.force_login(dan)
    another(tiny_release, 1)
    with django_assert_num_queries(5):  # session, person, count, rows, activations
        client.get(reverse("releases:releases"))
    for number in range(2, 20):
        another(tiny_release, number)
    with django_assert_num_queries(5):
        client.get(reverse("releases:releases"))


def test_an_empty_list_says_what_to_do(client, dan):
    client.force_login(dan)
    assert "Train a model" in client.get(reverse("releases:releases")).content.decode()


def test_a_release_page_shows_thresholds_anchors_and_hash(client, dan, tiny_release):
    client.force_login(dan)
    page = client.get(reverse("releases:release", args=[tiny_release.pk])).content.decode()
    assert "220×240" in page
    assert tiny_release.sha256 in page
    assert "0.50" in page
    assert "brings no figures" in page


RARE = "Worn incorrectly is too rare in the pictures to count in it"


@pytest.mark.parametrize(
    ("classes", "judged", "told", "untold"),
    [
        (
            ["with_mask", "without_mask", "worn_incorrectly"],
            ["with_mask", "without_mask"],
            ["these classes: with mask, without mask.", RARE],
            ["does not count"],
        ),
        (
            ["with_mask", "without_mask", "worn_incorrectly"],
            ["with_mask", "without_mask", "worn_incorrectly"],
            ["these classes: with mask, without mask, worn incorrectly."],
            [RARE, "does not count"],
        ),
        (
            ["with_mask", "helmet"],
            ["with_mask"],
            ["these classes: with mask.", "“helmet” does not count in it"],
            [RARE],
        ),
        (["with_mask", "without_mask"], None, [], ["mean over", RARE]),
    ],
)
def test_the_page_tells_which_classes_the_figure_is_the_mean_of(
    client, dan, tiny_release, classes, judged, told, untold
):
    tiny_release.classes = classes
    tiny_release.metrics = {"test": METRICS["test"] | ({"judged": judged} if judged else {})}
    tiny_release.save()
    client.force_login(dan)
    page = client.get(reverse("releases:release", args=[tiny_release.pk])).content.decode()
    assert [words for words in told if words not in page] == []
    assert [words for words in untold if words in page] == []


def test_a_release_whose_files_are_gone_still_has_a_page(client, dan, tiny_release):
    (release_folder(tiny_release) / "weights.npz").unlink()
    client.force_login(dan)
    page = client.get(reverse("releases:release", args=[tiny_release.pk])).content.decode()
    assert "The release tiny-random is not whole: weights.npz is missing." in page
    assert str(release_folder(tiny_release).parent) not in page


def test_the_folder_is_downloaded_as_a_zip(client, dan, tiny_release):
    client.force_login(dan)
    answer = client.get(reverse("releases:download", args=[tiny_release.pk]))
    assert answer["Content-Disposition"] == 'attachment; filename="tiny-random.zip"'
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert sorted(archive.namelist()) == [
            f"tiny-random/{name}"
            for name in ("MODEL_CARD.md", "network.bin", "network.xml", "release.json", "weights.npz")
        ]
        content = archive.read("tiny-random/weights.npz")
    assert content == (release_folder(tiny_release) / "weights.npz").read_bytes()


def test_an_engineer_makes_a_model_active(client, dan, tiny_release):
    second = another(tiny_release, 1)
    client.force_login(dan)
    client.post(reverse("releases:activate", args=[second.pk]))
    assert list(ModelRelease.objects.active()) == [second]
    assert AuditEntry.objects.get(action="release_activate", actor=dan).target_id == str(second.pk)


def test_a_broken_model_is_not_made_active_and_the_page_says_why(client, dan, tiny_release):
    second = another(tiny_release, 1)
    second.folder = "gone"
    second.save()
    client.force_login(dan)
    answer = client.post(reverse("releases:activate", args=[second.pk]), follow=True)
    assert "There is no release gone: its release.json cannot be read." in answer.content.decode()
    assert list(ModelRelease.objects.active()) == [tiny_release]


def test_activating_needs_a_post(client, dan, tiny_release):
    client.force_login(dan)
    assert client.get(reverse("releases:activate", args=[tiny_release.pk])).status_code == 405


@pytest.mark.parametrize(("name", "method"), [("release", "get"), ("download", "get"), ("activate", "post")])
def test_a_viewer_sees_no_model(client, charlie, tiny_release, name, method):
    client.force_login(charlie)
    assert getattr(client, method)(reverse(f"releases:{name}", args=[tiny_release.pk])).status_code == 403


def test_a_safety_officer_looks_but_does_not_activate(client, bob, tiny_release):
    second = another(tiny_release, 1)
    client.force_login(bob)
    assert "Make active" not in client.get(reverse("releases:releases")).content.decode()
    assert client.post(reverse("releases:activate", args=[second.pk])).status_code == 403
    assert list(ModelRelease.objects.active()) == [tiny_release]


def test_a_photograph_comes_back_with_its_boxes_and_is_not_kept(client, dan, tiny_release, monkeypatch, settings):
    drawn = b"\xff\xd8drawn"
    seen = Seen("tiny-random", 200, 120, 8.5, [{"class": "with_mask", "score": 0.9, "xyxy": [1, 2, 3, 4]}], drawn)
    monkeypatch.setattr(views, "picture_detect", lambda content, draw: seen)
    client.force_login(dan)
    files = set(Path(settings.MEDIA_ROOT).rglob("*.*"))
    page = client.post(reverse("releases:pictures"), {"picture": SimpleUploadedFile("a.jpg", b"x")}).content.decode()
    assert "One face in 8.5 ms." in page
    assert f"data:image/jpeg;base64,{b64encode(drawn).decode()}" in page
    assert set(Path(settings.MEDIA_ROOT).rglob("*.*")) == files


def test_a_file_that_is_no_photograph_is_told_beside_the_field(client, dan, tiny_release, monkeypatch):
    def refuse(content, draw):
        raise PictureRefused("The picture is damaged.")

    monkeypatch.setattr(views, "picture_detect", refuse)
    client.force_login(dan)
    page = client.post(reverse("releases:pictures"), {"picture": SimpleUploadedFile("a.jpg", b"x")}).content.decode()
    assert "The picture is damaged." in page


@pytest.mark.parametrize(
    ("classes", "missing"),
    [
        (["with_mask", "without_mask"], None),
        (["with_mask"], "“without mask”."),
        (["without_mask", "worn_incorrectly"], "“with mask”."),
        (["deer"], "“with mask”, “without mask”."),
    ],
)
def test_a_model_that_knows_only_one_side_says_that_it_cannot_tell_compliance(
    client, dan, tiny_release, classes, missing
):
    ModelRelease.objects.update(classes=classes)
    client.force_login(dan)
    page = client.get(reverse("releases:release", args=[tiny_release.pk])).content.decode()
    assert ("This model cannot yield a compliance rate" in page) is (missing is not None)
    assert missing is None or f"it does not know {missing}" in " ".join(page.split())


def test_the_list_warns_of_an_active_model_that_cannot_tell_compliance(client, dan, tiny_release):
    client.force_login(dan)
    assert "cannot yield" not in client.get(reverse("releases:releases")).content.decode()
    ModelRelease.objects.update(classes=["with_mask"])
    assert "cannot yield" in client.get(reverse("releases:releases")).content.decode()


def test_the_list_says_that_no_model_is_active(client, dan, tiny_release):
    client.force_login(dan)
    release_activate(release=tiny_release, by=dan)
    assert "No model is active" not in client.get(reverse("releases:releases")).content.decode()
    ModelRelease.objects.update(is_active=False)
    assert "No model is active" in client.get(reverse("releases:releases")).content.decode()


def test_the_page_of_photographs_leads_to_the_models_while_none_is_active(client, dan):
    client.force_login(dan)
    page = client.get(reverse("releases:pictures")).content.decode()
    assert "No model is active" in page
    assert 'type="file"' not in page


def test_the_page_of_photographs_says_what_the_number_on_a_box_is(client, dan, tiny_release):
    client.force_login(dan)
    release_activate(release=tiny_release, by=dan)
    assert "On a box stands its score." in client.get(reverse("releases:pictures")).content.decode()
    ModelRelease.objects.update(calibration={"temperature": 0.5})
    assert "the chance that it is right" in client.get(reverse("releases:pictures")).content.decode()


def test_the_model_card_is_a_page_and_a_file(client, dan, tiny_release):
    client.force_login(dan)
    page = client.get(reverse("releases:card", args=[tiny_release.pk])).content.decode()
    assert "Model card: tiny-random" in page
    assert tiny_release.sha256 in page
    assert "Nobody has measured it" in page
    answer = client.get(reverse("releases:card_file", args=[tiny_release.pk]))
    assert answer["Content-Disposition"] == 'attachment; filename="tiny-random-card.md"'
    assert answer.content.decode().startswith("# Model card: tiny-random\n")


def test_the_card_of_a_release_whose_files_are_gone_leads_back_with_a_sentence(client, dan, tiny_release):
    (release_folder(tiny_release) / "weights.npz").unlink()
    client.force_login(dan)
    for name in ("releases:card", "releases:card_file"):
        page = client.get(reverse(name, args=[tiny_release.pk]), follow=True).content.decode()
        assert "weights.npz is missing" in page


def test_one_click_leads_back_to_the_release_that_judged_before(client, dan, tiny_release):
    release_activate(release=another(tiny_release, 1), by=dan)
    client.force_login(dan)
    page = client.get(reverse("releases:releases")).content.decode()
    address = reverse("releases:roll_back", args=[tiny_release.pk])
    assert "Roll back to tiny-random" in page
    assert f'action="{address}"' in page
    assert "tiny-random judges again." in client.post(address, follow=True).content.decode()
    assert ModelRelease.objects.active().get() == tiny_release


def test_a_release_that_nothing_points_at_is_deleted_and_an_active_one_is_not(client, dan, tiny_release):
    spare = another(tiny_release, 1)
    client.force_login(dan)
    assert "Delete this release?" in client.get(reverse("releases:release", args=[spare.pk])).content.decode()
    page = client.post(reverse("releases:delete", args=[tiny_release.pk]), follow=True).content.decode()
    assert "tiny-random is active" in page
    assert ModelRelease.objects.filter(pk=tiny_release.pk).exists()
    client.post(reverse("releases:delete", args=[spare.pk]))
    assert not ModelRelease.objects.filter(pk=spare.pk).exists()
