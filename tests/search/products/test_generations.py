"""A cursor belongs to an index; a new index is questioned before it answers; a slow engine is not waited for."""

import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import pytest
from django.db import connection
from pytest_django import Settings

from market.common.outbox.drain import drain_outbox
from search.engines.base import EngineAnswer, EngineError, SearchEngine, SearchRequest
from search.engines.tantivy import TantivyEngine
from search.products import queries
from search.products.actions.rebuild_index import rebuild_index
from search.products.actions.verify_index import Written, verified
from search.products.answer import SearchAnswer, SearchQuery
from search.products.engine import Desk, forget_desk, search_desk
from search.products.models import IndexGeneration, PinnedHit, SearchDocument
from search.products.queries import search_products
from search.products.schema import product_schema
from tests.builders import NOW, make_category, make_variant
from tests.market.common.test_time_limit import SLOW
from tests.search.products.steps import LATER, rebuild_that_writes_one

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("embedded")]


def ask(text: str = "灰枣", **wishes: Any) -> SearchAnswer:
    return search_products(SearchQuery(text=text, **wishes))


def ids(answer: SearchAnswer) -> list[int]:
    return [hit.product_id for hit in answer.hits]


def test_cursor_of_an_old_generation_begins_again() -> None:
    variants = [make_variant() for _ in range(5)]
    drain_outbox(NOW)
    PinnedHit.objects.create(text="灰枣", product_id=variants[4].product_id)
    first = ask(size=2)
    second = ask(size=2, cursor=first.cursor)
    rebuild_index(now=LATER)

    again = ask(size=2, cursor=second.cursor)

    assert ids(again) == ids(first)
    assert ids(again)[0] == variants[4].product_id
    assert ids(ask(size=2, cursor=again.cursor)) == ids(second)


def test_cursor_of_an_engine_that_has_gone_begins_again(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        make_variant()
    drain_outbox(NOW)
    first = ask(size=2)

    def broken(*args: object, **kwargs: object) -> EngineAnswer:
        raise EngineError("broken")

    monkeypatch.setattr(TantivyEngine, "search", broken)
    answer = ask(size=2, cursor=first.cursor)

    assert (answer.engine, answer.degraded) == ("database", True)
    assert ids(answer) == ids(ask(size=2))


def test_new_index_that_does_not_find_its_own_products_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    variant = make_variant()
    drain_outbox(NOW)
    live = search_desk().health().generation
    real = TantivyEngine.write

    def mangled(self: TantivyEngine, documents: Any, deletions: Any = (), *, generation: str | None = None) -> None:
        """As many documents of the right versions, with the tokens of another analysis."""
        lost = [replace(document, streams=dict.fromkeys(document.streams, "lost")) for document in documents]
        real(self, lost, deletions, generation=generation)

    with monkeypatch.context() as patch:
        patch.setattr(TantivyEngine, "write", mangled)
        with pytest.raises(EngineError, match=f"by their own names: {variant.product_id}-domestic"):
            rebuild_index(now=LATER)

    assert search_desk().health().generation == live
    assert ids(ask()) == [variant.product_id]
    assert IndexGeneration.objects.filter(state="failed").count() == 1


def test_new_index_that_lost_documents_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    variants = [make_variant() for _ in range(6)]
    drain_outbox(NOW)
    live = search_desk().health().generation

    with pytest.raises(EngineError, match="holds 1 documents, the database 6, without 5"):
        rebuild_that_writes_one(variants[0].product_id, monkeypatch)

    assert (search_desk().health().generation, ask().total) == (live, 6)


@pytest.mark.parametrize("lost", [["1-domestic"], ["2-domestic"], ["3-domestic"]])
def test_only_what_others_wrote_meanwhile_may_be_missing(lost: list[str]) -> None:
    """Versions 10 and 20 frame the last step, which wrote product 2; product 3 came later still."""
    for number, version in ((1, 5), (2, 15), (3, 25)):
        pid = f"{number}-domestic"
        SearchDocument.objects.create(
            pid=pid, product_id=number, channel="domestic", version=version, written_at=NOW, tokens=" a ", keywords=" "
        )
    engine = FakeIndex({pid for pid in ("1-domestic", "2-domestic", "3-domestic") if pid not in lost})
    written = Written(before=10, after=20, last=[2], failed=[])

    if lost == ["3-domestic"]:
        assert verified(cast("SearchEngine", engine), "g", written) == 2
    else:
        with pytest.raises(EngineError, match=f"without 1: {lost[0]}"):
            verified(cast("SearchEngine", engine), "g", written)


class FakeIndex:
    def __init__(self, pids: set[str]) -> None:
        self.pids = pids

    def count(self, *, generation: str) -> int:
        return len(self.pids)

    def versions(self, pids: list[str], *, generation: str) -> dict[str, int]:
        return {pid: 1 for pid in pids if pid in self.pids}


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_engine_that_takes_its_time_is_left_after_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each pass takes half a second; a third one would not be over in time, so the rows answer."""
    variant = make_variant()
    make_variant(name_zh="纸皮核桃", name_en="Walnuts", name_ru="Орехи", category=make_category("walnut"))
    drain_outbox(NOW)
    clock, engine, asked = Clock(), search_desk().main, []

    class Slow:
        code = "tantivy"

        def __getattr__(self, name: str) -> Any:
            return getattr(engine, name)

        def search(self, request: SearchRequest) -> EngineAnswer:
            asked.append(request)
            clock.now += 0.5
            return EngineAnswer((), 0)

    desk = Desk([Slow()], product_schema(), budget=0.8, clock=clock)  # type: ignore[list-item]
    monkeypatch.setattr(queries, "search_desk", lambda: desk)

    answer = ask()

    assert len(asked) == 2
    assert (ids(answer), answer.engine, answer.degraded) == ([variant.product_id], "database", True)


@pytest.fixture
def silent_server() -> Iterator[str]:
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_server_that_never_answers_is_not_waited_for(
    silent_server: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    variant = make_variant()
    drain_outbox(NOW)
    settings.SEARCH_URL = silent_server
    monkeypatch.setattr("search.engines.elasticsearch.SEARCH_SECONDS", 0.1)  # on a real server it is a minute here

    found = [ask() for _ in range(3)]

    assert [(ids(answer), answer.engine, answer.degraded) for answer in found] == [
        ([variant.product_id], "database", True)
    ] * 3


@pytest.mark.parametrize("url", ["database:", "tantivy"])
def test_slow_rows_are_left_when_the_time_is_over(
    url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long its statements would take: alone, and when it stands in for an engine that is away."""
    make_variant()
    drain_outbox(NOW)
    settings.SEARCH_URL = url if url == "database:" else f"tantivy://{settings.MEDIA_ROOT}/nothing"
    monkeypatch.setattr("search.products.engine.BUDGET", 0.4)
    forget_desk()

    def slow(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        is_count = "COUNT(*)" in sql and "search_products_searchdocument" in sql
        return execute(SLOW[connection.vendor], (), many, context) if is_count else execute(sql, params, many, context)

    with connection.execute_wrapper(slow):
        begun = time.monotonic()
        answer = ask("苹果 番茄 红枣 枸杞 核桃 葡萄干 土豆 玉米 大米 黄豆 花生 灰枣", with_facets=True)
        spent = time.monotonic() - begun

    assert (answer.hits, answer.total, answer.engine, answer.degraded) == ((), 0, "database", True)
    assert spent < 20
    assert ask("灰枣").total == 1
