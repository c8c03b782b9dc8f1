"""Everything a figure needs: the filled database, the product and the floors each behind a server, and a way to count
statements in this process."""

import io
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bench.database import BenchDatabase
from bench.processes import FLOOR, PRODUCT, Caller, Server, cpu_ms

CALLS = 200


class Stage:
    def __init__(self, database: BenchDatabase, *, products: int = 0) -> None:
        """`products`: how many documents search is measured on, when more than the season has."""
        self.database, self.products = database, products
        self.real = Server(PRODUCT, database.environment)
        self.floor = Server(FLOOR, database.floor_environment())
        self.caller, self.floor_caller = Caller(self.real), Caller(self.floor)

    def stop(self) -> None:
        self.real.stop()
        self.floor.stop()

    def get(self, path: str) -> Callable[[], float]:
        return lambda: self._block(self.real, self.caller, [("GET", path, b"", {})] * CALLS)

    def floor_get(self, path: str, method: str = "GET") -> Callable[[], float]:
        return lambda: self._block(self.floor, self.floor_caller, [(method, path, b"", {})] * CALLS)

    def send(self, prepare: Callable[[], Iterable[tuple[str, str, bytes, Mapping[str, str]]]]) -> Callable[[], float]:
        """`prepare` makes the requests of one block outside the measurement."""
        return lambda: self._block(self.real, self.caller, list(prepare()))

    def _block(
        self, server: Server, caller: Caller, requests: Iterable[tuple[str, str, bytes, Mapping[str, str]]]
    ) -> float:
        requests = list(requests)
        pids = [*server.pids, *self.database.backends()]
        before = cpu_ms(pids)
        for method, path, body, headers in requests:
            status, answer = caller.call(method, path, body, headers)
            if status >= 400:
                raise SystemExit(f"{method} {path} answered {status}: {answer[:500]!r}")
        return (cpu_ms(pids) - before) / len(requests)

    def json(self, method: str, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
        """One call outside any measurement."""
        raw = json.dumps(body).encode() if body is not None else b""
        status, answer = self.caller.call(method, path, raw, {"Content-Type": "application/json", **headers})
        if status >= 400:
            raise SystemExit(f"{method} {path} answered {status}: {answer[:500]!r}")
        found: dict[str, Any] = json.loads(answer)
        return found

    def statements(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> int:
        """SQL statements of one request, counted in this process on the same database; transaction control is not
        one."""
        from django.core.wsgi import get_wsgi_application
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        application = get_wsgi_application()
        extra = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in (headers or {}).items()}
        path, _, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.url_scheme": "http",
            "HTTP_HOST": "127.0.0.1",
            **extra,
        }
        if method == "GET":
            list(application(environ, lambda status, sent, error=None: lambda data: None))  # what is kept, is kept now
        connection.force_debug_cursor = True
        with CaptureQueriesContext(connection) as queries:
            list(application(environ, lambda status, sent, error=None: lambda data: None))
        control = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
        return sum(not str(query["sql"]).upper().startswith(control) for query in queries.captured_queries)
