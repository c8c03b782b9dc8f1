from typing import Any

import pytest
from django.db import transaction

from catalog.lots.models import HarvestLot
from catalog.pricing.models import PriceTier
from catalog.products.models import Product
from market.common.audit.models import AuditEntry
from market.config.season import build
from market.config.season.build import build_season
from market.config.season.farms import base_farms, more_farms
from market.enterprises.models import Enterprise
from orders.orders.models import Purchase
from tests.market.config.season.conftest import NOW


@pytest.fixture(autouse=True)
def _no_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures have tests of their own; here they would be drawn anew for each build."""
    monkeypatch.setattr(build, "store_picture", lambda crop: (f"products/original/season-{crop.slug}.webp", {}))


def built(scale: int) -> list[list[Any]]:
    """What a season shows of numbers, prices and history; nothing of it stays."""
    with transaction.atomic():
        build_season(scale=scale, now=NOW)
        found: list[list[Any]] = [
            sorted(Purchase.objects.values_list("number", "total")),
            sorted(Enterprise.objects.values_list("number", "credit_code")),
            sorted(PriceTier.objects.values_list("price__variant__sku", "price__channel__code", "amount")),
            sorted(HarvestLot.objects.values_list("enterprise__number", "number", "harvested_from")),
            list(AuditEntry.objects.order_by("pk").values_list("hash", flat=True)),
        ]
        transaction.set_rollback(True)
    return found


@pytest.mark.django_db
def test_two_databases_hold_the_same_numbers_prices_and_history() -> None:
    first, second = built(1), built(1)

    assert all(first)
    assert first == second


@pytest.mark.django_db
def test_scale_two_doubles_the_products_and_leaves_the_orders() -> None:
    build_season(scale=2, now=NOW)
    orders = Purchase.objects.count()

    assert Product.objects.count() == 600
    assert build_season(scale=2, now=NOW) == 0
    assert Purchase.objects.count() == orders


def test_scale_33_is_about_ten_thousand_products_of_more_than_two_hundred_farms() -> None:
    farms = [*(farm for farm in base_farms() if farm.crops), *more_farms(33)]

    assert sum(len(farm.assortment) for farm in farms) == 33 * 300
    assert len(farms) > 200
    assert len({farm.names for farm in farms}) == len({farm.credit_code for farm in farms}) == len(farms)
