"""State what a packing costs in a channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from catalog.pricing.models import Price, PriceTier
from catalog.products.events import products_changed
from catalog.products.models import Variant
from market.channels.models import Channel
from market.common.errors import Conflict, InvalidInput
from market.common.ids import digest
from market.common.money import exponent, round_amount
from market.common.quantity import fits_places, plain

MAX_STEPS = 5
QUANTITY, AMOUNT = "quantity", "amount"
_BASES = frozenset(Price.Basis.values)


def set_price(
    variant: Variant,
    channel: Channel,
    *,
    basis: str,
    tiers: Sequence[tuple[Decimal, Decimal]],
    moq: Decimal = Decimal(1),
    multiple: Decimal = Decimal(1),
    version: str | None = None,
    now: datetime,
) -> Price:
    """Replaces price and ladder; `tiers` are (from quantity, amount), in the channel's currency.

    At most five steps; quantities must rise, amounts must not, all above zero, the first quantity is at most the MOQ.
    Raises InvalidInput naming the field; of a wrong step its details say `step`, counted from 1, and `part`, quantity
    or amount. `version` is `price_version` of what the person started from: Conflict when somebody has set another
    price since.
    """
    check_price(basis, tiers, moq=moq, multiple=multiple, net_kg=variant.net_kg, currency=channel.currency)
    with transaction.atomic():
        Variant.objects.select_for_update(of=("self",)).get(pk=variant.pk)
        if version is not None and version != price_version(Price.objects.filter(variant=variant, channel=channel)):
            raise Conflict()
        price, _created = Price.objects.update_or_create(
            variant=variant, channel=channel, defaults={"basis": basis, "moq": moq, "multiple": multiple}
        )
        price.tiers.all().delete()
        PriceTier.objects.bulk_create(
            PriceTier(price=price, min_quantity=quantity, amount=amount) for quantity, amount in tiers
        )
        products_changed([variant.product_id], reason="price", now=now)
    return price


def check_price(
    basis: str,
    tiers: Sequence[tuple[Decimal, Decimal]],
    *,
    moq: Decimal,
    multiple: Decimal,
    net_kg: Decimal,
    currency: str,
) -> None:
    """Raises InvalidInput as `set_price` says."""
    if basis not in _BASES:
        raise InvalidInput(fields={"basis": _("choose per kg or per unit")})
    _check(tiers, moq, multiple)
    _check_unit_prices(basis, tiers, net_kg, currency)


def price_version(prices: QuerySet[Price]) -> str:
    """Of the one price in `prices`, or of none: changes whenever anything the price's form shows has changed."""
    price = prices.prefetch_related("tiers").first()
    if price is None:
        return "none"
    steps = [(plain(tier.min_quantity), plain(tier.amount)) for tier in price.tiers.all()]
    return digest(repr((price.basis, plain(price.moq), plain(price.multiple), steps)))[:16]


@dataclass(frozen=True)
class _Wrong:
    """What is wrong with a ladder, in words; `step` 0 when it is no single one."""

    text: str
    step: int = 0
    part: str = ""

    def refusal(self, **fields: str) -> InvalidInput:
        if not self.step:
            return InvalidInput(fields={**fields, "tiers": self.text})
        told = _("step %(step)s: %(problem)s") % {"step": self.step, "problem": self.text}
        return InvalidInput(fields={**fields, "tiers": told}, step=self.step, part=self.part, problem=self.text)


def _check(tiers: Sequence[tuple[Decimal, Decimal]], moq: Decimal, multiple: Decimal) -> None:
    fields = {
        name: _("above zero, with at most three decimal places")
        for name, value in (("moq", moq), ("multiple", multiple))
        if not fits_places(value, 3) or value <= 0
    }
    wrong = _wrong_step(tiers)
    if not wrong and not fields and tiers[0][0] > moq:
        wrong = _Wrong(_("the first step must begin at or below the minimum order"), 1, QUANTITY)
    if wrong:
        raise wrong.refusal(**fields)
    if fields:
        raise InvalidInput(fields=fields)


def _check_unit_prices(basis: str, tiers: Sequence[tuple[Decimal, Decimal]], net_kg: Decimal, currency: str) -> None:
    """A unit must cost an amount that can be paid: whole cents when stated, and not nothing when computed."""
    for number, (_quantity, amount) in enumerate(tiers, start=1):
        if basis == Price.Basis.PER_UNIT and not fits_places(amount, exponent(currency)):
            text = _("a price per unit has at most %(places)s decimal places") % {"places": exponent(currency)}
            raise _Wrong(text, number, AMOUNT).refusal()
        if basis == Price.Basis.PER_KG and round_amount(amount * net_kg, currency) <= 0:
            text = _("at this price one unit would cost nothing")
            raise _Wrong(text, number, AMOUNT).refusal()


def _wrong_step(tiers: Sequence[tuple[Decimal, Decimal]]) -> _Wrong | None:
    """The first bad step; None when the ladder holds."""
    if not tiers:
        return _Wrong(_("at least one price is needed"))
    if len(tiers) > MAX_STEPS:
        return _Wrong(_("at most %(most)s steps") % {"most": MAX_STEPS})
    for number, (quantity, amount) in enumerate(tiers, start=1):
        if not fits_places(quantity, 3) or quantity <= 0:
            return _Wrong(_("the quantity must be above zero"), number, QUANTITY)
        if not fits_places(amount, 4) or amount <= 0:
            text = _("the price must be above zero, with at most four decimal places")
            return _Wrong(text, number, AMOUNT)
    for number, ((quantity, amount), (further, cheaper)) in enumerate(pairwise(tiers), start=2):
        facts = {"quantity": plain(quantity), "amount": plain(amount)}
        if further <= quantity:
            text = _("the quantity must be above %(quantity)s, the one before it") % facts
            return _Wrong(text, number, QUANTITY)
        if cheaper > amount:
            text = _("the price must not be above %(amount)s, the one before it") % facts
            return _Wrong(text, number, AMOUNT)
    return None
