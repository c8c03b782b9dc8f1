"""Change a packing, as long as no goods contradict it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.pricing.queries import costs_nothing
from catalog.products.actions.write_product import Packing, update_variant
from catalog.products.models import Variant
from catalog.stock.models import StockMovement
from market.common.errors import InvalidInput


def change_packing(
    variant: Variant, packing: Packing, *, is_active: bool, version: str | None = None, now: datetime
) -> Variant:
    """Unit and net weight are fixed once goods have been received: boxes in the warehouse do not grow. Everything else
    may change. Raises InvalidInput naming the field, Conflict."""
    with transaction.atomic():
        row = Variant.objects.select_for_update(of=("self",)).get(pk=variant.pk)
        fixed = [name for name in ("unit", "net_kg") if getattr(row, name) != getattr(packing, name)]
        if fixed and StockMovement.objects.filter(stock_item__variant=row).exists():
            text = _("goods of this packing have been received; add another packing instead")
            raise InvalidInput(fields=dict.fromkeys(fixed, text))
        if "net_kg" in fixed and costs_nothing(row, packing.net_kg):
            raise InvalidInput(fields={"net_kg": _("at the price per kg one unit would cost nothing; raise it first")})
        return update_variant(row, packing, is_active=is_active, version=version, now=now)
