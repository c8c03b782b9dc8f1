"""A server that answers as Elasticsearch does, with whatever a test wants."""

import threading
from dataclasses import dataclass, field
from typing import Any

PRODUCT = {"X-Elastic-Product": "Elasticsearch"}
HITS = {
    "took": 1,
    "timed_out": False,
    "_shards": {"total": 1, "successful": 1, "skipped": 0, "failed": 0},
    "hits": {
        "total": {"value": 1, "relation": "eq"},
        "max_score": 1.5,
        "hits": [{"_index": "i", "_id": "a", "_score": 1.5, "_source": {"pid": "a", "show": {"n": 1}}}],
    },
}


@dataclass
class Fake:
    """Answers `status` and `body` to everything and remembers what it was asked."""

    status: int = 200
    body: Any = field(default_factory=lambda: dict(HITS))
    headers: dict[str, str] = field(default_factory=lambda: dict(PRODUCT))
    delay: threading.Event | None = None
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    url: str = ""
