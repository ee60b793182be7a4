"""Addresses of pictures in exports of strangers, opened without being led into the network of this machine.

An address counts as public when everything its host's name stands for is: no private, loopback,
link-local, multicast or reserved IP address, also not one wrapped into IPv6. The connection is made
to the very IP address that was checked, so that a name cannot come to mean another machine between
the check and the connection; the Host header, SNI and the check of the certificate keep the name.
Nothing is taken from the environment: no proxies, no credentials. Plain Python.
"""

import ipaddress
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from urllib3.connection import HTTPConnection

IP = ipaddress.IPv4Address | ipaddress.IPv6Address

PORTS: Final = {"http": 80, "https": 443}
FIRST_FREE_PORT: Final = 1024  # below it, only 80 and 443: no mail servers, no shells
LONGEST_ADDRESS: Final = 8000
SAFE_IN_PATH: Final = "/%:@!$&'()*+,;=~-._"
GLOBAL_UNICAST: Final = ipaddress.IPv6Network("2000::/3")  # RFC 4291, section 2.4
NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: the IPv4 address is in the last 32 bits


REASONS: Final[Mapping[str, str]] = {
    "no-address": "The record holds no address of its picture.",
    "malformed-address": "Its address is none: {detail}.",
    "address-refused": "Its address is not opened: {detail}.",
    "host-unknown": "The host {detail} is not known.",
    "unreachable": "Its server cannot be reached: {detail}.",
    "certificate-refused": "The certificate of {detail} cannot be trusted.",
    "timed-out": "Its server took longer than allowed: {detail}.",
    "broken-off": "The connection broke off before the picture was whole.",
    "redirected-too-often": "Its address leads on to others, more than {detail} times.",
    "not-found": "There is nothing at its address any more (HTTP {detail}).",
    "access-denied": "Its server refuses it (HTTP {detail}). Signed addresses expire: import a newer export.",
    "server-error": "Its server answers with an error (HTTP {detail}).",
    "unexpected-answer": "Its server answers with HTTP {detail} and no picture.",
    "too-large": "It is larger than {detail}.",
    "not-a-picture": "What came is not a usable picture: {detail}.",
    "does-not-fit": "All its boxes lie outside of the picture that came ({detail} pixels): it is another one.",
}


class FetchError(Exception):
    """A picture cannot be read from its address; `reason` is a key of REASONS."""

    def __init__(self, reason: str, detail: str = "", *, retry_after: float = 0.0) -> None:
        super().__init__(reason)
        self.reason, self.detail, self.retry_after = reason, detail, retry_after

    def __str__(self) -> str:
        return REASONS[self.reason].format(detail=self.detail)


@dataclass(frozen=True)
class Address:
    """An http or https address taken apart. `host` has no brackets; `target` is path and query as they are sent."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def netloc(self) -> str:
        """Host and port as the Host header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc}{self.target}"


def parse_address(text: str) -> Address:
    """Take an address apart. Raises FetchError for one that is none, or none to be opened."""
    text = text.strip()
    if len(text) > LONGEST_ADDRESS:
        raise FetchError("malformed-address", f"it is longer than {LONGEST_ADDRESS} characters")
    try:
        parts = urlsplit(text)
        host, port = _host(parts), parts.port
    except ValueError as error:
        raise FetchError("malformed-address", "it cannot be taken apart") from error
    if parts.scheme not in PORTS:
        raise FetchError("address-refused", "only http and https are read")
    if not host:
        raise FetchError("malformed-address", "it names no host")
    if "@" in parts.netloc:
        raise FetchError("address-refused", "it holds a name or password")
    port = PORTS[parts.scheme] if port is None else port
    if port not in PORTS.values() and port < FIRST_FREE_PORT:
        raise FetchError("address-refused", f"port {port} is not one of pictures")
    return Address(parts.scheme, host, port, _target(parts))


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if any(ord(each) <= ord(" ") for each in host):
        raise ValueError("space in the host")
    return host if host.isascii() else host.encode("idna").decode("ascii")


def _target(parts: SplitResult) -> str:
    path = quote(parts.path, safe=SAFE_IN_PATH) or "/"
    query = quote(parts.query, safe=SAFE_IN_PATH + "?")
    return f"{path}?{query}" if query else path


def is_public(ip: IP) -> bool:
    """Whether an IP address lies in the public internet; one wrapped into IPv6 is judged by what is inside."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)
    inner = _wrapped(ip)
    if inner is not None:
        return is_public(inner)
    return ip in GLOBAL_UNICAST and ip.is_global and not (ip.is_multicast or ip.is_reserved)


def _wrapped(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address inside one that is mapped, 6to4, Teredo or NAT64."""
    if ip.teredo is not None:
        return ip.teredo[1]
    if ip in NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour


def resolve(address: Address, allowed_hosts: Sequence[str] = ()) -> list[str]:
    """The IP addresses of a host, all of them checked.

    `allowed_hosts` are names, or name:port, whose IP addresses may be private. Raises FetchError.
    """
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchError("host-unknown", address.host) from error
    texts = list(dict.fromkeys(str(each[4][0]) for each in found))
    if not texts:
        raise FetchError("host-unknown", address.host)
    if not {address.host, f"{address.host}:{address.port}"} & {each.casefold() for each in allowed_hosts}:
        for text in texts:
            if not is_public(ipaddress.ip_address(text.partition("%")[0])):
                raise FetchError("address-refused", f"{address.host} is in a private network")
    return texts


def redirected(address: Address, location: str) -> Address:
    """Where a redirect leads, to be checked like any other. Raises FetchError."""
    try:
        return parse_address(urljoin(str(address), location))
    except ValueError as error:
        raise FetchError("malformed-address", "it leads to something that is no address") from error


def connected(
    address: Address, ip: str, *, connect_seconds: float, read_seconds: float, tls: ssl.SSLContext
) -> HTTPConnection:
    """A connection to this IP address, on which nothing was said yet: see `shake_hands`. Raises OSError."""
    sock = socket.create_connection((ip, address.port), timeout=connect_seconds)
    try:
        if address.scheme == "https":
            sock = tls.wrap_socket(sock, server_hostname=address.host, do_handshake_on_connect=False)
    except (OSError, ValueError):
        sock.close()
        raise
    sock.settimeout(read_seconds)
    connection = HTTPConnection(ip, address.port, timeout=read_seconds)
    connection.sock = sock
    return connection


def shake_hands(connection: HTTPConnection, address: Address) -> None:
    """Agree on TLS, where the address wants it; the certificate must be for the host's name.

    Raises FetchError where the peer is not who it should be, OSError where it falls silent or goes.
    """
    if not isinstance(connection.sock, ssl.SSLSocket):
        return
    try:
        connection.sock.do_handshake()
    except ssl.SSLCertVerificationError as error:
        raise FetchError("certificate-refused", address.host) from error
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
        raise
    except ssl.SSLError as error:
        raise FetchError("unreachable", f"{address.host} does not speak TLS as it should") from error
