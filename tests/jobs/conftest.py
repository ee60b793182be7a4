"""The kinds of the tests, made known in this process."""

import pytest

from jobs import kinds
from tests.jobs.kinds import KINDS


@pytest.fixture(autouse=True)
def _kinds_of_tests(monkeypatch) -> None:
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    for kind in KINDS:
        kinds.register(kind)
