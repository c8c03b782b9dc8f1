from django.utils.translation import gettext_lazy as _

from market.common.errors import MarketError


class LotExists(MarketError):
    code = "lot_exists"
    text = _("Lot %(number)s already stands for another product or harvest. Please give this one its own number.")


class LotShort(MarketError):
    """Details: `lot`, `wanted`, `left`."""

    code = "lot_short"
    text = _("Lot %(lot)s holds %(left)s, not %(wanted)s.")


class LotClosed(MarketError):
    code = "lot_closed"
    text = _("Lot %(number)s is in quarantine or recalled: nothing can be added to it.")
