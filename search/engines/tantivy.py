"""The embedded engine: a tantivy index on local disk, in process. One host only; several hosts use Elasticsearch.

Writers: one per batch, opened, committed and dropped; a second one anywhere waits for the lock until its deadline.
Readers: one handle per process, reloaded at most twice a second and after each write of its own.
"""

import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import tantivy
from tantivy.tantivy import __version__ as LIBRARY  # noqa: N812 - names the index format too

from search.engines.base import (
    TOTAL_CAP,
    UNFIT,
    Deletion,
    Document,
    EngineAnswer,
    EngineError,
    EngineTimeout,
    Health,
    IndexMissing,
    IndexUnfit,
    Schema,
    SearchRequest,
)
from search.engines.fit import wrong_version
from search.engines.generations import Generations, Stamp
from search.engines.tantivy_failures import disk_failures, index_failures
from search.engines.tantivy_query import PID, Translator
from search.engines.tantivy_read import count_facets, hits_of, last_key, rank, stored_versions
from search.engines.tantivy_rows import newest_changes, row_of, tantivy_schema

RELOAD_SECONDS = 0.5  # with the pause of a worker, a change is found within two seconds
HEAP_BYTES = 60_000_000
LOCK_SECONDS = 10.0
_PAUSE = 0.05


@dataclass(frozen=True)
class _Reader:
    generation: str
    stamp: Stamp
    index: tantivy.Index
    searcher: tantivy.Searcher
    until: float

    @property
    def translator(self) -> Translator:
        return Translator(self.index.schema, self.stamp.schema.kinds)


class TantivyEngine:
    code = "tantivy"

    def __init__(self, root: Path, *, lock_seconds: float = LOCK_SECONDS) -> None:
        self._generations = Generations(root)
        self._lock_seconds = lock_seconds
        self._mutex = threading.Lock()
        self._reader: _Reader | None = None

    # ------------------------------------------------------------------ upkeep

    def create(self, schema: Schema, generation: str) -> None:
        with disk_failures():
            path = self._generations.reserve(generation)
        with index_failures():
            tantivy.Index(tantivy_schema(schema), path=str(path))
        with disk_failures():
            self._generations.finish(generation, Stamp(schema, LIBRARY, datetime.now(UTC)))

    def write(
        self, documents: Iterable[Document], deletions: Iterable[Deletion] = (), *, generation: str | None = None
    ) -> None:
        """Documents and deletions whose version is newer than the stored one, in one commit; within a batch the newest
        of a pid wins. Raises ValueError for a document that does not fit the schema, before anything is written."""
        newest = newest_changes(documents, deletions)
        name = generation or self._live()
        stamp = self._stamp(name)
        rows = {pid: row_of(change, stamp.schema) for pid, change in newest.items() if isinstance(change, Document)}
        if not newest:
            return
        with index_failures(), self._writer(name) as (index, writer):
            stored = stored_versions(index, list(newest))
            for pid, change in newest.items():
                if pid not in stored or change.version > stored[pid]:
                    if pid in stored:  # each is looked for in every part of the index
                        writer.delete_documents_by_term(PID, pid)
                    if pid in rows:
                        writer.add_document(rows[pid])
            writer.commit()
        self._forget()

    def swap(self, generation: str) -> None:
        with disk_failures():
            self._generations.point(generation)
        self._forget()

    def generations(self) -> Sequence[tuple[str, datetime]]:
        with disk_failures():
            return self._generations.all()

    def drop(self, generation: str) -> None:
        with disk_failures():
            self._generations.drop(generation)

    def refresh(self) -> None:
        with self._mutex, disk_failures():
            reader, self._reader = self._reader, None
            if self._generations.current():
                self._reader = self._reloaded(reader)

    # ------------------------------------------------------------------ reading

    def search(self, request: SearchRequest, *, generation: str | None = None) -> EngineAnswer:
        reader = self._read() if generation is None else self._read_named(generation)
        translator = reader.translator
        translator.check(request)
        query = translator.hits(request)
        with index_failures():
            page = rank(reader.searcher, translator.schema, query, request)
            hits = hits_of(reader.searcher, page.ranked, request)
            facets = count_facets(reader.searcher, translator, request)
        last = last_key(page.ranked, hits, request)
        return EngineAnswer(hits, min(page.total, TOTAL_CAP), facets, last, page.has_more)

    def count(self, *, generation: str | None = None) -> int:
        return int(self._open(generation).searcher().num_docs)

    def versions(self, pids: Sequence[str], *, generation: str | None = None) -> Mapping[str, int]:
        with index_failures():
            return stored_versions(self._open(generation), pids)

    def health(self, schema_version: str) -> Health:
        try:
            reader = self._read()
            version = reader.stamp.schema.version
            problem, cause = ("", "") if version == schema_version else (wrong_version(version, schema_version), UNFIT)
            return Health(reader.generation, version, int(reader.searcher.num_docs), problem, cause)
        except EngineError as error:
            return Health("", "", 0, str(error)[:500], error.cause)

    # ------------------------------------------------------------------ handles

    def _live(self) -> str:
        with disk_failures():
            name = self._generations.current()
        if not name:
            raise IndexMissing("there is no index")
        return name

    def _stamp(self, name: str) -> Stamp:
        with disk_failures():
            stamp = self._generations.stamp(name)
        if stamp.library != LIBRARY:
            raise IndexUnfit(f"index {name!r} was built by {stamp.library}, this is {LIBRARY}")
        return stamp

    def _open(self, generation: str | None) -> tantivy.Index:
        """Sees all that is committed: for upkeep, not for requests."""
        name = generation or self._live()
        self._stamp(name)
        with index_failures():
            return self._index(name)

    def _index(self, name: str) -> tantivy.Index:
        index = tantivy.Index.open(str(self._generations.path(name)))
        index.config_reader(reload_policy="manual")
        index.reload()
        return index

    def _read_named(self, name: str) -> _Reader:
        """A handle for this one answer."""
        stamp = self._stamp(name)
        with index_failures():
            index = self._index(name)
            return _Reader(name, stamp, index, index.searcher(), 0.0)

    def _forget(self) -> None:
        """The next search reloads."""
        with self._mutex:
            if self._reader is not None:
                self._reader = replace(self._reader, until=0.0)

    def _read(self) -> _Reader:
        """Reloads when its time has passed; meanwhile other threads go on with what they have."""
        reader = self._reader
        if reader is not None and time.monotonic() < reader.until:
            return reader
        if not self._mutex.acquire(blocking=reader is None):
            assert reader is not None
            return reader
        try:
            reader = self._reader
            if reader is None or time.monotonic() >= reader.until:
                self._reader = reader = self._reloaded(reader)
            return reader
        except BaseException:
            self._reader = None  # an old answer must not stand beside the failure
            raise
        finally:
            self._mutex.release()

    def _reloaded(self, reader: _Reader | None) -> _Reader:
        until = time.monotonic() + RELOAD_SECONDS
        name = self._live()
        if reader is not None and reader.generation == name:
            with index_failures():
                reader.index.reload()
                return _Reader(name, reader.stamp, reader.index, reader.index.searcher(), until)
        stamp = self._stamp(name)
        with index_failures():
            index = self._index(name)
            return _Reader(name, stamp, index, index.searcher(), until)

    @contextmanager
    def _writer(self, name: str) -> Iterator[tuple[tantivy.Index, tantivy.IndexWriter]]:
        """A handle of its own per batch: long-lived ones of writers taking turns leave dead files behind."""
        deadline = time.monotonic() + self._lock_seconds
        index = tantivy.Index.open(str(self._generations.path(name)))
        while True:
            try:
                writer = index.writer(HEAP_BYTES, 1)
                break
            except ValueError as error:
                if "LockBusy" not in str(error):
                    raise
                if time.monotonic() >= deadline:
                    raise EngineTimeout(f"another writer held the index for {self._lock_seconds:g} s") from error
                time.sleep(_PAUSE)
        try:
            index.config_reader(reload_policy="manual")
            index.reload()  # versions are read under the lock, after the last commit
            yield index, writer
        except BaseException:
            writer.rollback()
            raise
        finally:
            writer.wait_merging_threads()
