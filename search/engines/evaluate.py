"""Measure an engine on a relevance set: the same analysis, trees and passes as the shop, without business bonuses."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields

from search.analysis.concepts import Concepts
from search.analysis.streams import streams
from search.analysis.version import index_version
from search.engines.base import STREAMS, Document, Schema, SearchEngine, SearchRequest
from search.engines.find import find
from search.query.relevance import DEPTH, Measures, RelevanceSet, average, measure
from search.query.vocabulary import Vocabulary, VocabularyBuilder

SCHEMA = Schema(fields=(), version=index_version("evaluation"))
BATCH = 500


@dataclass(frozen=True)
class Report:
    engine: str
    products: int
    queries: int
    index_seconds: float
    overall: Measures | None
    milliseconds: tuple[float, ...]
    classes: dict[str, tuple[int, Measures | None, tuple[float, ...]]]

    def as_dict(self) -> dict[str, object]:
        """The same keys for all and, in `classes`, for every class; measures are None where nothing was judged."""
        classes = {kind: self._row(*found) for kind, found in self.classes.items()}
        return {**self._row(self.queries, self.overall, self.milliseconds), "classes": classes}

    def _row(self, queries: int, measures: Measures | None, milliseconds: Sequence[float]) -> dict[str, object]:
        return {
            "engine": self.engine,
            "products": self.products,
            "queries": queries,
            **_rounded(measures),
            "index_seconds": round(self.index_seconds, 3),
            "p50_ms": percentile(milliseconds, 50),
            "p95_ms": percentile(milliseconds, 95),
        }


def index_set(engine: SearchEngine, data: RelevanceSet, concepts: Concepts, generation: str) -> Vocabulary:
    """Builds a generation, lets it answer, and returns the vocabulary of its titles."""
    builder = VocabularyBuilder()
    engine.create(SCHEMA, generation)
    for start in range(0, len(data.products), BATCH):
        documents = []
        for product in data.products[start : start + BATCH]:
            found = streams(product.titles, product.bodies)
            builder.add(product.titles, found.py)
            tokens = {name: getattr(found, name) for name in STREAMS}
            documents.append(Document(product.pid, tokens, {}, {}, {}, {}, 1))
        engine.write(documents, generation=generation)
    engine.swap(generation)
    engine.refresh()
    vocabulary = builder.build(concepts.spellings(), concepts.sounds())
    vocabulary.load_spelling()
    return vocabulary


def evaluate(engine: SearchEngine, data: RelevanceSet, concepts: Concepts, generation: str) -> Report:
    started = time.perf_counter()
    vocabulary = index_set(engine, data, concepts, generation)
    index_seconds = time.perf_counter() - started
    rows: list[tuple[str, Measures | None, float]] = []
    request = SearchRequest(size=DEPTH)
    for query in data.queries:
        began = time.perf_counter()
        found = find(engine, query.text, request, concepts=concepts, vocabulary=vocabulary)
        milliseconds = (time.perf_counter() - began) * 1000
        worth = measure([hit.pid for hit in found.hits], query.labels) if query.is_judged else None
        rows.append((query.kind, worth, milliseconds))
    classes = {}
    for kind in dict.fromkeys(query.kind for query in data.queries):
        own = [(worth, spent) for name, worth, spent in rows if name == kind]
        classes[kind] = (len(own), _average(worth for worth, _ in own), tuple(spent for _, spent in own))
    return Report(
        engine=engine.code,
        products=len(data.products),
        queries=len(data.queries),
        index_seconds=index_seconds,
        overall=_average(worth for _, worth, _ in rows),
        milliseconds=tuple(spent for _, _, spent in rows),
        classes=classes,
    )


def _average(measured: Iterable[Measures | None]) -> Measures | None:
    return average(worth for worth in measured if worth is not None)


def percentile(values: Sequence[float], share: int) -> float:
    """The smallest value that so many per cent do not exceed."""
    ordered = sorted(values)
    return round(ordered[max(0, -(-len(ordered) * share // 100) - 1)], 2)


def _rounded(measures: Measures | None) -> dict[str, float | None]:
    if measures is None:
        return dict.fromkeys((field.name for field in fields(Measures)), None)
    return {name: round(value, 4) for name, value in asdict(measures).items()}
