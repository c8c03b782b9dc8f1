"""Does a product's document say what the catalogue says? Makes documents afresh and compares them with what is kept."""

from collections.abc import Iterator, Sequence

from catalog.products.models import Product
from market.common.outbox.models import OutboxEvent
from search.products.documents import load_documents
from search.products.fan_out import WAITING
from search.products.models import VersionCounter
from search.products.schema import product_of
from search.products.unchanged import Content, content, kept_documents
from search.products.write import BATCH

SAMPLE = 500
POSITION = "checked"


def differing_products(*, is_full: bool) -> list[int]:
    """Products whose kept documents are not what they would be now, whatever changed them. By default the next 500
    after those of the last time, round and round; `is_full`: all. Not those whose event still waits."""
    pages = _all_pages() if is_full else _next_page()
    return [product_id for ids in pages for product_id in _differing(ids)]


def _all_pages() -> Iterator[list[int]]:
    last = 0
    while ids := list(Product.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield ids
        last = ids[-1]


def _next_page() -> Iterator[list[int]]:
    published = Product.objects.published().order_by("pk").values_list("pk", flat=True)
    last = VersionCounter.objects.filter(name=POSITION).values_list("value", flat=True).first() or 0
    ids = list(published.filter(pk__gt=last)[:SAMPLE])
    if len(ids) < SAMPLE:
        ids += list(published.filter(pk__lte=last)[: SAMPLE - len(ids)])
    VersionCounter.objects.update_or_create(name=POSITION, defaults={"value": ids[-1] if ids else 0})
    yield ids


def _differing(ids: Sequence[int]) -> list[int]:
    """Looked at twice: what is written at this very moment is the same the second time, or its event waits."""
    once = _compared(ids)
    if not once or OutboxEvent.objects.filter(topic__in=WAITING, done_at=None, dead_at=None).exists():
        return []
    waiting = OutboxEvent.objects.filter(
        topic="product.changed", subject__in=map(str, once), done_at=None, dead_at=None
    ).values_list("subject", flat=True)
    known = set(map(int, waiting))
    return [product_id for product_id in _compared(once) if product_id not in known]


def _compared(ids: Sequence[int]) -> list[int]:
    loaded = load_documents(ids, 0)
    wanted: dict[int, dict[str, Content]] = {pk: {} for pk in ids}
    for document in loaded.documents:
        wanted[product_of(document.pid)[0]][document.pid] = content(document)
    kept: dict[int, dict[str, Content]] = {pk: {} for pk in ids}
    for pid, row in kept_documents(ids).items():
        kept[row.product_id][pid] = row.content
    return [pk for pk in ids if pk not in loaded.failed and wanted[pk] != kept[pk]]
