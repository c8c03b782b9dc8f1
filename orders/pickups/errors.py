from django.utils.translation import gettext_lazy as _

from market.common.errors import MarketError


class NotToFetch(MarketError):
    """Details: `order`, `state`."""

    code = "not_to_fetch"
    text = _("Order %(order)s is not to be fetched: its state is “%(state)s”.")


class AlreadyAsked(MarketError):
    """Details: `order`, `job`."""

    code = "already_asked"
    text = _("Order %(order)s is in pickup job %(job)s already. Withdraw that one first.")


class PartnerClosed(MarketError):
    """Details: `partner`."""

    code = "partner_closed"
    text = _("%(partner)s takes no pickup jobs now. Please choose another partner.")
