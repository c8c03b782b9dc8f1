"""Which of the goods prices are told of a seller's product is: by its category and by the words of its name. Pure."""

from collections.abc import Iterable

from catalog.products.models import Product
from market.prices.models import Commodity
from market.prices.table import name_key


def commodity_of(product: Product, goods: Iterable[Commodity]) -> Commodity | None:
    """The one of its category whose longest name stands in the product's, in any language; None where none does: a
    price of other goods would be worse than none."""
    own = [name_key(name) for name in (product.name_zh, product.name_en, product.name_ru) if name]
    best, longest = None, 0
    for commodity in goods:
        if commodity.category_id != product.category_id:
            continue
        fits = [len(key) for key in map(name_key, commodity.names) if any(key in name for name in own)]
        if max(fits, default=0) > longest:
            best, longest = commodity, max(fits)
    return best
