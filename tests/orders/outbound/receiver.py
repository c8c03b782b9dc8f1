"""A seller's system in tests: a real server on this machine that keeps what it got and answers as it is told."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from pytest_django import Settings

from orders.outbound import send
from orders.outbound.models import Attempt, Endpoint

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Receiver:
    port: int
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    gate: threading.Event = field(default_factory=threading.Event)  # closed: it takes the call and keeps it waiting
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"


@contextmanager
def listening(settings: Settings) -> Iterator[Callable[[], Receiver]]:
    servers: list[ThreadingHTTPServer] = []
    receivers: list[Receiver] = []

    def start() -> Receiver:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, raw))
                receiver.gate.wait(30)
                self.send_response(receiver.status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(receiver.body)))
                self.end_headers()
                self.wfile.write(receiver.body)

            def log_message(self, *args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        receiver = Receiver(int(server.server_address[1]))
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
        receivers.append(receiver)
        allowed: frozenset[str] = settings.MARKET_OPEN_ADDRESSES
        settings.MARKET_OPEN_ADDRESSES = allowed | {f"127.0.0.1:{receiver.port}"}
        return receiver

    try:
        yield start
    finally:
        for receiver in receivers:
            receiver.gate.set()
        for server in servers:
            server.shutdown()
            server.server_close()
        send.forget_flights()


def log_of(endpoint: Endpoint) -> list[int | str]:
    """What came of each attempt, oldest first: the answer's status, or why there was none."""
    rows = Attempt.objects.filter(delivery__endpoint=endpoint).order_by("pk")
    return [row.status if row.status is not None else row.error for row in rows]
