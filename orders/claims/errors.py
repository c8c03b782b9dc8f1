from django.utils.translation import gettext_lazy as _

from market.common.errors import MarketError


class NotDelivered(MarketError):
    code = "not_delivered"
    text = _("Order %(number)s has not been delivered in full yet.")
