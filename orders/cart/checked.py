"""The ticked lines of a cart, priced and for sale; what an order and an enquiry both start from. One statement of plain
values: neither has a use for objects of goods."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import DateField, FilteredRelation, Q, QuerySet

from catalog.pricing.ladder import line_total, step_for, step_of
from market.common.languages import active_language, column
from market.common.prepared import Param, PreparedSelect
from market.compliance.queries import live_rules_named, newest_ownership
from orders.cart.actions.change_cart import check_quantity
from orders.cart.errors import CartEmpty, NotForSale
from orders.cart.models import Cart, CartLine
from orders.cart.queries import CART, CHANNEL, is_on_sale
from orders.ledger.commission import commission_rates

# What of a line is read as it stands, and where from its row in the cart.
_COLUMNS = {
    "variant_id": "variant_id",
    "sku": "variant__sku",
    "unit": "variant__unit",
    "net_kg": "variant__net_kg",
    "quantity": "quantity",
    "price_seen": "price_seen",
    "product_id": "variant__product_id",
    "enterprise_id": "variant__product__enterprise_id",
    "name_zh": "variant__product__name_zh",
    "name_en": "variant__product__name_en",
    "name_ru": "variant__product__name_ru",
    "hs_code": "variant__product__hs_code",
    "origin_country": "variant__product__origin_country",
    "origin_subdivision": "variant__product__origin_subdivision",
    "origin_place_zh": "variant__product__origin_unit__name_zh",
    "ownership": "ownership",
    "rule_set": "rule_set",
    "rule_set_hash": "rule_set_hash",
    "commission_rate": "commission_rate",
    "commission_tax_rate": "commission_tax_rate",
    "price_basis": "price__basis",
}
_PRICE = ("moq", "multiple", "tiers__min_quantity", "tiers__amount")


@dataclass(frozen=True)
class CheckedLine:
    """Amounts in the cart's currency; `unit_price` as it is now, `price_seen` as the buyer saw it last. `ownership`:
    the finding about the seller's owners; `rule_set`: the trade rules that were live when the line was read."""

    variant_id: int
    sku: str
    unit: str
    net_kg: Decimal
    quantity: Decimal
    price_seen: Decimal
    product_id: int
    enterprise_id: int
    name_zh: str
    name_en: str
    name_ru: str
    hs_code: str
    origin_country: str
    origin_subdivision: str
    origin_place_zh: str
    ownership: str | None
    rule_set: int | None
    rule_set_hash: str
    commission_rate: Decimal | None
    commission_tax_rate: Decimal | None
    price_basis: str
    unit_price: Decimal
    total: Decimal

    @property
    def product_name(self) -> str:
        return str(getattr(self, column("name", active_language())) or self.name_zh)

    @property
    def is_stale(self) -> bool:
        """The price is not the one the buyer saw."""
        return self.unit_price != self.price_seen

    def as_ordered(self) -> dict[str, Any]:
        """What the line of an order or enquiry keeps of product, packing and price as they are now: columns of both."""
        return {
            "variant_id": self.variant_id,
            "product_name_zh": self.name_zh,
            "product_name_en": self.name_en,
            "product_name_ru": self.name_ru,
            "sku": self.sku,
            "unit": self.unit,
            "net_kg": self.net_kg,
            "quantity": self.quantity,
            "unit_price": self.unit_price,
            "hs_code": self.hs_code,
            "origin_country": self.origin_country,
            "origin_subdivision": self.origin_subdivision,
        }


def _lines() -> "QuerySet[CartLine, tuple[Any, ...]]":
    """A row for each step of the price of each ticked line; one without a step where there is no price."""
    return (
        CartLine.objects.filter(cart=CART, is_selected=True)
        .annotate(
            price=FilteredRelation("variant__prices", condition=Q(variant__prices__channel=CHANNEL)),
            is_on_sale=is_on_sale(),
            ownership=newest_ownership("variant__product__enterprise_id", Param("today", DateField())),
            **live_rules_named(),
            **commission_rates("variant__product__enterprise_id", "variant__product__category_id"),
        )
        .order_by("variant__product__enterprise_id", "id", "price__tiers__min_quantity")
        .values_list(*_COLUMNS.values(), "is_on_sale", *(f"price__{name}" for name in _PRICE))
    )


_find_lines = PreparedSelect(_lines)


def checked_lines(cart: Cart, *, today: date) -> list[CheckedLine]:
    """By seller, in the order they were added. Raises CartEmpty, NotForSale, BelowMinimum."""
    currency = cart.channel.currency
    rows = _find_lines(cart=cart.pk, channel=cart.channel_id, today=today)
    if not rows:
        raise CartEmpty()
    return [_checked(list(steps), currency) for _variant, steps in groupby(rows, key=itemgetter(0))]


def _checked(rows: list[tuple[Any, ...]], currency: str) -> CheckedLine:
    """`rows`: one for each step of the line's price."""
    read = dict(zip(_COLUMNS, rows[0], strict=False))
    variant, net_kg, quantity = read["variant_id"], read["net_kg"], read["quantity"]
    is_for_sale, moq, multiple = rows[0][len(_COLUMNS) :][:3]
    ladder = [
        step_of(read["price_basis"], least, amount, net_kg, currency)
        for *_, least, amount in rows
        if amount is not None
    ]
    step = step_for(ladder, quantity)
    total = line_total(step, quantity, currency) if step else Decimal(0)
    # A thousandth of a cheap box rounds to nothing, which nobody can pay.
    if step is None or not is_for_sale or total <= 0:
        raise NotForSale(variant=variant, sku=read["sku"])
    check_quantity(quantity, moq, multiple, variant=variant, sku=read["sku"])
    return CheckedLine(**read, unit_price=step.unit_price, total=total)
