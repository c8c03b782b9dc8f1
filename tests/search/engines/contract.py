"""What every search engine must do, ours or a user's. Subclass `EngineContract` in a test module and give it an
`engine` fixture that yields an engine without any index. One that promises no ranking takes
`MatchingContract` and `PagingContract`."""

import pytest

from search.engines.base import (
    FacetRequest,
    SearchEngine,
    SearchRequest,
    Sort,
)
from search.query.tree import AllOf, HasValue, InRange, Term
from tests.search.engines.documents import FRUIT, SCHEMA, build, document, find, pids
from tests.search.engines.matching_contract import MatchingContract
from tests.search.engines.paging_contract import PagingContract
from tests.search.engines.ranking_contract import GenerationContract, RankingContract


class EngineContract(MatchingContract, PagingContract, RankingContract, GenerationContract):
    """All of it, and that a request we wrote wrongly is our bug, not a failure to fall back from."""

    @pytest.mark.parametrize(
        "wrong",
        [
            SearchRequest(must=Term("title", "x")),
            SearchRequest(filters=(HasValue("colour", ("red",)),)),
            SearchRequest(filters=(InRange("grade", 1),)),
            SearchRequest(sort=Sort("grade")),
            SearchRequest(facets=(FacetRequest("f", "colour"),)),
            SearchRequest(must=AllOf(())),
            SearchRequest(size=-1),
            SearchRequest(offset=-1),
        ],
        ids=["stream", "field", "kind", "sort", "facet", "empty", "size", "offset"],
    )
    def test_wrong_request_is_a_value_error(self, engine: SearchEngine, wrong: SearchRequest) -> None:
        build(engine, FRUIT)

        with pytest.raises(ValueError):
            engine.search(wrong)

    def test_named_generation_is_searched_before_it_answers(self, engine: SearchEngine) -> None:
        build(engine, FRUIT)
        engine.create(SCHEMA, "g2")
        engine.write([document("new", "红枣")], generation="g2")

        engine.refresh()

        assert pids(engine.search(SearchRequest(must=Term("words", "红枣")), generation="g2")) == ["new"]
        assert sorted(find(engine)) == ["a", "b", "c"]

    def test_write_document_that_does_not_fit_leaves_nothing_behind(self, engine: SearchEngine) -> None:
        build(engine, FRUIT)

        for misfit in (document("z", keywords={"colour": ("red",)}), document("z", numbers={"grade": 1})):
            with pytest.raises(ValueError):
                engine.write([document("y"), misfit])
        with pytest.raises(ValueError):
            engine.write([document("y"), document("z", "")])

        engine.refresh()
        assert sorted(find(engine)) == ["a", "b", "c"]
