"""Elasticsearch as an engine: strict mappings, one shard, external versions, an alias that swaps in one step.

`GET /` and ping are modules a stripped server lacks, so nothing here asks for them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import elasticsearch as client
from elasticsearch import Elasticsearch

from search.engines.base import (
    MISSING,
    TOTAL_CAP,
    UNFIT,
    Deletion,
    Document,
    EngineAnswer,
    EngineError,
    EngineTimeout,
    Health,
    Hit,
    IndexMissing,
    IndexUnfit,
    Schema,
    SearchRequest,
)
from search.engines.elasticsearch_failures import answered, our_errors, raise_failed
from search.engines.elasticsearch_request import (
    facets_of,
    has_more,
    index_body,
    last_key,
    live_settings,
    search_body,
)
from search.engines.fit import check_document, check_request, wrong_version

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
        self._seen = ""  # the index behind the alias when its health was last asked for
        self._seconds = seconds or SEARCH_SECONDS
        patience = self._seconds + NETWORK_SECONDS
        self._searcher = Elasticsearch(with_port(url), request_timeout=patience, max_retries=0, retry_on_timeout=False)
        self._writer = self._searcher.options(request_timeout=WRITE_SECONDS)

    def create(self, schema: Schema, generation: str) -> None:
        body = index_body(schema)
        self._live_indexes()  # what stands in the way of the alias is told before the work, not at its end
        with our_errors():
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
            with self._of_the_index(generation):
                # `require_alias` keeps a write to a missing index from creating one with guessed mappings.
                answer = self._writer.bulk(index=index, operations=lines, require_alias=generation is None)
                raise_failed(answered(answer)["items"])

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
        with self._of_the_index(generation):
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
            answered(answer)
        if answer["timed_out"]:
            raise EngineTimeout(f"no whole answer within {seconds:.2g} s")
        if answer["_shards"]["failed"]:
            raise EngineError("a shard failed: the answer would be a part")
        rows = answer["hits"]["hits"][: request.size]
        if generation is None and any(row["_index"] != self._seen for row in rows):
            self._require_ours()  # swapped since somebody looked
        hits = tuple(
            Hit(row["_source"]["pid"], float(row.get("_score") or 0.0), row["_source"].get("show", {})) for row in rows
        )
        facets = facets_of(request.facets, answer.get("aggregations", {}))
        total = min(int(answer["hits"]["total"]["value"]), TOTAL_CAP)
        return EngineAnswer(hits, total, facets, last_key(rows, request), has_more(answer["hits"], request))

    def count(self, *, generation: str | None = None) -> int:
        """All that is written, visible yet or not: for upkeep, not for requests."""
        index = self._index(generation)
        with our_errors():
            self._writer.indices.refresh(index=index)
            return int(answered(self._writer.count(index=index))["count"])

    def versions(self, pids: Sequence[str], *, generation: str | None = None) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for start in range(0, len(pids), BULK):
            with our_errors():
                answer = self._writer.mget(
                    index=self._index(generation), ids=list(pids[start : start + BULK]), source=False
                )
            for row in answered(answer)["docs"]:
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
        with our_errors():
            self._writer.indices.put_settings(index=index, settings={"index": live_settings(self._replicas)})
            self._writer.indices.refresh(index=index)
            self._writer.indices.update_aliases(actions=actions)

    def generations(self) -> Sequence[tuple[str, datetime]]:
        with our_errors():
            answer = answered(self._writer.indices.get(index=f"{self._alias}_*", features=["settings"]))
        made = {
            name: datetime.fromtimestamp(int(row["settings"]["index"]["creation_date"]) / 1000, tz=UTC)
            for name, row in answer.items()
        }
        return sorted(((self._generation(name), at) for name, at in made.items()), key=lambda pair: pair[1])

    def drop(self, generation: str) -> None:
        """Raises ValueError for the one that answers."""
        if self._index(generation) in self._live_indexes():
            raise ValueError(f"generation {generation!r} answers now")
        with our_errors():
            self._writer.indices.delete(index=self._index(generation), ignore_unavailable=True)

    def refresh(self) -> None:
        with our_errors():
            self._writer.indices.refresh(index=f"{self._alias}_*")

    def health(self, schema_version: str) -> Health:
        """Asks three times at most; never raises for what is wrong with server or index, but says it."""
        try:
            live = self._live_indexes()
            if not live:
                return Health("", "", 0, "there is no index", MISSING)
            with our_errors():
                mapping = answered(self._searcher.indices.get_mapping(index=live[0]))
                documents = int(answered(self._searcher.count(index=live[0]))["count"])
        except EngineError as error:
            return Health("", "", 0, str(error)[:500], error.cause)
        except ValueError as error:
            return Health("", "", 0, str(error)[:500], UNFIT)
        version = str(mapping[live[0]]["mappings"].get("_meta", {}).get("schema_version", ""))
        problem = "" if version == schema_version else wrong_version(version, schema_version)
        self._seen = live[0]
        if len(live) > 1:
            problem = f"the alias {self._alias} stands for {len(live)} indexes: {', '.join(live)}"
        return Health(self._generation(live[0]), version, documents, problem, UNFIT if problem else "")

    def _index(self, generation: str | None) -> str:
        return self._alias if generation is None else f"{self._alias}_{generation}"

    def _generation(self, index: str) -> str:
        return index.removeprefix(f"{self._alias}_")

    def _live_indexes(self) -> list[str]:
        """Behind the alias. Raises IndexUnfit when something else has its name."""
        with our_errors():
            try:
                found = sorted(answered(self._searcher.indices.get_alias(index=self._alias)))
            except client.NotFoundError:
                return []
        if self._alias in found:
            raise IndexUnfit(f"an index is called {self._alias}, as our alias is to be: delete it on the server first")
        return found

    @contextmanager
    def _of_the_index(self, generation: str | None) -> Iterator[None]:
        """A request that is refused is our own bug, unless what stands behind the alias is not what we built: it may
        have been swapped or touched a moment ago."""
        try:
            with our_errors():
                yield
        except ValueError:
            if generation is None:
                self._require_ours()
            raise

    def _require_ours(self) -> None:
        """Raises EngineError when what stands behind the alias cannot be used any more."""
        if self._schema is None or not self._seen:
            return
        health = self.health(self._schema.version)
        if health.problem:
            kind = {UNFIT: IndexUnfit, MISSING: IndexMissing}.get(health.cause, EngineError)
            raise kind(health.problem, health.cause)


def with_port(url: str) -> str:
    """The client wants it said, also where the scheme says it."""
    parts = urlsplit(url)
    if parts.port is not None:
        return url
    return parts._replace(netloc=f"{parts.netloc.rstrip(':')}:{443 if parts.scheme == 'https' else 80}").geturl()


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
