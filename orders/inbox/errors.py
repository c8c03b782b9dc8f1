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


class NoNetwork(MarketError):
    """Details: `line`, its first 60 signs."""

    code = "no_network"
    text = _("“%(line)s” is neither an address nor a network. Please write 203.0.113.7 or 203.0.113.0/24.")


class HostBits(NoNetwork):
    """Details: `line`, `network`."""

    code = "host_bits"
    text = _("“%(line)s” is inside the network %(network)s: write that, or the address alone.")


class EveryNetwork(NoNetwork):
    """Details: `line`."""

    code = "every_network"
    text = _("“%(line)s” is every address. For anywhere, leave the field empty.")
