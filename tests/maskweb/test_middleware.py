"""How static files reach the browser."""

import pytest
from django.http import HttpResponseNotFound
from django.test import RequestFactory

from maskweb.middleware import StaticFiles

CONTENT = b"a { color: red }"


@pytest.fixture
def ask(settings, tmp_path):
    """Ask a server that has collected one file."""
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "site.css").write_bytes(CONTENT)
    settings.STATIC_ROOT = tmp_path / "static"
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = False
    middleware = StaticFiles(lambda request: HttpResponseNotFound())

    def ask(path, method="get", **headers):
        return middleware(getattr(RequestFactory(headers=headers), method)(path))

    return ask


def test_a_file_is_answered_whole_and_not_streamed(ask):
    response = ask("/static/site.css")
    assert not response.streaming
    assert response.content == CONTENT
    assert response["Content-Type"].startswith("text/css")


def test_a_part_of_a_file_can_be_asked_for(ask):
    response = ask("/static/site.css", Range="bytes=4-8")
    assert (response.status_code, response.content) == (206, CONTENT[4:9])
    assert response["Content-Length"] == "5"


def test_a_file_that_the_browser_has_is_not_sent_again(ask):
    response = ask("/static/site.css", **{"If-None-Match": ask("/static/site.css")["ETag"]})
    assert (response.status_code, response.content) == (304, b"")


def test_only_its_size_is_told_to_a_head_request(ask):
    response = ask("/static/site.css", "head")
    assert (response.content, response["Content-Length"]) == (b"", str(len(CONTENT)))


@pytest.mark.parametrize("path", ["/static/other.css", "/static/../settings.py", "/static/%2e%2e/settings.py"])
def test_what_was_not_collected_is_not_there(ask, path):
    assert ask(path).status_code == 404
