"""Count the words of all titles: what search corrects and completes by, and what it suggests."""

import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db.models import Count, F, QuerySet, Sum
from django.utils.timezone import localdate

from catalog.products.models import Category
from search.engines.database_match import MARKS
from search.products.answer import SearchQuery
from search.products.curation import is_hidden_everywhere
from search.products.models import QueryLog, SavedWords, SearchDocument
from search.products.queries import search_products
from search.products.words import forget_words, search_concepts, words_version
from search.query.passes import STRICT
from search.query.suggest import CATEGORIES, SELLERS, Suggestion, Suggestions
from search.query.vocabulary import VocabularyBuilder

COUNT_AFTER = timedelta(hours=1)
# Of another version: programs that still run save theirs every hour.
KEPT = timedelta(days=1)
ASKED_BEFORE = timedelta(days=90)
MAX_QUERIES = 500  # each is asked for once
MIN_SEARCHES, MIN_DAYS = 5, 3


def are_words_old(now: datetime) -> bool:
    """Also when one of the two kinds is missing: whoever counted died in between."""
    saved = SavedWords.objects.filter(version=words_version()).order_by("built_at").values_list("built_at", flat=True)
    times = list(saved)
    return len(times) < len(SavedWords.Kind) or times[0] <= now - COUNT_AFTER


def count_words_soon(now: datetime) -> None:
    """At the worker's next look instead of after the hour: there is a name that nobody is to be offered any more."""
    SavedWords.objects.filter(version=words_version(), built_at__gt=now - COUNT_AFTER).update(
        built_at=now - COUNT_AFTER
    )


def count_words(now: datetime) -> None:
    """Replaces what was saved, one pass over the documents; every process takes it up within a minute, and what older
    versions saved goes. Only now names
    of goods go that were withdrawn, suspended or hidden since the count before. A product counts for its own names and
    for what the thing it names is usually called, which others are too."""
    builder, names = VocabularyBuilder(), defaultdict[str, Counter[tuple[str, str, str]]](Counter)
    concepts, last = search_concepts(), 0
    for product_id, channel, show, tokens in _documents():
        titles, places, sellers = (list(filter(None, show[key])) for key in ("name", "origin", "seller"))
        if product_id != last:
            builder.add(titles, " ".join(_stream(tokens, "py")))
            last = product_id
        goods = concepts.goods_in(frozenset(_stream(tokens, "words")))
        called = (name for code in goods for name in concepts.usual_names(code))
        names[channel].update((name, "product", "") for name in {*titles, *called})
        names[channel].update((place, "place", "") for place in places)
        names[channel].update((seller, SELLERS, show["seller_number"]) for seller in dict.fromkeys(sellers))
    vocabulary = builder.build(concepts.spellings(), concepts.sounds())
    _save(SavedWords.Kind.VOCABULARY, vocabulary.save, now)
    offered = defaultdict[str, list[Suggestion]](list)
    for channel, counted in names.items():
        offered[channel] += [Suggestion(text, kind, count, target) for (text, kind, target), count in counted.items()]
    for channel, found in (*_categories(), *_queries(now)):
        offered[channel].append(found)
    _save(SavedWords.Kind.SUGGESTIONS, Suggestions.of(offered).save, now)
    SavedWords.objects.exclude(version=words_version()).filter(built_at__lt=now - KEPT).delete()
    forget_words()


def _listed() -> QuerySet[SearchDocument]:
    return SearchDocument.objects.filter(is_gone=False).exclude(is_hidden_everywhere())


def _documents() -> Iterator[tuple[int, str, dict[str, Any], list[str]]]:
    """Product, channel, what its card shows, and its tokens; those of a product follow one another."""
    rows = _listed().order_by("product_id", "pk").values_list("product_id", "channel", "show", "tokens")
    for product_id, channel, show, tokens in rows.iterator(chunk_size=500):
        yield product_id, channel, show, tokens.split()


def _stream(tokens: Iterable[str], name: str) -> list[str]:
    mark = MARKS[name]
    return [token.removeprefix(mark) for token in tokens if token.startswith(mark)]


def _categories() -> Iterator[tuple[str, Suggestion]]:
    """By channel, like what people searched."""
    counts = Counter(
        (channel, word.removeprefix("category="))
        for channel, keywords in _listed().values_list("channel", "keywords").iterator()
        for word in keywords.split()
        if word.startswith("category=")
    )
    categories = {
        category.slug: category for category in Category.objects.filter(slug__in={slug for _, slug in counts})
    }
    for (channel, slug), count in counts.items():
        category = categories.get(slug)
        for name in filter(None, (category.name_zh, category.name_en, category.name_ru) if category else ()):
            yield channel, Suggestion(name, CATEGORIES, count)


def _queries(now: datetime) -> Iterator[tuple[str, Suggestion]]:
    """What people searched in a channel on several days and what finds goods there by every word today: a name that
    somebody typed along finds nothing strictly, and what is no longer sold neither."""
    since = localdate(now - ASKED_BEFORE)
    asked = QueryLog.objects.filter(day__gte=since).order_by("text", "channel").values("text", "channel")
    counted = asked.annotate(times=Sum("searches"), misses=Sum("without_hits"), days=Count("day", distinct=True))
    often = counted.filter(times__gte=MIN_SEARCHES, days__gte=MIN_DAYS, misses__lt=F("times"))
    for row in often.order_by("-times")[:MAX_QUERIES]:
        query = SearchQuery(text=row["text"], channel=row["channel"], size=1, with_log=False)
        if search_products(query).pass_name == STRICT:
            yield row["channel"], Suggestion(row["text"], "query", row["times"])


def _save(kind: str, save: Callable[[Path, str], None], now: datetime) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / kind
        save(path, words_version())
        content = {"content": path.read_bytes(), "built_at": now}
        SavedWords.objects.update_or_create(kind=kind, version=words_version(), defaults=content)
