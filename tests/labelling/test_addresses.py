"""Addresses from strangers: what is opened, and what is not."""

import ipaddress
import socket

import pytest

from labelling.addresses import Address, FetchError, is_public, parse_address, redirected, resolve


def resolving(monkeypatch, *ips: str) -> None:
    """Let every name stand for these IP addresses."""
    found = [(0, socket.SOCK_STREAM, 6, "", (ip, 80)) for ip in ips]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **others: found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://a.example/x.jpg?b=c%20d", Address("https", "a.example", 443, "/x.jpg?b=c%20d")),
        ("http://A.Example.:8080", Address("http", "a.example", 8080, "/")),
        (" http://a.example/ä b.jpg#part ", Address("http", "a.example", 80, "/%C3%A4%20b.jpg")),
        ("https://[2606:4700::1]/x", Address("https", "2606:4700::1", 443, "/x")),
        ("https://bücher.example/x", Address("https", "xn--bcher-kva.example", 443, "/x")),
    ],
)
def test_addresses_are_taken_apart(text, expected):
    assert parse_address(text) == expected


@pytest.mark.parametrize(
    ("address", "netloc"),
    [
        (Address("http", "a.example", 80, "/"), "a.example"),
        (Address("https", "a.example", 8443, "/"), "a.example:8443"),
        (Address("https", "2606:4700::1", 443, "/"), "[2606:4700::1]"),
    ],
)
def test_the_host_header_names_the_port_unless_it_is_the_usual_one(address, netloc):
    assert address.netloc == netloc


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("file:///etc/passwd", "address-refused"),
        ("ftp://a.example/x.jpg", "address-refused"),
        ("gopher://a.example/", "address-refused"),
        ("data:image/png;base64,AAAA", "address-refused"),
        ("//a.example/x.jpg", "address-refused"),
        ("x.jpg", "address-refused"),
        ("http://me:secret@a.example/x.jpg", "address-refused"),
        ("http://a.example@b.example/x.jpg", "address-refused"),
        ("http://a.example:22/x.jpg", "address-refused"),
        ("http://a.example:0/x.jpg", "address-refused"),
        ("http:///x.jpg", "malformed-address"),
        ("http://a.example:99999/", "malformed-address"),
        ("http://a.example:port/", "malformed-address"),
        ("http://[::1/", "malformed-address"),
        ("http://a b.example/", "malformed-address"),
        ("http://" + "ä" * 70 + ".example/", "malformed-address"),
        ("http://a.example/" + "x" * 8000, "malformed-address"),
    ],
)
def test_what_is_no_address_of_a_picture_is_refused(text, reason):
    with pytest.raises(FetchError) as error:
        parse_address(text)
    assert error.value.reason == reason


@pytest.mark.parametrize(
    "ip",
    [
        *("127.0.0.1", "127.8.9.1", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
        *("169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1", "4000::1", "fec0::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1"),
        "2002:7f00:1::",  # 6to4 of 127.0.0.1
        "2002:a9fe:a9fe::1",  # 6to4 of 169.254.169.254
        "64:ff9b::7f00:1",  # NAT64 of 127.0.0.1
        "64:ff9b:1::808:808",  # NAT64 of a network of one's own (RFC 8215)
        "2001:0:4136:e378:8000:63bf:80ff:fffe",  # Teredo of 127.0.0.1, whose bits are turned over
    ],
)
def test_ip_addresses_within_a_network_are_not_public(ip):
    assert not is_public(ipaddress.ip_address(ip))


@pytest.mark.parametrize(
    "ip", ["8.8.8.8", "1.1.1.1", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_ip_addresses_of_the_internet_are_public(ip):
    assert is_public(ipaddress.ip_address(ip))


def test_a_host_with_one_private_address_among_public_ones_is_refused(monkeypatch):
    resolving(monkeypatch, "8.8.8.8", "2606:4700::1111", "10.0.0.7")
    with pytest.raises(FetchError) as error:
        resolve(parse_address("http://pictures.example/x.jpg"))
    assert str(error.value) == "Its address is not opened: pictures.example is in a private network."


def test_public_hosts_give_all_their_addresses_once(monkeypatch):
    resolving(monkeypatch, "8.8.8.8", "8.8.8.8", "2606:4700::1111")
    assert resolve(parse_address("http://pictures.example/x.jpg")) == ["8.8.8.8", "2606:4700::1111"]


def test_an_address_with_a_zone_is_judged_without_it(monkeypatch):
    resolving(monkeypatch, "fe80::1%eth0")
    with pytest.raises(FetchError):
        resolve(parse_address("http://pictures.example/x.jpg"))


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "localhost", "[::ffff:7f00:1]"])
def test_other_spellings_of_this_machine_are_refused(host):
    with pytest.raises(FetchError) as error:
        resolve(parse_address(f"http://{host}/x.jpg"))
    assert error.value.reason == "address-refused"


@pytest.mark.parametrize("allowed", ["Pictures.Example", "pictures.example:8080"])
def test_a_host_that_is_allowed_may_be_private(monkeypatch, allowed):
    resolving(monkeypatch, "10.0.0.7")
    assert resolve(parse_address("http://pictures.example:8080/x.jpg"), [allowed]) == ["10.0.0.7"]


@pytest.mark.parametrize("allowed", ["example", "pictures.example:8081", "10.0.0.7", ""])
def test_another_host_or_port_is_not_allowed_with_it(monkeypatch, allowed):
    resolving(monkeypatch, "10.0.0.7")
    with pytest.raises(FetchError):
        resolve(parse_address("http://pictures.example:8080/x.jpg"), [allowed])


def test_a_name_that_is_not_known_is_told(monkeypatch):
    def unknown(*args, **others):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(FetchError) as error:
        resolve(parse_address("http://nowhere.example/x.jpg"))
    assert str(error.value) == "The host nowhere.example is not known."


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/y.jpg?z", "http://a.example/y.jpg?z"),
        ("y.jpg", "http://a.example/b/y.jpg"),
        ("//c.example", "http://c.example/"),
    ],
)
def test_redirects_may_be_relative(location, expected):
    assert str(redirected(parse_address("http://a.example/b/x.jpg"), location)) == expected


@pytest.mark.parametrize("location", ["file:///etc/passwd", "http://a.example:22/", "http://[", "http://me@b.example/"])
def test_redirects_are_checked_like_addresses(location):
    with pytest.raises(FetchError):
        redirected(parse_address("http://a.example/"), location)
