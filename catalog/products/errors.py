from django.utils.translation import gettext_lazy as _

from market.common.errors import MarketError


class OriginIsFixed(MarketError):
    code = "origin_is_fixed"
    text = _("The origin of a product is written once and cannot be changed.")


class NotReadyToPublish(MarketError):
    """`missing` lists what, `summary` says it in words."""

    code = "not_ready_to_publish"
    text = _("Before this can be published: %(summary)s.")


class EnterpriseNotSelling(MarketError):
    code = "enterprise_not_selling"
    text = _("Only an approved enterprise can publish products.")


class BadPicture(MarketError):
    code = "bad_picture"
    http_status = 422
    text = _("“%(name)s” cannot be used as a picture: JPEG, PNG or WebP up to 10 MB and 40 megapixels, please.")


class TooManyPictures(MarketError):
    code = "too_many_pictures"
    http_status = 422
    text = _("“%(name)s” was not added: a product has at most %(most)s pictures.")


class ClaimedAlready(MarketError):
    code = "claimed_already"
    http_status = 409
    text = _("This certificate waits to be checked already. Withdraw that claim first, or wait for the officer.")
