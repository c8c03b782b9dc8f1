import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
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


def write_set(folder: Path, titles: list[str], right: dict[str, str]) -> None:
    """Products p0, p1, ... with a Chinese title; queries q0, q1, ... with their one right product."""
    products = [{"id": f"p{number}", "title_zh": title} for number, title in enumerate(titles)]
    queries = [{"qid": f"q{number}", "cls": "own", "q": text} for number, text in enumerate(right)]
    for name, rows in (("products", products), ("queries", queries)):
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        (folder / f"{name}.jsonl").write_text("\n".join(lines), "utf-8")
    labels = [f"q{number}\t{pid}\t3" for number, pid in enumerate(right.values())]
    (folder / "qrels.tsv").write_text("\n".join(labels), "utf-8")


def evaluated(folder: Path, *options: str, stderr: StringIO | None = None) -> dict[str, Any]:
    out = StringIO()
    call_command("evaluate_search", str(folder), "--json", *options, stdout=out, stderr=stderr or StringIO())
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


@pytest.mark.parametrize("engine", ["tantivy", pytest.param("database", marks=pytest.mark.django_db)])
def test_query_without_a_right_product_is_asked_told_and_left_out_of_the_means(tmp_path: Path, engine: str) -> None:
    write_set(tmp_path, ["红枣"], {"红枣": "p0", "没有的东西": "gone"})
    (tmp_path / "qrels.tsv").write_text("q0\tp0\t3\nq1\tp0\t0\n\n", "utf-8")
    (tmp_path / "queries.jsonl").write_text(
        '{"qid": "q0", "cls": "a", "q": "红枣"}\n\n{"qid": "q1", "cls": "b", "q": "没有的东西"}\n', "utf-8"
    )
    told = StringIO()

    found = evaluated(tmp_path, "--engine", engine, stderr=told)

    assert (found["queries"], found["ndcg10"], found["zero_relevant"]) == (2, 1.0, 0.0)
    assert [found["classes"][kind]["mrr"] for kind in "ab"] == [1.0, None]
    assert [set(row) for row in found["classes"].values()] == [set(found) - {"classes"}] * 2
    assert "1 queries without a right product" in told.getvalue()


def test_nothing_is_left_behind(small: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    place = tmp_path_factory.mktemp("temporary")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tempfile.tempdir", str(place))
        evaluated(small)

    assert list(place.iterdir()) == []


@pytest.mark.django_db
def test_database_is_measured_in_rows_that_are_gone_afterwards(small: Path) -> None:
    found = evaluated(small, "--engine", "database")

    assert found["engine"] == "database"
    assert found["zero_relevant"] < 0.1
    assert SearchDocument.objects.count() == 0


def test_database_that_nobody_has_migrated_is_measured_too(tmp_path: Path) -> None:
    """In a process of its own: the folder of its data is empty."""
    write_set(tmp_path, ["红枣", "核桃"], {"红枣": "p0", "унаби": "p0"})
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    ran = subprocess.run(
        [sys.executable, "manage.py", "evaluate_search", str(tmp_path), "--engine", "database", "--json"],
        cwd=settings.BASE_DIR,
        env={**kept, "DATA_DIR": str(tmp_path / "var")},
        capture_output=True,
        text=True,
        timeout=300,
    )

    assert (ran.returncode, ran.stderr) == (0, "")
    assert (json.loads(ran.stdout)["queries"], json.loads(ran.stdout)["mrr"]) == (2, 1.0)


def test_concepts_of_a_file_are_added_to_ours(tmp_path: Path) -> None:
    write_set(tmp_path, ["红枣", "核桃"], {"унаби": "p0", "罗布泊之珠": "p0", "qwertz": "p1"})
    own = tmp_path / "own.txt"
    own.write_text("\ufeff# of our own\r\nproduct jujube: 罗布泊之珠 | |\r\nproduct x: 核桃 | qwertz |\r\n", "utf-8")

    def misses(*options: str) -> int:
        return round(float(evaluated(tmp_path, *options)["zero_relevant"]) * 3)

    assert misses() == 2  # ours knows унаби
    assert misses("--concepts", str(own)) == 0
    assert misses("--no-concepts") == 3
    assert misses("--no-concepts", "--concepts", str(own)) == 2  # alone, the file's jujube has no other name


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

    (small / "qrels.tsv").write_text("q0\tp1\t9\n", "utf-8")
    with pytest.raises(CommandError, match=r"qrels\.tsv, line 1"):
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


def stopped(number: signal.Signals, *options: str, place: Path) -> tuple[int, str, str]:
    """The command in a process of its own, told to end while it asks its queries; twice, for the impatient."""
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    code = f"""
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
import django
django.setup()
from django.core.management import execute_from_command_line
import search.engines.evaluate as measured
index_set = measured.index_set
def and_then_stopped(*arguments):
    index_set(*arguments)
    os.kill(os.getpid(), {int(number)})
    os.kill(os.getpid(), {int(number)})
measured.index_set = and_then_stopped
execute_from_command_line(["manage.py", "evaluate_search", *sys.argv[1:]])
"""
    ran = subprocess.run(
        [sys.executable, "-c", code, str(SET), "--json", *options],
        cwd=settings.BASE_DIR,
        env={
            **kept,
            "DJANGO_SETTINGS_MODULE": "market.config.settings",
            "DATA_DIR": str(place / "var"),
            "TMPDIR": str(place),
        },
        capture_output=True,
        text=True,
        timeout=300,
    )
    return ran.returncode, ran.stdout, ran.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_by_a_signal_it_says_so_in_one_line_and_leaves_nothing(number: signal.Signals, tmp_path: Path) -> None:
    assert stopped(number, place=tmp_path) == (128 + number, "", "CommandError: stopped; nothing is left behind\n")

    assert [path.name for path in tmp_path.iterdir()] == ["var"]


@pytest.mark.services
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_by_a_signal_it_leaves_nothing_on_the_server(number: signal.Signals, tmp_path: Path) -> None:
    url = os.environ.get("ES_TEST_URL") or os.environ.get("SEARCH_URL", "")
    before = scratch_indexes(url)

    code, out, said = stopped(number, "--engine", "elasticsearch", "--url", url, place=tmp_path)

    assert (code, out, said) == (128 + number, "", "CommandError: stopped; nothing is left behind\n")
    assert left_of(url, before) == set()


def left_of(url: str, before: set[str]) -> set[str]:
    """What stays: another evaluation that runs beside this test takes its own away when it ends."""
    for _look in range(60):
        if not (left := scratch_indexes(url) - before):
            break
        time.sleep(1)
    return left


def scratch_indexes(url: str) -> set[str]:
    with urllib.request.urlopen(f"{url}/_cat/indices?format=json") as answer:  # noqa: S310 - the test server
        return {row["index"] for row in json.load(answer) if row["index"].startswith("evaluation-")}


@pytest.mark.parametrize(("engine", "code", "says"), [("tantivy", 0, ""), ("database", 1, "see DATABASE_URL")])
def test_database_that_cannot_be_opened_is_needed_by_the_database_alone(
    tmp_path: Path, engine: str, code: int, says: str
) -> None:
    write_set(tmp_path, ["红枣"], {"红枣": "p0"})
    own = {
        "DATA_DIR": str(tmp_path / "var"),
        "SECRET_KEY": "k7Qp-" * 12,
        "DATABASE_URL": f"sqlite:///{tmp_path}/nowhere/tuanji.sqlite3",
    }
    ran = subprocess.run(
        [sys.executable, "manage.py", "evaluate_search", str(tmp_path), "--engine", engine, "--json"],
        cwd=settings.BASE_DIR,
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        timeout=300,
    )

    assert (ran.returncode, says in ran.stderr, "Traceback" in ran.stderr) == (code, True, False)
