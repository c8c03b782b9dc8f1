"""Receivers of the outbox and steps of the worker; each may run twice."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from catalog.products.events import products_changed
from catalog.products.models import Product
from market.common.outbox.drain import SomeFailed, TryLater
from market.common.outbox.models import OutboxEvent
from search.engines.base import EngineError, IndexMissing
from search.products.actions.count_words import are_words_old, count_words
from search.products.actions.rebuild_index import rebuild_index
from search.products.engine import Desk, database_engine, search_desk
from search.products.models import SearchDocument
from search.products.write import write_products

KEEP_GONE = timedelta(days=1)


def index_products(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Receiver of `product.changed`: events are collapsed by product, state is loaded afresh. Without an index one is
    built, from everything there is."""
    by_product: dict[int, list[int]] = defaultdict(list)
    for event in events:
        by_product[int(event.subject)].append(event.pk)
    failed = _write(by_product, now)
    if failed:
        raise SomeFailed({pk: error for product, error in failed.items() for pk in by_product[product]})


def index_enterprises(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Receiver of `enterprise.changed`: all its products appear or disappear. One that fails comes again by itself."""
    ids = {int(event.subject) for event in events}
    failed = _write(Product.objects.filter(enterprise_id__in=ids).values_list("pk", flat=True), now)
    if failed:
        with transaction.atomic():
            products_changed(failed, reason="retry", now=now)


def _write(product_ids: Iterable[int], now: datetime) -> Mapping[int, Exception]:
    try:
        return write_products(product_ids)
    except IndexMissing:
        return _rebuild(now)
    except EngineError as error:
        raise TryLater(str(error)) from error


def _rebuild(now: datetime) -> Mapping[int, Exception]:
    try:
        rebuild_index(now=now)
    except EngineError as error:
        raise TryLater(str(error)) from error
    return {}


def keep_index(now: datetime) -> int:
    """Step of the worker: a missing or empty index is built without anybody asking, and an embedded one of another
    version too. (A server's index may serve programs of several versions: there it is a person's word.)"""
    desk = search_desk()
    if not desk.is_time_to_look():
        return 0
    if _is_to_build(desk):
        _rebuild(now)
        return 1
    database_engine().forget_gone(now - KEEP_GONE)
    if are_words_old(now):
        count_words(now)
    return 0


def _is_to_build(desk: Desk) -> bool:
    if not desk.written:
        return not SearchDocument.objects.exists() and Product.objects.published().exists()
    try:
        desk.main.count()
    except IndexMissing:
        return True
    except EngineError:
        return False
    return desk.main.code == "tantivy" and bool(desk.health().problem)
