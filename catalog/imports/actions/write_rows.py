"""What good rows say becomes products, packings and prices."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from catalog.imports.known import Known, Surroundings
from catalog.imports.plans import ProductPlan, RowPlan
from catalog.pricing.actions.set_prices import Tiers, set_prices
from catalog.pricing.models import Price
from catalog.products.actions.write_many import Written, write_many
from catalog.products.events import tells_of_all
from catalog.products.models import Product, Variant


def write_rows(plans: Sequence[RowPlan], around: Surroundings, known: Known, *, now: datetime) -> None:
    """The same few statements for one row and for hundreds. The caller's transaction holds the locks."""
    rows = Written()
    products: dict[int, Product] = {}
    counts: dict[int, int] = defaultdict(int)
    priced: list[tuple[RowPlan, Variant]] = []
    for plan in plans:
        lead = plan.product.lead
        if lead not in products:
            products[lead] = _product(plan.product, rows, around, now)
            counts[lead] = known.counts.get(products[lead].pk, 0) if products[lead].pk else 0
        if plan.is_lead and plan.product.changes:
            rows.changed_products.append(_changed(products[lead], plan.product, now))
        variant = plan.variant or Variant(product=products[lead], position=counts[lead])
        if plan.variant is None:
            counts[lead] += 1
        if plan.packing is not None:
            for name, value in (vars(plan.packing) | {"is_active": plan.is_active}).items():
                setattr(variant, name, value)
            (rows.changed_variants if plan.variant else rows.new_variants).append(variant)
        if plan.costs:
            priced.append((plan, variant))
            if plan.variant is not None:
                rows.touched.add(plan.variant.product_id)
    tells_of_all()
    write_many(rows, now=now)
    set_prices(_prices(priced, around))


def _product(plan: ProductPlan, rows: Written, around: Surroundings, now: datetime) -> Product:
    if plan.product is not None:
        return plan.product
    assert plan.origin is not None
    product = Product(enterprise=around.enterprise, origin_unit=plan.origin, created_at=now)
    if plan.channels:
        product.state, product.published_at = Product.State.PUBLISHED, now
        rows.listings += [(product, channel) for channel in plan.channels]
    rows.new_products.append(_changed(product, plan, now))
    return product


def _changed(product: Product, plan: ProductPlan, now: datetime) -> Product:
    assert plan.texts is not None
    assert plan.category is not None
    for name, value in vars(plan.texts).items():
        setattr(product, name, value)
    product.season_months = sorted(set(plan.texts.season_months))
    product.category, product.attributes, product.updated_at = plan.category, dict(plan.attributes), now
    return product


def _prices(
    priced: Sequence[tuple[RowPlan, Variant]], around: Surroundings
) -> dict[tuple[int, int], tuple[Price, Tiers]]:
    channels = {channel.code: channel for channel in around.channels}
    return {
        (variant.pk, channels[code].pk): (
            Price(variant=variant, channel=channels[code], basis=cost.basis, moq=cost.moq, multiple=cost.multiple),
            cost.tiers,
        )
        for plan, variant in priced
        for code, cost in plan.costs.items()
    }
