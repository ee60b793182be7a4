"""Published weights, fetched from a server on this machine."""

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from yolo.downloads import DownloadError, WeightFile, fetch

CONTENT = bytes(range(256)) * 40  # 10,240 bytes


class Handler(BaseHTTPRequestHandler):
    """Serves CONTENT: whole, from where asked, or broken off after `server.most` bytes."""

    def do_GET(self):
        self.server.asked.append(self.headers.get("Range"))
        start = 0
        if self.path == "/missing":
            self.send_error(404)
            return
        if self.headers.get("Range") and not self.server.forgets_ranges:
            start = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-"))
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}")
        else:
            self.send_response(200)
        body = CONTENT[start:] + self.server.extra
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: self.server.most])

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.asked, server.most, server.forgets_ranges, server.extra = [], None, False, b""
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def wanted(server):
    return WeightFile("yolov3", f"http://127.0.0.1:{server.server_port}/file", len(CONTENT))


def test_a_file_is_fetched_with_progress_and_its_hash_is_told(wanted, tmp_path):
    told = []
    digest = fetch(wanted, tmp_path / "w", on_progress=lambda done, total: told.append((done, total)))
    assert (tmp_path / "w").read_bytes() == CONTENT
    assert digest == hashlib.sha256(CONTENT).hexdigest()
    assert told[-1] == (10240, 10240)
    assert not (tmp_path / "w.part").exists()


def test_a_file_that_is_there_is_not_fetched_again(server, wanted, tmp_path):
    (tmp_path / "w").write_bytes(b"here")
    assert fetch(wanted, tmp_path / "w") == hashlib.sha256(b"here").hexdigest()
    assert server.asked == []


def test_a_download_that_broke_off_goes_on_where_it_was(server, wanted, tmp_path):
    server.most = 4000
    with pytest.raises(DownloadError, match="What came is kept"):
        fetch(wanted, tmp_path / "w")
    assert (tmp_path / "w.part").stat().st_size == 4000
    server.most, server.asked = None, []
    fetch(wanted, tmp_path / "w")
    assert server.asked == ["bytes=4000-"]
    assert (tmp_path / "w").read_bytes() == CONTENT


def test_a_server_that_knows_no_ranges_sends_it_anew(server, wanted, tmp_path):
    (tmp_path / "w.part").write_bytes(b"x" * 100)
    server.forgets_ranges = True
    fetch(wanted, tmp_path / "w")
    assert (tmp_path / "w").read_bytes() == CONTENT


def test_another_file_than_is_known_is_refused(server, wanted, tmp_path):
    server.extra = b"more"
    with pytest.raises(DownloadError, match="more than the 10,240 bytes"):
        fetch(wanted, tmp_path / "w")
    assert not (tmp_path / "w").exists()


def test_a_file_that_is_not_there_is_told(server, tmp_path):
    missing = WeightFile("yolov3", f"http://127.0.0.1:{server.server_port}/missing", 10)
    with pytest.raises(DownloadError, match="HTTP 404"):
        fetch(missing, tmp_path / "w")


def test_a_server_that_cannot_be_reached_is_told(tmp_path):
    nowhere = WeightFile("yolov3", "http://127.0.0.1:9/file", 10)
    with pytest.raises(DownloadError, match="the server takes no connection"):
        fetch(nowhere, tmp_path / "w")


def test_a_server_whose_name_is_not_known_is_told_in_words(tmp_path):
    nowhere = WeightFile("yolov3", "http://weights.invalid/file", 10)
    with pytest.raises(DownloadError, match="the name of the server is not known here"):
        fetch(nowhere, tmp_path / "w")
