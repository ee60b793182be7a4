"""Typed readers for environment variables."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from maskweb.env import env_bool, env_int, env_list, env_path, env_str

NAME = "MASKWEB_TEST_VARIABLE"


@pytest.mark.parametrize(("text", "expected"), [("1", True), ("Yes", True), (" on ", True), ("0", False), ("", False)])
def test_a_switch_is_read_from_words(text, expected, monkeypatch):
    monkeypatch.setenv(NAME, text)
    assert env_bool(NAME, default=not expected) is expected


@pytest.mark.parametrize("read", [lambda: env_bool(NAME, default=False), lambda: env_int(NAME, 3)])
def test_a_value_that_makes_no_sense_is_refused_by_the_name_of_its_variable(read, monkeypatch):
    monkeypatch.setenv(NAME, "perhaps")
    with pytest.raises(ImproperlyConfigured, match=NAME):
        read()


def test_what_is_not_set_takes_its_default(monkeypatch, tmp_path):
    monkeypatch.delenv(NAME, raising=False)
    assert env_bool(NAME, default=True) is True
    assert env_int(NAME, 3) == 3
    assert env_str(NAME, "a") == "a"
    assert env_list(NAME, ["a"]) == ["a"]
    assert env_path(NAME, tmp_path) == tmp_path


def test_a_list_is_split_at_commas_and_trimmed(monkeypatch):
    monkeypatch.setenv(NAME, "a.example, b.example,,")
    assert env_list(NAME, []) == ["a.example", "b.example"]
