from django.utils.translation import gettext_lazy as _

from market.common.errors import MarketError


class PaymentNotAvailable(MarketError):
    code = "payment_not_available"
    text = _("This way of paying is not available here. No money was taken.")


class NothingToPay(MarketError):
    code = "nothing_to_pay"
    text = _("There is nothing to pay: the order is paid, expired or cancelled.")


class PaymentRefused(MarketError):
    """Details: `reason`."""

    code = "payment_refused"
    text = _("The payment provider refused: %(reason)s")
