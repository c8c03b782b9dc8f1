"""State what a packing costs in a channel."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.pricing.models import Price, PriceTier
from catalog.products.events import products_changed
from catalog.products.models import Variant
from market.channels.models import Channel
from market.common.errors import InvalidInput


def set_price(
    variant: Variant,
    channel: Channel,
    *,
    basis: str,
    tiers: Sequence[tuple[Decimal, Decimal]],
    moq: Decimal = Decimal(1),
    multiple: Decimal = Decimal(1),
    now: datetime,
) -> Price:
    """Replaces price and ladder; `tiers` are (from quantity, amount), in the channel's currency.

    Quantities must rise, amounts must not, all above zero, the first quantity is at most the MOQ. Raises InvalidInput
    naming the field.
    """
    _check(tiers, moq, multiple)
    with transaction.atomic():
        price, _created = Price.objects.update_or_create(
            variant=variant, channel=channel, defaults={"basis": basis, "moq": moq, "multiple": multiple}
        )
        price.tiers.all().delete()
        PriceTier.objects.bulk_create(
            PriceTier(price=price, min_quantity=quantity, amount=amount) for quantity, amount in tiers
        )
        products_changed([variant.product_id], reason="price", now=now)
    return price


def _check(tiers: Sequence[tuple[Decimal, Decimal]], moq: Decimal, multiple: Decimal) -> None:
    if not tiers:
        raise InvalidInput(fields={"tiers": _("at least one price is needed")})
    if moq <= 0 or multiple <= 0:
        raise InvalidInput(fields={"moq": _("minimum order and order multiple must be above zero")})
    if any(amount <= 0 for _, amount in tiers):
        raise InvalidInput(fields={"tiers": _("each price must be above zero")})
    if tiers[0][0] > moq:
        raise InvalidInput(fields={"tiers": _("the first step must begin at or below the minimum order")})
    for (quantity, amount), (further, cheaper) in pairwise(tiers):
        if further <= quantity:
            raise InvalidInput(fields={"tiers": _("quantities must rise from step to step")})
        if cheaper > amount:
            raise InvalidInput(fields={"tiers": _("prices must not rise with the quantity")})
