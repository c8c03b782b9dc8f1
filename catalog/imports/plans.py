"""What a row would write, once it has been found good."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from catalog.pricing.actions.set_prices import Cost
from catalog.products.actions.write_product import Packing, ProductTexts
from catalog.products.models import Category, Product, Variant
from market.channels.models import Channel
from market.regions.models import OrgUnit


@dataclass
class ProductPlan:
    """`product` None: a new one. `changes`: columns in which it would change. `lead`: the row that speaks for it."""

    lead: int
    product: Product | None
    texts: ProductTexts | None = None
    category: Category | None = None
    origin: OrgUnit | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    changes: tuple[str, ...] = ()
    is_wrong: bool = False
    channels: list[Channel] = field(default_factory=list)  # a new product is published in these


@dataclass
class RowPlan:
    """`packing` None: it stays as it is; `costs`: prices that change, by channel code."""

    number: int
    product: ProductPlan
    variant: Variant | None
    packing: Packing | None = None
    is_active: bool = True
    costs: Mapping[str, Cost] = field(default_factory=dict)
    is_lead: bool = False
