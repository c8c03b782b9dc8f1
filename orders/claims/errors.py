from django.utils.translation import gettext_lazy as _

from market.common.errors import MarketError


class NotDelivered(MarketError):
    code = "not_delivered"
    text = _("Order %(number)s has not been delivered in full yet.")


class ClaimIsOpen(MarketError):
    code = "claim_open"
    text = _("Claim %(number)s is still open. Settle or withdraw it first.")


class NothingToClaim(MarketError):
    code = "nothing_to_claim"
    text = _("Nothing of order %(number)s has arrived or gone astray yet, or all of it has been settled already.")


class TooLateToClaim(MarketError):
    code = "too_late_to_claim"
    text = _("A claim can be made for %(days)s days after the goods were accepted. That time is over.")


class SellerHasTime(MarketError):
    code = "seller_has_time"
    text = _("The seller has %(days)s days to answer. After that you can ask an officer.")


class KeyUsed(MarketError):
    code = "idempotency_conflict"
    text = _("Claim %(number)s was filed under this key already, and says something else.")


class OfferChanged(MarketError):
    code = "offer_changed"
    text = _("The seller has changed the offer to %(offered)s %(currency)s. Please look again.")


class TooManyPhotos(MarketError):
    code = "too_many_photos"
    http_status = 422
    text = _("A claim has at most %(most)s photos.")
