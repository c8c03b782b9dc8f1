"""Does the index hold what the database holds? Compares, changes nothing but what it is told to mend."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Max, Q

from catalog.products.events import products_changed
from catalog.products.models import Product
from market.common.outbox.models import OutboxEvent
from search.engines.base import EngineError, Health
from search.products.actions.compare_contents import differing_products
from search.products.actions.rebuild_index import TOPICS
from search.products.engine import search_desk
from search.products.fan_out import FAN_OUT
from search.products.models import SearchDocument
from search.products.schema import product_of

SAMPLE = 500
SETTLED = timedelta(minutes=2)


@dataclass
class IndexReport:
    """`stale`: products whose row is older than the product, says something else, or is missing. `unlike`: those
    whose document has another version in the engine. Empty `problems`: all is well."""

    engine: str
    health: Health
    rows: int
    lag: timedelta
    dead: int
    stale: list[int] = field(default_factory=list)
    unlike: list[int] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def check_index(now: datetime, *, is_full: bool = False) -> IndexReport:
    """Counts, a sample of versions, the age of the oldest open event, dead events, and products that changed without an
    event (bulk SQL): by their dates and names all of them, by all a document says the next 500, or all (`is_full`)."""
    desk = search_desk()
    rows = SearchDocument.objects.filter(is_gone=False).count()
    report = IndexReport(desk.main.code, desk.health(), rows, index_lag(now), dead_changes())
    report.stale = sorted({*_stale(now), *_misnamed(), *differing_products(is_full=is_full)})
    report.problems = [*_problems(report), *_compare_versions(report, now)]
    return report


def mend_stale(report: IndexReport, now: datetime) -> None:
    with transaction.atomic():
        products_changed({*report.stale, *report.unlike}, reason="check", now=now)


def _problems(report: IndexReport) -> Iterator[str]:
    if report.health.problem:
        yield f"{report.engine}: {report.health.problem}"
    elif report.lag < SETTLED and report.health.documents != report.rows:
        yield f"{report.engine} holds {report.health.documents} documents, the database {report.rows}"
    if report.lag >= SETTLED:
        yield f"changes wait for {int(report.lag.total_seconds())} seconds"
    if report.dead:
        yield f"{report.dead} changes were given up after repeated failures"
    if report.stale:
        yield f"{len(report.stale)} products changed without telling: {', '.join(map(str, report.stale[:10]))}"


def index_lag(now: datetime) -> timedelta:
    open_events = OutboxEvent.objects.filter(topic__in=TOPICS, done_at=None, dead_at=None, created_at__lte=now)
    first = open_events.order_by("created_at").values_list("created_at", flat=True).first()
    return now - first if first else timedelta(0)


def dead_changes() -> int:
    return OutboxEvent.objects.filter(topic__in=TOPICS, dead_at__isnull=False).count()


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
    if OutboxEvent.objects.filter(topic__in=FAN_OUT, done_at=None, dead_at=None).exists():
        return
    columns = [f"{row}__name_{language}" for row in ("enterprise", "origin_unit") for language in ("zh", "en", "ru")]
    wanted = {pk: rest for pk, *rest in Product.objects.values_list("pk", "category__slug", *columns).iterator()}
    rows = SearchDocument.objects.filter(is_gone=False).values_list("product_id", "show").order_by()
    for product_id, show in rows.iterator(chunk_size=500):
        if product_id in wanted and wanted[product_id] != [show["category"], *show["seller"], *show["origin"]]:
            yield product_id


def _compare_versions(report: IndexReport, now: datetime) -> Iterator[str]:
    """The newest rows against the engine, but for what is being written right now."""
    desk = search_desk()
    rows = SearchDocument.objects.filter(is_gone=False, written_at__lt=now - SETTLED).order_by("-version")
    sample = dict(rows.values_list("pid", "version")[:SAMPLE])
    if not desk.written or not sample:
        return
    try:
        found = desk.main.versions(list(sample))
    except EngineError:
        return  # health has said it
    other = [pid for pid, version in sample.items() if found.get(pid) != version]
    if other:
        report.unlike = sorted({product_of(pid)[0] for pid in other})
        names = ", ".join(other[:10])
        yield f"{len(other)} of {len(sample)} documents have another version in {desk.main.code}: {names}"
