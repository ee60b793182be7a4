"""A websocket to the real ASGI application. (That of channels.testing wants daphne installed.)"""

import json
from typing import Any

from asgiref.testing import ApplicationCommunicator
from django.test import Client

from maskweb.asgi import application


class Socket(ApplicationCommunicator):
    def __init__(self, path: str, *, user: Any = None, origin: str = "http://localhost") -> None:
        """Opened with the session of a person, as a browser opens it."""
        headers = [(b"origin", origin.encode()), (b"host", b"localhost")]
        if user is not None:
            client = Client()
            client.force_login(user)
            headers.append((b"cookie", f"sessionid={client.cookies['sessionid'].value}".encode()))
        scope = {"type": "websocket", "path": path, "query_string": b"", "headers": headers, "subprotocols": []}
        super().__init__(application, scope)

    async def connect(self) -> bool:
        """Whether the application accepted it."""
        await self.send_input({"type": "websocket.connect"})
        answer = await self.receive_output(timeout=20)
        return answer["type"] == "websocket.accept"

    async def receive_json(self, timeout: float = 20) -> Any:
        message = await self.receive_output(timeout)
        assert message["type"] == "websocket.send", message
        return json.loads(message["text"])

    async def disconnect(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(timeout=20)
