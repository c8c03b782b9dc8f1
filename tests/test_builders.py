"""What the builders write by themselves is what the actions write."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction

from catalog.lots.actions.receive_lot import receive_lot
from catalog.lots.models import HarvestLot
from catalog.pricing.actions.set_price import set_price
from catalog.products.actions.publish_product import publish_product
from catalog.products.actions.write_product import Packing, ProductTexts, add_variant, create_product
from catalog.products.models import Product, Variant
from market.common.ids import repeatable_numbers
from market.enterprises.models import Enterprise
from tests.builders import NOW, domestic, make_category, make_enterprise, make_variant, make_warehouse

pytestmark = pytest.mark.django_db
Rows = dict[str, list[dict[str, Any]]]
LADDER = [(Decimal(1), Decimal("30.00")), (Decimal(6), Decimal("27.5"))]


@pytest.mark.parametrize("on_hand", [0, 10])
def test_variant_is_what_the_actions_make(on_hand: int) -> None:
    enterprise = make_enterprise()
    make_category()

    built, by_builder = _rolled_back(lambda: make_variant(enterprise=enterprise, on_hand=on_hand, tiers=LADDER))
    told, by_actions = _rolled_back(lambda: _by_actions(enterprise, built.sku, on_hand))

    assert by_builder == by_actions
    assert _held(built) == _held(told)


def _by_actions(enterprise: Enterprise, sku: str, on_hand: int) -> Variant:
    texts = ProductTexts(
        "若羌灰枣", "Ruoqiang grey jujubes", "Финики китайские серые", season_months=[10, 11], hs_code="081340"
    )
    product = create_product(enterprise, make_category(), enterprise.unit, texts, now=NOW)
    variant = add_variant(product, Packing(sku, "XBX", Decimal(5), Decimal("5.4")), now=NOW)
    set_price(variant, domestic(), basis="per_kg", tiers=LADDER, now=NOW)
    if on_hand:
        receive_lot(
            variant,
            make_warehouse(enterprise),
            lot_number=sku.replace("SKU-", "L"),
            quantity=Decimal(on_hand),
            harvested_from=date(2026, 10, 1),
            harvested_to=date(2026, 10, 12),
            by=None,
            now=NOW,
        )
    publish_product(product, [domestic()], now=NOW)
    return variant


def _rolled_back(make: Any) -> tuple[Variant, Rows]:
    with transaction.atomic(), repeatable_numbers("the same codes"):
        variant = make()
        rows = _all_rows()
        transaction.set_rollback(True)
    return variant, rows


def _all_rows() -> Rows:
    """Of every table, a key told by its place among the keys of its table: sequences do not go back."""
    models = [model for model in apps.get_models() if model._meta.managed and not model._meta.proxy]
    places: dict[Any, dict[Any, int]] = {
        model: {key: place for place, key in enumerate(sorted(model._default_manager.values_list("pk", flat=True)))}
        for model in models
    }

    def told(field: Any, value: Any) -> Any:
        of = field.remote_field.model if field.is_relation else field.model if field.primary_key else None
        if (field.model._meta.label, field.name) == ("outbox.OutboxEvent", "subject"):
            return {**places[HarvestLot], **places[Product]}.get(int(value)) if value.isdigit() else value
        return value if of is None or value is None else places[of].get(value, value)

    return {
        model._meta.label: [
            {field.name: told(field, getattr(row, field.attname)) for field in model._meta.concrete_fields}
            for row in model._default_manager.order_by("pk")
        ]
        for model in models
    }


def _held(variant: Variant) -> list[dict[str, Any]]:
    """What the object in hand says, but for its keys."""
    return [
        {name: value for name, value in vars(row).items() if name not in ("id", "product_id") and name[0] != "_"}
        for row in (variant, variant.product)
    ]
