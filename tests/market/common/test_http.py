"""The guard of outgoing calls: every way to reach inside, and a real server on this machine for the rest."""

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from market.common import http
from market.common.http import Answer, Forbidden, Unreachable, call, check_url, is_public, vetted_address


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.1.2.3",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - the address is the point
        "224.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "198.51.100.1",
        "203.0.113.1",
        "198.18.0.1",
        "240.0.0.1",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "2001:db8::1",
        "3fff::1",
        "3fff:fff:ffff::1",
        "fec0::1",
        "feff:ffff::1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "nonsense",
        "",
    ],
)
def test_address_that_is_not_public_is_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111"])
def test_public_address_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "https://user:word@example.org/",
        "https://user@example.org/",
        "https://example.org:22/",
        "https://example.org:6379/",
        "https://example.org:99999/",
        "https:///path",
        "https://",
        "https://exa mple.org/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://10.0.0.8:8443/",
        "https://localhost/",
        "https://localhost./",
        "https://LOCALHOST:8443/hook",
        "https://erp/",
        "https://printer.local/",
        "https://erp.internal/hook",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0x7f000001/",
        "https://127.1/",
        "https://[::ffff:127.0.0.1]/",
        "https://example.org/\r\nX: y",
        "https://[::1",
        "https://example.org/" + "a" * 2000,
        "",
    ],
)
def test_url_of_another_shape_is_forbidden_unasked(url: str) -> None:
    with pytest.raises(Forbidden):
        check_url(url)


def resolves_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    asked, real = [], socket.getaddrinfo

    def fake(host: str, port: int, *rest: Any, **named: Any) -> list[Any]:
        if host in addresses:  # a connection to an address asks nobody
            return list(real(host, port, *rest, **named))
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", fake)
    return asked


@pytest.mark.parametrize(
    "url", ["https://localhost/", "https://127.0.0.1/", "https://[::1]/", "https://2130706433/", "https://0x7f.1/"]
)
def test_this_machine_is_forbidden_however_it_is_spelt(url: str) -> None:
    with pytest.raises((Forbidden, Unreachable)):
        call("GET", url)


def test_one_private_address_among_public_ones_is_forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    resolves_to(monkeypatch, "8.8.8.8", "10.0.0.1")

    with pytest.raises(Forbidden):
        vetted_address("trap.example.org", 443)


def test_name_whose_servers_say_nothing_is_given_up_and_the_next_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LOOKUP_SECONDS", 0.1)
    is_over = threading.Event()

    def slow(host: str, port: int, **_named: Any) -> list[Any]:
        if host == "slow.example.org":
            is_over.wait(30)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", port))]

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    try:
        began = time.monotonic()
        with pytest.raises(Unreachable, match="in time"):
            call("GET", "https://slow.example.org/")
        assert time.monotonic() - began < 5
        assert vetted_address("quick.example.org", 443) == "8.8.8.8"
    finally:
        is_over.set()


def test_lookups_that_hang_are_few_and_the_next_caller_does_not_wait_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LOOKUP_SECONDS", 0.05)
    monkeypatch.setattr(http, "_lookups", threading.BoundedSemaphore(2))
    is_over, asked = threading.Event(), list[str]()

    def hang(host: str, port: int, **_named: Any) -> list[Any]:
        asked.append(host)
        is_over.wait(30)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    try:
        for number in range(5):
            with pytest.raises(Unreachable):
                vetted_address(f"n{number}.example.org", 443)
        assert asked == ["n0.example.org", "n1.example.org"]
    finally:
        is_over.set()


class Handler(BaseHTTPRequestHandler):
    seen: list[tuple[str, str, bytes]] = []
    is_over = threading.Event()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.seen.append((self.path, self.headers["host"], body))
        if self.path == "/slow":
            self.send_response(200)
            self.end_headers()
            while not self.is_over.wait(0.05):
                try:
                    self.wfile.write(b"x")
                except OSError:
                    return
            return
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "/")
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"x" * 200_000)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server here, under a name that is public as far as the guard can see."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Handler.seen = []
    monkeypatch.setattr(http, "PORTS", frozenset({server.server_port}))
    monkeypatch.setattr(http, "is_public", lambda address: True)
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_call_goes_to_the_vetted_address_with_the_name_kept(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = resolves_to(monkeypatch, "127.0.0.1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    answer = call("POST", f"http://hooks.example.org:{port}/a?b=c", body=b"hello", plain_http=True, max_answer=1000)

    assert (answer.is_success, len(answer.body)) == (True, 1000)
    assert Handler.seen == [("/a?b=c", f"hooks.example.org:{port}", b"hello")]
    assert asked == ["hooks.example.org"]


def test_redirect_is_an_answer_and_no_success(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    resolves_to(monkeypatch, "127.0.0.1")

    answer = call("POST", f"http://hooks.example.org:{port}/away", plain_http=True)

    assert (answer.status, answer.is_success, len(Handler.seen)) == (302, False, 1)


def test_no_answer_is_unreachable(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    resolves_to(monkeypatch, "127.0.0.1")
    with pytest.raises(Unreachable):
        call("POST", f"https://hooks.example.org:{port}/")  # TLS to a server without


def test_answer_that_trickles_is_cut_off(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    resolves_to(monkeypatch, "127.0.0.1")
    monkeypatch.setattr(http, "TOTAL_SECONDS", 0.5)
    Handler.is_over.clear()

    try:
        answer = call("POST", f"http://hooks.example.org:{port}/slow", plain_http=True)
        assert len(answer.body) < http.MAX_ANSWER
    except Unreachable:
        pass
    finally:
        Handler.is_over.set()


def test_only_two_hundreds_are_success() -> None:
    assert [Answer(status, b"").is_success for status in (199, 200, 204, 299, 300, 410)] == [
        False,
        True,
        True,
        True,
        False,
        False,
    ]
