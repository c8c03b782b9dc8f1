"""Build the index afresh beside the live one, then swap: no search ever meets an empty index."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from catalog.products.models import Product
from market.common.clock import read_clock
from market.common.outbox.drain import try_again
from market.common.outbox.models import OutboxEvent
from search.engines.base import EngineError, SearchEngine
from search.products.actions.count_words import count_words
from search.products.actions.verify_index import Written, outdated_products, verified
from search.products.engine import Desk, search_desk
from search.products.fan_out import FAN_OUT, WAITING, touched_products
from search.products.models import IndexGeneration, SearchDocument
from search.products.turn import rebuild_turn, writers_turn
from search.products.versions import draw_version
from search.products.write import BATCH, write_batch

MARGIN = timedelta(minutes=10)
FEW = 500
KEEP_OLD = timedelta(days=1)
TOPICS = ("product.changed", *WAITING)
_NAMING = ("product.changed", *FAN_OUT)  # events whose subject says what changed
Report = Callable[[str], None]


def rebuild_index(
    *, now: datetime, report: Report = lambda line: None, engines: Sequence[SearchEngine] | None = None
) -> IndexGeneration | None:
    """Per engine (all that are written to, unless named), effects in order: what a killed rebuild left is dropped, a
    new generation, every product page by page, what changed meanwhile, a check, the swap, what changed during the swap,
    generations older than a day dropped. Then the words are counted, and changes that waited or were given up are tried
    at once. Database rows are written along the way, and are all there is to do (None) when the database is the engine.
    Returns the first engine's. Raises EngineError when an engine is away, another rebuild runs, or the check fails;
    that engine's live index is untouched then, and nothing is left of the new one."""
    desk = search_desk()
    wanted = desk.written if engines is None else tuple(engines)
    with rebuild_turn():
        built = [_rebuild_one(engine, desk, now, report) for engine in wanted]
        if not desk.written:
            _write_everything((), None)
        try_again(TOPICS, read_clock())
        count_words(now)
    return built[0] if built else None


def _rebuild_one(engine: SearchEngine, desk: Desk, now: datetime, report: Report) -> IndexGeneration:
    _drop_unfinished(engine)
    generation = _begin(engine, desk.schema.version, now)
    try:
        begun = draw_version()
        engine.create(desk.schema, generation.name)
        report(f"building {generation.name} of {engine.code}")
        failed = _write_everything((engine,), generation.name)
        since = _catch_up((engine,), generation.name, now - MARGIN)
        with writers_turn():
            before = draw_version()
            last = sorted({*_changed_since(since), *outdated_products(engine, generation.name, begun)})
            failed |= _write_all(last, (engine,), generation.name)
            generation.documents = verified(engine, generation.name, Written(before, draw_version(), last, failed))
            engine.swap(generation.name)
    except BaseException as error:  # Ctrl-C too
        _end(generation, IndexGeneration.State.FAILED, problem=f"{type(error).__name__}: {error}"[:2000])
        with suppress(EngineError, ValueError):  # away, or swapped already
            engine.drop(generation.name)
        raise
    _go_live(generation)
    desk.forget_check()
    # A drainer that had loaded before the swap may have written to the old index after it.
    with writers_turn():
        late = sorted({*_changed_since(since), *outdated_products(engine, None, begun)})
        _write_all(late, (engine,), None)
    report(f"{generation.name} of {engine.code} answers, {generation.documents} documents")
    _drop_old(engine, report)
    return generation


def _drop_unfinished(engine: SearchEngine) -> None:
    """Of rebuilds whose process was killed: nobody else builds now. One may have been swapped in just before."""
    standing = {name for name, _ in engine.generations()}
    for generation in IndexGeneration.objects.filter(engine=engine.code, state=IndexGeneration.State.BUILDING):
        try:
            if generation.name in standing:
                engine.drop(generation.name)
        except ValueError:  # it answers now
            _go_live(generation)
        else:
            _end(generation, IndexGeneration.State.FAILED, problem="the process that built it ended")


def _begin(engine: SearchEngine, version: str, now: datetime) -> IndexGeneration:
    last = IndexGeneration.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    taken = {name for name, _ in engine.generations()}
    number = next(n for n in range(last + 1, last + 10_000) if f"v{n}" not in taken)
    return IndexGeneration.objects.create(name=f"v{number}", engine=engine.code, schema_version=version, started_at=now)


def _write_everything(engines: tuple[SearchEngine, ...], generation: str | None) -> set[int]:
    """Returns the products whose document could not be made."""
    failed: set[int] = set()
    for ids in _pages():
        with writers_turn():
            failed.update(write_batch(ids, engines, generation))
    return failed


def _pages() -> Iterator[list[int]]:
    """Product numbers by primary key, and those that have a document but are no product any more."""
    last = 0
    while ids := list(Product.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield ids
        last = ids[-1]
    documents = SearchDocument.objects.filter(is_gone=False)
    known = Product.objects.values_list("pk", flat=True)
    stray = documents.exclude(product_id__in=known).values_list("product_id", flat=True).distinct()
    if ids := list(stray):
        yield ids


def _changed_since(since: datetime) -> list[int]:
    """Products that an event has named since then, drained or not."""
    events = OutboxEvent.objects.filter(topic__in=_NAMING, created_at__gte=since).values_list("topic", "subject")
    named: dict[str, set[str]] = {topic: set() for topic in _NAMING}
    for topic, subject in events.distinct():
        named[topic].add(subject)
    touched = {pk for topic in FAN_OUT for pk in touched_products(topic, named[topic])}
    return sorted({*map(int, named["product.changed"]), *touched})


def _write_all(ids: Sequence[int], engines: tuple[SearchEngine, ...], generation: str | None) -> set[int]:
    failed = set[int]()
    for start in range(0, len(ids), BATCH):
        failed.update(write_batch(ids[start : start + BATCH], engines, generation))
    return failed


def _catch_up(engines: tuple[SearchEngine, ...], generation: str, since: datetime) -> datetime:
    """Until little is left, so that the last step under the writers' turn is short. Returns since when."""
    while len(_changed_since(since)) > FEW:
        begun = read_clock() - timedelta(seconds=30)  # transactions that had not committed when we looked
        with writers_turn():
            _write_all(_changed_since(since), engines, generation)
        if begun <= since:
            break
        since = begun
    return since


def _go_live(generation: IndexGeneration) -> None:
    at = read_clock()
    live = IndexGeneration.objects.filter(state=IndexGeneration.State.LIVE, engine=generation.engine)
    live.update(state=IndexGeneration.State.OLD, ended_at=at)
    generation.state, generation.live_at = IndexGeneration.State.LIVE, at
    generation.save()


def _end(generation: IndexGeneration, state: str, problem: str = "") -> None:
    generation.state, generation.problem, generation.ended_at = state, problem, read_clock()
    generation.save()


def _drop_old(engine: SearchEngine, report: Report) -> None:
    """Whatever is not live and older than a day."""
    live = engine.health("").generation
    for name, made in engine.generations():
        ended = IndexGeneration.objects.filter(name=name).values_list("ended_at", flat=True).first() or made
        if name != live and ended < read_clock() - KEEP_OLD:
            engine.drop(name)
            IndexGeneration.objects.filter(name=name).update(state=IndexGeneration.State.DROPPED)
            report(f"{name} dropped")
