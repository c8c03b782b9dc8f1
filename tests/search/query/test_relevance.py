import json
from pathlib import Path

import pytest

from search.query.relevance import BrokenSet, Measures, average, measure, read_set

PRODUCT = {
    "id": "p1",
    "title_zh": "红枣",
    "title_en": "jujube",
    "title_ru": "",
    "desc_zh": "好",
    "category": "干果",
    "origin": "新疆",
}
QUERY = {"qid": "q1", "cls": "zh", "q": "红枣"}


def write(folder: Path, products: list[object], queries: list[object], labels: str) -> Path:
    for name, rows in (("products", products), ("queries", queries)):
        lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
        (folder / f"{name}.jsonl").write_text("\n".join(lines), "utf-8")
    (folder / "qrels.tsv").write_text(labels, "utf-8")
    return folder


def test_read_set(tmp_path: Path) -> None:
    data = read_set(write(tmp_path, [PRODUCT, {**PRODUCT, "id": "p2"}], [QUERY], "q1\tp1\t3\nq1\tp2\t1\n"))

    assert data.products[0].titles == ("红枣", "jujube", "")
    assert data.products[0].bodies == ("好", "干果", "新疆")
    assert dict(data.queries[0].labels) == {"p1": 3, "p2": 1}


def test_read_set_takes_what_tools_of_others_write(tmp_path: Path) -> None:
    """Windows line ends, a byte order mark, blank lines, separators of Unicode in a text, fields more and fewer."""
    write(tmp_path, [], [], "")
    odd = {"id": "p1", "title_zh": "红枣\u2028新疆\u0085\x0c", "title_en": None, "stock": {"a": 1}}
    lines = [json.dumps(odd, ensure_ascii=False), " ", json.dumps({"id": "p2", "title_ru": "финик", "desc_zh": ""})]
    (tmp_path / "products.jsonl").write_bytes(("\ufeff" + "\r\n".join(lines) + "\r\n\r\n").encode())
    (tmp_path / "queries.jsonl").write_bytes(b'\xef\xbb\xbf{"qid": "q1", "q": "x", "by": 1}\r\n\r\n')
    (tmp_path / "qrels.tsv").write_bytes(b"\xef\xbb\xbfq1\tp1\t3\r\n\r\nq1\tp2\t0\r\nq1\tp1\t3\r\n")

    data = read_set(tmp_path)

    assert [product.titles for product in data.products] == [("红枣\u2028新疆\u0085\x0c", "", ""), ("", "", "финик")]
    assert [(query.kind, dict(query.labels)) for query in data.queries] == [("", {"p1": 3, "p2": 0})]
    assert data.remarks == ()


def test_read_set_tells_what_it_passes_over(tmp_path: Path) -> None:
    queries: list[object] = [QUERY, {**QUERY, "qid": "q2"}, {**QUERY, "qid": "q3"}]

    data = read_set(write(tmp_path, [PRODUCT], queries, "q1\tp1\t3\nq1\tp9\t2\nq2\tp1\t1\nq9\tp1\t3\n"))

    assert [query.is_judged for query in data.queries] == [True, False, False]
    assert measure(["p1"], data.queries[0].labels).recall100 == 0.5
    assert [remark.partition(" ")[0] for remark in data.remarks] == ["1", "1", "2"]
    assert "left out of the means" in data.remarks[2]


@pytest.mark.parametrize(
    ("products", "queries", "labels", "says"),
    [
        ([PRODUCT, PRODUCT], [QUERY], "q1\tp1\t3", "products.jsonl, line 2: there was a product 'p1' before"),
        ([PRODUCT], [QUERY, QUERY], "q1\tp1\t3", "queries.jsonl, line 2: there was a query 'q1' before"),
        ([], [QUERY], "q1\tp1\t3", "products.jsonl: no products"),
        ([PRODUCT], [QUERY], "q1\tp1\t3\nq1\tp1\t2", "line 2: q1 and p1 are labelled twice"),
        ([PRODUCT], [QUERY], "q1\tp1\t4", "line 1"),
        ([PRODUCT], [QUERY], "q1 p1 3", "line 1"),
        ([PRODUCT], [QUERY], "q1\tp1\t1", "no product is right for any query"),
        ([PRODUCT], [QUERY], "", "no product is right for any query"),
        ([PRODUCT], [], "", "no queries"),
        ([PRODUCT, "{"], [QUERY], "q1\tp1\t3", "products.jsonl, line 2"),
        (["[]"], [QUERY], "q1\tp1\t3", "no object"),
        ([{"id": "p1", "title_zh": " "}], [QUERY], "q1\tp1\t3", "line 1: a product needs an 'id' and a title"),
        ([{**PRODUCT, "origin": 1}], [QUERY], "q1\tp1\t3", "'origin' is no text"),
        ([PRODUCT], [{"qid": "q1", "cls": "zh"}], "q1\tp1\t3", "'q'"),
    ],
)
def test_broken_set_says_what_is_wrong(
    tmp_path: Path, products: list[object], queries: list[object], labels: str, says: str
) -> None:
    with pytest.raises(BrokenSet, match=says):
        read_set(write(tmp_path, products, queries, labels))


@pytest.mark.parametrize("name", ["products.jsonl", "queries.jsonl", "qrels.tsv"])
def test_missing_or_unreadable_file_is_named(tmp_path: Path, name: str) -> None:
    write(tmp_path, [PRODUCT], [QUERY], "q1\tp1\t3")
    (tmp_path / name).write_bytes(b"\xff\xfe")
    with pytest.raises(BrokenSet, match=name):
        read_set(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(BrokenSet, match=name):
        read_set(tmp_path)


def test_measure_of_a_perfect_ranking_is_one() -> None:
    assert measure(["a", "b", "c"], {"a": 3, "b": 2, "c": 1}) == Measures(1.0, 1.0, 1.0, 0.0)


def test_measure_by_hand() -> None:
    found = measure(["x", "b", "a"], {"a": 3, "b": 1, "c": 2})

    # gains 0, 1, 7 at discounts log2(2), log2(3), log2(4); best is 7, 3, 1
    assert found.ndcg10 == pytest.approx((1 / 1.5849625 + 7 / 2) / (7 + 3 / 1.5849625 + 1 / 2))
    assert (found.recall100, found.mrr, found.zero_relevant) == (0.5, 1 / 3, 0.0)


def test_measure_counts_the_first_hundred_and_ten() -> None:
    strangers = [f"x{n}" for n in range(100)]

    assert measure([*strangers, "a"], {"a": 3}) == Measures(0.0, 0.0, 0.0, 1.0)
    assert measure([*strangers[:10], "a"], {"a": 3}) == Measures(0.0, 1.0, 1 / 11, 0.0)
    assert measure([], {"a": 3}) == Measures(0.0, 0.0, 0.0, 1.0)
    assert measure(["b"], {"a": 3, "b": 1}).zero_relevant == 1.0


def test_average() -> None:
    assert average([Measures(1, 1, 1, 0), Measures(0, 0.5, 0, 1)]) == Measures(0.5, 0.75, 0.5, 0.5)
    assert average([]) is None
