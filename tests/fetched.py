"""Files as a browser gets them: from us, or by the link to the bucket that we answer with."""

from dataclasses import dataclass
from typing import Any

import requests


@dataclass(frozen=True)
class Fetched:
    content: bytes
    content_type: str
    disposition: str


def fetched(answer: Any) -> Fetched:
    if answer.status_code == 302:
        told = requests.get(answer["Location"], timeout=30)
        return Fetched(told.content, told.headers["Content-Type"], told.headers["Content-Disposition"])
    assert answer["X-Content-Type-Options"] == "nosniff"
    return Fetched(answer.content, answer["Content-Type"], answer["Content-Disposition"])
