"""Videos, pictures and overlays of clips, asked for through the asynchronous stack that serves them."""

import asyncio
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync
from django.core.files.base import ContentFile
from django.test import AsyncClient
from django.urls import reverse

from detection.models import Camera, Clip, DetectionChunk
from detection.ranges import ByteRange
from detection.views import media
from tests.detection.makers import make_analysis, make_camera, make_clip, say

CONTENT = bytes(range(100))


@pytest.fixture
def gate(db) -> Camera:
    return make_camera("gate")


@pytest.fixture
def clip(gate) -> Clip:
    return make_clip(gate, content=CONTENT)


@pytest.fixture
def ask(alice, clip):
    """Ask for the clip's video; answers the response and its body."""
    client = AsyncClient()
    client.force_login(alice)

    async def asked(method, headers):
        response = await getattr(client, method)(reverse("detection:clip_video", args=[clip.pk]), headers=headers)
        if not response.streaming:
            return response, response.content
        return response, b"".join([block async for block in response.streaming_content])

    return lambda method="get", **headers: async_to_sync(asked)(
        method, {name.replace("_", "-"): value for name, value in headers.items()}
    )


def test_without_a_range_the_whole_file_comes(ask, clip):
    response, body = ask()
    assert (response.status_code, body) == (200, CONTENT)
    assert response["Content-Length"] == "100"
    assert response["Accept-Ranges"] == "bytes"
    assert response["Content-Type"] == "video/mp4"
    assert response["Cache-Control"].startswith("private")
    assert response["ETag"] == f'"{clip.sha256}"'


@pytest.mark.parametrize(
    ("header", "content_range", "expected"),
    [
        ("bytes=0-9", "bytes 0-9/100", CONTENT[:10]),
        ("bytes=90-", "bytes 90-99/100", CONTENT[90:]),
        ("bytes=-5", "bytes 95-99/100", CONTENT[95:]),
        ("bytes=40-40", "bytes 40-40/100", CONTENT[40:41]),
        ("bytes=50-5000", "bytes 50-99/100", CONTENT[50:]),
    ],
)
def test_a_range_is_answered_with_206_and_its_bytes(ask, header, content_range, expected):
    response, body = ask(range=header)
    assert (response.status_code, response["Content-Range"], body) == (206, content_range, expected)
    assert response["Content-Length"] == str(len(expected))


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=-0"])
def test_a_range_behind_the_end_is_answered_with_416(ask, header):
    response, body = ask(range=header)
    assert (response.status_code, response["Content-Range"], body) == (416, "bytes */100", b"")


@pytest.mark.parametrize("header", ["bytes=0-1,4-5", "bytes=9-2", "lines=1-2"])
def test_what_is_no_single_range_is_answered_with_all(ask, header):
    response, body = ask(range=header)
    assert (response.status_code, body) == (200, CONTENT)
    assert "Content-Range" not in response


def test_if_range_gives_the_part_only_of_the_same_file(ask, clip):
    assert ask(range="bytes=0-9", if_range=f'"{clip.sha256}"')[0].status_code == 206
    response, body = ask(range="bytes=0-9", if_range='"another"')
    assert (response.status_code, body) == (200, CONTENT)


def test_what_the_browser_has_is_not_sent_again(ask, clip):
    response, body = ask(if_none_match=f'"{clip.sha256}"')
    assert (response.status_code, body) == (304, b"")


def test_head_tells_the_length_without_the_bytes(ask):
    response, body = ask("head")
    assert (response.status_code, response["Content-Length"], body) == (200, "100", b"")


def test_a_video_that_is_gone_is_not_found(ask, clip):
    clip.file.storage.delete(clip.file.name)
    assert ask()[0].status_code == 404


def test_a_download_carries_the_clips_own_name(client, alice, gate):
    client.force_login(alice)
    clip = make_clip(gate, original_name="gate, Mönday.mp4")
    response = client.head(reverse("detection:clip_video", args=[clip.pk]) + "?download")
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''gate%2C%20M%C3%B6nday.mp4"


def test_a_large_file_is_read_a_block_at_a_time(clip, monkeypatch):
    """What is sent must never lie in memory whole: the file is read only as far as blocks were taken."""
    monkeypatch.setattr(media, "BLOCK", 1000)
    name = clip.file.storage.save("clips/large.mp4", ContentFile(bytes(10_000)))
    opened = []
    really = media.open_at
    monkeypatch.setattr(media, "open_at", lambda *given: opened.append(really(*given)) or opened[-1])

    async def take_two():
        stream = media.blocks(clip.file.storage, name, ByteRange(500, 9_999))
        taken = [await anext(stream), await anext(stream)]
        position = opened[0].tell()
        await stream.aclose()
        return taken, position

    taken, position = asyncio.run(take_two())
    assert [len(block) for block in taken] == [1000, 1000]
    assert position == 2500
    assert opened[0].closed


def test_the_thumbnail(client, alice, clip):
    client.force_login(alice)
    url = reverse("detection:clip_thumbnail", args=[clip.pk])
    assert client.get(url).status_code == 404
    clip.thumbnail.save("t.jpg", ContentFile(b"jpeg"))
    response = client.get(url)
    assert (response.content, response["Content-Type"]) == (b"jpeg", "image/jpeg")


def test_the_live_frame_is_never_kept(client, alice, clip, settings):
    client.force_login(alice)
    analysis = make_analysis(clip, state="running")
    url = reverse("detection:live_frame", args=[analysis.pk])
    assert client.get(url).status_code == 204  # there is none yet
    folder = Path(settings.MEDIA_ROOT) / "live"
    folder.mkdir()
    (folder / f"{analysis.pk}.jpg").write_bytes(b"frame")
    response = client.get(url)
    assert (response.content, response["Cache-Control"]) == (b"frame", "private, no-store")


def test_the_overlay_has_passages_with_their_boxes_and_all_judged_times(
    client, alice, clip, django_assert_max_num_queries
):
    client.force_login(alice)
    analysis = make_analysis(clip, "with_mask", "without_mask")
    for number, times in enumerate([[0.0, 0.2, 0.4], [0.6, 0.8]]):
        DetectionChunk.objects.create(
            analysis=analysis,
            number=number,
            first_time=times[0],
            last_time=times[-1],
            frames=[{"t": time, "boxes": []} for time in times],
        )
    say(analysis.passages.get(number=2), "unknown")
    with django_assert_max_num_queries(6):
        data = client.get(reverse("detection:overlay", args=[analysis.pk])).json()
    assert (data["width"], data["height"], data["duration"]) == (640, 360, 60)
    assert data["times"] == [0.0, 0.2, 0.4, 0.6, 0.8]
    assert [(one["number"], one["verdict"]) for one in data["passages"]] == [(1, "with_mask"), (2, "unknown")]
    assert data["passages"][0]["path"][0] == [1.0, 10, 20, 50, 70]
