from django.utils.translation import gettext_lazy as _

from market.common.errors import MarketError


class OutOfStock(MarketError):
    """Details: `lines`, each with `variant`, `sku`, `product`, `wanted`, `left` (decimal strings, in units)."""

    code = "out_of_stock"
    text = _("Not enough left of: %(summary)s.")


class StockBelowReserved(MarketError):
    code = "stock_below_reserved"
    text = _("%(reserved)s are promised to orders, so the stock cannot be set to %(wanted)s.")


class AlreadyReceived(MarketError):
    code = "already_received"
    text = _("This receipt has been recorded already.")


class GoodsPromised(MarketError):
    """Details: `reserved`."""

    code = "goods_promised"
    text = _("%(reserved)s units in this warehouse are promised to orders. Ship or decline them first.")
