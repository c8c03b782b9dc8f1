"""What good rows say becomes products, packings and prices."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from catalog.imports.known import Known, Surroundings
from catalog.imports.plans import ProductPlan, RowPlan
from catalog.pricing.actions.set_prices import Cost, set_prices
from catalog.products.actions.write_many import NewPacking, NewProduct, Written, write_many
from catalog.products.events import tells_of_all
from catalog.products.models import Product


def write_rows(plans: Sequence[RowPlan], around: Surroundings, known: Known, *, now: datetime) -> None:
    """The same few statements for one row and for hundreds. The caller's transaction holds the locks."""
    rows = Written()
    products: dict[int, Product | NewProduct] = {}
    counts: dict[int, int] = defaultdict(int)
    for plan in plans:
        lead = plan.product.lead
        if lead not in products:
            products[lead] = plan.product.product or _new_product(plan.product, rows, around)
            counts[lead] = known.counts.get(products[lead].pk, 0)
        if plan.is_lead and plan.product.changes:
            rows.changed_products.append(_changed(plan.product, now))
        if plan.variant is None:
            assert plan.packing is not None
            rows.new_packings.append(NewPacking(products[lead], plan.packing, counts[lead], plan.is_active))
            counts[lead] += 1
        elif plan.packing is not None:
            for name, value in (vars(plan.packing) | {"is_active": plan.is_active}).items():
                setattr(plan.variant, name, value)
            rows.changed_variants.append(plan.variant)
        if plan.costs and plan.variant is not None:
            rows.touched.add(plan.variant.product_id)
    tells_of_all()
    set_prices(_prices(plans, write_many(rows, now=now), around))


def _new_product(plan: ProductPlan, rows: Written, around: Surroundings) -> NewProduct:
    assert plan.origin is not None
    assert plan.category is not None
    assert plan.texts is not None
    new = NewProduct(around.enterprise, plan.origin, plan.category, plan.texts, plan.attributes, plan.channels)
    rows.new_products.append(new)
    return new


def _changed(plan: ProductPlan, now: datetime) -> Product:
    assert plan.product is not None
    assert plan.texts is not None
    assert plan.category is not None
    product = plan.product
    for name, value in vars(plan.texts).items():
        setattr(product, name, value)
    product.season_months = sorted(set(plan.texts.season_months))
    product.category, product.attributes, product.updated_at = plan.category, dict(plan.attributes), now
    return product


def _prices(plans: Sequence[RowPlan], new: Sequence[int], around: Surroundings) -> dict[tuple[int, int], Cost]:
    """`new`: keys of the packings that were new, in the order of the plans."""
    channels = {channel.code: channel.pk for channel in around.channels}
    keys = iter(new)
    return {
        (key, channels[code]): cost
        for plan in plans
        for key in [plan.variant.pk if plan.variant else next(keys)]
        for code, cost in plan.costs.items()
    }
