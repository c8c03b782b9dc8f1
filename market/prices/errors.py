from django.utils.translation import gettext_lazy as _

from market.common.errors import MarketError


class OwnReport(MarketError):
    code = "own_report"
    http_status = 403
    text = _("You reported this price yourself. Somebody else confirms that it is right, or another source does.")


class ReportedAlready(MarketError):
    code = "reported_already"
    text = _("This source has reported this price for this day already. Correct that report instead.")
