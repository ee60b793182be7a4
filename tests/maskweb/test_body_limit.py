"""A body that is too large is refused while it arrives."""

import json

import pytest
from asgiref.testing import ApplicationCommunicator
from django.test import AsyncRequestFactory

from maskweb.asgi import application
from maskweb.body_limit import BodyLimit


async def read_all(scope, receive, send):
    """An application that answers with the number of bytes it was sent."""
    size, more = 0, True
    while more:
        message = await receive()
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode(), "more_body": False})


async def ask(app, parts, headers=()):
    scope = AsyncRequestFactory()._base_scope(method="POST", path="/clips/add/", headers=list(headers))
    talk = ApplicationCommunicator(app, scope)
    for number, part in enumerate(parts, start=1):
        await talk.send_input({"type": "http.request", "body": part, "more_body": number < len(parts)})
    start = await talk.receive_output()
    body = await talk.receive_output()
    return start["status"], body["body"]


async def test_a_body_within_the_limit_goes_through():
    assert await ask(BodyLimit(read_all, most=8), [b"1234", b"5678"]) == (200, b"8")


async def test_a_body_that_grows_beyond_the_limit_is_refused_before_its_end():
    status, body = await ask(BodyLimit(read_all, most=8), [b"1234", b"56789", b"never read"])
    assert status == 413
    assert json.loads(body) == {"errors": {"file": ["This upload is too large: 8\xa0bytes at most."]}}


async def test_an_announced_length_is_refused_before_anything_is_read():
    assert (await ask(BodyLimit(read_all, most=8), [], [(b"content-length", b"9")]))[0] == 413


@pytest.mark.django_db
async def test_the_site_has_such_a_limit(settings):
    announced = str(settings.MAX_CLIP_BYTES * 2).encode()
    assert (await ask(application, [], [(b"content-length", announced)]))[0] == 413
