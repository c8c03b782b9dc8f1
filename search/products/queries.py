"""Find products. Everything that lists products comes here, so only what the public may see is ever listed."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.db.models import Count, Q, QuerySet

from catalog.products.models import Category, Product
from market.common.clock import read_clock
from market.common.languages import ZH, column, normal_language
from search.analysis.streams import bigrams, characters, pieces, words
from search.products.answer import Card, FacetValue, SearchAnswer, SearchQuery
from search.products.models import SearchDocument

Documents = QuerySet[SearchDocument]
MAX_TEXT = 100
MAX_WORDS = 12
MAX_OFFSET = 10_000
SORTS: Final = {
    "relevance": ("-in_stock", "-product_id"),
    "newest": ("-product_id",),
    "price": ("price_per_kg", "product_id"),
    "-price": ("-price_per_kg", "product_id"),
}


def search_products(query: SearchQuery) -> SearchAnswer:
    """Passes from strict to loose; the first with hits answers, and says which it was."""
    now = read_clock()
    base = _filtered(query, now)
    for name, condition in _passes(query.text):
        found = base.filter(condition)
        total = found.count()
        if total:
            return _answer(query, found, total, name, now)
    return SearchAnswer(hits=(), total=0, facets=_facets(query, now) if query.with_facets else {}, pass_name="nothing")  # noqa: S106 - a pass over the index, no password


def _passes(text: str) -> list[tuple[str, Q]]:
    """Names and conditions over the token column. Empty text browses."""
    text = text[:MAX_TEXT]
    if not text.strip():
        return [("browse", Q())]
    tokens = words(text)[:MAX_WORDS]
    latin = [piece.text for piece in pieces(text) if piece.kind == "latin"]
    passes = [("strict", _all(tokens)), ("bigrams", _all(bigrams(text)))]
    if latin:
        joined = "".join(latin)
        passes.append(("pinyin", _token(joined) | _token(f"_{joined}")))
        passes.append(("prefix", Q(words__contains=f" {joined}") if len(joined) >= 3 else Q(pk__in=[])))
    passes.append(("relaxed", _any(tokens)))
    passes.append(("characters", _all(characters(text))))
    return passes


def _token(token: str) -> Q:
    return Q(words__contains=f" {token} ")


def _all(tokens: list[str]) -> Q:
    condition = Q() if tokens else Q(pk__in=[])
    for token in tokens:
        condition &= _token(token)
    return condition


def _any(tokens: list[str]) -> Q:
    condition = Q(pk__in=[])
    for token in tokens:
        condition |= _token(token)
    return condition


def _filtered(query: SearchQuery, now: datetime, without: str = "") -> Documents:
    """Every chosen filter, but not the one named: a facet counts under all filters but its own."""
    found = SearchDocument.objects.filter(channel=query.channel)
    if query.category and without != "category":
        found = found.filter(Q(category_path__contains=f"/{query.category}/"))
    if query.origins and without != "origin":
        condition = Q(pk__in=[])
        for code in query.origins:
            condition |= Q(origin_path__contains=f"/{code}/")
        found = found.filter(condition)
    if query.grades and without != "grade":
        found = found.filter(grade__in=query.grades)
    if query.price_per_kg_min is not None:
        found = found.filter(price_per_kg__gte=query.price_per_kg_min)
    if query.price_per_kg_max is not None:
        found = found.filter(price_per_kg__lte=query.price_per_kg_max)
    if query.in_season and without != "season":
        found = found.filter(Q(season_months__contains=f" {now.month} ") | Q(season_months=" 0 "))
    if query.in_stock and without != "stock":
        found = found.filter(in_stock=True)
    if query.enterprise:
        found = found.filter(seller_number=query.enterprise)
    return found


def _answer(query: SearchQuery, found: Documents, total: int, name: str, now: datetime) -> SearchAnswer:
    size = max(1, min(query.size, 100))
    start = min((max(query.page, 1) - 1) * size, MAX_OFFSET)
    rows = found.defer("words").order_by(*SORTS.get(query.sort, SORTS["relevance"]))[start : start + size]
    return SearchAnswer(
        hits=tuple(card(row, query.language, now.month) for row in rows),
        total=total,
        facets=_facets(query, now) if query.with_facets else {},
        pass_name=name,
    )


def card(row: SearchDocument, language: str, month: int) -> Card:
    """Pure: a document to what its card shows in a language."""
    language = normal_language(language)
    name = getattr(row, column("name", language))
    return Card(
        product_id=row.product_id,
        slug=row.slug,
        name=name or row.name_zh,
        name_language=language if name else ZH,
        price=row.price,
        price_per_kg=row.price_per_kg,
        currency=row.currency,
        unit=row.unit,
        net_kg=row.net_kg,
        moq=row.moq,
        seller_name=getattr(row, column("seller", language)) or row.seller_zh,
        seller_number=row.seller_number,
        origin_name=getattr(row, column("origin", language)) or row.origin_zh,
        thumbnail_url=row.thumbnail_url,
        grade=row.grade,
        category_slug=row.category_slug,
        in_stock=row.in_stock,
        in_season=f" {month} " in row.season_months or row.season_months == " 0 ",
    )


def _facets(query: SearchQuery, now: datetime) -> dict[str, tuple[FacetValue, ...]]:
    """Counts of the pass that answers, under every other chosen filter."""

    def found(without: str) -> Documents:
        base = _filtered(query, now, without)
        for _, condition in _passes(query.text):
            matching = base.filter(condition)
            if matching.exists():
                return matching
        return base.none()

    labels: dict[str, Callable[[str], str]] = {
        "category": {c.slug: c.name for c in Category.objects.all()}.get,  # type: ignore[dict-item]
        "grade": lambda value: str(dict(Product.Grade.choices).get(value, value)),
        "origin": lambda value: value,
    }
    chosen = {"category": (query.category,), "grade": query.grades, "origin": query.origins}
    columns = {"category": "category_slug", "grade": "grade", "origin": "origin_code"}
    facets = {}
    for name, field in columns.items():
        rows = found(name).values_list(field).annotate(n=Count("pk")).order_by("-n", field)[:50]
        facets[name] = tuple(
            FacetValue(value, labels[name](value) or value, count, value in chosen[name]) for value, count in rows
        )
    names = dict(
        SearchDocument.objects.filter(origin_code__in=[f.value for f in facets["origin"]])
        .values_list("origin_code", column("origin", query.language))
        .distinct()
    )
    facets["origin"] = tuple(
        FacetValue(f.value, names.get(f.value) or f.value, f.count, f.is_chosen) for f in facets["origin"]
    )
    return facets
