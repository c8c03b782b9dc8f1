"""What search promises on the relevance set that lies beside these tests."""

from pathlib import Path

import pytest

from search.analysis.concepts import NO_CONCEPTS, built_in_concepts
from search.engines.evaluate import Report, evaluate, percentile
from search.engines.tantivy import TantivyEngine
from search.query.relevance import RelevanceSet, read_set

SET = Path(__file__).parents[2] / "data" / "search" / "agri-dev"
# nDCG@10 of the pipeline without a dictionary, from the README of the set.
BASELINE = {
    "zh": 0.820,
    "zh_alias": 0.653,
    "zh_trad": 0.859,
    "zh_homophone": 0.813,
    "zh_origin": 0.819,
    "zh_weight": 0.808,
    "zh_grade_origin": 0.686,
    "pinyin": 0.789,
    "pinyin_spaced": 0.788,
    "pinyin_prefix": 0.709,
    "en": 0.842,
    "en_plural": 0.842,
    "en_typo": 0.769,
    "en_prefix": 0.770,
    "en_origin": 0.801,
    "ru": 0.712,
    "ru_inflected": 0.712,
    "ru_typo": 0.624,
    "ru_origin": 0.677,
}


@pytest.fixture(scope="module")
def judged() -> RelevanceSet:
    return read_set(SET)


@pytest.fixture(scope="module")
def report(judged: RelevanceSet, tmp_path_factory: pytest.TempPathFactory) -> Report:
    return evaluate(TantivyEngine(tmp_path_factory.mktemp("index")), judged, built_in_concepts(), "g1")


def test_targets_are_met(report: Report) -> None:
    assert (report.products, report.queries) == (588, 723)
    assert report.overall is not None
    assert report.overall.ndcg10 >= 0.90
    assert report.overall.recall100 >= 0.95
    assert report.overall.mrr >= 0.97
    assert report.overall.zero_relevant <= 0.005


@pytest.mark.parametrize("kind", BASELINE)
def test_every_class_is_better_than_without_a_dictionary(report: Report, kind: str) -> None:
    count, measures, _ = report.classes[kind]

    assert count > 10
    assert measures is not None
    assert measures.ndcg10 >= BASELINE[kind]


def test_search_is_good_without_any_dictionary(judged: RelevanceSet, tmp_path: Path) -> None:
    """A shop with products nobody put in a dictionary still finds them."""
    overall = evaluate(TantivyEngine(tmp_path), judged, NO_CONCEPTS, "g1").overall

    assert overall is not None
    assert overall.ndcg10 >= 0.75
    assert overall.mrr >= 0.94
    assert overall.zero_relevant <= 0.02


def test_report_has_its_keys_for_all_and_for_every_class(report: Report) -> None:
    row = report.as_dict()
    classes = row.pop("classes")
    measured = {"queries", "ndcg10", "recall100", "mrr", "zero_relevant", "p50_ms", "p95_ms"}
    keys = measured | {"engine", "products", "index_seconds"}

    assert set(row) == keys
    assert isinstance(classes, dict)
    assert set(classes) == set(BASELINE)
    assert all(set(found) == keys for found in classes.values())


@pytest.mark.parametrize(
    ("values", "share", "expected"), [([1], 95, 1), ([4, 1, 3, 2], 50, 2), ([*range(1, 101)], 95, 95)]
)
def test_percentile(values: list[float], share: int, expected: float) -> None:
    assert percentile(values, share) == expected
