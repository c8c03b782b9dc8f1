from django.utils.translation import gettext_lazy as _

from market.common.errors import MarketError


class OwnGoods(MarketError):
    code = "own_goods"
    http_status = 403
    text = _("You work for the seller. Nobody reviews what their own enterprise sells.")


class ReviewedAlready(MarketError):
    code = "reviewed_already"
    text = _("You have reviewed this product of this order already. Change that review instead of writing another.")


class ReviewWithdrawn(MarketError):
    code = "review_withdrawn"
    text = _("This review was withdrawn by its writer. That is final.")


class TooLateToChange(MarketError):
    code = "too_late_to_change"
    text = _("A review can be changed for %(days)s days after it was written. You can still withdraw it.")


class NotShown(MarketError):
    code = "review_not_shown"
    text = _("This review is not shown any more, so there is nothing to answer.")
