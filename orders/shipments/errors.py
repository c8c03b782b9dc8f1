from django.utils.translation import gettext_lazy as _

from market.common.errors import MarketError


class NothingToShip(MarketError):
    code = "nothing_to_ship"
    text = _("Nothing of this order is left to ship.")


class ShipsTooMuch(MarketError):
    """Details: `sku`, `wanted`, `left`."""

    code = "ships_too_much"
    text = _("%(sku)s: only %(left)s are left to ship, not %(wanted)s.")


class WaybillUsed(MarketError):
    code = "waybill_used"
    text = _("Waybill %(waybill)s is already on this order.")


class LogFullError(Exception):
    """A message's readings do not fit into the temperature log any more: parked for a person."""
