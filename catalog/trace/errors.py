from django.utils.translation import gettext_lazy as _

from market.common.errors import Conflict, MarketError, NotFound


class RuleBroken(MarketError):
    """Details: `rule` (a name of trade.md, stable), `event` (its id), `why`."""

    code = "trace_rule_broken"
    http_status = 422
    text = _("Event %(event)s is refused by the rule %(rule)s: %(why)s")


class UnknownLot(NotFound):
    """Details: `lot`. Also for a lot of another enterprise: its existence is not told."""

    code = "trace_lot_unknown"
    text = _("There is no lot %(lot)s of yours.")


class UnknownEvent(NotFound):
    """Details: `event`."""

    code = "trace_event_unknown"
    text = _("There is no event %(event)s of yours to declare an error.")


class DeclaredAlready(Conflict):
    """Details: `event`."""

    code = "trace_event_declared"
    text = _("Event %(event)s has been declared an error already.")
