"""What a document says, and what is kept of it as a row."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from search.engines.base import Document
from search.engines.database import content_of
from search.products.documents import Loaded
from search.products.models import SearchDocument

Content = tuple[Any, ...]


@dataclass(frozen=True)
class Kept:
    """A standing row: its version and what it says."""

    product_id: int
    version: int
    content: Content


def kept_documents(product_ids: Iterable[int]) -> Mapping[str, Kept]:
    """By pid, what has not gone. One statement."""
    rows = SearchDocument.objects.filter(product_id__in=list(product_ids), is_gone=False)
    columns = ("pid", "product_id", "version", "tokens", "keywords", "numbers", "show")
    return {
        pid: Kept(product_id, version, tuple(content))
        for pid, product_id, version, *content in rows.values_list(*columns)
    }


def content(document: Document) -> Content:
    """As a row holds it."""
    tokens, keywords, numbers, show = content_of(document)
    return tokens, keywords, orjson.loads(numbers), orjson.loads(show)


def for_new_index(loaded: Loaded, product_ids: Iterable[int]) -> tuple[Loaded, Loaded]:
    """For an index that is being built, and for the rows: what a row says already keeps its version and is not written
    again. So the rows are never ahead of the index that answers, should the new one never do so."""
    kept = kept_documents(product_ids)
    documents, news = [], []
    for document in loaded.documents:
        known = kept.get(document.pid)
        if known is not None and known.content == content(document):
            documents.append(replace(document, version=known.version))
        else:
            documents.append(document)
            news.append(document)
    gone = [deletion for deletion in loaded.deletions if deletion.pid in kept]
    return replace(loaded, documents=documents), replace(loaded, documents=news, deletions=gone)
