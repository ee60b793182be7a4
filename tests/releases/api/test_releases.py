"""Releases over the API."""

import io
import zipfile

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from releases.models import ModelRelease
from releases.services import release_activate, release_folder
from tests.programs import as_person

LIST = "/api/releases/"


def url(name: str, row: ModelRelease) -> str:
    return reverse(f"api-{name}", args=[row.pk])


def test_the_list_shows_the_active_one_first_with_its_figures(reader, spare, tiny_release):
    first, second = reader.get(LIST).json()["results"]
    assert (first["name"], first["is_active"], first["figures"]) == ("tiny-random", True, None)
    assert (second["name"], second["is_active"]) == ("spare", False)
    assert second["figures"] == {
        "on_test": False,
        "pictures": 9,
        "map50": 0.5,
        "map50_95": None,
        "map50_all": None,
        "judged": ["with_mask"],
        "classes": [{"name": "with_mask", "ap50": 0.5, "ap50_95": None, "boxes": 4}],
    }


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("network=yolov3-tiny", ["spare"]),
        ("is_active=true", ["tiny-random"]),
        ("name=spare", ["spare"]),
        ("search=rand", ["tiny-random"]),
        ("ordering=name", ["spare", "tiny-random"]),
        ("ordering=-name", ["tiny-random", "spare"]),
        ("is_bundled=true", []),
    ],
)
def test_filters_and_order(reader, spare, query, names):
    assert [row["name"] for row in reader.get(f"{LIST}?{query}").json()["results"]] == names


def test_the_list_asks_as_many_queries_for_sixty_releases_as_for_one(
    client, dan, tiny_release, django_assert_num_queries
):
    client.force_login(dan)
    with django_assert_num_queries(4):  # session, person, count, rows
        client.get(LIST)
    ModelRelease.objects.bulk_create(
        ModelRelease(name=f"r{n}", network="x", net_size=288, classes=[], sha256=f"{n:064}", created_by=dan)
        for n in range(60)
    )
    with django_assert_num_queries(4):
        answer = client.get(LIST).json()
    assert (answer["count"], len(answer["results"])) == (61, 50)
    assert answer["results"][-1]["created_by"] == "dan"


def test_one_release_tells_what_is_frozen_and_where_it_comes_from(reader, tiny_release):
    said = reader.get(url("release", tiny_release)).json()
    assert said["frozen"]["thresholds"] == {"with_mask": 0.5, "without_mask": 0.5, "worn_incorrectly": 0.5}
    assert (said["frozen"]["anchors"][-1], said["frozen"]["strides"]) == ([220.0, 240.0], [8, 16, 32])
    assert said["provenance"] == {"created": "2026-11-22T12:00:00+00:00"}
    assert (said["run"], said["metrics"], len(said["activations"])) == (None, {}, 1)
    assert said["kept_by"] == "tiny-random is active: make another release active first."


def test_a_release_whose_files_are_gone_is_still_told(reader, spare):
    (release_folder(spare) / "weights.npz").unlink()
    said = reader.get(url("release", spare)).json()
    assert (said["name"], said["frozen"], said["missing_classes"]) == ("spare", None, ["without_mask"])


def test_the_card_is_markdown_and_the_folder_a_zip(reader, tiny_release):
    card = reader.get(url("release-card", tiny_release))
    assert card["Content-Type"] == "text/markdown; charset=utf-8"
    assert card.content.decode().startswith("# Model card: tiny-random\n")
    answer = reader.get(url("release-download", tiny_release), HTTP_ACCEPT="application/zip")
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert archive.read("tiny-random/MODEL_CARD.md") == card.content
        assert "tiny-random/network.bin" in archive.namelist()


def test_files_that_are_not_whole_answer_409_with_the_reason(api, tiny_release, spare):
    (release_folder(tiny_release) / "weights.npz").unlink()
    for answer in (
        api.get(url("release-card", tiny_release)),
        api.get(url("release-download", tiny_release)),
        api.post(url("release-activate", spare)),
    ):
        assert answer.status_code == 409
        assert "weights.npz is missing" in answer.json()["detail"]
    assert ModelRelease.objects.active().get() == tiny_release


def test_a_release_is_made_active_and_rolled_back(api, dan, tiny_release, spare):
    said = api.post(url("release-activate", spare)).json()
    assert (said["name"], said["is_active"], said["activations"][0]["by"]) == ("spare", True, "dan")
    assert AuditEntry.objects.get(action="release_activate", actor=dan).target_id == str(spare.pk)
    said = api.post("/api/releases/roll-back/", {"to": "tiny-random"}, format="json").json()
    assert (said["name"], said["is_active"], said["activations"][0]["is_rollback"]) == ("tiny-random", True, True)
    assert ModelRelease.objects.active().get() == tiny_release


def test_rolling_back_where_nothing_or_another_judged_before_is_a_conflict(api, dan, tiny_release, spare):
    answer = api.post("/api/releases/roll-back/")
    assert (answer.status_code, answer.json()["detail"]) == (409, "No other release has judged before.")
    release_activate(release=spare, by=dan)
    answer = api.post("/api/releases/roll-back/", {"to": "other"}, format="json")
    assert answer.json()["detail"] == "The release that judged before is tiny-random."
    assert ModelRelease.objects.active().get() == spare


def test_a_release_is_deleted_unless_something_keeps_it(api, tiny_release, spare):
    answer = api.delete(url("release", tiny_release))
    assert answer.status_code == 409
    assert answer.json()["detail"] == "tiny-random is active: make another release active first."
    assert api.delete(url("release", spare)).status_code == 204
    assert list(ModelRelease.objects.all()) == [tiny_release]


def test_who_may_only_look_changes_nothing(reader, tiny_release, spare):
    assert reader.post(url("release-activate", spare)).status_code == 403
    assert reader.post("/api/releases/roll-back/").status_code == 403
    assert reader.delete(url("release", spare)).status_code == 403
    assert ModelRelease.objects.active().get() == tiny_release


def test_who_may_not_see_releases_is_told_of_none(charlie, spare):
    outsider = as_person(charlie)
    assert outsider.get(LIST).status_code == 403
    assert outsider.get(url("release", spare)).status_code == 403
