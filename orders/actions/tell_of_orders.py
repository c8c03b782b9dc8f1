"""Tell of an order: the buyer that it is placed and that the money came, the sellers that goods are paid. By mail, or
by short message where there is no address."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import override

from market.accounts.models import User
from market.common.dates import format_moment
from market.common.languages import normal_language
from market.common.mails import plain_mail
from market.common.money import format_amount
from market.common.outbox.models import OutboxEvent
from market.enterprises.models import Member
from market.enterprises.queries import staff_with
from market.enterprises.roles import Right
from market.enterprises.text_staff import text_staff
from orders.actions.short_words import ORDER_PAID, SELLER_ORDER
from orders.actions.text_buyer import text_buyer
from orders.orders.buyer import buyer_address, buyers_page
from orders.orders.models import Purchase, SellerOrder
from orders.payments.models import Allocation, Payment
from orders.payments.queries import due

S = SellerOrder.State
PACKERS = (Right.TRADE, Right.SHIP)


def send_placed(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Receiver of `purchase.placed`; not of what is paid for or over already. A mail that went out before the process
    died goes out again, which says nothing false."""
    rows = Purchase.objects.select_related("buyer").filter(number__in=[event.subject for event in events])
    for purchase in rows.order_by("pk"):
        address, wanted = buyer_address(purchase), due(purchase)
        if address and wanted and now < purchase.pay_by:
            placed_mail(purchase, wanted, address).send()


def send_paid(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Receiver of `payment.captured`, about the orders that it paid and that wait for their sellers. What was declined
    or came too late is told by its own event."""
    rows = Payment.objects.select_related("purchase__buyer").filter(pk__in=[event.subject for event in events])
    for payment in rows.order_by("pk"):
        paid = payment.allocations.filter(seller_order__state=S.AWAITING_SELLER).order_by("seller_order")
        shares = list(paid.select_related("seller_order"))
        for share in shares:
            for member in packers_of(share.seller_order):
                seller_mail(share, member.user).send()
            firm, number = share.seller_order.enterprise_id, share.seller_order.number
            text_staff(firm, PACKERS, "seller_order", SELLER_ORDER, about=number, now=now, order=number)
        address, number = buyer_address(payment.purchase), payment.purchase.number
        if shares:
            text_buyer(payment.purchase, "order_paid", ORDER_PAID, about=str(payment.pk), now=now, order=number)
        if address and shares:
            paid_mail(payment, sum((share.captured for share in shares), Decimal(0)), address).send()


def packers_of(order: SellerOrder) -> list[Member]:
    """Whom a mail reaches of those who speak with buyers and those who pack."""
    return staff_with(order.enterprise_id, *PACKERS)


def placed_mail(purchase: Purchase, wanted: Decimal, address: str) -> EmailMessage:
    """Plain text in the language of the purchase."""
    language = normal_language(purchase.language)
    with override(language):
        facts = {
            "number": purchase.number,
            "amount": format_amount(wanted, purchase.currency, language),
            "moment": format_moment(purchase.pay_by, language),
        }
        lines = [
            _("Your order %(number)s is placed. Please keep its number.") % facts,
            _("To pay: %(amount)s until %(moment)s (Beijing time). Until then the goods are kept for you.") % facts,
            "",
            _("How to pay, and how it stands: %(address)s") % {"address": settings.PUBLIC_URL + buyers_page(purchase)},
        ]
        subject = _("Your order %(number)s") % facts
    return EmailMessage(subject, "\n".join(lines), to=[address])


def paid_mail(payment: Payment, amount: Decimal, address: str) -> EmailMessage:
    """The same, when money has come."""
    purchase = payment.purchase
    language = normal_language(purchase.language)
    with override(language):
        facts = {"number": purchase.number, "amount": format_amount(amount, payment.currency, language)}
        lines = [
            _("Your payment of %(amount)s for order %(number)s has come. The sellers pack the goods now.") % facts,
            "",
            _("How it stands: %(address)s") % {"address": settings.PUBLIC_URL + buyers_page(purchase)},
        ]
        subject = _("Order %(number)s is paid") % facts
    return EmailMessage(subject, "\n".join(lines), to=[address])


def seller_mail(share: Allocation, user: User) -> EmailMessage:
    """In the member's language; who bought and where it goes stands on the page, for those who may read it."""
    order, language = share.seller_order, normal_language(user.language)
    with override(language):
        facts = {"order": order.number, "amount": format_amount(share.captured, share.payment.currency, language)}
        news = _("Order %(order)s for %(amount)s is paid and waits to be packed.") % facts
        subject = _("New order %(order)s") % facts
    return plain_mail(str(user.email), subject, [news], page=f"/{language}/sell/orders/{order.number}/")
