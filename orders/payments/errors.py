from django.utils.translation import gettext_lazy as _

from market.common.errors import MarketError


class PaymentNotAvailable(MarketError):
    code = "payment_not_available"
    text = _("This way of paying is not available here. No money was taken.")


class PaymentNotAllowed(PaymentNotAvailable):
    """Details: `gateway`, `seller_orders` (numbers the refusal is about), `summary`. What was judged is stored."""

    code = "payment_not_allowed"
    text = _("This way of paying is not open for this order. No money was taken. %(summary)s")


class PaymentUnderway(MarketError):
    code = "payment_underway"
    text = _("The payment you began is going through. Please wait a moment and look again.")


class SecondPersonNeeded(MarketError):
    code = "second_person_needed"
    text = _("You proposed this yourself, so another finance officer has to confirm it.")


class AmountDoesNotFit(MarketError):
    """Details: `number` of the purchase, `asked`, `left`, `currency`."""

    code = "amount_does_not_fit"
    text = _("%(number)s asks for %(asked)s %(currency)s, and %(left)s is there: a short payment cannot be accepted.")


class NotPayableNow(MarketError):
    """Details: `number` of the purchase."""

    code = "not_payable_now"
    text = _("%(number)s waits for no bank transfer in this currency any more.")


class NothingToPay(MarketError):
    code = "nothing_to_pay"
    text = _("There is nothing to pay: the order is paid, expired or cancelled.")


class PaymentRefused(MarketError):
    """Details: `reason`."""

    code = "payment_refused"
    text = _("The payment provider refused: %(reason)s")


class PurchaseWaitsNoMore(MarketError):
    """Details: `number` of the purchase."""

    code = "purchase_waits_no_more"
    text = _("%(number)s waits for no payment any more: the money can only go back.")


class ProviderSilent(MarketError):
    code = "provider_silent"
    text = _("The payment provider does not answer. Nothing was moved; please try again in a minute.")
