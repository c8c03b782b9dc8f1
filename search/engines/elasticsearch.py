"""Elasticsearch as an engine: strict mappings, one shard, external versions, an alias that swaps in one step.

`GET /` and ping are modules a stripped server lacks, so nothing here asks for them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import elasticsearch as client
from elasticsearch import Elasticsearch

from search.engines.base import (
    TOTAL_CAP,
    Deletion,
    Document,
    EngineAnswer,
    EngineError,
    EngineTimeout,
    Health,
    Hit,
    IndexMissing,
    Schema,
    SearchRequest,
)
from search.engines.elasticsearch_request import (
    facets_of,
    has_more,
    index_body,
    last_key,
    live_settings,
    search_body,
)
from search.engines.fit import check_document, check_request

SEARCH_SECONDS = 0.8
NETWORK_SECONDS = 0.2  # what the way there and back may take beside the search
LEAST_SECONDS = 0.01
NEARLY_ALL = 0.9  # of the time is left: not worth another client, which costs as much as a small search
WRITE_SECONDS = 30.0
BULK = 500


class ElasticsearchEngine:
    """`url` may carry user and password. Index names are `<prefix>_products_<generation>`, the alias
    `<prefix>_products` is what searches and writes go to. `schema` lets a wrong request fail here, by name.
    `seconds`: the most a search may take."""

    code = "elasticsearch"

    def __init__(
        self,
        url: str,
        *,
        prefix: str = "tuanji",
        replicas: int = 0,
        schema: Schema | None = None,
        seconds: float | None = None,
    ) -> None:
        self._schema = schema
        self._alias = f"{prefix}_products"
        self._replicas = replicas
        self._seconds = seconds or SEARCH_SECONDS
        patience = self._seconds + NETWORK_SECONDS
        self._searcher = Elasticsearch(url, request_timeout=patience, max_retries=0, retry_on_timeout=False)
        self._writer = self._searcher.options(request_timeout=WRITE_SECONDS)

    def create(self, schema: Schema, generation: str) -> None:
        body = index_body(schema)
        with _our_errors():
            self._writer.indices.create(index=self._index(generation), **body)
        self._schema = schema

    def write(
        self, documents: Iterable[Document], deletions: Iterable[Deletion] = (), *, generation: str | None = None
    ) -> None:
        """One bulk request per 500. A version conflict means that a newer write was there first: done. Raises
        ValueError for a document that does not fit the schema, before anything is written."""
        index = self._index(generation)
        documents = list(documents)
        if self._schema is not None:
            for document in documents:
                check_document(document, self._schema)
        operations = _operations(documents, deletions)
        while batch := list(islice(operations, BULK)):
            lines = [line for operation in batch for line in operation]
            with _our_errors():
                # `require_alias` keeps a write to a missing index from creating one with guessed mappings.
                answer = self._writer.bulk(index=index, operations=lines, require_alias=generation is None)
            _raise_failed(answer["items"])

    def search(self, request: SearchRequest, *, generation: str | None = None) -> EngineAnswer:
        """A named generation is being checked by whoever built it: nobody waits for that answer."""
        if self._schema is not None:
            check_request(request, self._schema)
        seconds = self._seconds if request.seconds is None else max(LEAST_SECONDS, min(request.seconds, self._seconds))
        searcher = self._searcher if generation is None else self._writer
        if generation is None and seconds < self._seconds * NEARLY_ALL:
            searcher = searcher.options(request_timeout=seconds + NETWORK_SECONDS)
        body = search_body(request, timeout_ms=int(seconds * 1000))
        preference = {"preference": request.session} if request.session else {}
        with _our_errors():
            answer = searcher.search(
                index=self._index(generation),
                query=body["query"],
                sort=body["sort"],
                from_=body["from"],
                search_after=body.get("search_after"),
                size=body["size"],
                source=body["_source"],
                timeout=body["timeout"],
                track_total_hits=body["track_total_hits"],
                post_filter=body.get("post_filter"),
                aggs=body.get("aggs"),
                **preference,  # type: ignore[arg-type]
            )
        if answer["timed_out"]:
            raise EngineTimeout(f"no whole answer within {seconds:.2g} s")
        if answer["_shards"]["failed"]:
            raise EngineError("a shard failed: the answer would be a part")
        rows = answer["hits"]["hits"][: request.size]
        hits = tuple(
            Hit(row["_source"]["pid"], float(row.get("_score") or 0.0), row["_source"].get("show", {})) for row in rows
        )
        facets = facets_of(request.facets, answer.get("aggregations", {}))
        total = min(int(answer["hits"]["total"]["value"]), TOTAL_CAP)
        return EngineAnswer(hits, total, facets, last_key(rows, request), has_more(answer["hits"], request))

    def count(self, *, generation: str | None = None) -> int:
        """All that is written, visible yet or not: for upkeep, not for requests."""
        index = self._index(generation)
        with _our_errors():
            self._writer.indices.refresh(index=index)
            return int(self._writer.count(index=index)["count"])

    def versions(self, pids: Sequence[str], *, generation: str | None = None) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for start in range(0, len(pids), BULK):
            with _our_errors():
                answer = self._writer.mget(
                    index=self._index(generation), ids=list(pids[start : start + BULK]), source=False
                )
            for row in answer["docs"]:
                if "error" in row:
                    raise IndexMissing(row["error"].get("reason", "no such index"))
                if row.get("found"):
                    found[row["_id"]] = int(row["_version"])
        return found

    def swap(self, generation: str) -> None:
        """What was written becomes visible, copies are made from now on, and one request moves the alias: no search
        falls between two indexes."""
        index = self._index(generation)
        actions: list[dict[str, Any]] = [{"add": {"index": index, "alias": self._alias}}]
        actions += [{"remove": {"index": old, "alias": self._alias}} for old in self._live_indexes() if old != index]
        with _our_errors():
            self._writer.indices.put_settings(index=index, settings={"index": live_settings(self._replicas)})
            self._writer.indices.refresh(index=index)
            self._writer.indices.update_aliases(actions=actions)

    def generations(self) -> Sequence[tuple[str, datetime]]:
        with _our_errors():
            answer = self._writer.indices.get(index=f"{self._alias}_*", features=["settings"])
        made = {
            name: datetime.fromtimestamp(int(row["settings"]["index"]["creation_date"]) / 1000, tz=UTC)
            for name, row in answer.items()
        }
        return sorted(((self._generation(name), at) for name, at in made.items()), key=lambda pair: pair[1])

    def drop(self, generation: str) -> None:
        """Raises ValueError for the one that answers."""
        if self._index(generation) in self._live_indexes():
            raise ValueError(f"generation {generation!r} answers now")
        with _our_errors():
            self._writer.indices.delete(index=self._index(generation), ignore_unavailable=True)

    def refresh(self) -> None:
        with _our_errors():
            self._writer.indices.refresh(index=f"{self._alias}_*")

    def health(self, schema_version: str) -> Health:
        """Asks twice; never raises for what is wrong with server or index, but says it."""
        try:
            live = self._live_indexes()
            if not live:
                return Health("", "", 0, "there is no index: run reindex_search")
            with _our_errors():
                mapping = self._searcher.indices.get_mapping(index=live[0])
                documents = int(self._searcher.count(index=live[0])["count"])
        except EngineError as error:
            return Health("", "", 0, f"{type(error).__name__}: {error}"[:500])
        version = str(mapping[live[0]]["mappings"].get("_meta", {}).get("schema_version", ""))
        problem = "" if version == schema_version else _wrong_version(version, schema_version)
        return Health(self._generation(live[0]), version, documents, problem)

    def _index(self, generation: str | None) -> str:
        return self._alias if generation is None else f"{self._alias}_{generation}"

    def _generation(self, index: str) -> str:
        return index.removeprefix(f"{self._alias}_")

    def _live_indexes(self) -> list[str]:
        with _our_errors():
            try:
                return sorted(self._searcher.indices.get_alias(name=self._alias))
            except client.NotFoundError:
                return []


def _wrong_version(found: str, wanted: str) -> str:
    return f"built for {found or 'an unknown version'}, wanted {wanted}: run reindex_search"


@contextmanager
def _our_errors() -> Iterator[None]:
    """The client's errors as ours. A 400 is a wrong request, our own bug: a ValueError, which no fallback hides."""
    try:
        yield
    except client.BadRequestError as error:
        raise ValueError(f"Elasticsearch refuses the request: {error}") from error
    except client.ConnectionTimeout as error:
        raise EngineTimeout(str(error)) from error
    except client.NotFoundError as error:
        raise IndexMissing(str(error)) from error
    except (client.ApiError, client.TransportError, client.UnsupportedProductError) as error:
        raise EngineError(f"{type(error).__name__}: {error}") from error


def _operations(documents: Iterable[Document], deletions: Iterable[Deletion]) -> Iterator[tuple[dict[str, Any], ...]]:
    for document in documents:
        yield _action("index", document.pid, document.version), _source(document)
    for deletion in deletions:
        yield (_action("delete", deletion.pid, deletion.version),)


def _action(name: str, pid: str, version: int) -> dict[str, Any]:
    return {name: {"_id": pid, "version": version, "version_type": "external"}}


def _source(document: Document) -> dict[str, Any]:
    fields: dict[str, Any] = {"pid": document.pid, "show": document.show, **document.streams}
    fields.update({name: list(values) for name, values in document.keywords.items()})
    return {**fields, **document.numbers, **document.flags}


def _raise_failed(items: Sequence[Mapping[str, Any]]) -> None:
    """409: a newer version is there; 404: nothing to delete. Both are what we wanted. 400: our document is wrong."""
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
    if worst["status"] == 400:
        raise ValueError(text)
    raise EngineError(text)
