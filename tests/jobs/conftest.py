"""The kinds of the tests, made known in this process, and rows in each state."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from jobs import kinds
from jobs.models import Job
from tests.jobs.kinds import KINDS
from tests.jobs.site import Site


@pytest.fixture(autouse=True)
def _kinds_of_tests(monkeypatch) -> None:
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    for kind in KINDS:
        kinds.register(kind)


@pytest.fixture
def make_job(db) -> Callable[..., Job]:
    """Rows as they look in a state; what is given replaces what goes without saying."""

    def make(state: str = "queued", **values: Any) -> Job:
        now = timezone.now()
        usual: dict[str, Any] = {"kind": "tests.short", "title": "A job", "queue": "short", "target_id": 1}
        if state == "running":
            usual |= {"started_at": now - timedelta(seconds=10), "heartbeat_at": now}
        elif state != "queued":
            usual |= {"started_at": now - timedelta(seconds=10), "finished_at": now}
        return Job.objects.create(state=state, **{**usual, **values})

    return make


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running server; afterwards nothing of it is left."""
    site = Site(tmp_path_factory.mktemp("site"))
    try:
        site.start()
        yield site
    finally:
        site.close()
