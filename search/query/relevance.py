"""Relevance data of graded labels, and what a ranking is worth by it. Pure; the folder's format is in its README."""

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEPTH = 100
GOOD = 2  # labels from here on are right answers
_TITLES, _BODIES = ("title_zh", "title_en", "title_ru"), ("desc_zh", "category", "origin")
_LINE_END = re.compile(r"\r?\n")  # not `splitlines`: a title may hold a line separator of Unicode


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

    @property
    def is_judged(self) -> bool:
        """There is a right answer to be found: only then a ranking is worth anything."""
        return any(label >= GOOD for label in self.labels.values())


@dataclass(frozen=True)
class RelevanceSet:
    """`remarks`: what was passed over in reading, in words."""

    products: tuple[Judged, ...]
    queries: tuple[Query, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Measures:
    ndcg10: float
    recall100: float
    mrr: float
    zero_relevant: float


def read_set(folder: Path) -> RelevanceSet:
    """products.jsonl, queries.jsonl and qrels.tsv. Blank lines, fields of other names and missing texts do not matter;
    labels of unknown queries are passed over. A labelled product that is not there can only be missed. Raises
    BrokenSet."""
    products: dict[str, Judged] = {}
    for row, where in _rows(folder / "products.jsonl"):
        product = _product(row, where)
        if products.setdefault(product.pid, product) is not product:
            raise BrokenSet(f"{where}: there was a product {product.pid!r} before")
    known = products.keys()
    typed = []
    labels: dict[str, dict[str, int]] = {}
    for row, where in _rows(folder / "queries.jsonl"):
        qid, kind, text = _query(row, where)
        if qid in labels:
            raise BrokenSet(f"{where}: there was a query {qid!r} before")
        labels[qid] = {}
        typed.append((qid, kind, text))
    if not products:
        raise BrokenSet(f"{folder / 'products.jsonl'}: no products")
    if not typed:
        raise BrokenSet(f"{folder / 'queries.jsonl'}: no queries")
    strangers, absent = 0, 0
    for where, qid, pid, label in _labels(folder / "qrels.tsv"):
        if qid not in labels:
            strangers += 1
            continue
        if labels[qid].setdefault(pid, label) != label:
            raise BrokenSet(f"{where}: {qid} and {pid} are labelled twice, and differently")
        absent += pid not in known
    queries = tuple(Query(qid, kind, text, labels[qid]) for qid, kind, text in typed)
    unjudged = sum(not query.is_judged for query in queries)
    if unjudged == len(queries):
        raise BrokenSet(f"{folder / 'qrels.tsv'}: no product is right for any query")
    remarks = (
        (strangers, "labels of queries that are not there were passed over"),
        (absent, "labels of products that are not there: they count as missed"),
        (unjudged, "queries without a right product (label 2 or 3) were asked, but are left out of the means"),
    )
    return RelevanceSet(tuple(products.values()), queries, tuple(f"{count} {what}" for count, what in remarks if count))


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


def average(measures: Iterable[Measures]) -> Measures | None:
    """None: there was nothing to measure."""
    rows = list(measures)
    if not rows:
        return None
    return Measures(
        ndcg10=sum(row.ndcg10 for row in rows) / len(rows),
        recall100=sum(row.recall100 for row in rows) / len(rows),
        mrr=sum(row.mrr for row in rows) / len(rows),
        zero_relevant=sum(row.zero_relevant for row in rows) / len(rows),
    )


def _gain(labels: Sequence[int]) -> float:
    return math.fsum((2.0**label - 1) / math.log2(rank + 1) for rank, label in enumerate(labels[:10], 1))


def _lines(path: Path) -> Iterable[tuple[str, str]]:
    """Those that are not blank, each with its place."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise BrokenSet(f"{path} is missing") from error
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenSet(f"{path}: {error}") from error
    return [(line, f"{path}, line {n}") for n, line in enumerate(_LINE_END.split(text), 1) if line.strip()]


def _rows(path: Path) -> Iterable[tuple[dict[str, Any], str]]:
    for line, where in _lines(path):
        try:
            row = json.loads(line)
        except ValueError as error:
            raise BrokenSet(f"{where}: no JSON: {error}") from error
        if not isinstance(row, dict):
            raise BrokenSet(f"{where}: no object")
        yield row, where


def _texts(row: Mapping[str, Any], names: Sequence[str], where: str) -> tuple[str, ...]:
    """A text that is missing or null is empty."""
    texts = tuple("" if row.get(name) is None else row[name] for name in names)
    for name, text in zip(names, texts, strict=True):
        if not isinstance(text, str):
            raise BrokenSet(f"{where}: {name!r} is no text")
    return texts


def _product(row: Mapping[str, Any], where: str) -> Judged:
    (pid,), titles = _texts(row, ("id",), where), _texts(row, _TITLES, where)
    if not pid or not any(title.strip() for title in titles):
        raise BrokenSet(f"{where}: a product needs an 'id' and a title")
    return Judged(pid, titles, _texts(row, _BODIES, where))


def _query(row: Mapping[str, Any], where: str) -> tuple[str, str, str]:
    qid, kind, text = _texts(row, ("qid", "cls", "q"), where)
    if not qid or not text.strip():
        raise BrokenSet(f"{where}: a query needs a 'qid' and its text 'q'")
    return qid, kind, text


def _labels(path: Path) -> Iterable[tuple[str, str, str, int]]:
    for line, where in _lines(path):
        parts = [part.strip() for part in line.split("\t")]
        if len(parts) != 3 or parts[2] not in ("0", "1", "2", "3"):
            raise BrokenSet(f"{where}: not `query, product, label 0 to 3` between tabs: {line!r}")
        yield where, parts[0], parts[1], int(parts[2])
