"""What the log of the site leaves out."""

from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts import views


def test_a_refused_request_is_one_line_of_the_log(client, dan, caplog):
    client.force_login(dan)
    address = reverse("accounts:people")
    assert client.get(address).status_code == 403
    (record,) = [record for record in caplog.records if record.name == "django.request"]
    assert (record.getMessage(), record.exc_info) == (f"Forbidden (Permission denied): {address}", None)
    assert PermissionDenied.__name__ not in caplog.text


def test_a_bug_keeps_its_traceback(client, alice, caplog, monkeypatch):
    client.raise_request_exception = False
    client.force_login(alice)
    monkeypatch.setattr(views, "render", lambda *_given: 1 / 0)
    assert client.get(reverse("accounts:people")).status_code == 500
    assert "Traceback" in caplog.text
    assert "ZeroDivisionError" in caplog.text
