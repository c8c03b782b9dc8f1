"""Bodies are read before Django is called, and never by all threads of a process at once.

The server hands a body on as it arrives and waits for it without end, a thread each: as many idle senders as there are
threads would silence every page. So one thread is always kept for those who only read. A proxy that collects bodies
(docs/configuration.md) keeps slow senders away altogether.
"""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from io import BytesIO
from threading import BoundedSemaphore
from typing import Any

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
SMALL = 512 * 1024  # read as a whole; what is larger, an upload, is read by its view
WAIT_SECONDS = 0.5  # what has arrived is read in less, so a place is free again long before


class ReadBodies:
    """A WSGI application around another. `places`: how many bodies may be read at once; fewer than there are threads.

    A sender without a place is told to come again (503); a chunked body, which has no length for Django to read by, is
    given one, or refused when it is not small (413)."""

    def __init__(self, application: Application, *, places: int = 3) -> None:
        self._application = application
        self.allow(places)

    def allow(self, places: int) -> None:
        self._places = BoundedSemaphore(max(1, places))

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = str(environ.get("CONTENT_LENGTH") or "")
        is_chunked = not length and "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
        size = int(length[:12]) if length.isascii() and length.isdigit() else 0
        if not size and not is_chunked:
            return self._application(environ, start_response)
        places = self._places
        if not places.acquire(timeout=WAIT_SECONDS):
            return _refused(start_response, HTTPStatus.SERVICE_UNAVAILABLE, [("Retry-After", "10")])
        try:
            if size > SMALL:
                return self._application(environ, start_response)
            raw = environ["wsgi.input"].read(SMALL + 1 if is_chunked else size)
        finally:
            places.release()
        if len(raw) > SMALL:
            return _refused(start_response, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, [])
        if is_chunked:
            environ["CONTENT_LENGTH"] = str(len(raw))
            del environ["HTTP_TRANSFER_ENCODING"]
        environ["wsgi.input"] = BytesIO(raw)
        return self._application(environ, start_response)


def _refused(start_response: Callable[..., Any], status: HTTPStatus, headers: list[tuple[str, str]]) -> list[bytes]:
    start_response(f"{status.value} {status.phrase}", [*headers, ("Content-Length", "0")])
    return [b""]
