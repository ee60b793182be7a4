"""The secret key."""

import stat

import pytest
from django.core.exceptions import ImproperlyConfigured

from maskweb.secret import secret_key


@pytest.fixture(autouse=True)
def _no_key_given(monkeypatch):
    monkeypatch.delenv("MASKWEB_SECRET_KEY", raising=False)


def test_the_embedded_default_makes_its_own_key_once_for_its_owner_alone(tmp_path):
    key = secret_key(data_dir=tmp_path / "data", embedded=True)
    assert len(key) >= 50
    assert secret_key(data_dir=tmp_path / "data", embedded=True) == key
    assert stat.S_IMODE((tmp_path / "data" / "secret_key").stat().st_mode) == 0o600


def test_a_server_database_without_a_key_is_refused(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="MASKWEB_SECRET_KEY"):
        secret_key(data_dir=tmp_path, embedded=False)


def test_a_given_key_is_taken_and_no_file_written(tmp_path, monkeypatch):
    monkeypatch.setenv("MASKWEB_SECRET_KEY", "given")
    assert secret_key(data_dir=tmp_path, embedded=True) == "given"
    assert not (tmp_path / "secret_key").exists()
