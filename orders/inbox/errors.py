from django.utils.translation import gettext_lazy as _

from market.common.errors import MarketError


class LinkOver(MarketError):
    """It was good once: withdrawn, or its time is up."""

    code = "link_over"
    http_status = 410
    text = _("This address is no longer good: its time is up, or it was withdrawn. Please ask whoever gave it to you.")


class LookTooOld(MarketError):
    code = "look_too_old"
    text = _("The look at this file is too old, or it has been changed. Please load the file again.")


class TooManyLinks(MarketError):
    """Details: `most`."""

    code = "too_many_links"
    text = _("There are %(most)s addresses in use already. Please withdraw one that is no longer needed.")


class NotCarriersOwn(MarketError):
    """Details: `name`."""

    code = "not_carriers_own"
    text = _("This partner does not report for “%(name)s”.")
