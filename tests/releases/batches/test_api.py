"""The API of batches of photographs."""

import io
import json
import re
import zipfile

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import AsyncRequestFactory
from django.urls import reverse

from accounts.services import api_token_create
from maskweb.asgi import application
from releases.batches.models import PictureBatch
from releases.batches.running import run
from tests.releases.batches.makers import BLUE, RED, ByColour, filled, judged, picture, reporter_of, zipped

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def api(client, dan):
    client.force_login(dan)
    return client


def put_zip(api, batch, content, **query):
    address = reverse("api-batch-zip", args=[batch.pk]) + "?" + "&".join(f"{name}={query[name]}" for name in query)
    return api.put(address, content, content_type="application/octet-stream")


def test_a_batch_goes_its_whole_way(api, tiny_release):
    made = api.post(reverse("api-batches"), {"name": "Gate", "keep_days": 1}).json()
    assert (made["state"], made["count"], made["job"], made["release"]) == ("collecting", 0, None, "")
    batch = PictureBatch.objects.get(pk=made["id"])
    pictures = reverse("api-batch-pictures", args=[batch.pk])
    sent = {"picture": SimpleUploadedFile("a.png", picture(RED)), "path": "north/a.png"}
    added = api.post(pictures, sent)
    assert (added.status_code, added.json()["picture"], added.json()["state"]) == (201, "north/a.png", "waiting")
    content = zipped({"b.png": picture(BLUE), "c.png": b"no picture"})
    assert put_zip(api, batch, content, name="b.zip").json()["arrived"] == len(content)
    started = api.post(reverse("api-batch-start", args=[batch.pk]))
    assert (started.status_code, started.json()["state"], started.json()["count"]) == (202, "underway", 3)
    assert started.json()["job"]["kind"] == "releases.batch"
    batch.refresh_from_db()
    run(reporter_of(batch.job), batch.pk, load=lambda release: ByColour())
    told = api.get(reverse("api-batch", args=[batch.pk])).json()
    assert (told["state"], told["release"], told["report"]["boxes"]) == (
        "finished",
        "tiny-random",
        {"with_mask": 1, "without_mask": 2, "worn_incorrectly": 0},
    )
    page = api.get(pictures, {"page_size": 2}).json()
    assert (page["count"], len(page["results"])) == (3, 2)
    assert page["results"][0]["boxes"][0]["class"] == "with_mask"
    assert [one["picture"] for one in api.get(pictures, {"show": "unreadable"}).json()["results"]] == ["c.png"]
    assert [one["picture"] for one in api.get(pictures, {"class": "without_mask"}).json()["results"]] == ["b.png"]
    download = api.get(reverse("api-batch-download", args=[batch.pk]))
    with zipfile.ZipFile(io.BytesIO(b"".join(download.streaming_content))) as archive:
        assert "boxes.json" in archive.namelist()
    assert api.delete(reverse("api-batch", args=[batch.pk])).status_code == 204
    assert api.get(reverse("api-batch", args=[batch.pk])).status_code == 404


def test_a_zip_in_portions_is_told_where_to_go_on(api, dan):
    batch, content = filled(dan, {}), zipped({"a.png": picture(RED)})
    assert put_zip(api, batch, content[:40], name="a.zip", size=len(content)).json()["arrived"] == 40
    lost = put_zip(api, batch, content[:40], name="a.zip", size=len(content))
    assert (lost.status_code, lost.json()["arrived"]) == (409, 40)
    assert api.get(reverse("api-batch", args=[batch.pk])).json()["zips"][0]["arrived"] == 40
    rest = put_zip(api, batch, content[40:], name="a.zip", size=len(content), offset=40)
    assert rest.json()["arrived"] == len(content)
    assert batch.pictures.count() == 1
    address = reverse("api-batch-zip", args=[batch.pk]) + "?name=a.zip"
    assert api.delete(address).status_code == 204
    assert batch.pictures.count() == 0
    assert api.delete(address).status_code == 404


@pytest.mark.parametrize(
    ("query", "field"),
    [({}, "name"), ({"name": "a.zip", "size": "x"}, "size"), ({"name": "a.zip", "offset": "-1"}, "offset")],
)
def test_mistakes_about_a_zip_name_their_word(api, dan, query, field):
    assert put_zip(api, filled(dan, {}), b"x", **query).json().keys() == {field}


async def put_unmeasured(token, address, parts):
    """Status and JSON of the whole site's answer to a body in parts, whose length no header tells."""
    headers = [(b"authorization", f"Bearer {token}".encode())]
    path, _mark, query = address.partition("?")
    scope = AsyncRequestFactory()._base_scope(method="PUT", path=path, query_string=query, headers=headers)
    talk = ApplicationCommunicator(application, scope)
    for number, part in enumerate(parts, start=1):
        await talk.send_input({"type": "http.request", "body": part, "more_body": number < len(parts)})
    start = await talk.receive_output(timeout=30)
    return start["status"], json.loads((await talk.receive_output())["body"])


async def test_a_zip_may_come_in_chunks_without_a_length_when_its_size_is_said(dan):
    batch = await sync_to_async(filled)(dan, {})
    _row, token = await sync_to_async(api_token_create)(user=dan, name="curl")
    content = zipped({"a.png": picture(RED), "b.png": picture(BLUE)})
    address = reverse("api-batch-zip", args=[batch.pk]) + "?name=a.zip"
    parts = [content[:100], content[100:]]
    assert await put_unmeasured(token, address, parts) == (400, {"size": ["Say how many bytes the zip has."]})
    status, told = await put_unmeasured(token, f"{address}&size={len(content)}", parts)
    assert (status, told["arrived"], await batch.pictures.acount()) == (200, len(content), 2)


def test_no_example_lets_curl_append_the_name_of_a_file_to_an_address():
    told = (settings.BASE_DIR / "docs" / "api.md").read_text()
    sent = re.findall(r"ask .*-T (\S+)", told)
    assert sent == ["-", "-"]


def test_what_is_no_zip_is_told(api, dan):
    answer = put_zip(api, filled(dan, {}), b"no zip", name="a.zip")
    assert (answer.status_code, answer.json()) == (400, {"zip": ["This is no zip, or it is damaged."]})


def test_a_batch_that_was_started_takes_nothing_more(api, dan, tiny_release):
    batch = judged(dan, {"a.png": picture(RED)})
    sent = {"picture": SimpleUploadedFile("b.png", picture(BLUE))}
    assert api.post(reverse("api-batch-pictures", args=[batch.pk]), sent).status_code == 409
    assert put_zip(api, batch, b"x", name="a.zip").status_code == 409
    assert api.post(reverse("api-batch-start", args=[batch.pk])).status_code == 409


def test_wrong_words_are_told(api, dan):
    batch = filled(dan, {})
    assert api.get(reverse("api-batch-pictures", args=[batch.pk]), {"show": "all"}).json().keys() == {"show"}
    assert api.post(reverse("api-batches"), {"keep_days": 30}).json().keys() == {"keep_days"}
    assert api.post(reverse("api-batch-pictures", args=[batch.pk]), {}).json().keys() == {"picture"}


def test_others_do_not_find_it_and_administrators_do(client, alice, bob, dan):
    batch = filled(dan, {"a.png": picture(RED)})
    client.force_login(bob)
    assert client.get(reverse("api-batches")).json()["count"] == 0
    assert client.delete(reverse("api-batch", args=[batch.pk])).status_code == 404
    assert put_zip(client, batch, b"x", name="a.zip").status_code == 404
    client.force_login(alice)
    assert client.get(reverse("api-batches")).json()["count"] == 1


def test_the_list_takes_as_many_queries_for_many_batches(api, dan, tiny_release, django_assert_num_queries):
    judged(dan, {"a.png": picture(RED)})
    with django_assert_num_queries(5):  # session, person, count, batches, zips
        api.get(reverse("api-batches"))
    for _number in range(4):
        filled(dan, {"a.png": picture(RED)})
    with django_assert_num_queries(5):
        api.get(reverse("api-batches"))
