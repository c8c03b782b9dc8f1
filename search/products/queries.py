"""Find products. Everything that lists products comes here, so only what the public may see is ever listed."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.timezone import localdate

from catalog.products.models import ChannelListing
from market.channels.queries import currency_of, is_export_channel
from market.common.clock import read_clock
from market.common.prepared import IsIn, Param, PreparedSelect
from market.enterprises.models import Enterprise
from search.analysis.concepts import Concepts
from search.engines.base import TOTAL_CAP, SearchEngine, SearchRequest
from search.engines.breaker import Served
from search.engines.find import Cursor, Found, find
from search.products.answer import Card, SearchAnswer, SearchQuery
from search.products.attributes import (
    common_category,
    is_counting_attributes,
    name_attributes,
)
from search.products.cards import card_of
from search.products.codes import products_coded
from search.products.curation import Curation, curation_of, is_hidden_everywhere
from search.products.cursor import Place, order_of, read_cursor, write_cursor
from search.products.engine import Desk, search_desk
from search.products.facets import name_facets
from search.products.models import SearchDocument
from search.products.pinned import Page, is_among_pinned, page_with_pinned
from search.products.query_log import query_counter
from search.products.rated import is_any_rated
from search.products.request import request_of
from search.products.schema import pid_of
from search.products.words import search_concepts, search_suggestions, search_vocabulary
from search.query.passes import CHARACTERS, RELAXED
from search.query.suggest import Suggestion
from search.query.vocabulary import Vocabulary

MAX_TEXT = 200


def search_products(query: SearchQuery) -> SearchAnswer:
    """Effects: none. A packing's code, officers' choices, passes from strict to loose over the engine that answers,
    hits looked at once more in the database. As many statements for three hits as for thirty; any text gets an
    answer."""
    started = time.perf_counter()
    if len(query.text) > MAX_TEXT:
        query = replace(query, text=query.text[:MAX_TEXT])
    today = localdate(read_clock())
    month = today.month
    curation = curation_of(query.text).with_coded(products_coded(query.text))
    currency = currency_of(query.channel) if query.with_facets else ""
    request = request_of(
        query,
        month=month,
        currency=currency,
        is_export=query.with_facets and is_export_channel(query.channel),
        hidden=curation.hidden + curation.pinned,
        is_rated=is_any_rated(),
    )
    place = read_cursor(query.cursor)
    # Words may have to be loaded first, which the time of the search is not to pay for.
    words = search_concepts(), search_vocabulary()
    desk = search_desk()
    served = desk.guarded.run(lambda engine: _ask(desk, engine, query, request, curation, place, words))
    if served.degraded:
        desk.forget_good()
    answer = _answer(served, query, month, currency, started)
    if query.with_log and query.is_words_alone:
        is_loose = answer.pass_name in (RELAXED, CHARACTERS)
        query_counter.note(query.text, query.channel, total=answer.total, day=today, is_loose=is_loose)
    return answer


def cards_of(product_ids: Sequence[int], *, channel: str, language: str) -> list[Card]:
    """These products in this order, without those the public may not see at this moment. One statement."""
    visible = _visible(channel, (pid_of(product_id, channel) for product_id in product_ids))
    month = localdate(read_clock()).month
    found = (visible.get(pid_of(product_id, channel)) for product_id in product_ids)
    return [card_of(product_id, show, language, month) for product_id, show in filter(None, found)]


def suggest(typed: str, *, channel: str = "domestic", limit: int = 10) -> tuple[Suggestion, ...]:
    """What somebody may be about to type: products, categories, places, sellers, what others searched in this channel;
    the most frequent there first."""
    return search_suggestions().suggest(typed, channel, limit)


@dataclass(frozen=True)
class _Reply:
    """A page of hits, and the list it is of."""

    page: Page
    order: str


def _ask(
    desk: Desk,
    engine: SearchEngine,
    query: SearchQuery,
    request: SearchRequest,
    curation: Curation,
    place: Place | None,
    words: tuple[Concepts, Vocabulary],
) -> _Reply:
    """A cursor of another list, and so of another index, says nothing about this one: it begins again."""
    order = order_of(query, desk.require_index(engine))
    start = place.cursor if place is not None and place.order == order else None
    concepts, vocabulary = words

    def found_in(request: SearchRequest, cursor: Cursor | None) -> Found:
        return find(engine, query.text, request, concepts=concepts, vocabulary=vocabulary, cursor=cursor)

    if not curation.pinned:
        return _Reply(Page((), found_in(request, None if is_among_pinned(start) else start)), order)
    is_exact = curation.is_exact
    return _Reply(page_with_pinned(engine, request, start, curation.pinned, found_in, is_exact=is_exact), order)


def _answer(served: Served[_Reply], query: SearchQuery, month: int, currency: str, started: float) -> SearchAnswer:
    page = served.answer.page
    found = page.found
    shown = [*page.pinned, *found.hits]
    visible = _visible(query.channel, (hit.pid for hit in shown))
    cards = tuple(
        card_of(product_id, show, query.language, month, found.marks)
        for hit in shown
        if hit.pid in visible
        for product_id, show in [visible[hit.pid]]
    )
    total = found.total + page.count - (len(shown) - len(cards))
    facets = name_facets(found.facets, query, currency) if query.with_facets else {}
    titles: dict[str, str] = {}
    if is_counting_attributes(query):
        category = query.category or common_category(found.facets.get("category", ()), found.total + page.count)
        attributes, titles = name_attributes(found.facets, query, category)
        facets |= attributes
    return SearchAnswer(
        hits=cards,
        total=max(total, 0),
        facets=facets,
        titles=titles,
        engine=served.engine,
        degraded=served.degraded,
        pass_name=found.pass_name,
        corrected=found.corrected,
        cursor=write_cursor(found.cursor, served.answer.order),
        is_capped=found.total >= TOTAL_CAP,
        took_ms=round((time.perf_counter() - started) * 1000),
    )


def _visible(channel: str, pids: Iterable[str]) -> dict[str, tuple[int, str]]:
    """One statement: of these, the ones the public may see at this moment and no officer has taken out of every list,
    with the newest card as JSON. An index may be a second late; a suspended seller's goods are not shown even for that
    second."""
    wanted = list(pids)
    if not wanted:
        return {}
    rows = _visible_rows()(channel=channel, pids=wanted)
    return {pid: (product_id, show) for pid, product_id, show in rows}


@cache
def _visible_rows() -> PreparedSelect[tuple[Any, ...]]:
    def build() -> "QuerySet[SearchDocument, tuple[Any, ...]]":
        offered = ChannelListing.objects.filter(
            product_id=OuterRef("product_id"),
            channel__code=Param("channel", CharField()),
            channel__is_active=True,
            product__state="published",
            product__enterprise__state=Enterprise.State.APPROVED,
        )
        standing = SearchDocument.objects.filter(IsIn(F("pid"), "pids", CharField(max_length=60)), is_gone=False)
        found = standing.filter(Exists(offered)).exclude(is_hidden_everywhere()).order_by()
        return found.values_list("pid", "product_id", Cast("show", TextField()))

    return PreparedSelect(build)
