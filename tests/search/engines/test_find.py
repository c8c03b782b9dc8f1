from pathlib import Path

import pytest

from search.analysis.concepts import Concept, Concepts
from search.analysis.streams import streams
from search.engines.base import STREAMS, Document, EngineAnswer, FacetRequest, Field, Key, Schema, SearchRequest, Sort
from search.engines.find import BROWSE, ENOUGH, NOTHING, Cursor, Found, find
from search.engines.tantivy import TantivyEngine
from search.query.passes import CHARACTERS, LOOSE, RELAXED, STRICT
from search.query.tree import HasValue
from search.query.vocabulary import Vocabulary, VocabularyBuilder

CONCEPTS = Concepts(
    [
        Concept("jujube", "product", (("zh-hans", "红枣"), ("en", "jujube"), ("ru", "унаби"))),
        Concept("xinjiang", "place", (("zh-hans", "新疆"), ("en", "Xinjiang"))),
    ]
)
SCHEMA = Schema((Field("grade", "keyword"), Field("price", "number")), "find-1")
GRADE = FacetRequest("grade", "grade")
PRICE = FacetRequest("price", "price", buckets=((None, 50), (50, None)))


class Shop:
    """Products by title; the grade is the first letter, the price the number of the product."""

    def __init__(self, root: Path, titles: dict[str, str]) -> None:
        self.engine = TantivyEngine(root)
        self.asked: list[SearchRequest] = []
        builder = VocabularyBuilder()
        documents = []
        for number, (pid, title) in enumerate(titles.items()):
            found = streams([title], [])
            builder.add([title], found.py)
            tokens = {name: getattr(found, name) for name in STREAMS}
            documents.append(Document(pid, tokens, {"grade": (pid[0],)}, {"price": number}, {}, {}, 1))
        self.engine.create(SCHEMA, "g1")
        self.engine.write(documents, generation="g1")
        self.engine.swap("g1")
        self.vocabulary: Vocabulary = builder.build(CONCEPTS.spellings())

    code = "shop"

    def search(self, request: SearchRequest) -> EngineAnswer:
        self.asked.append(request)
        return self.engine.search(request)

    def find(self, text: str, cursor: Cursor | None = None, **request: object) -> Found:
        return find(
            self,  # type: ignore[arg-type]
            text,
            SearchRequest(**request),  # type: ignore[arg-type]
            concepts=CONCEPTS,
            vocabulary=self.vocabulary,
            cursor=cursor,
        )


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(
        tmp_path,
        {
            "a1": "新疆红枣",
            "a2": "Xinjiang jujubes",
            "b1": "унаби",
            "b2": "宁夏红枣",
            "c1": "新疆核桃",
            "c2": "灰枣",
            "d1": "Walnuts",
        },
    )


def pids(found: Found) -> list[str]:
    return [hit.pid for hit in found.hits]


def test_passes_follow_from_strict_to_characters_and_no_hit_comes_twice(shop: Shop) -> None:
    found = shop.find("新疆红枣")

    assert found.ran == (STRICT, LOOSE, RELAXED, CHARACTERS)
    assert sorted(pids(found)[:2]) == ["a1", "a2"]
    assert sorted(pids(found)[2:4]) == ["b1", "b2"]
    assert pids(found)[4:] == ["c1", "c2"]
    assert (found.total, found.pass_name, found.corrected, found.cursor) == (6, STRICT, "", None)


def test_enough_strict_hits_ask_once_whatever_is_on_the_page(tmp_path: Path) -> None:
    shop = Shop(tmp_path, {f"a{n:02}": "新疆红枣" for n in range(ENOUGH)} | {"b1": "洪枣"})

    found = shop.find("红枣", size=2)

    assert (len(found.hits), found.ran, found.total) == (2, (STRICT,), ENOUGH)
    assert len(shop.asked) == 1


@pytest.mark.parametrize("size", [1, 2, 3, 6, 24])
def test_every_page_of_any_size_tells_the_same_total_and_counts(shop: Shop, size: int) -> None:
    whole = shop.find("新疆红枣", facets=(GRADE,))
    cursor: Cursor | None = None

    for _ in range(10):
        page = shop.find("新疆红枣", cursor, size=size, facets=(GRADE,))
        assert (page.total, page.facets, page.pass_name) == (whole.total, whole.facets, STRICT)
        assert page.hits
        cursor = page.cursor
        if cursor is None:
            break
    assert cursor is None


@pytest.fixture
def full_shop(tmp_path: Path) -> Shop:
    """Enough goods have both words; of grade b few have, and many have one of them."""
    both = {f"a{n:02}": "新疆红枣" for n in range(ENOUGH)} | {"b1": "新疆红枣", "b2": "新疆红枣"}
    return Shop(tmp_path, both | {f"b{n}": "宁夏红枣" for n in range(3, 9)} | {"c1": "新疆核桃"})


def test_chosen_value_brings_as_many_as_were_counted_for_it(full_shop: Shop) -> None:
    everything = full_shop.find("新疆红枣", facets=(GRADE, PRICE))

    for grade, count in everything.facets["grade"]:
        chosen = full_shop.find("新疆红枣", chosen={"grade": HasValue("grade", (grade,))}, facets=(GRADE, PRICE))
        assert (chosen.total, len(chosen.hits)) == (count, count), grade
        assert chosen.facets["grade"] == everything.facets["grade"]
    assert dict(everything.facets["grade"]) == {"a": ENOUGH, "b": 2}


def test_wider_passes_follow_a_choice_where_they_follow_without_it(shop: Shop) -> None:
    everything = shop.find("新疆红枣", facets=(GRADE,))

    for grade, count in everything.facets["grade"]:
        assert shop.find("新疆红枣", chosen={"grade": HasValue("grade", (grade,))}).total == count
    assert shop.find("新疆红枣", chosen={"grade": HasValue("grade", ("x",))}).ran == everything.ran


def test_order_by_a_number_keeps_to_the_pass_that_has_hits_without_the_choice(full_shop: Shop) -> None:
    chosen = {"grade": HasValue("grade", ("c",))}

    assert full_shop.find("新疆红枣", chosen=chosen, sort=Sort("price")).total == 0
    assert full_shop.find("新疆红枣", sort=Sort("price")).total == ENOUGH + 2


def test_choice_with_few_hits_costs_one_more_question(full_shop: Shop) -> None:
    full_shop.find("新疆红枣", chosen={"grade": HasValue("grade", ("b",))}, facets=(GRADE,))

    _, counted = full_shop.asked
    assert (counted.size, counted.facets, counted.chosen) == (0, (), {})


def test_pages_by_cursor_hold_every_hit_once_in_the_same_order(shop: Shop) -> None:
    whole = pids(shop.find("新疆红枣"))

    for size in (1, 2, 3, 5):
        seen: list[str] = []
        cursor: Cursor | None = None
        for _ in range(20):
            page = shop.find("新疆红枣", cursor, size=size)
            seen += pids(page)
            cursor = page.cursor
            if cursor is None:
                break
        assert seen == whole


def test_pages_by_offset_hold_the_same(shop: Shop) -> None:
    whole = pids(shop.find("新疆红枣"))

    for size in (1, 2, 3, 5):
        pages = [pids(shop.find("新疆红枣", offset=start, size=size)) for start in range(0, 8, size)]
        assert [pid for page in pages for pid in page] == whole


def test_facets_add_up_over_the_passes(shop: Shop) -> None:
    found = shop.find("新疆红枣", facets=(GRADE, PRICE))

    assert found.facets["grade"] == (("a", 2), ("b", 2), ("c", 2))
    assert found.facets["price"] == (("0", 6), ("1", 0))
    later = shop.find("新疆红枣", Cursor(2, Key(9.0, "")), size=1, facets=(GRADE,))
    assert dict(later.facets["grade"])["a"] == 2


def test_filters_hold_in_every_pass(shop: Shop) -> None:
    found = shop.find("新疆红枣", filters=(HasValue("grade", ("c",)),), hidden=("c1",))

    assert (pids(found), found.total) == (["c2"], 1)


def test_chosen_facet_counts_its_other_values(shop: Shop) -> None:
    found = shop.find("红枣", chosen={"grade": HasValue("grade", ("b",))}, facets=(GRADE,))

    assert set(pids(found)) == {"b1", "b2"}
    assert dict(found.facets["grade"]) == {"a": 2, "b": 2, "c": 1}


def test_sorted_by_a_number_is_one_list_of_the_strictest_pass_with_hits(shop: Shop) -> None:
    found = shop.find("红枣", sort=Sort("price", descending=True))
    assert (pids(found), found.ran) == (["b2", "b1", "a2", "a1"], (STRICT,))

    typo = shop.find("wallnuts", sort=Sort("price"))
    assert (pids(typo), typo.ran) == (["d1"], (STRICT, LOOSE))


def test_correction_is_told_only_when_the_text_as_typed_has_no_strict_hit(shop: Shop) -> None:
    found = shop.find("wallnuts")

    assert (pids(found), found.pass_name, found.corrected) == (["d1"], LOOSE, "walnuts")
    assert shop.find("walnuts").corrected == ""
    assert shop.find("wallnuts", filters=(HasValue("grade", ("z",)),)).corrected == ""  # nothing was found at all


def test_sound_finds_a_wrong_character(shop: Shop) -> None:
    found = shop.find("红早")

    assert found.pass_name == LOOSE
    assert set(pids(found)[:4]) == {"a1", "a2", "b1", "b2"}


def test_blank_text_browses_and_pages(shop: Shop) -> None:
    first = shop.find(" ", size=4, facets=(GRADE,))

    assert (pids(first), first.total, first.pass_name) == (["a1", "a2", "b1", "b2"], 7, BROWSE)
    rest = shop.find(" ", first.cursor, size=4)
    assert (pids(rest), rest.cursor) == (["c1", "c2", "d1"], None)


@pytest.mark.parametrize("text", ["😀", "the", "zzzzzzzz", "\x00"])
def test_nothing_found_says_so(shop: Shop, text: str) -> None:
    found = shop.find(text, facets=(GRADE,))

    assert (found.hits, found.total, found.pass_name, found.cursor) == ((), 0, NOTHING, None)
    assert found.facets == {"grade": ()}


@pytest.mark.parametrize("cursor", [Cursor(n, Key(0.0, "")) for n in (0, 3, 9)])
def test_cursor_beyond_the_end_is_an_empty_last_page(shop: Shop, cursor: Cursor) -> None:
    found = shop.find("新疆红枣", cursor, size=2)

    assert found.cursor is None or found.cursor != cursor
    assert len(found.hits) <= 2
