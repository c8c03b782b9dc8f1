"""What a product costs: its packings with their ladders, and the price of a quantity. The page never calculates."""

from dataclasses import dataclass
from decimal import Decimal

from catalog.pricing.ladder import Step, fits_multiple, line_total, nearest_allowed, next_step, step_for
from catalog.products.models import Product
from catalog.stock import queries as stocked
from market.channels.models import Channel


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


class Offer(stocked.Offer):
    """A packing as the product page and the cart speak of it."""

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
    """Packings with a price in the channel, in the seller's order: one statement."""
    found = stocked.offers_of(product.pk, channel.code)
    return [Offer(o.variant, o.price, o.steps, o.left, o.currency) for o in found]
