"""The websocket of one job: its snapshot on connect and on each change, at most ten a second."""

import asyncio
import contextlib
from importlib import import_module
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.conf import settings
from django.contrib.auth import get_user
from django.http import Http404, HttpRequest

from accounts.models import User
from jobs.access import job_seen_by
from jobs.notify import group_of
from jobs.snapshot import job_snapshot

SHORTEST_GAP = 0.1  # seconds between two snapshots
LOOK_EVERY = 1.0  # seconds after which the row is read even when nobody said that it changed


class JobConsumer(AsyncJsonWebsocketConsumer):
    """Messages only wake it; what it sends is the row, read again with the person's session and rights each time."""

    _following: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        self._job_id: int = self.scope["url_route"]["kwargs"]["pk"]
        self._changed = asyncio.Event()
        snapshot = await self._read()
        if snapshot is None:
            await self.close()
            return
        await self.channel_layer.group_add(group_of(self._job_id), self.channel_name)
        await self.accept()
        await self.send_json(snapshot)
        self._following = asyncio.create_task(self._follow(snapshot))

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(group_of(self._job_id), self.channel_name)
        if self._following is not None:
            self._following.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._following

    async def job_changed(self, event: dict[str, Any]) -> None:
        self._changed.set()

    async def _follow(self, sent: dict[str, Any]) -> None:
        while True:
            await asyncio.sleep(SHORTEST_GAP)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), LOOK_EVERY)
            self._changed.clear()
            snapshot = await self._read()
            if snapshot is None:
                await self.close()
                return
            if snapshot != sent:
                await self.send_json(snapshot)
                sent = snapshot

    @database_sync_to_async
    def _read(self) -> dict[str, Any] | None:
        """The snapshot, or None for somebody signed out or without the right to see it."""
        user = self._person()
        if user is None:
            return None
        try:
            return job_snapshot(job_seen_by(user, self._job_id))
        except Http404:
            return None

    def _person(self) -> User | None:
        """Who is signed in by the socket's session as it is now: a logout or a new password ends it."""
        request = HttpRequest()
        request.session = import_module(settings.SESSION_ENGINE).SessionStore(self.scope["session"].session_key)
        user = get_user(request)
        return user if isinstance(user, User) else None
