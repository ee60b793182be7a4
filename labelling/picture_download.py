"""Downloads pictures from addresses that strangers wrote: limited in size and time, tried again where that may help.

Which addresses may be opened `addresses` decides, for each redirect anew. Plain Python.
"""

import http.client
import ssl
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from socket import SHUT_RDWR, socket
from typing import Final

from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError, ReadTimeoutError
from urllib3.response import BaseHTTPResponse

from labelling.addresses import Address, FetchError, connected, parse_address, redirected, resolve, shake_hands

HEADERS: Final = {"User-Agent": "maskweb", "Accept": "image/*,*/*;q=0.5", "Accept-Encoding": "identity"}
REDIRECTS: Final = (301, 302, 303, 307, 308)
MOST_REDIRECTS: Final = 5
MOST_IPS: Final = 3  # of one host, tried one after another
WORTH_ANOTHER_TRY: Final = ("timed-out", "unreachable", "broken-off", "server-error")
DEAD_AFTER: Final = 10  # pictures in a row that a host did not answer for
LONGEST_PAUSE: Final = 60.0  # seconds that a server may ask us to wait
PIECE: Final = 64 * 1024
IN_MEMORY: Final = 1024 * 1024


class Stopped(Exception):
    """Downloading is to end."""


@dataclass(frozen=True)
class Limits:
    """What one picture may cost. `total_seconds` count from the connection on; `gap_seconds` lie between requests."""

    most_bytes: int = 50 * 1024 * 1024
    connect_seconds: float = 5.0
    read_seconds: float = 15.0
    total_seconds: float = 60.0
    retries: int = 3
    pause_seconds: float = 1.0
    gap_seconds: float = 0.02


class Downloader:
    """Reads addresses, from several threads at once if wished.

    `allowed_hosts` are names, or name:port, whose IP addresses may be private.
    """

    def __init__(self, *, allowed_hosts: Sequence[str] = (), limits: Limits = Limits()) -> None:
        self._allowed, self._limits = tuple(allowed_hosts), limits
        self._stopped = threading.Event()
        self._hosts = _Hosts(limits.gap_seconds)
        self._open: set[socket] = set()

    def stop(self) -> None:
        """End every download: each raises Stopped."""
        self._stopped.set()
        for sock in tuple(self._open):
            _shut(sock)

    def read(self, text: str) -> bytes:
        """What is at an address. Raises FetchError with the reason, Stopped after `stop`."""
        address = parse_address(text)
        for attempt in range(self._limits.retries + 1):
            self._hosts.require_alive(address.host)
            try:
                content = self._followed(address)
            except FetchError as error:
                self._wait(0)
                if error.reason not in WORTH_ANOTHER_TRY or attempt == self._limits.retries:
                    self._hosts.remember(address.host, answered=error.reason not in ("timed-out", "unreachable"))
                    raise
                self._wait(max(error.retry_after, self._limits.pause_seconds * 2**attempt))
            else:
                self._hosts.remember(address.host, answered=True)
                return content
        raise AssertionError("the last attempt returns or raises")

    def _followed(self, address: Address) -> bytes:
        for _ in range(MOST_REDIRECTS + 1):
            found = self._answer(address)
            if isinstance(found, bytes):
                return found
            address = found
        raise FetchError("redirected-too-often", str(MOST_REDIRECTS))

    def _answer(self, address: Address) -> bytes | Address:
        """The body at an address, or the address that it leads on to."""
        ips = resolve(address, self._allowed)
        self._wait(self._hosts.turn(address.host))
        with self._connection(address, ips) as connection, _limited(connection, self._limits.total_seconds):
            shake_hands(connection, address)
            connection.request(
                "GET",
                address.target,
                headers={**HEADERS, "Host": address.netloc},
                preload_content=False,
                decode_content=False,
            )
            response = connection.getresponse()
            location = response.headers.get("Location")
            if response.status in REDIRECTS and location:
                return redirected(address, location)
            if response.status != http.HTTPStatus.OK:
                raise _refusal(response)
            return self._body(response)

    @contextmanager
    def _connection(self, address: Address, ips: Sequence[str]) -> Iterator[HTTPConnection]:
        connection = self._first_that_answers(address, ips[:MOST_IPS])
        sock: socket = connection.sock
        self._open.add(sock)
        try:
            yield connection
        finally:
            self._open.discard(sock)
            connection.close()

    def _first_that_answers(self, address: Address, ips: Sequence[str]) -> HTTPConnection:
        limits, last = self._limits, FetchError("unreachable", address.host)
        for ip in ips:
            self._wait(0)
            try:
                return connected(
                    address,
                    ip,
                    connect_seconds=limits.connect_seconds,
                    read_seconds=limits.read_seconds,
                    tls=self._tls,
                )
            except TimeoutError:
                last = FetchError("timed-out", f"no connection within {limits.connect_seconds:g} s")
            except (OSError, ValueError):
                last = FetchError("unreachable", address.host)
        raise last

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    def _body(self, response: BaseHTTPResponse) -> bytes:
        most = self._limits.most_bytes
        too_large = FetchError("too-large", f"{most / 2**20:g} MB")
        stated = response.headers.get("Content-Length", "")
        if stated.isdecimal() and int(stated) > most:
            raise too_large
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
            while piece := response.read1(PIECE):
                file.write(piece)
                if file.tell() > most:
                    raise too_large
                self._wait(0)
            file.seek(0)
            return file.read()

    def _wait(self, seconds: float) -> None:
        if self._stopped.wait(seconds) if seconds > 0 else self._stopped.is_set():
            raise Stopped


class _Hosts:
    """Politeness: a gap between two requests to one host, and none to a host that keeps silent."""

    def __init__(self, gap: float) -> None:
        self._gap = gap
        self._lock = threading.Lock()
        self._free_at: defaultdict[str, float] = defaultdict(float)
        self._silent: Counter[str] = Counter()

    def turn(self, host: str) -> float:
        """Seconds to wait for one's turn, which is taken with the asking."""
        with self._lock:
            now = time.monotonic()
            start = max(now, self._free_at[host])
            self._free_at[host] = start + self._gap
            return start - now

    def remember(self, host: str, *, answered: bool) -> None:
        with self._lock:
            self._silent[host] = 0 if answered else self._silent[host] + 1

    def require_alive(self, host: str) -> None:
        if self._silent[host] >= DEAD_AFTER:
            raise FetchError("unreachable", f"{host} did not answer for {DEAD_AFTER} pictures in a row")


@contextmanager
def _limited(connection: HTTPConnection, seconds: float) -> Iterator[None]:
    """What goes wrong inside as FetchError; after so many seconds the connection is cut, however it drips."""
    too_late = threading.Event()
    sock: socket = connection.sock

    def cut() -> None:
        too_late.set()
        _shut(sock)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
        if too_late.is_set():
            raise TimeoutError
    except (HTTPError, http.client.HTTPException, OSError, ValueError) as error:
        if too_late.is_set():
            raise FetchError("timed-out", f"it was not whole after {seconds:g} s") from error
        if isinstance(error, ReadTimeoutError | TimeoutError):
            raise FetchError("timed-out", "it fell silent") from error
        raise FetchError("broken-off") from error
    finally:
        timer.cancel()


def _shut(sock: socket) -> None:
    """End a connection from another thread, under TLS if need be: reads that wait return."""
    try:
        socket.shutdown(sock, SHUT_RDWR)
    except OSError:  # it is closed already
        return


def _refusal(response: BaseHTTPResponse) -> FetchError:
    status = response.status
    if status in (http.HTTPStatus.NOT_FOUND, http.HTTPStatus.GONE):
        return FetchError("not-found", str(status))
    if status in (http.HTTPStatus.UNAUTHORIZED, http.HTTPStatus.FORBIDDEN):
        return FetchError("access-denied", str(status))
    if status == http.HTTPStatus.TOO_MANY_REQUESTS or status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
        return FetchError("server-error", str(status), retry_after=_retry_after(response))
    return FetchError("unexpected-answer", str(status))


def _retry_after(response: BaseHTTPResponse) -> float:
    """RFC 9110, section 10.2.3; the form with a date counts as none."""
    stated = response.headers.get("Retry-After", "").strip()
    return min(float(stated), LONGEST_PAUSE) if stated.isascii() and stated.isdecimal() else 0.0
