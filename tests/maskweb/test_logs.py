"""What the log of the site leaves out."""

import logging
from io import StringIO

import pytest
from django.urls import reverse

from accounts import views


@pytest.fixture
def log():
    """What becomes of refused and failed requests in the log, whatever else listens to it in this process."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    yield written
    logger.removeHandler(handler)


def test_a_refused_request_is_one_line_of_the_log(client, dan, log):
    client.force_login(dan)
    address = reverse("accounts:people")
    assert client.get(address).status_code == 403
    assert log.getvalue() == f"WARNING Forbidden (Permission denied): {address}\n"


def test_a_bug_keeps_its_traceback(client, alice, log, monkeypatch):
    client.raise_request_exception = False
    client.force_login(alice)
    monkeypatch.setattr(views, "render", lambda *_given: 1 / 0)
    assert client.get(reverse("accounts:people")).status_code == 500
    assert "Traceback" in log.getvalue()
    assert "ZeroDivisionError" in log.getvalue()
