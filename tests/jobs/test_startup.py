import pytest

from jobs import kinds, startup
from jobs.kinds import Kind
from jobs.models import Queue

called: list[str] = []


def action() -> None:
    called.append("action")


def test_an_action_is_called_once_however_often_it_was_asked_for(monkeypatch):
    monkeypatch.setattr(startup, "_actions", [])
    called.clear()
    startup.at_start("tests.jobs.test_startup.action")
    startup.at_start("tests.jobs.test_startup.action")
    startup.start_actions_run()
    assert called == ["action"]


def test_two_kinds_of_one_name_are_refused():
    kind = Kind(name="tests.same", queue=Queue.SHORT, runner="a.b")
    kinds.register(kind)
    kinds.register(Kind(name="tests.same", queue=Queue.SHORT, runner="a.b"))
    with pytest.raises(ValueError, match=r"tests\.same"):
        kinds.register(Kind(name="tests.same", queue=Queue.TRAINING, runner="a.b"))
