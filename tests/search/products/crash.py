"""A marketplace of its own in its own process, to be killed: `python -m tests.search.products.crash STEP [POINT]`."""

import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any


def kill_after(function: Callable[..., Any], calls: int = 1) -> Callable[..., Any]:
    """Does it, so many times, and then the process is gone, as by `kill -9`."""
    left = [calls]

    def fatal(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return fatal


def prepare() -> None:
    from market.common.outbox.drain import drain_outbox
    from tests.builders import NOW, make_enterprise, make_variant

    enterprise = make_enterprise()
    for _ in range(6):
        make_variant(enterprise=enterprise)
    drain_outbox(NOW)
    change(Decimal(55))


def change(amount: Decimal) -> None:
    """Everything costs something else; the first product is withdrawn."""
    from catalog.pricing.actions.set_price import set_price
    from catalog.products.actions.publish_product import withdraw_product
    from catalog.products.models import Product, Variant
    from tests.builders import NOW, domestic

    for variant in Variant.objects.all():
        set_price(variant, domestic(), basis="per_kg", tiers=[(Decimal(1), amount)], now=NOW)
    first = Product.objects.filter(state="published").earliest("pk")
    withdraw_product(first, now=NOW)


def crash(point: str) -> None:
    from market.common.outbox import drain
    from search.engines.database import DatabaseEngine
    from search.products import write
    from search.products.engine import search_desk
    from tests.builders import NOW

    engine = type(search_desk().main)
    if point == "claimed":
        drain._claim = kill_after(drain._claim)
    elif point == "loaded":
        write.load_documents = kill_after(write.load_documents)  # type: ignore[attr-defined]
    elif point == "rows written":
        DatabaseEngine.write = kill_after(DatabaseEngine.write)  # type: ignore[method-assign]
    elif point == "engine written":
        engine.write = kill_after(engine.write)  # type: ignore[method-assign]
    elif point == "engine half written":
        _kill_inside(search_desk().main)
    drain.drain_outbox(NOW)


def rebuild(point: str) -> None:
    """`reindex_search`, killed at a point of it; without a point it ends, three times over."""
    from search.products.actions import rebuild_index as module
    from search.products.engine import search_desk
    from tests.builders import NOW

    engine = type(search_desk().main)
    if point == "documents written":
        module._write_everything = kill_after(module._write_everything)
    elif point == "swapped":
        engine.swap = kill_after(engine.swap)  # type: ignore[method-assign]
    for _ in range(3):
        module.rebuild_index(now=NOW)


def mend() -> None:
    """What a killed rebuild left: search goes on, and the next rebuild ends."""
    from search.products.actions.rebuild_index import rebuild_index
    from search.products.models import IndexGeneration
    from tests.builders import NOW

    finish(in_versions=False)  # it had written the rows already, as they were
    rebuild_index(now=NOW)
    finish()
    assert not IndexGeneration.objects.filter(state="building").exists()


def watched() -> None:
    """Another process rebuilds the index three times; here nothing is done but searching."""
    import subprocess
    import time

    from search.engines import elasticsearch
    from search.products import engine as desk_module
    from search.products.answer import SearchQuery
    from search.products.engine import search_desk
    from search.products.models import IndexGeneration
    from search.products.queries import search_products

    desk_module.BUDGET = elasticsearch.SEARCH_SECONDS = CEILING  # how busy the machine is proves nothing
    finish()
    live = IndexGeneration.objects.filter(state="live", engine=search_desk().main.code)
    before = live.get().name
    builder = subprocess.Popen([sys.executable, "-m", "tests.search.products.crash", "rebuild", "never"])
    seen: dict[tuple[str, bool, int], int] = {}
    deadline = time.monotonic() + CEILING
    while builder.poll() is None and time.monotonic() < deadline:
        answer = search_products(SearchQuery(text="灰枣"))
        found = (answer.engine, answer.degraded, answer.total)
        seen[found] = seen.get(found, 0) + 1
    assert builder.wait(timeout=CEILING) == 0
    assert live.get().name != before
    assert set(seen) == {(search_desk().main.code, False, 5)}, seen
    assert sum(seen.values()) > 50, seen


def _kill_inside(engine: Any) -> None:
    """tantivy: documents added, not committed. Elasticsearch: one of two halves sent."""
    from search.engines import tantivy

    if engine.code == "tantivy":
        real = tantivy.TantivyEngine._writer

        def fatal(self: Any, name: str) -> Any:
            opened = real(self, name)
            index, writer = opened.__enter__()

            class Dying:
                def __getattr__(self, attribute: str) -> Any:
                    return getattr(writer, attribute)

                def commit(self) -> None:
                    os.kill(os.getpid(), signal.SIGKILL)

            class Opened:
                kept = opened  # or it would be closed when it is collected

                def __enter__(self) -> Any:
                    return index, Dying()

                def __exit__(self, *args: object) -> None:
                    pass

            return Opened()

        tantivy.TantivyEngine._writer = fatal  # type: ignore[method-assign]
        return
    real_write = engine.write

    def half(documents: Any, deletions: Any = (), **kwargs: Any) -> None:
        real_write(list(documents)[:2], **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    engine.write = half


def finish(*, in_versions: bool = True) -> None:
    """The next worker, when the lease of the dead one is over: says what index and database hold."""
    from market.common.outbox.drain import drain_outbox
    from market.common.outbox.models import OutboxEvent
    from search.engines.base import SearchRequest
    from search.products.engine import search_desk
    from search.products.models import SearchDocument
    from tests.builders import NOW

    while drain_outbox(NOW + timedelta(minutes=10)):
        pass
    engine = search_desk().main
    engine.refresh()
    rows = SearchDocument.objects.filter(is_gone=False)
    found = engine.search(SearchRequest(size=100))
    assert OutboxEvent.objects.filter(done_at=None).count() == 0, "events are left"
    assert engine.count() == rows.count() == found.total, (engine.count(), rows.count(), found.total)
    if in_versions:
        versions = dict(rows.values_list("pid", "version"))
        assert dict(engine.versions(list(versions))) == versions
    assert {hit.pid: hit.show for hit in found.hits} == dict(rows.values_list("pid", "show"))
    sys.stdout.write(f"{found.total} {sorted({hit.show['price_kg'] for hit in found.hits})}\n")


def busy(name: str) -> None:
    """One of several that change and drain at the same time."""
    from market.common.outbox.drain import drain_outbox
    from tests.builders import NOW

    for number in range(5):
        if name == "a":
            change_prices(Decimal(60 + number))
        drain_outbox(NOW)


def change_prices(amount: Decimal) -> None:
    from catalog.pricing.actions.set_price import set_price
    from catalog.products.models import Variant
    from tests.builders import NOW, domestic

    for variant in Variant.objects.all():
        set_price(variant, domestic(), basis="per_kg", tiers=[(Decimal(1), amount)], now=NOW)


CEILING = 120.0  # seconds; how fast is what `python -m bench search` measures


def fresh() -> None:
    """A worker of its own process; here a price changes and is searched for, through the engine, until it is found."""
    import subprocess
    import time

    from search.products.answer import SearchQuery
    from search.products.engine import search_desk
    from search.products.queries import search_products

    own = {"SEARCH_INDEX_PREFIX": os.environ["CRASH_PREFIX"]} if os.environ.get("CRASH_PREFIX") else {}
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "worker"], env={**os.environ, **own}, stdout=subprocess.DEVNULL
    )
    try:
        for amount in (Decimal(501), Decimal(502)):
            change_prices(amount)
            query = SearchQuery(text="灰枣", price_per_kg_min=amount, price_per_kg_max=amount)
            deadline = time.monotonic() + CEILING
            while (answer := search_products(query)).total == 0 or answer.degraded:
                assert time.monotonic() < deadline, f"{amount} is not found: {answer}"
                time.sleep(0.05)
            assert answer.engine == search_desk().main.code
            assert {hit.price_per_kg for hit in answer.hits} == {amount}
    finally:
        worker.terminate()
        worker.wait(timeout=60)


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "market.config.settings")
    django.setup()
    if prefix := os.environ.get("CRASH_PREFIX"):
        from django.conf import settings

        settings.SEARCH_INDEX_PREFIX = prefix
    steps: dict[str, Callable[..., None]] = {
        "prepare": prepare,
        "crash": crash,
        "finish": finish,
        "busy": busy,
        "fresh": fresh,
        "rebuild": rebuild,
        "mend": mend,
        "watched": watched,
    }
    step, *rest = sys.argv[1:]
    if step == "change":
        change_prices(Decimal(77))
    else:
        steps[step](*rest)
