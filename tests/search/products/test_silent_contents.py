"""A change that no action makes, of anything a document holds: on PostgreSQL it tells of itself, elsewhere the check
finds it. Either way the document is true in the end."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from pytest_django import Settings

from catalog.pricing.models import Price, PriceTier
from catalog.products.models import ChannelListing, Product, ProductImage, Variant
from catalog.stock.models import StockItem, Warehouse
from market.common.outbox.drain import drain_outbox
from market.common.outbox.models import OutboxEvent
from search.products.actions import compare_contents
from search.products.actions.check_index import check_index, mend
from search.products.actions.compare_contents import differing_products
from search.products.models import SearchDocument
from tests.builders import NOW, make_variant

pytestmark = pytest.mark.django_db
LATEST = NOW + timedelta(days=400)  # after every event, those of triggers too, which bear the true time
CHANGES: dict[str, Callable[[], object]] = {
    "price": lambda: PriceTier.objects.update(amount=Decimal(9)),
    "first step gone": lambda: PriceTier.objects.all().delete(),
    "least quantity": lambda: Price.objects.update(moq=Decimal(7)),
    "weight": lambda: Variant.objects.update(net_kg=Decimal(4)),
    "unit": lambda: Variant.objects.update(unit="KGM"),
    "packing given up": lambda: Variant.objects.update(is_active=False),
    "listing gone": lambda: ChannelListing.objects.all().delete(),
    "name": lambda: Product.objects.update(name_zh="骏枣"),
    "description": lambda: Product.objects.update(description_en="Sweet as honey"),
    "grade": lambda: Product.objects.update(grade="premium"),
    "season": lambda: Product.objects.update(season_months=[1]),
    "sold out": lambda: StockItem.objects.update(on_hand=0, reserved=0),
    "stock elsewhere": lambda: StockItem.objects.update(warehouse=closed_warehouse()),
    "warehouse closed": lambda: Warehouse.objects.update(is_active=False),
    "picture": lambda: ProductImage.objects.update(thumbnails={"320": "products/other.webp"}),
    "picture gone": lambda: ProductImage.objects.all().delete(),
}


def closed_warehouse() -> Warehouse:
    return Warehouse.objects.create(
        enterprise=Warehouse.objects.get().enterprise, code="W9", name="九号仓库", is_active=False
    )


@pytest.fixture(autouse=True)
def rows_alone(settings: Settings) -> None:
    settings.SEARCH_URL, settings.SEARCH_FALLBACK_URL = "database:", ""


@pytest.fixture
def variant() -> Variant:
    made = make_variant()
    picture = ProductImage.objects.create(product=made.product, width=1, height=1)
    ProductImage.objects.filter(pk=picture.pk).update(file="products/a.png", thumbnails={"320": "products/a.webp"})
    settle()
    drain_outbox(LATEST)
    assert differing_products(is_full=True) == []
    return made


def settle() -> None:
    """What a commit does: deferred triggers speak."""
    connection.check_constraints()


@pytest.mark.parametrize("kind", CHANGES)
def test_silent_change_is_told_or_found_and_mended(variant: Variant, kind: str) -> None:
    CHANGES[kind]()
    settle()

    waiting = OutboxEvent.objects.filter(topic="product.changed", done_at=None).values_list("subject", flat=True)
    report = check_index(NOW)
    if connection.vendor == "postgresql":
        assert (list(waiting), report.stale) == ([str(variant.product_id)], [])
    else:
        assert (list(waiting), report.stale) == ([], [variant.product_id])
        assert "1 products changed without telling" in " ".join(report.problems)
        mend(report, NOW)
    drain_outbox(LATEST)

    assert differing_products(is_full=True) == []


def test_stock_that_stays_in_stock_tells_nothing(variant: Variant) -> None:
    StockItem.objects.update(on_hand=Decimal(50), reserved=Decimal(3))
    settle()

    assert not OutboxEvent.objects.filter(done_at=None).exists()
    assert differing_products(is_full=True) == []


def test_sample_goes_round_and_full_looks_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [make_variant().product_id for _ in range(5)]
    drain_outbox(NOW)
    SearchDocument.objects.update(tokens=" other ")
    monkeypatch.setattr(compare_contents, "SAMPLE", 2)

    found = [differing_products(is_full=False) for _ in range(3)]

    assert found == [numbers[:2], numbers[2:4], [numbers[4], numbers[0]]]
    assert differing_products(is_full=True) == numbers


def test_what_waits_to_be_written_is_not_told_as_stale(variant: Variant) -> None:
    SearchDocument.objects.update(show={})
    OutboxEvent.objects.create(topic="product.changed", subject=str(variant.product_id), created_at=NOW, due_at=NOW)

    assert differing_products(is_full=True) == []
