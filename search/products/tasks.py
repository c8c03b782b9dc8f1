"""Receivers of the outbox and steps of the worker; each may run twice."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate

from catalog.products.events import products_changed
from catalog.products.models import Product
from market.common.kept import forget_kept
from market.common.outbox.drain import SomeFailed, TryLater
from market.common.outbox.models import OutboxEvent
from market.common.outbox.record import record_event
from market.compliance.queries import reach_stamp
from search.engines.base import UNFIT, EngineError, IndexMissing, IndexUnfit, SearchEngine
from search.products.actions.count_words import are_words_old, count_words, count_words_soon
from search.products.actions.rebuild_index import rebuild_index
from search.products.engine import database_engine, search_desk
from search.products.fan_out import TOUCHED, is_any_out_of_business, touched_products
from search.products.models import SearchDocument, VersionCounter
from search.products.write import write_products

logger = logging.getLogger(__name__)

KEEP_GONE = timedelta(days=1)
IN_A_TURN = 500
REACH = "reach"


def index_products(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Receiver of `product.changed`: events are collapsed by product, state is loaded afresh. Without an index one is
    built, from everything there is."""
    by_product: dict[int, list[int]] = defaultdict(list)
    for event in events:
        by_product[int(event.subject)].append(event.pk)
    failed = _write(by_product, now, is_again=_are_again(events))
    if failed:
        raise SomeFailed({pk: error for product, error in failed.items() for pk in by_product[product]})


def index_related(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Receiver of what happens to an enterprise, category, organisation unit or channel: all products below it are
    written again, five hundred in this turn."""
    subjects: dict[str, list[str]] = defaultdict(list)
    for event in events:
        subjects[event.topic].append(event.subject)
    forget_kept()
    for topic, keys in subjects.items():
        _write_touched(topic, keys, 0, now, is_again=_are_again(events))
    if is_any_out_of_business(subjects.get("enterprise.changed", ())):
        count_words_soon(now)  # its name would lead to a page that is not there


def index_touched(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Receiver of `products.touched`: the next five hundred of a change that touches more."""
    for event in events:
        told = event.payload
        _write_touched(event.subject, told["subjects"], told["after"], now, is_again=_are_again([event]))


def _write_touched(topic: str, subjects: Sequence[str], after: int, now: datetime, *, is_again: bool) -> None:
    """A new price is to be found within seconds, whatever touches all goods meanwhile: so what is left goes behind it,
    as an event. One product that fails comes again by itself."""
    touched = touched_products(topic, subjects, after=after, most=IN_A_TURN)
    failed = _write(touched, now, is_again=is_again)
    with transaction.atomic():
        if failed:
            products_changed(failed, reason="retry", now=now)
        if len(touched) == IN_A_TURN:
            record_event(TOUCHED, topic, now=now, subjects=list(subjects), after=touched[-1])


def _are_again(events: Sequence[OutboxEvent]) -> bool:
    """All have been tried before: the rows have them."""
    return all(event.attempts for event in events)


def _write(product_ids: Iterable[int], now: datetime, *, is_again: bool) -> Mapping[int, Exception]:
    """What waits for an index that is away or of another version is not loaded again and again meanwhile."""
    ids = list(product_ids)
    desk = search_desk()
    try:
        if is_again:
            desk.require_any()
        return write_products(ids)
    except IndexMissing as error:
        missing = [engine for engine in desk.written if _is_to_build(engine)]
        if not missing:
            raise TryLater(str(error)) from error
        _rebuild(now, missing)
        if len(desk.written) > 1:
            raise TryLater(f"an index was built after: {error}") from error  # the other one may have missed this change
        return {}
    except EngineError as error:
        raise TryLater(str(error)) from error


def _rebuild(now: datetime, engines: Sequence[SearchEngine]) -> None:
    try:
        rebuild_index(now=now, engines=engines)
    except EngineError as error:
        raise TryLater(str(error)) from error


def rebuild_asked(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Receiver of `search.rebuild`: however many asked, one new index. While another process builds one, later."""
    del events
    try:
        rebuild_index(now=now)
    except EngineError as error:
        raise TryLater(str(error)) from error


def keep_index(now: datetime) -> int:
    """Step of the worker: a missing or empty index is built without anybody asking, and an embedded one of another
    version too. (A server's index may serve programs of several versions: there it is a person's word.)"""
    desk = search_desk()
    if not desk.is_time_to_look():
        return 0
    missing = [engine for engine in desk.written if _is_to_build(engine)]
    if missing or (not desk.written and _is_without_rows()):
        try:
            rebuild_index(now=now, engines=missing)
        except EngineError as error:
            logger.warning("the index cannot be built, the next look is in half a minute: %s", error)
            return 0
        return 1
    database_engine().forget_gone(now - KEEP_GONE)
    _tell_of_reach(now)
    if are_words_old(now):
        count_words(now)
    return 0


def _tell_of_reach(now: datetime) -> None:
    """Where goods may go stands in their documents. A rule set that was published, or a rule whose day has come, is
    told as a change of destinations is; of several workers by one."""
    stamp = reach_stamp(localdate(now))
    with transaction.atomic():
        known, is_new = VersionCounter.objects.get_or_create(name=REACH, defaults={"value": stamp})
        differs = VersionCounter.objects.filter(name=REACH).exclude(value=stamp)
        if is_new or (known.value != stamp and differs.update(value=stamp)):
            record_event("destination.changed", 0, now=now)


def _is_without_rows() -> bool:
    return not SearchDocument.objects.exists() and Product.objects.published().exists()


def _is_to_build(engine: SearchEngine) -> bool:
    try:
        engine.count()
    except IndexUnfit:
        return engine.code == "tantivy"
    except IndexMissing:
        return True
    except EngineError:
        return False
    return engine.code == "tantivy" and engine.health(search_desk().schema.version).cause == UNFIT
