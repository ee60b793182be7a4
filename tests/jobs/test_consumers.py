import asyncio
import time

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session

from jobs import consumers
from jobs.attempts import Attempt
from jobs.models import Job
from jobs.reporter import Reporter
from tests.jobs.sockets import Socket

pytestmark = pytest.mark.django_db(transaction=True)


async def connect(user, job, **options) -> tuple[Socket, bool]:
    socket = await sync_to_async(Socket)(f"/ws/jobs/{job.pk}/", user=user, **options)
    return socket, await socket.connect()


async def test_the_owner_gets_the_snapshot_at_once_and_each_change(bob, make_job, monkeypatch):
    monkeypatch.setattr(consumers, "LOOK_EVERY", 3600.0)  # so that only the message can wake it
    job = await sync_to_async(make_job)("running", owner=bob, total=3)
    socket, connected = await connect(bob, job)
    assert connected
    assert (await socket.receive_json())["done"] == 0
    reporter = Reporter(Attempt(job.pk, 1))
    await asyncio.to_thread(reporter.progress, done=2, message="two", force=True)
    shown = await socket.receive_json()
    assert (shown["done"], shown["message"]) == (2, "two")
    await socket.disconnect()


async def test_a_change_nobody_told_of_is_seen_within_two_seconds(bob, make_job):
    job = await sync_to_async(make_job)(owner=bob)
    socket, _connected = await connect(bob, job)
    await socket.receive_json()
    await Job.objects.filter(pk=job.pk).aupdate(message="changed in silence")
    assert (await socket.receive_json(timeout=20))["message"] == "changed in silence"
    await socket.disconnect()


async def test_a_burst_of_changes_is_sent_at_most_ten_times_a_second(bob, make_job):
    job = await sync_to_async(make_job)("running", owner=bob, total=100)
    socket, _connected = await connect(bob, job)
    await socket.receive_json()
    reporter = Reporter(Attempt(job.pk, 1))
    began = time.monotonic()
    for number in range(1, 101):
        await asyncio.to_thread(reporter.progress, done=number, force=True)
    last, received = 0, 0
    while last < 100:
        last = (await socket.receive_json(timeout=20))["done"]
        received += 1
    assert received <= 10 * (time.monotonic() - began) + 1
    await socket.disconnect()


@pytest.mark.parametrize("who", ["nobody", "dan"])
async def test_strangers_are_refused(bob, dan, make_job, who):
    job = await sync_to_async(make_job)(owner=bob)
    _socket, connected = await connect({"nobody": None, "dan": dan}[who], job)
    assert not connected


async def test_an_administrator_sees_everybodys_job(alice, bob, make_job):
    job = await sync_to_async(make_job)(owner=bob)
    socket, connected = await connect(alice, job)
    assert connected
    await socket.disconnect()


async def test_a_person_who_is_shut_out_is_cut_off(bob, make_job):
    job = await sync_to_async(make_job)(owner=bob)
    socket, _connected = await connect(bob, job)
    await socket.receive_json()
    bob.is_active = False
    await bob.asave()
    assert (await socket.receive_output(timeout=20))["type"] == "websocket.close"


async def test_a_logout_cuts_the_socket_off(bob, make_job):
    job = await sync_to_async(make_job)(owner=bob)
    socket, _connected = await connect(bob, job)
    await socket.receive_json()
    await Session.objects.all().adelete()
    assert (await socket.receive_output(timeout=20))["type"] == "websocket.close"


async def test_another_site_cannot_open_the_socket(bob, make_job):
    job = await sync_to_async(make_job)(owner=bob)
    _socket, connected = await connect(bob, job, origin="http://evil.example")
    assert not connected
