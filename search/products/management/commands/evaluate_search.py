"""What search is worth on a folder of products, queries and graded labels."""

import json
import signal
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection, transaction
from elasticsearch import Elasticsearch, TransportError

from search.analysis.concepts import NO_CONCEPTS, Concepts, built_in_concepts, concepts_of
from search.analysis.dictionary import BrokenDictionary, built_in, joined, parse_entries
from search.engines.base import EngineError, SearchEngine
from search.engines.database import DatabaseEngine
from search.engines.elasticsearch import ElasticsearchEngine, with_port
from search.engines.evaluate import evaluate
from search.engines.tantivy import TantivyEngine
from search.products.models import SearchDocument
from search.query.relevance import BrokenSet, read_set

ENGINES = ("tantivy", "elasticsearch", "database")
CHANNEL = "evaluation"
PATIENCE = 60.0  # seconds a query may take: nobody waits, and a slow answer is worth as much as a fast one
SIGNALS = (signal.SIGINT, signal.SIGTERM)
STRAGGLER = 1.0  # seconds
COLUMNS = ("queries", "ndcg10", "recall100", "mrr", "zero_relevant", "p50_ms", "p95_ms")


class Command(BaseCommand):
    help = (
        "Measure search on DIR (products.jsonl, queries.jsonl, qrels.tsv), in an index of its own that is thrown away. "
        "Same analysis, trees and passes as the shop, no bonuses."
    )
    requires_system_checks = ()  # they would want the marketplace's folders

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path)
        parser.add_argument("--engine", choices=ENGINES, default="tantivy")
        parser.add_argument("--url", default="", help="Elasticsearch, when SEARCH_URL names another engine")
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--concepts", metavar="FILE", type=Path, help="add a dictionary (format: docs/search.md)")
        parser.add_argument("--no-concepts", action="store_true", help="without the built-in dictionary")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            data = read_set(options["folder"])
            concepts = _concepts(options["concepts"], has_built_in=not options["no_concepts"])
            with _stoppable(), _scratch(options["engine"], options["url"]) as (engine, generation):
                report = evaluate(engine, data, concepts, generation).as_dict()
            for remark in data.remarks:
                self.stderr.write(f"{options['folder']}: {remark}")
        except (BrokenSet, BrokenDictionary, EngineError) as error:
            raise CommandError(str(error)) from error
        except OperationalError as error:
            raise CommandError(f"the database cannot be used, see DATABASE_URL and DATA_DIR: {error}") from error
        self.stdout.write(json.dumps(report, ensure_ascii=False) if options["json"] else _table(report))


def _concepts(path: Path | None, *, has_built_in: bool) -> Concepts:
    """The built-in dictionary, the file's, both as one, or none."""
    if path is None:
        return built_in_concepts() if has_built_in else NO_CONCEPTS
    try:
        own = tuple(parse_entries(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenDictionary(f"{path}: {error}") from error
    except BrokenDictionary as error:
        raise BrokenDictionary(f"{path}, {error}") from error
    return concepts_of(joined(built_in(), own) if has_built_in else own)


@contextmanager
def _scratch(code: str, url: str) -> Iterator[tuple[SearchEngine, str]]:
    """An engine with nothing in it, and the name of the generation to build. Gone at the end."""
    generation = f"evaluation-{uuid.uuid4().hex[:12]}"
    if code == "tantivy":
        with tempfile.TemporaryDirectory(prefix="evaluate-search-") as folder:
            yield TantivyEngine(Path(folder)), generation
    elif code == "elasticsearch":
        with _scratch_server(url or settings.SEARCH_URL, generation) as engine:
            yield engine, generation
    else:
        table = _missing_table()
        with transaction.atomic():
            for statement in table:
                connection.cursor().execute(statement)
            rows = DatabaseEngine(lambda: SearchDocument.objects.filter(channel=CHANNEL), _other_columns)
            yield rows, generation
            transaction.set_rollback(True)


@contextmanager
def _scratch_server(url: str, generation: str) -> Iterator[ElasticsearchEngine]:
    if not url.startswith(("http://", "https://")) or not urlsplit(url).hostname:
        raise CommandError("name the server by SEARCH_URL or --url: http://host:9200")
    index = f"{generation}_products_{generation}"
    try:
        yield ElasticsearchEngine(url, prefix=generation, seconds=PATIENCE)
    except BaseException:
        _delete(url, index)
        time.sleep(STRAGGLER)  # what was asked for when we were stopped may be made only now
        raise
    finally:
        _delete(url, index)


def _delete(url: str, index: str) -> None:
    with suppress(TransportError):  # a server that has gone away is told by the evaluation itself
        Elasticsearch(with_port(url), request_timeout=30).indices.delete(index=index, ignore_unavailable=True)


class _Stopped(BaseException):
    """By a signal, whose number it tells."""


@contextmanager
def _stoppable() -> Iterator[None]:
    """Ctrl-C and SIGTERM end the evaluation after what it made is gone; who is impatient meanwhile is not heard."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, _frame: object) -> None:
        for name in SIGNALS:
            signal.signal(name, signal.SIG_IGN)
        raise _Stopped(number)

    before = {name: signal.signal(name, stop) for name in SIGNALS}
    try:
        yield
    except _Stopped as stopped:
        raise CommandError("stopped; nothing is left behind", returncode=128 + stopped.args[0]) from None
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def _missing_table() -> list[str]:
    """Statements that make the table of documents, where nobody has migrated the database yet."""
    if SearchDocument._meta.db_table in connection.introspection.table_names():
        return []
    with connection.schema_editor(collect_sql=True) as editor:
        editor.create_model(SearchDocument)
    return list(editor.collected_sql)


def _other_columns(pid: str) -> dict[str, Any]:
    return {"product_id": 0, "channel": CHANNEL}


def _table(report: dict[str, Any]) -> str:
    lines = [
        f"{report['engine']}: {report['products']} products, indexed in {report['index_seconds']} s",
        " ".join([f"{'class':16}", *(f"{column:>13}" for column in COLUMNS)]),
    ]
    for name, row in [("all", report), *report["classes"].items()]:
        cells = ("-" if row[column] is None else row[column] for column in COLUMNS)
        lines.append(" ".join([f"{name:16}", *(f"{cell:>13}" for cell in cells)]))
    return "\n".join(lines)
