"""What a statement of an order says: what was bought, at what price, what was given back."""

from decimal import Decimal

from django.db.models import Sum

from market.common.languages import normal_language
from market.common.quantity import plain
from orders.documents.contents.draft import Draft
from orders.documents.contents.parties import Content, goods_name, recipient_of, seller_of
from orders.documents.errors import NothingToIssue
from orders.documents.gate import refuse_uncleared_order
from orders.documents.models.document import Kind
from orders.orders.models import OrderLine, SellerOrder
from orders.payments.models import Refund

S = SellerOrder.State
PAID = (S.AWAITING_SELLER, S.IN_PROGRESS, S.COMPLETED)


def statement(order: SellerOrder) -> Draft:
    """From the order's own copies. Raises NotCleared, NothingToIssue for one that is not paid or has ended."""
    if order.state not in PAID:
        raise NothingToIssue(subject=order.number)
    refuse_uncleared_order(order)
    language = normal_language(order.purchase.language)
    given_back = refunded(order)
    content: Content = {
        "order": order.number,
        "purchase": order.purchase.number,
        "placed_at": order.placed_at.isoformat(),
        "currency": order.purchase.currency,
        "seller": seller_of(order.enterprise, language),
        "recipient": recipient_of(order.purchase),
        "rows": [_row(line, language) for line in order.lines.all()],
        "goods_total": plain(order.goods_total),
        "freight": plain(order.freight),
        "total": plain(order.total),
        "given_back": plain(given_back),
        "remains": plain(order.total - given_back),
    }
    return Draft(Kind.STATEMENT, order.enterprise_id, order.number, language, content, seller_order=order)


def refunded(order: SellerOrder) -> Decimal:
    """What goes or went back to the buyer of this order, in its currency; a refund that failed is still owed."""
    rows = Refund.objects.filter(seller_order=order, other_currency="").exclude(state=Refund.State.RETURNED)
    return rows.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


def _row(line: OrderLine, language: str) -> Content:
    return {
        "goods": goods_name(line, language),
        "sku": line.sku,
        "hs": line.hs_code,
        "origin": {
            "country": line.origin_country,
            "subdivision": line.origin_subdivision,
            "place": line.origin_place_zh,
        },
        "quantity": plain(line.quantity),
        "unit": line.unit,
        "unit_price": plain(line.unit_price),
        "tax_rate": plain(line.tax_rate),
        "tax": plain(line.tax),
        "total": plain(line.total),
    }
