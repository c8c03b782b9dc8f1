import json
import os
import urllib.request
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from search.products.models import SearchDocument

SET = Path(__file__).parents[4] / "data" / "search" / "agri-dev"
KEYS = {"engine", "products", "queries", "ndcg10", "recall100", "mrr", "zero_relevant", "index_seconds"}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The first products of the set, and the Chinese queries that have a right answer among them."""
    products = (SET / "products.jsonl").read_text("utf-8").splitlines()[:120]
    known = {json.loads(line)["id"] for line in products}
    labels = [line for line in (SET / "qrels.tsv").read_text("utf-8").splitlines() if line.split("\t")[1] in known]
    right = {line.split("\t")[0] for line in labels if line.split("\t")[2] != "1"}
    queries = [
        line
        for line in (SET / "queries.jsonl").read_text("utf-8").splitlines()
        if json.loads(line)["qid"] in right and json.loads(line)["cls"] in ("zh", "zh_alias", "ru")
    ]
    kept = {json.loads(line)["qid"] for line in queries}
    (tmp_path / "products.jsonl").write_text("\n".join(products), "utf-8")
    (tmp_path / "queries.jsonl").write_text("\n".join(queries), "utf-8")
    (tmp_path / "qrels.tsv").write_text("\n".join(line for line in labels if line.split("\t")[0] in kept), "utf-8")
    return tmp_path


def evaluated(folder: Path, *options: str) -> dict[str, Any]:
    out = StringIO()
    call_command("evaluate_search", str(folder), "--json", *options, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_json_has_the_keys_that_were_promised(small: Path) -> None:
    found = evaluated(small)

    assert set(found) == KEYS | {"p50_ms", "p95_ms", "classes"}
    assert (found["engine"], found["products"]) == ("tantivy", 120)
    assert found["ndcg10"] > 0.8


def test_table_has_a_line_for_all_and_for_every_class(small: Path) -> None:
    out = StringIO()
    call_command("evaluate_search", str(small), stdout=out)

    assert sorted(line.split()[0] for line in out.getvalue().splitlines()) == [
        "all",
        "class",
        "ru",
        "tantivy:",
        "zh",
        "zh_alias",
    ]


@pytest.mark.django_db
def test_database_is_measured_in_rows_that_are_gone_afterwards(small: Path) -> None:
    found = evaluated(small, "--engine", "database")

    assert found["engine"] == "database"
    assert found["zero_relevant"] < 0.1
    assert SearchDocument.objects.count() == 0


def test_concepts_of_a_file_or_none_change_the_figures(small: Path, tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("product x: 没有这种东西 | nothing | ничего\n", "utf-8")

    without = evaluated(small, "--no-concepts")["recall100"]

    assert evaluated(small)["recall100"] > without
    assert evaluated(small, "--concepts", str(tmp_path / "own.txt"))["recall100"] == without


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--concepts", "/nowhere/concepts.txt"], "/nowhere/concepts.txt"),
        (["--engine", "elasticsearch"], "SEARCH_URL"),
        (["--engine", "elasticsearch", "--url", "http://127.0.0.1:9"], "Connection"),
    ],
)
def test_what_cannot_be_used_is_named(small: Path, options: list[str], says: str, settings: Settings) -> None:
    settings.SEARCH_URL = "tantivy:///somewhere"

    with pytest.raises(CommandError, match=says):
        evaluated(small, *options)


def test_broken_folder_and_broken_concepts_are_refused(small: Path, tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("product x: one language\n", "utf-8")
    with pytest.raises(CommandError, match=r"own\.txt, line 1"):
        evaluated(small, "--concepts", str(tmp_path / "own.txt"))

    (small / "qrels.tsv").write_text("q0\tnobody\t3\n", "utf-8")
    with pytest.raises(CommandError, match="nobody"):
        evaluated(small)


@pytest.mark.services
def test_elasticsearch_ranks_as_the_embedded_engine_and_keeps_nothing(small: Path) -> None:
    url = os.environ.get("ES_TEST_URL") or os.environ.get("SEARCH_URL", "")
    embedded, remote = evaluated(small), evaluated(small, "--engine", "elasticsearch", "--url", url)

    assert [remote[key] for key in ("ndcg10", "recall100", "mrr")] == [
        embedded[key] for key in ("ndcg10", "recall100", "mrr")
    ]
    with urllib.request.urlopen(f"{url}/_cat/indices?format=json") as answer:  # noqa: S310 - the test server
        assert [row["index"] for row in json.load(answer) if row["index"].startswith("evaluation-")] == []
