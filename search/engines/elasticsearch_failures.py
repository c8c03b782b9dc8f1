"""What goes wrong on an Elasticsearch server, as errors of ours with their cause."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import elasticsearch as client

from search.engines.base import AWAY, BLOCKED, REFUSED, EngineError, EngineTimeout, IndexMissing

_CLOSED = "index_closed_exception"
_BLOCK = "cluster_block_exception"
_NO_ROOM = "validation_exception"  # the cluster has as many shards as it may have


@contextmanager
def our_errors() -> Iterator[None]:
    """The client's errors as ours. A 400 is a wrong request, our own bug: a ValueError, which no fallback hides."""
    try:
        yield
    except client.BadRequestError as error:
        if error.error == _CLOSED:
            raise EngineError(f"the index is closed: {error}", BLOCKED) from error
        if error.error == _NO_ROOM:
            raise EngineError(str(error), BLOCKED) from error
        raise ValueError(f"Elasticsearch refuses the request: {error}") from error
    except client.ConnectionTimeout as error:
        raise EngineTimeout(str(error)) from error
    except client.NotFoundError as error:
        raise IndexMissing(str(error)) from error
    except (client.TransportError, client.UnsupportedProductError) as error:
        raise EngineError(f"{type(error).__name__}: {error}", AWAY) from error
    except client.ApiError as error:
        raise EngineError(str(error), _cause(error)) from error


def _cause(error: client.ApiError) -> str:
    status = error.status_code
    if error.error == _BLOCK or status == 429:
        return BLOCKED
    if status in (401, 403):
        return REFUSED
    return AWAY if status in (502, 504) else ""


Answer = TypeVar("Answer")


def answered(answer: Answer) -> Answer:
    """Raises EngineError for a page of whatever stands between us and the server, which came with a 200."""
    if not isinstance(getattr(answer, "body", None), dict):
        raise EngineError("the answer is not Elasticsearch's: is a proxy or a sign-in page in between?", AWAY)
    return answer


def raise_failed(items: Sequence[Mapping[str, Any]]) -> None:
    """Of a bulk request. 409: a newer version is there; 404: nothing to delete. Both are what we wanted. 400: our
    document is wrong."""
    results = [(operation, result) for item in items for operation, result in item.items()]
    failed = [
        result
        for operation, result in results
        if result["status"] >= 300
        and result["status"] != 409
        and not (result["status"] == 404 and operation == "delete" and "error" not in result)
    ]
    if not failed:
        return
    worst = failed[0]
    error = worst.get("error") or {}
    text = f"{len(failed)} of {len(items)} writes failed, first {worst.get('_id')}: {error.get('reason', error)}"
    if worst["status"] == 404:
        raise IndexMissing(text)
    if error.get("type") == _CLOSED:
        raise EngineError(text, BLOCKED)
    if worst["status"] == 400:
        raise ValueError(text)
    raise EngineError(text, BLOCKED if worst["status"] in (403, 429) else "")
