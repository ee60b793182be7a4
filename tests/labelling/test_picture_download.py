"""Downloads from a server on this machine, which is allowed by name and port."""

import contextlib
import socket
import ssl
import subprocess
import threading
import time
from pathlib import Path

import pytest

from labelling.addresses import FetchError
from labelling.picture_download import DEAD_AFTER, Downloader, Limits, Stopped
from tests.labelling.web_server import WebServer, content, in_turn, serving

QUICK = Limits(
    most_bytes=100_000,
    connect_seconds=1,
    read_seconds=0.3,
    total_seconds=1,
    retries=3,
    pause_seconds=0.01,
    gap_seconds=0,
)


@pytest.fixture
def web():
    with serving() as server:
        yield server


def downloader(web: WebServer, limits: Limits = QUICK) -> Downloader:
    return Downloader(allowed_hosts=[f"127.0.0.1:{web.port}"], limits=limits)


def reason_of(web: WebServer, path: str, limits: Limits = QUICK) -> str:
    with pytest.raises(FetchError) as error:
        downloader(web, limits).read(web.address(path))
    return error.value.reason


def redirect(location: str, status: int = 302):
    return content(b"", status, Location=location)


def once(limits: Limits = QUICK) -> Limits:
    return Limits(**{**vars(limits), "retries": 0})


def test_what_is_at_an_address_is_read(web):
    assert downloader(web).read(web.give("/a.jpg", b"picture")) == b"picture"
    assert web.hosts == [f"127.0.0.1:{web.port}"]


def test_neither_credentials_nor_proxies_are_taken_from_the_environment(web, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert downloader(web).read(web.give("/a.jpg", b"picture")) == b"picture"
    assert "Authorization" not in web.headers[0]


def test_a_server_of_this_machine_is_refused_unless_it_is_allowed(web):
    web.give("/a.jpg", b"picture")
    for address in (web.address("/a.jpg"), web.address("/a.jpg", "localhost")):
        with pytest.raises(FetchError) as error:
            Downloader(limits=QUICK).read(address)
        assert error.value.reason == "address-refused"
    assert not web.asked


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(web, status):
    web.give("/b.jpg", b"picture")
    assert downloader(web).read(web.give("/a.jpg", redirect("/b.jpg", status))) == b"picture"


def test_five_redirects_are_followed_and_six_are_not(web):
    web.give("/0", b"picture")
    for number in range(1, 7):
        web.give(f"/{number}", redirect(f"/{number - 1}"))
    assert downloader(web).read(web.address("/5")) == b"picture"
    assert reason_of(web, "/6") == "redirected-too-often"


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/latest/meta-data/", "http://[::1]/", "http://10.0.0.1/", "file:///etc/passwd"]
)
def test_redirects_into_the_network_are_refused(web, target):
    web.give("/a.jpg", redirect(target))
    assert reason_of(web, "/a.jpg") == "address-refused"


def test_a_redirect_to_another_server_of_this_machine_is_refused(web):
    with serving() as other:
        other.give("/secret", b"secret")
        web.give("/a.jpg", redirect(other.address("/secret")))
        assert reason_of(web, "/a.jpg") == "address-refused"
        assert not other.asked


def test_the_connection_goes_to_the_address_that_was_checked(web, monkeypatch):
    """A name that means another machine each time it is asked for is asked for once."""
    asked = []
    found = [(0, socket.SOCK_STREAM, 6, "", ("127.0.0.1", web.port))]
    real = socket.getaddrinfo

    def changing(host, *args, **others):
        if host != "pictures.example":
            return real(host, *args, **others)
        asked.append(host)
        return found

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    web.give("/a.jpg", b"picture")
    allowed = Downloader(allowed_hosts=["pictures.example"], limits=QUICK)
    assert allowed.read(web.address("/a.jpg", "pictures.example")) == b"picture"
    assert asked == ["pictures.example"]
    assert web.hosts == [f"pictures.example:{web.port}"]


def test_errors_that_may_pass_are_tried_again(web):
    web.give("/a.jpg", in_turn(content(b"", 500), content(b"", 429, Retry_After="0"), content(b"picture")))
    assert downloader(web).read(web.address("/a.jpg")) == b"picture"
    assert web.asked["/a.jpg"] == 3


def test_after_three_more_tries_it_gives_up(web):
    web.give("/a.jpg", content(b"", 503))
    assert reason_of(web, "/a.jpg") == "server-error"
    assert web.asked["/a.jpg"] == 4


def test_a_server_may_say_how_long_to_wait(web):
    web.give("/a.jpg", in_turn(content(b"", 429, Retry_After="1"), content(b"picture")))
    begin = time.monotonic()
    downloader(web).read(web.address("/a.jpg"))
    assert time.monotonic() - begin >= 1


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (404, "not-found"),
        (410, "not-found"),
        (401, "access-denied"),
        (403, "access-denied"),
        (204, "unexpected-answer"),
    ],
)
def test_errors_that_stay_are_not_tried_again(web, status, reason):
    web.give("/a.jpg", content(b"", status))
    assert reason_of(web, "/a.jpg") == reason
    assert web.asked["/a.jpg"] == 1


def test_a_body_that_says_it_is_too_large_is_not_read(web):
    web.give("/a.jpg", content(b"", Content_Length="100001"))
    assert reason_of(web, "/a.jpg") == "too-large"


def test_an_endless_body_is_left(web):
    def endless(handler):
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b"x" * 10_000)

    web.give("/a.jpg", endless)
    assert reason_of(web, "/a.jpg") == "too-large"


def test_a_length_that_promises_too_much_is_a_broken_connection(web):
    web.give("/a.jpg", content(b"half", Content_Length="8"))
    assert reason_of(web, "/a.jpg", once()) == "broken-off"


def test_more_than_the_length_promises_is_not_taken(web):
    assert downloader(web).read(web.give("/a.jpg", content(b"whole and more", Content_Length="5"))) == b"whole"


def test_a_silent_server_is_left(web):
    web.give("/a.jpg", lambda handler: time.sleep(1))
    assert reason_of(web, "/a.jpg", once()) == "timed-out"


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_server_that_drips_is_left_when_the_time_is_over(web, start):
    dripped_to_the_end = []

    def drip(handler):
        handler.wfile.write(start)
        for _ in range(100):
            handler.wfile.write(b"H")
            handler.wfile.flush()
            time.sleep(0.1)
        dripped_to_the_end.append(True)

    web.give("/a.jpg", drip)
    assert reason_of(web, "/a.jpg", once()) == "timed-out"
    assert not dripped_to_the_end


def test_what_is_no_http_is_a_broken_connection(web):
    web.give("/a.jpg", lambda handler: handler.wfile.write(b"SSH-2.0-OpenSSH\r\n"))
    assert reason_of(web, "/a.jpg", once()) == "broken-off"


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def test_a_host_that_keeps_silent_is_asked_no_more():
    port = free_port()
    closed = Downloader(allowed_hosts=["127.0.0.1"], limits=once())
    said = []
    for _ in range(DEAD_AFTER + 1):
        with pytest.raises(FetchError) as error:
            closed.read(f"http://127.0.0.1:{port}/a.jpg")
        said.append(str(error.value))
    assert set(said[:-1]) == {"Its server cannot be reached: 127.0.0.1."}
    assert said[-1] == "Its server cannot be reached: 127.0.0.1 did not answer for 10 pictures in a row."


def test_downloads_end_when_they_are_to_stop(web):
    patient = downloader(web, Limits(read_seconds=30, total_seconds=30))
    raised = []

    def read():
        try:
            patient.read(web.address("/a.jpg"))
        except Stopped as stopped:
            raised.append(stopped)

    web.give("/a.jpg", lambda handler: time.sleep(5))
    thread = threading.Thread(target=read)
    thread.start()
    while not web.asked:
        time.sleep(0.01)
    patient.stop()
    thread.join(4)
    assert len(raised) == 1


def certificate(folder: Path, name: str) -> Path:
    """A certificate with its key, for one name, signed by itself."""
    file = folder / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"),
            *("-keyout", str(folder / "key.pem"), "-out", str(file)),
        ],
        check=True,
        capture_output=True,
    )
    file.write_text(file.read_text() + (folder / "key.pem").read_text())
    return file


@pytest.fixture
def secure(tmp_path, monkeypatch):
    """A server over TLS whose certificate is trusted for pictures.example, where every name leads to it."""
    file = certificate(tmp_path, "pictures.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with serving(context) as server:
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **others: found)
        yield server


def test_certificates_are_checked_for_the_name_though_the_connection_is_to_an_ip_address(secure):
    secure.give("/a.jpg", b"picture")
    allowed = Downloader(allowed_hosts=["pictures.example", "other.example"], limits=once())
    assert allowed.read(secure.address("/a.jpg", "pictures.example")) == b"picture"
    with pytest.raises(FetchError) as error:
        allowed.read(secure.address("/a.jpg", "other.example"))
    assert str(error.value) == "The certificate of other.example cannot be trusted."


def test_certificates_that_nobody_vouches_for_are_refused(secure, monkeypatch, tmp_path):
    (tmp_path / "other").mkdir()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate(tmp_path / "other", "pictures.example")))
    secure.give("/a.jpg", b"picture")
    with pytest.raises(FetchError) as error:
        Downloader(allowed_hosts=["pictures.example"], limits=once()).read(secure.address("/a.jpg", "pictures.example"))
    assert error.value.reason == "certificate-refused"


@pytest.fixture
def dripping():
    """The port of a peer that begins a TLS handshake and goes on with it a byte at a time, for ever.

    Each byte comes well within the limit of one read, so that only the limit of the whole can end it.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def drip(peer: socket.socket) -> None:
        with peer, contextlib.suppress(OSError):
            peer.sendall(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc")  # a record of 16 kB, all of it one ServerHello
            while not done.wait(0.05):
                peer.sendall(b"\x00")

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=drip, args=listener.accept()[:1], daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()[1]
    done.set()
    listener.close()


def test_a_handshake_that_drips_falls_under_the_limit_of_the_whole(dripping):
    patient = Limits(**{**vars(once()), "read_seconds": 20, "total_seconds": 0.5})
    with pytest.raises(FetchError) as error:
        Downloader(allowed_hosts=["127.0.0.1"], limits=patient).read(f"https://127.0.0.1:{dripping}/a.jpg")
    assert str(error.value) == "Its server took longer than allowed: it was not whole after 0.5 s."


def test_a_handshake_that_drips_ends_when_downloading_is_to_end(dripping):
    patient = Downloader(allowed_hosts=["127.0.0.1"], limits=Limits(read_seconds=20, total_seconds=60))
    threading.Timer(0.2, patient.stop).start()
    with pytest.raises(Stopped):
        patient.read(f"https://127.0.0.1:{dripping}/a.jpg")


def test_a_server_that_speaks_no_tls_is_told(web):
    with pytest.raises(FetchError) as error:
        downloader(web, once()).read(web.address("/a.jpg").replace("http:", "https:"))
    assert str(error.value) == "Its server cannot be reached: 127.0.0.1 does not speak TLS as it should."
