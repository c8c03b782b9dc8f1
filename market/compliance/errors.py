from django.utils.translation import gettext_lazy as _

from market.common.errors import MarketError


class TradeRefused(MarketError):
    """Details: `lines`, each with `sku`, `product`, `outcome`, `reasons` (`rule`, `reason`, `law`, `since`) and
    `missing_evidence`. What was judged is stored, also though nothing else is."""

    code = "trade_refused"
    text = _("Trade rules do not allow this. %(summary)s")


class NotComplianceOfficer(MarketError):
    code = "not_compliance_officer"
    http_status = 403
    text = _("Only an officer with a compliance post may decide about destinations and owners.")
