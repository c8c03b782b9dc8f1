"""What short messages of orders say, by kind. Each kind is a template with providers that take no other words: the same
`%(names)s` in every language, listed in docs/configuration.md."""

from django.utils.translation import gettext_lazy as _

ORDER_PAID = _("Your payment for order %(order)s has come. The sellers pack the goods now.")
ORDER_DECLINED = _("The seller cannot deliver order %(order)s. What you paid for it goes back to you.")
SHIPMENT = _("Order %(order)s: %(status)s. Waybill %(waybill)s.")
CLAIM_ANSWERED = _("The seller has answered claim %(claim)s. Take the offer or ask an officer within seven days.")
CLAIM_ENDED = _("Claim %(claim)s: %(state)s.")
SELLER_ORDER = _("New order %(order)s is paid and waits to be packed.")
SELLER_ORDER_CANCELLED = _("Order %(order)s has been cancelled: please do not pack it.")
SELLER_CLAIM = _("A buyer has filed claim %(claim)s about order %(order)s. Please answer within three days.")
