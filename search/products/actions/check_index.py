"""Does the index hold what the database holds? Compares, changes nothing but what it is told to mend."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet

from catalog.products.events import products_changed
from catalog.products.models import Product
from market.common.outbox.drain import try_again
from market.common.outbox.models import OutboxEvent
from search.engines.base import BROKEN, EngineError, Health
from search.products.actions.compare_contents import differing_products
from search.products.actions.rebuild_index import TOPICS
from search.products.advice import STEPS
from search.products.engine import search_desk
from search.products.fan_out import WAITING
from search.products.models import SearchDocument
from search.products.schema import product_of

SAMPLE = 500
SETTLED = timedelta(minutes=2)
LOOKS, BETWEEN = 4, 0.5  # seconds


@dataclass
class IndexReport:
    """`stale`: products whose row is older than the product, says something else, or is missing. `unlike`: those
    whose document has another version in the engine. Empty `problems`: all is well."""

    engine: str
    health: Health
    rows: int
    lag: timedelta
    last_error: str
    dead: int
    stale: list[int] = field(default_factory=list)
    unlike: list[int] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def check_index(now: datetime, *, is_full: bool = False) -> IndexReport:
    """Counts, a sample of versions, the age of the oldest open event, dead events, and products that changed without an
    event (bulk SQL): by their dates and names all of them, by all a document says the next 500. `is_full`: versions and
    contents of all."""
    desk = search_desk()
    oldest = oldest_change(now)
    report = IndexReport(
        engine=desk.main.code,
        health=desk.health(),
        rows=_standing().count(),
        lag=now - oldest.created_at if oldest else timedelta(0),
        last_error=oldest.error if oldest else "",
        dead=dead_changes().count(),
    )
    report.stale = sorted({*_stale(now), *_misnamed(), *differing_products(is_full=is_full)})
    report.problems = [*_problems(report), *_compare_versions(report, now, is_full=is_full)]
    return report


def mend(report: IndexReport, now: datetime) -> None:
    """What changed without telling is told; what was given up is tried again."""
    if report.dead:
        try_again(TOPICS, now)
    with transaction.atomic():
        products_changed({*report.stale, *report.unlike}, reason="check", now=now)


def _standing() -> "QuerySet[SearchDocument]":
    return SearchDocument.objects.filter(is_gone=False)


def _problems(report: IndexReport) -> Iterator[str]:
    if report.health.problem:
        yield f"{report.engine}: {report.health.problem}: {STEPS.get(report.health.cause, STEPS[BROKEN])}"
    elif report.lag < SETTLED:
        try:
            counts = _differing_counts()
        except EngineError as error:
            yield f"{report.engine}: {error}: {STEPS[error.cause]}"
        else:
            if counts is not None:
                documents, rows = counts
                step = "run reindex_search" if documents > rows else "--full --mend writes what is missing"
                yield f"{report.engine} holds {documents} documents, the database {rows}: {step}"
    if report.lag >= SETTLED:
        seconds = int(report.lag.total_seconds())
        why = f"; the last try said: {report.last_error}" if report.last_error else ": is a worker running?"
        yield f"changes wait for {seconds} seconds{why}"
    if report.dead:
        last = dead_changes().order_by("dead_at").values_list("error", flat=True).last()
        yield f"{report.dead} changes were given up after repeated failures: --mend tries them again. They said: {last}"
    if report.stale:
        named = ", ".join(map(str, report.stale[:10]))
        yield f"{len(report.stale)} products changed without telling: {named}: --mend writes them again"


def _differing_counts() -> tuple[int, int] | None:
    """Of engine and database; None when they are the same. Looked at again: others write meanwhile, and one of two
    counts may have the change that the other lacks."""
    for look in range(LOOKS):
        if look:
            time.sleep(BETWEEN)
        counts = search_desk().main.count(), _standing().count()
        if counts[0] == counts[1]:
            return None
    return counts


def oldest_change(now: datetime) -> OutboxEvent | None:
    """Of those that wait to be written."""
    open_events = OutboxEvent.objects.filter(topic__in=TOPICS, done_at=None, dead_at=None, created_at__lte=now)
    return open_events.order_by("created_at", "pk").first()


def dead_changes() -> "QuerySet[OutboxEvent]":
    return OutboxEvent.objects.filter(topic__in=TOPICS, dead_at__isnull=False)


def _stale(now: datetime) -> list[int]:
    """Published products without any row, rows of products that are not published, and rows written before their
    product's last change; not those whose event still waits."""
    written = SearchDocument.objects.values("product_id").annotate(at=Max("written_at"))
    at = {row["product_id"]: row["at"] for row in written.iterator()}
    shown = set(SearchDocument.objects.filter(is_gone=False).values_list("product_id", flat=True))
    waiting = OutboxEvent.objects.filter(topic="product.changed", done_at=None)
    known = {int(subject) for subject in waiting.values_list("subject", flat=True)}
    stale = []
    offered = Q(listings__channel__is_active=True, variants__is_active=True)
    offered &= Q(variants__prices__channel=F("listings__channel"))
    published = Product.objects.published()
    visible = set(published.filter(offered).values_list("pk", flat=True))
    for pk, updated in published.filter(updated_at__lt=now - SETTLED).values_list("pk", "updated_at").iterator():
        if pk not in known and pk in visible and (pk not in shown or at[pk] < updated):
            stale.append(pk)
    stale += sorted(shown - set(published.values_list("pk", flat=True)) - known)
    return stale


def _misnamed() -> Iterator[int]:
    """Products whose document shows another name of seller or origin, or stands in another category, than they have;
    not those whose event still waits."""
    if OutboxEvent.objects.filter(topic__in=WAITING, done_at=None, dead_at=None).exists():
        return
    columns = [f"{row}__name_{language}" for row in ("enterprise", "origin_unit") for language in ("zh", "en", "ru")]
    wanted = {pk: rest for pk, *rest in Product.objects.values_list("pk", "category__slug", *columns).iterator()}
    rows = SearchDocument.objects.filter(is_gone=False).values_list("product_id", "show").order_by()
    for product_id, show in rows.iterator(chunk_size=500):
        if product_id in wanted and wanted[product_id] != [show["category"], *show["seller"], *show["origin"]]:
            yield product_id


def _compare_versions(report: IndexReport, now: datetime, *, is_full: bool) -> Iterator[str]:
    """The newest rows against the engine, or all, but for what is being written right now."""
    desk = search_desk()
    if not desk.written:
        return
    settled = _standing().filter(written_at__lt=now - SETTLED).order_by("-version", "-pk")
    compared, other, ahead = 0, list[str](), 0
    for versions in _version_pages(settled) if is_full else [dict(settled.values_list("pid", "version")[:SAMPLE])]:
        try:
            found = desk.main.versions(list(versions))
        except EngineError:
            return  # health has said it
        compared += len(versions)
        other += [pid for pid, version in versions.items() if found.get(pid) != version]
        ahead += sum(found.get(pid, 0) > version for pid, version in versions.items())
    if ahead:
        yield (
            f"{ahead} of {compared} documents in {desk.main.code} are newer than the database, as after a backup of it "
            "was put back; what changes is not taken by the index: run reindex_search"
        )
    elif other:
        report.unlike = sorted({product_of(pid)[0] for pid in other})
        names = ", ".join(other[:10])
        step = "--mend writes them again"
        yield f"{len(other)} of {compared} documents have another version in {desk.main.code}: {names}: {step}"


def _version_pages(settled: "QuerySet[SearchDocument]") -> Iterator[dict[str, int]]:
    last = 0
    while rows := list(settled.filter(pk__gt=last).order_by("pk").values_list("pk", "pid", "version")[: SAMPLE * 4]):
        yield {pid: version for _, pid, version in rows}
        last = rows[-1][0]
