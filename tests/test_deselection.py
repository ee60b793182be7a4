"""Tests whose needs are not met are deselected with a printed line, or an error where that is forbidden."""

from types import SimpleNamespace

import pytest

from tests.conftest import deselect


class Item(SimpleNamespace):
    def get_closest_marker(self, name: str) -> str | None:
        return name if name in self.markers else None


@pytest.fixture
def items() -> list[Item]:
    return [Item(name="plain", markers=[]), Item(name="page", markers=["browser"])]


@pytest.fixture
def config():
    config = SimpleNamespace(deselected=[], lines=[])
    config.hook = SimpleNamespace(pytest_deselected=lambda items: config.deselected.extend(items))
    config.get_terminal_writer = lambda: SimpleNamespace(line=config.lines.append)
    return config


def test_a_missing_need_takes_its_tests_out_and_says_so(config, items, monkeypatch):
    monkeypatch.delenv("MASKWEB_REQUIRE_BROWSER", raising=False)
    deselect(config, items, "browser", met=False, need="Chromium")
    assert [item.name for item in items] == ["plain"]
    assert [item.name for item in config.deselected] == ["page"]
    assert config.lines == ["deselected 1 tests that need Chromium, which is not here"]


def test_where_it_is_required_a_missing_need_is_an_error(config, items, monkeypatch):
    monkeypatch.setenv("MASKWEB_REQUIRE_BROWSER", "1")
    with pytest.raises(pytest.UsageError, match="MASKWEB_REQUIRE_BROWSER is set, but Chromium is not there"):
        deselect(config, items, "browser", met=False, need="Chromium")


def test_a_need_that_is_met_changes_nothing(config, items):
    deselect(config, items, "browser", met=True, need="Chromium")
    assert len(items) == 2
    assert config.lines == []
