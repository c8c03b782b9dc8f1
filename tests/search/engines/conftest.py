import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from search.engines.elasticsearch import ElasticsearchEngine
from tests.search.engines.documents import SCHEMA
from tests.search.engines.fake_elasticsearch import Fake


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fake]:
    monkeypatch.undo()  # the engine as it is, without the patience tests have with a busy server
    told = Fake()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            told.asked.append((self.command, self.path, self.rfile.read(length).decode()))
            if told.delay is not None:
                told.delay.wait(10)
            raw = told.body if isinstance(told.body, bytes) else json.dumps(told.body).encode()
            self.send_response(told.status)
            kind = self.headers.get("Accept", "application/json").split(",")[0]
            for name, value in {"Content-Type": kind, "Content-Length": str(len(raw)), **told.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = answer  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class calls it so
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_port}"
    yield told
    if told.delay is not None:
        told.delay.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def faked_engine(fake: Fake) -> ElasticsearchEngine:
    return ElasticsearchEngine(fake.url, prefix="t", schema=SCHEMA)
