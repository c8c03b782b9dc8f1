"""Relevance data of graded labels, and what a ranking is worth by it. Pure; the folder's format is in its README."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEPTH = 100
GOOD = 2  # labels from here on are right answers
_PRODUCT_TEXTS = ("id", "title_zh", "title_en", "title_ru", "desc_zh", "category", "origin")


class BrokenSet(Exception):
    """Names the file, the line and what is wrong."""


@dataclass(frozen=True)
class Judged:
    """A product as far as relevance goes."""

    pid: str
    titles: tuple[str, ...]
    bodies: tuple[str, ...]


@dataclass(frozen=True)
class Query:
    qid: str
    kind: str
    text: str
    labels: Mapping[str, int]


@dataclass(frozen=True)
class RelevanceSet:
    products: tuple[Judged, ...]
    queries: tuple[Query, ...]


@dataclass(frozen=True)
class Measures:
    ndcg10: float
    recall100: float
    mrr: float
    zero_relevant: float


def read_set(folder: Path) -> RelevanceSet:
    """products.jsonl, queries.jsonl and qrels.tsv. Raises BrokenSet."""
    products = [_product(row, where) for row, where in _rows(folder / "products.jsonl")]
    known = {product.pid for product in products}
    if len(known) < len(products):
        raise BrokenSet(f"{folder / 'products.jsonl'}: a product id stands there twice")
    typed = [_query(row, where) for row, where in _rows(folder / "queries.jsonl")]
    labels: dict[str, dict[str, int]] = {qid: {} for qid, _, _ in typed}
    if len(labels) < len(typed):
        raise BrokenSet(f"{folder / 'queries.jsonl'}: a query id stands there twice")
    for where, qid, pid, label in _labels(folder / "qrels.tsv"):
        if qid not in labels or pid not in known:
            raise BrokenSet(f"{where}: no {'product ' + pid if qid in labels else 'query ' + qid}")
        if pid in labels[qid]:
            raise BrokenSet(f"{where}: {qid} and {pid} are labelled twice")
        labels[qid][pid] = label
    for qid, judged in labels.items():
        if not any(label >= GOOD for label in judged.values()):
            raise BrokenSet(f"{folder / 'qrels.tsv'}: no product is right for query {qid}")
    if not typed:
        raise BrokenSet(f"{folder / 'queries.jsonl'}: no queries")
    queries = tuple(Query(qid, kind, text, labels[qid]) for qid, kind, text in typed)
    return RelevanceSet(tuple(products), queries)


def measure(ranking: Sequence[str], labels: Mapping[str, int]) -> Measures:
    """One query. nDCG@10 with gain 2^label - 1 and discount log2(rank + 1); recall and reciprocal rank of labels 2 and
    3 among the first hundred."""
    ranking = ranking[:DEPTH]
    good = {pid for pid, label in labels.items() if label >= GOOD}
    ranks = [rank for rank, pid in enumerate(ranking, 1) if pid in good]
    ideal = _gain(sorted(labels.values(), reverse=True))
    return Measures(
        ndcg10=_gain([labels.get(pid, 0) for pid in ranking]) / ideal if ideal else 0.0,
        recall100=len(ranks) / len(good) if good else 0.0,
        mrr=1 / ranks[0] if ranks else 0.0,
        zero_relevant=0.0 if ranks else 1.0,
    )


def average(measures: Iterable[Measures]) -> Measures:
    rows = list(measures)
    return Measures(
        ndcg10=sum(row.ndcg10 for row in rows) / len(rows),
        recall100=sum(row.recall100 for row in rows) / len(rows),
        mrr=sum(row.mrr for row in rows) / len(rows),
        zero_relevant=sum(row.zero_relevant for row in rows) / len(rows),
    )


def _gain(labels: Sequence[int]) -> float:
    return math.fsum((2.0**label - 1) / math.log2(rank + 1) for rank, label in enumerate(labels[:10], 1))


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8").splitlines()
    except FileNotFoundError as error:
        raise BrokenSet(f"{path} is missing") from error
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenSet(f"{path}: {error}") from error


def _rows(path: Path) -> Iterable[tuple[dict[str, Any], str]]:
    for number, line in enumerate(_lines(path), 1):
        where = f"{path}, line {number}"
        try:
            row = json.loads(line)
        except ValueError as error:
            raise BrokenSet(f"{where}: no JSON: {error}") from error
        if not isinstance(row, dict):
            raise BrokenSet(f"{where}: no object")
        yield row, where


def _texts(row: Mapping[str, Any], names: Sequence[str], where: str) -> list[str]:
    for name in names:
        if not isinstance(row.get(name), str):
            raise BrokenSet(f"{where}: {name!r} is missing or no text")
    return [str(row[name]) for name in names]


def _product(row: Mapping[str, Any], where: str) -> Judged:
    pid, zh, en, ru, description, category, origin = _texts(row, _PRODUCT_TEXTS, where)
    if not pid or not zh:
        raise BrokenSet(f"{where}: a product needs an id and a Chinese title")
    return Judged(pid, (zh, en, ru), (description, category, origin))


def _query(row: Mapping[str, Any], where: str) -> tuple[str, str, str]:
    qid, kind, text = _texts(row, ("qid", "cls", "q"), where)
    return qid, kind, text


def _labels(path: Path) -> Iterable[tuple[str, str, str, int]]:
    for number, line in enumerate(_lines(path), 1):
        where = f"{path}, line {number}"
        parts = line.split("\t")
        if len(parts) != 3 or parts[2] not in ("1", "2", "3"):
            raise BrokenSet(f"{where}: not `query, product, label 1 to 3` between tabs: {line!r}")
        yield where, parts[0], parts[1], int(parts[2])
