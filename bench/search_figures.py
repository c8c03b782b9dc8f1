"""The figures of search: over HTTP against the list floor, and inside this process against the bare engine."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.processes import Caller, cpu_ms
from bench.ratio import Count, Figure, compare
from bench.search_documents import Corpus, corpus_of
from bench.stage import Stage

WORDS = ("灰枣", "hongzao", "walnut", "核桃", "финики", "新疆 苹果", "葡萄干", "dried apricot")
TYPOS = ("walnnut", "aprikot", "grepe", "финнки")
CALLS, CALLS_OF_A_PAGE = 40, 48
RELEVANCE = Path(__file__).resolve().parent.parent / "tests/data/search/agri-dev"


def search(stage: Stage) -> list[Figure | Count]:
    corpus = corpus_of(stage)
    found: list[Figure | Count] = [*over_http(stage, corpus), *inside(stage, corpus), *writing(stage, corpus)]
    found += [beside_a_writer(corpus), *statements(stage, corpus), freshness(stage), *relevance()]
    return found


# ---------------------------------------------------------------------- rows 3 and 4 of the targets


def over_http(stage: Stage, corpus: Corpus) -> list[Figure | Count]:
    words = [f"/api/v1/search?{urlencode({'q': text, 'page_size': 24})}" for text in WORDS]
    narrow = {"category": corpus.category, "price_min": 10, "price_max": 100, "facets": "true", "page_size": 24}
    facets = [f"/api/v1/search?{urlencode(narrow)}"]
    return [
        compare(
            f"text search over {corpus.documents:,} documents",
            stage.send(lambda: [("GET", words[n % len(words)], b"", {}) for n in range(CALLS_OF_A_PAGE)]),
            stage.floor_get("/list"),
            target=5,
            sql=max(warm_statements(stage, path) for path in words),
            sql_target=3,
        ),
        compare(
            "category, price range and facet counts",
            stage.send(lambda: [("GET", facets[0], b"", {})] * CALLS_OF_A_PAGE),
            stage.floor_get("/list"),
            target=5,
            sql=warm_statements(stage, facets[0]),
            sql_target=4,
            note="names of categories and places are in memory; reading them again now and then takes a statement each",
        ),
    ]


def warm_statements(stage: Stage, path: str) -> int:
    """Of the second request: the first one loads words and names."""
    stage.statements("GET", path)
    return stage.statements("GET", path)


# ---------------------------------------------------------------------- ratios inside one process


def inside(stage: Stage, corpus: Corpus) -> list[Figure | Count]:
    from search.engines.find import find
    from search.products.queries import search_products

    def block(call: Callable[[str], Any], texts: Sequence[str] = WORDS) -> Callable[[], float]:
        return lambda: cost(stage, [lambda text=text: call(text) for text in texts] * (CALLS // len(texts)))

    def passed(text: str, name: str) -> Any:
        request = corpus.request(text)
        step = next(step for step in corpus.plan(text).passes if step.name == name)
        return corpus.engine.search(replace(request, must=step.tree, excluded=step.excluded))

    def chosen(text: str) -> Any:
        filters = {"category": corpus.category, "in_stock": True, "price_per_kg_min": Decimal(10)}
        return corpus.engine.search(
            replace(corpus.request(text, with_facets=True, **filters), must=corpus.strict(text))
        )

    def plain(text: str) -> Any:
        return corpus.engine.search(replace(corpus.request(text, with_facets=True), must=corpus.strict(text)))

    def found(text: str) -> Any:
        return find(
            corpus.engine,
            text,
            corpus.request(text, with_facets=True),
            concepts=corpus.concepts,
            vocabulary=corpus.vocabulary,
        )

    return [
        compare(
            "search_products with facets over the engine's own call",
            block(lambda text: search_products(corpus.query(text, with_facets=True)), corpus.full),
            block(plain, corpus.full),
            target=1.5,
            note="texts whose first pass fills the page; both with every facet the shop shows",
        ),
        compare(
            "all passes with facets over the engine's own call",
            block(found, corpus.full),
            block(plain, corpus.full),
            target=1.5,
        ),
        compare(
            "one pass over one term asked for in the same way",
            block(lambda text: passed(text, "strict"), corpus.one_word),
            block(corpus.one_term, corpus.one_word),
            target=3,
            note="both inside the channel, with bonuses, one order and the exact number of hits",
        ),
        compare(
            "one pass over the library's bare call for a term",
            block(lambda text: passed(text, "strict"), corpus.one_word),
            block(corpus.raw_term, corpus.one_word),
            target=3,
            note="decision 0013",
        ),
        compare(
            "loose pass with spelling over the strict pass",
            block(lambda text: passed(text, "loose"), TYPOS),
            block(lambda text: passed(text, "strict"), corpus.full),
            target=4,
        ),
        compare("facets with three chosen over plain facets", block(chosen), block(plain), target=2),
    ]


def cost(stage: Stage, calls: Sequence[Callable[[], Any]]) -> float:
    """CPU of this process, threads that have ended included (an index is written by one), and of the database's
    backends, milliseconds a call."""
    backends = stage.database.backends()

    def spent() -> float:
        return time.process_time() * 1000 + cpu_ms(backends)

    before = spent()
    for call in calls:
        call()
    return (spent() - before) / len(calls)


def writing(stage: Stage, corpus: Corpus) -> list[Figure | Count]:
    """Products to documents in the index: everything it takes, over the engine alone with the same documents, streams
    and deletions at hand, in one commit too. The rows of the database are a second index that the first floor leaves
    out: the last two figures count them on both sides."""
    from catalog.products.models import slug_of
    from search.analysis.streams import forget_texts
    from search.products.engine import database_engine
    from search.products.versions import draw_version
    from search.products.write import write_products

    ids = corpus.products[:500]
    loaded = corpus.load(ids)

    def alone(*engines: Any) -> float:
        def write() -> None:
            version = draw_version()
            documents = [replace(document, version=version) for document in loaded.documents]
            deletions = [replace(deletion, version=version) for deletion in loaded.deletions]
            for engine in engines:
                engine.write(documents, deletions)

        return cost(stage, [write])

    def first() -> float:
        forget_texts()
        slug_of.cache_clear()
        return cost(stage, [lambda: write_products(ids)])

    def again() -> float:
        return cost(stage, [lambda: write_products(ids)])

    name, note = "indexing 500 products from the database", "the target is half the engine's speed, twice its cost"
    main = corpus.engine
    return [
        compare(f"{name} over the engine alone, texts new", first, lambda: alone(main), target=2, note=note),
        compare(f"{name} over the engine alone, texts known", again, lambda: alone(main), target=2),
        compare(f"{name} over both stores, texts new", first, lambda: alone(database_engine(), main), target=2),
        compare(f"{name} over both stores, texts known", again, lambda: alone(database_engine(), main), target=2),
    ]


def beside_a_writer(corpus: Corpus) -> Figure:
    """The 95th percentile of a search's CPU in this thread, beside a process that writes all the time."""

    def p95() -> float:
        spent = []
        for number in range(200):
            text = WORDS[number % len(WORDS)]
            began = time.thread_time()
            corpus.engine.search(replace(corpus.request(text), must=corpus.strict(text)))
            spent.append((time.thread_time() - began) * 1000)
        return sorted(spent)[int(len(spent) * 0.95)]

    def disturbed() -> float:
        writer = subprocess.Popen([sys.executable, "-m", "bench.search_writer"], env=dict(os.environ))
        try:
            time.sleep(2)
            return p95()
        finally:
            writer.terminate()
            writer.wait(timeout=30)

    return compare("p95 beside a writer over p95 alone", disturbed, p95, target=1.5, rounds=3)


def statements(stage: Stage, corpus: Corpus) -> list[Figure | Count]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from search.products.documents import load_documents

    counted = []
    for size in (50, 500):
        with CaptureQueriesContext(connection) as queries:
            load_documents(corpus.products[:size], 0)
        counted.append(len(queries))
    text = f"{counted[0]} for 50, {counted[1]} for 500"
    return [Count("statements to load documents", text, "equal", counted[0] == counted[1])]


# ---------------------------------------------------------------------- freshness


def freshness(stage: Stage) -> Count:
    """From the commit of a price to the answer of a search for that price, with a worker of its own process. A document
    shows its cheapest packing, so these are prices of a few cents."""
    from django.conf import settings

    worker = subprocess.Popen([sys.executable, "manage.py", "worker"], env=dict(stage.database.environment))
    try:
        seconds = [_until_found(stage, Decimal(number + 1) / 100) for number in range(6)][1:]
    finally:
        worker.terminate()
        worker.wait(timeout=60)
    is_embedded = not settings.SEARCH_URL.startswith("http")
    name = "embedded" if is_embedded else "Elasticsearch, refresh 1 s"
    text = f"{min(seconds):.2f} to {max(seconds):.2f} s"
    return Count(f"price change to findable ({name})", text, "<= 2 s", max(seconds) <= 2)


def _until_found(stage: Stage, price: Decimal) -> float:
    from catalog.pricing.actions.set_price import set_price
    from catalog.products.models import Variant
    from market.channels.models import Channel
    from market.common.clock import read_clock

    variant = Variant.objects.filter(product__state="published", prices__channel__code="domestic").order_by("pk")[0]
    channel = Channel.objects.get(code="domestic")
    set_price(variant, channel, basis="per_kg", tiers=[(Decimal(1), price)], now=read_clock())
    began = time.monotonic()
    path = f"/api/v1/search?price_min={price}&price_max={price}"
    caller = Caller(stage.real)
    while not json.loads(caller.call("GET", path)[1])["total"]:
        if time.monotonic() - began > 60:
            raise SystemExit("the new price was not found within a minute")
        time.sleep(0.02)
    return time.monotonic() - began


# ---------------------------------------------------------------------- relevance


def relevance() -> list[Figure | Count]:
    """On the judged set of the tests, in an index of its own; the two engines against each other where there is a
    server."""
    from io import StringIO

    from django.conf import settings
    from django.core.management import call_command

    rows: list[Figure | Count] = []
    engines = ["tantivy", *(["elasticsearch"] if settings.SEARCH_URL.startswith("http") else [])]
    for engine in engines:
        out = StringIO()
        call_command("evaluate_search", str(RELEVANCE), "--engine", engine, "--json", stdout=out)
        report = json.loads(out.getvalue())
        text = f"nDCG@10 {report['ndcg10']}, MRR {report['mrr']}, without a right hit {report['zero_relevant']}"
        is_good = report["ndcg10"] >= 0.80 and report["mrr"] >= 0.95 and report["zero_relevant"] <= 0.01
        rows.append(Count(f"relevance, {engine}", text, ">= 0.80, >= 0.95, <= 0.01", is_good))
    return rows
