from django.utils.translation import gettext_lazy as _

from market.common.errors import MarketError


class NotAnExportCart(MarketError):
    code = "not_an_export_cart"
    text = _("This cart is of the home market: it is ordered and paid, not enquired about.")
