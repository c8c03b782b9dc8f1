"""A partner's API in tests: a real server on this machine that keeps what it is asked and answers as it is told."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pytest_django import Settings

from orders.inbox import reconcile


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class PartnerServer:
    """`answers` by the beginning of the path; any other path gets `status` and `body`."""

    port: int
    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    gate: threading.Event = field(default_factory=threading.Event)  # closed: it takes the call and keeps it waiting
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def tell(self, body: Any, status: int = 200) -> None:
        self.status, self.body = status, json.dumps(body).encode()

    def answer_to(self, path: str) -> tuple[int, bytes]:
        fitting = [answer for start, answer in self.answers.items() if path.startswith(start)]
        return fitting[0] if fitting else (self.status, self.body)


@contextmanager
def partner_server(settings: Settings, *adapters: str) -> Iterator[PartnerServer]:
    """Stands in for the API of these adapters."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            partner.asked.append(Asked(self.command, self.path, headers, raw))
            partner.gate.wait(30)
            status, body = partner.answer_to(self.path)
            self.send_response(status)
            for name, value in partner.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(OSError):  # the other side may have heard enough
                self.wfile.write(body)

        def do_GET(self) -> None:
            self.answer()

        def do_POST(self) -> None:
            self.answer()

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    partner = PartnerServer(int(server.server_address[1]))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    allowed: frozenset[str] = settings.MARKET_OPEN_ADDRESSES
    settings.MARKET_OPEN_ADDRESSES = allowed | {f"127.0.0.1:{partner.port}"}
    settings.MARKET_CARRIER_APIS = dict(settings.MARKET_CARRIER_APIS) | dict.fromkeys(adapters, partner.url)
    try:
        yield partner
    finally:
        partner.gate.set()
        reconcile.forget_flights()
        server.shutdown()
        server.server_close()
