"""Tell a seller's staff by mail what a payment provider took back of an order, and that it came back."""

from collections.abc import Sequence
from datetime import datetime

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import override

from market.accounts.models import User
from market.common.languages import normal_language
from market.common.mails import plain_mail
from market.common.money import format_amount
from market.common.outbox.models import OutboxEvent
from market.enterprises.queries import staff_with
from market.enterprises.roles import Right
from orders.payments.models import Refund

S = Refund.State
STILL = {"reversal.booked": S.SUCCEEDED, "reversal.returned": S.RETURNED}


def send_mails(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Receiver of `reversal.booked` and `reversal.returned`, each about a refund. What has moved on since is told by
    its own event."""
    del now
    rows = Refund.objects.select_related("seller_order", "reversal", "payment")
    found = {str(refund.pk): refund for refund in rows.filter(pk__in=[event.subject for event in events])}
    for event in events:
        refund = found[event.subject]
        if refund.state == STILL[event.topic] and refund.seller_order is not None:
            for member in staff_with(refund.seller_order.enterprise_id, Right.TRADE):
                reversal_mail(refund, member.user).send()


def reversal_mail(refund: Refund, user: User) -> EmailMessage:
    """Plain text, in the member's language."""
    assert refund.seller_order is not None
    assert refund.reversal is not None
    language, order = normal_language(user.language), refund.seller_order.number
    with override(language):
        facts = {
            "order": order,
            "amount": format_amount(refund.amount, refund.currency, language),
            "kind": refund.reversal.get_kind_display(),
        }
        if refund.state == S.RETURNED:
            news = _("%(amount)s of order %(order)s (%(kind)s) came back to us and are yours again.")
        else:
            news = _(
                "%(amount)s of order %(order)s went back to the buyer at the payment provider (%(kind)s). It is booked "
                "as a refund of this order."
            )
        subject = _("Order %(order)s: money taken back at the payment provider") % facts
    return plain_mail(str(user.email), subject, [news % facts], page=f"/{language}/sell/orders/{order}/")
