"""Refuses a request body that is too large while it arrives.

Django keeps a body whole on disk before any of its own checks sees it, and before it knows who sends it.
"""

import json

from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGIReceiveEvent, ASGISendCallable, HTTPScope, Scope
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _


class BodyTooLarge(Exception):
    """More has arrived than may."""


class BodyLimit:
    """An ASGI application that answers 413 in place of another's, when a body has more than `most` bytes."""

    def __init__(self, application: ASGI3Application, *, most: int) -> None:
        self._application = application
        self._most = most

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
        elif announced_length(scope) > self._most:
            await self._refuse(send)
        else:
            try:
                await self._application(scope, self._counted(receive), send)
            except BodyTooLarge:
                await self._refuse(send)

    def _counted(self, receive: ASGIReceiveCallable) -> ASGIReceiveCallable:
        """The same messages, until there are too many bytes in them: a length need not be announced, or true."""
        arrived = 0

        async def counted() -> ASGIReceiveEvent:
            nonlocal arrived
            message = await receive()
            if message["type"] == "http.request":
                arrived += len(message["body"])
            if arrived > self._most:
                raise BodyTooLarge
            return message

        return counted

    async def _refuse(self, send: ASGISendCallable) -> None:
        sentence = _("This upload is too large: %(most)s at most.") % {"most": filesizeformat(self._most)}
        headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 413, "headers": headers, "trailers": False})
        body = json.dumps({"errors": {"file": [sentence]}}).encode()
        await send({"type": "http.response.body", "body": body, "more_body": False})


def announced_length(scope: HTTPScope) -> int:
    """The Content-Length of a request, 0 where it has none."""
    length = dict(scope["headers"]).get(b"content-length", b"")
    return int(length) if length.isdigit() else 0
