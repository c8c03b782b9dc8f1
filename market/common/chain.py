"""Chains of rows: each holds the hash of the one before, so that a changed or missing one shows."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, TypeVar

FIRST = "0" * 64


class Link(Protocol):
    previous_hash: Any
    hash: Any


LinkT = TypeVar("LinkT", bound=Link)


def canonical_json(content: Any) -> str:
    """The same content gives the same text: sorted keys, no blanks, letters as they are."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def linked_hash(previous: str, content: Sequence[Any]) -> str:
    """SHA-256 over the hash before and the content, in hex."""
    return hashlib.sha256(canonical_json([previous, *content]).encode()).hexdigest()


def first_broken(links: Iterable[LinkT], hash_of: Callable[[LinkT], str]) -> LinkT | None:
    """Of a chain in its order, the first whose hash or link is wrong, or None when all is well."""
    expected = FIRST
    for link in links:
        if link.previous_hash != expected or link.hash != hash_of(link):
            return link
        expected = link.hash
    return None
