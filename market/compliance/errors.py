from django.utils.translation import gettext_lazy as _

from market.common.errors import MarketError


class DestinationClosed(MarketError):
    """Details: `country`, `reasons` (one sentence per rule that speaks)."""

    code = "destination_closed"
    text = _("Not available for delivery to %(country)s. %(reason)s")


class NotComplianceOfficer(MarketError):
    code = "not_compliance_officer"
    http_status = 403
    text = _("Only an officer with a compliance post may open or close destinations.")
