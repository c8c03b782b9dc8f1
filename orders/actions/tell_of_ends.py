"""Tell that an order has ended before it left: the buyer what a seller declined or nobody paid, the seller's
staff what they need not pack. By mail, or by short message where there is no address."""

from collections.abc import Sequence
from datetime import datetime

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import override

from market.accounts.models import User
from market.common.languages import normal_language
from market.common.mails import plain_mail
from market.common.outbox.models import OutboxEvent
from market.enterprises.text_staff import text_staff
from orders.actions.short_words import ORDER_DECLINED, SELLER_ORDER_CANCELLED
from orders.actions.tell_of_orders import PACKERS, packers_of
from orders.actions.text_buyer import text_buyer
from orders.orders.buyer import buyer_address, buyers_page
from orders.orders.models import SellerOrder
from orders.orders.queries import reasons_of_end
from orders.payments.models import Allocation

S = SellerOrder.State


def send_mails(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Receiver of `order.declined`, `order.cancelled` and `order.expired`. Of several orders of a purchase that nobody
    paid the buyer hears once. A mail that went out before the process died goes out again, which says nothing false."""
    rows = SellerOrder.objects.filter(number__in=[event.subject for event in events])
    orders = list(rows.select_related("purchase__buyer", "enterprise").order_by("pk"))
    reasons = reasons_of_end(orders)
    told = set[int]()
    for order in orders:
        if order.state == S.CANCELLED:
            _tell_sellers(order, now)
            continue
        if order.state == S.DECLINED:  # which only what is paid for can be
            kind, number = "order_declined", order.number
            text_buyer(order.purchase, kind, ORDER_DECLINED, about=number, now=now, order=number)
        if (address := buyer_address(order.purchase)) and order.purchase_id not in told:
            if order.state == S.EXPIRED:
                told.add(order.purchase_id)
            buyer_mail(order, reasons.get(order.pk, ""), address).send()


def _tell_sellers(order: SellerOrder, now: datetime) -> None:
    """Nobody was told to pack what was never paid."""
    if Allocation.objects.filter(seller_order=order, captured__gt=0).exists():
        for member in packers_of(order):
            seller_mail(order, member.user).send()
        kind, number = "seller_order_cancelled", order.number
        text_staff(order.enterprise_id, PACKERS, kind, SELLER_ORDER_CANCELLED, about=number, now=now, order=number)


def buyer_mail(order: SellerOrder, reason: str, address: str) -> EmailMessage:
    """Plain text in the language of the purchase."""
    purchase = order.purchase
    with override(normal_language(purchase.language)):
        facts = {"order": order.number, "number": purchase.number, "firm": order.enterprise.name}
        if order.state == S.EXPIRED:
            news = _("Your order %(number)s was not paid in time and has ended. The goods are kept no longer.")
            subject = _("Order %(number)s has ended")
        else:
            news = _(
                "%(firm)s cannot deliver order %(order)s and has declined it. What you paid for it goes back to you."
            )
            subject = _("Order %(order)s was declined")
    lines = [news % facts, *(["", reason] if reason else [])]
    return plain_mail(address, subject % facts, lines, page=buyers_page(purchase))


def seller_mail(order: SellerOrder, user: User) -> EmailMessage:
    """Plain text in the member's language."""
    language = normal_language(user.language)
    with override(language):
        facts = {"order": order.number}
        news = _("Order %(order)s has been cancelled: please do not pack it.") % facts
        subject = _("Order %(order)s was cancelled") % facts
    return plain_mail(str(user.email), subject, [news], page=f"/{language}/sell/orders/{order.number}/")
