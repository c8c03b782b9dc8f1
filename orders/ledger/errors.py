from django.utils.translation import gettext_lazy as _

from market.common.errors import MarketError


class NobodyToPay(MarketError):
    code = "nobody_to_pay"
    text = _("Nobody can be paid now. The list says for each seller why not.")
