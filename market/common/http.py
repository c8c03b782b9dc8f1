"""Calls to addresses that a user or partner gave: only to the public internet, and only to the address that was vetted.

The name is resolved once, every answer must be a public address, and the connection goes to one of those with the
name kept for Host and TLS: a name that points elsewhere a moment later (rebinding) changes nothing. Redirects are not
followed, proxies of the environment not used, answers cut off. Call it from a worker, never inside a transaction.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

PORTS = frozenset({443, 80, 8443})
CONNECT_SECONDS, TOTAL_SECONDS = 5.0, 15.0
LOOKUP_SECONDS = 5.0
# The system's resolver cannot be interrupted: a thread that hangs in it is left behind, and of those there are few.
_lookups = threading.BoundedSemaphore(32)
MAX_ANSWER = 64 * 1024
HOME_NAMES = frozenset({"localhost", "local", "internal", "lan", "home", "corp"})  # ends of names of private networks
# Public by the letter of the registry, or for older tables, yet a way into private networks or for examples only
# (3fff::/20, RFC 9637; fec0::/10 was site-local).
TRICKY = [
    ipaddress.ip_network(network)
    for network in (
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2002::/16",
        "2001::/32",
        "3fff::/20",
        "fec0::/10",
        "100.64.0.0/10",
        "192.88.99.0/24",
    )
]


class Forbidden(Exception):
    """The address is none we may call. Says why."""


class Unreachable(Exception):
    """No answer: name, connection, TLS or time."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_success(self) -> bool:
        """Only 2xx; a redirect is not followed and not success."""
        return 200 <= self.status < 300


def call(
    method: str,
    url: str,
    *,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    max_answer: int = MAX_ANSWER,
    plain_http: bool = False,
) -> Answer:
    """One request to a vetted address. Raises Forbidden before anything is sent, Unreachable without an answer."""
    began = time.monotonic()
    parts = check_url(url, plain_http=plain_http)
    address = vetted_address(parts.hostname or "", _port(parts))
    connection = _connection(parts, address)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    left = TOTAL_SECONDS - (time.monotonic() - began)
    timer = threading.Timer(left, _cut, [connection])  # each wait has its own limit, all together this one
    timer.start()
    try:
        connection.request(method, path, body or None, {"User-Agent": "tuanji", **(headers or {})})
        response = connection.getresponse()
        return Answer(response.status, response.read(max_answer), dict(response.getheaders()))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable(type(error).__name__) from error
    finally:
        timer.cancel()
        connection.close()


def _cut(connection: "_Pinned") -> None:
    with contextlib.suppress(OSError):
        if connection.wire is not None:
            connection.wire.shutdown(socket.SHUT_RDWR)


def check_url(url: str, *, plain_http: bool = False) -> SplitResult:
    """Shape only, no network: for a form. Raises Forbidden."""
    try:
        parts = urlsplit(url)
        port = _port(parts)
    except ValueError as error:
        raise Forbidden("not an address") from error
    is_ours = f"{parts.hostname}:{port}" in settings.MARKET_OPEN_ADDRESSES
    if parts.scheme != "https" and not ((plain_http or is_ours) and parts.scheme == "http"):
        raise Forbidden("only https")
    if parts.username is not None or parts.password is not None:
        raise Forbidden("no credentials in an address")
    if not is_ours and _is_private(parts.hostname or ""):
        raise Forbidden("not on the public internet")
    if not parts.hostname or len(url) > 2000 or any(ord(letter) <= 32 or ord(letter) == 127 for letter in url):
        raise Forbidden("not an address")
    if port not in PORTS and not is_ours:
        raise Forbidden("only ports 443, 80 and 8443")
    return parts


def vetted_address(host: str, port: int) -> str:
    """Resolves once. All addresses must be public: one private among them is a trap. Raises Forbidden, Unreachable."""
    addresses = _resolve(host, port)
    if f"{host}:{port}" in settings.MARKET_OPEN_ADDRESSES and addresses == [host]:
        return host
    if not addresses or not all(is_public(address) for address in addresses):
        raise Forbidden("not on the public internet")
    return addresses[0]


def _resolve(host: str, port: int) -> list[str]:
    """Within LOOKUP_SECONDS, however slow the name's own servers are. Raises Unreachable."""
    slots = _lookups
    if not slots.acquire(timeout=LOOKUP_SECONDS):
        raise Unreachable("names are not looked up in time")
    found = SimpleQueue[list[str] | Exception]()

    def look() -> None:
        try:
            found.put([str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)])
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to whoever waits
            found.put(error)
        finally:
            slots.release()

    threading.Thread(target=look, name="lookup", daemon=True).start()
    try:
        answer = found.get(timeout=LOOKUP_SECONDS)
    except Empty as error:
        raise Unreachable("the name was not looked up in time") from error
    if isinstance(answer, Exception):
        raise Unreachable("the name has no address") from answer
    return answer


def is_public(written: str) -> bool:
    try:
        address = ipaddress.ip_address(written.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return False
    if any(address in network for network in TRICKY if network.version == address.version):
        return False
    return address.is_global and not (address.is_multicast or address.is_unspecified or address.is_reserved)


def _is_private(host: str) -> bool:
    """By its spelling, nobody is asked: an address that is not public, or no name that the public internet knows. What
    ends in a number is an address, also written in a way that only some programs read (2130706433, 0x7f.1)."""
    labels = host.rstrip(".").split(".")
    is_address = ":" in host or labels[-1].isdecimal() or labels[-1].startswith("0x")
    if is_address:
        return not is_public(host)
    return bool(host) and (len(labels) == 1 or labels[-1] in HOME_NAMES)


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _connection(parts: SplitResult, address: str) -> "_Pinned":
    host, port = parts.hostname or "", _port(parts)
    if parts.scheme == "http":
        return _Pinned(host, port, address)
    return _PinnedTls(host, port, address)


class _Pinned(http.client.HTTPConnection):
    """Talks to `address`, whatever the name says by now."""

    def __init__(self, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=TOTAL_SECONDS)
        self.address = address
        self.wire: socket.socket | None = None  # `sock` is given up as soon as the answer begins

    def connect(self) -> None:
        self.sock = self.wire = socket.create_connection((self.address, self.port), timeout=CONNECT_SECONDS)
        self.sock.settimeout(TOTAL_SECONDS)


class _PinnedTls(_Pinned):
    """The certificate must be good for the name, not for the address."""

    def connect(self) -> None:
        super().connect()
        self.sock = self.wire = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)
