"""What a product costs: its packings with their ladders, and the price of a quantity. The page never calculates."""

from dataclasses import dataclass
from decimal import Decimal

from catalog.pricing.ladder import Step, fits_multiple, ladder, line_total, nearest_allowed, next_step, step_for
from catalog.pricing.models import Price
from catalog.products.models import Product, Variant
from market.channels.models import Channel
from orders.cart.queries import free_stock


@dataclass(frozen=True)
class Rung:
    """A step of the ladder as shown: `is_current` for the quantity asked, `saves` over the first step at its start."""

    step: Step
    is_current: bool
    saves: Decimal


@dataclass(frozen=True)
class Quote:
    """`problem` is empty, below_minimum or out_of_stock; `suggested` the nearest quantity that may be ordered.
    `next_saves`: what the next step's quantity costs less than at the current price."""

    quantity: Decimal
    step: Step
    total: Decimal
    net_kg: Decimal
    next: Step | None
    next_saves: Decimal
    problem: str
    suggested: Decimal


@dataclass(frozen=True)
class Offer:
    variant: Variant
    price: Price
    steps: tuple[Step, ...]
    left: Decimal
    currency: str

    @property
    def most(self) -> Decimal:
        """The largest quantity that may be ordered now."""
        multiple: Decimal = self.price.multiple
        return self.left // multiple * multiple

    @property
    def is_sold_out(self) -> bool:
        return self.most < nearest_allowed(self.price.moq, self.price.moq, self.price.multiple)

    @property
    def least(self) -> Decimal:
        return nearest_allowed(self.price.moq, self.price.moq, self.price.multiple)

    def quote(self, quantity: Decimal) -> Quote:
        step = step_for(self.steps, quantity)
        assert step is not None
        further = next_step(self.steps, quantity)
        saves = (step.unit_price - further.unit_price) * further.min_quantity if further else Decimal(0)
        problem, suggested = "", quantity
        if not fits_multiple(quantity, self.price.moq, self.price.multiple):
            problem, suggested = "below_minimum", nearest_allowed(quantity, self.price.moq, self.price.multiple)
        elif quantity > self.left:
            problem, suggested = "out_of_stock", self.most
        total = line_total(step, quantity, self.currency)
        return Quote(quantity, step, total, quantity * self.variant.net_kg, further, saves, problem, suggested)

    def rungs(self, quantity: Decimal) -> list[Rung]:
        current = step_for(self.steps, quantity)
        first = self.steps[0].unit_price
        return [Rung(step, step is current, (first - step.unit_price) * step.min_quantity) for step in self.steps]


def offers_of(product: Product, channel: Channel) -> list[Offer]:
    """Packings with a price in the channel, in the seller's order: four statements."""
    variants = list(Variant.objects.filter(product=product, is_active=True))
    prices = {
        price.variant_id: price
        for price in Price.objects.filter(variant__in=variants, channel=channel).prefetch_related("tiers")
    }
    free = free_stock({variant.pk for variant in variants})
    offers = []
    for variant in variants:
        price = prices.get(variant.pk)
        steps = tuple(ladder(price, price.tiers.all(), variant.net_kg, channel.currency)) if price else ()
        if price and steps:
            offers.append(Offer(variant, price, steps, free.get(variant.pk, Decimal(0)), channel.currency))
    return offers
