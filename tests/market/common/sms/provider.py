"""A provider of short messages on this machine: keeps what it is told and answers as it is told to."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Provider:
    port: int
    status: int = 200
    answer: bytes = b'{"Code": "OK", "Message": "OK"}'
    heard: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)  # path, headers, body

    def told(self) -> list[dict[str, object]]:
        return [json.loads(body) for _path, _headers, body in self.heard]


@contextmanager
def provider() -> Iterator[Provider]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            one.heard.append((self.path, dict(self.headers.items()), body))
            self.send_response(one.status)
            self.send_header("Content-Length", str(len(one.answer)))
            self.end_headers()
            self.wfile.write(one.answer)

        def log_message(self, *args: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    one = Provider(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield one
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
