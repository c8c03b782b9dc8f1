from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from market.common.languages import active_language
from market.common.money import format_amount
from market.common.templatetags.market_shell import mark_chinese
from orders.claims.models import ClaimLine


def amount_label(line: ClaimLine, currency: str) -> SafeString:
    """Above the field that says how much goes back for a line of a claim."""
    words = _("Give back for {product}, lot {lot} ({currency})")
    names = {"product": mark_chinese(line.order_line.product_name), "lot": mark_chinese(line.lot.number)}
    return format_html(words, **names, currency=currency)


def amount_hint(least: Decimal, most: Decimal, currency: str) -> str:
    """Below that field."""
    language = active_language()
    sums = {"least": format_amount(least, currency, language), "most": format_amount(most, currency, language)}
    return _("from %(least)s to %(most)s") % sums
