"""Tell the buyer where the goods are: once per shipment and status, in the language of the purchase; by mail, or by
short message where there is no address."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import override

from market.common.languages import normal_language
from market.common.outbox.models import OutboxEvent
from orders.actions.keep_notices import ACTED_ON, TELL_WITHIN
from orders.actions.short_words import SHIPMENT
from orders.actions.text_buyer import text_buyer
from orders.orders.buyer import buyer_address, buyers_page
from orders.orders.models import Purchase
from orders.shipments.facts import expected_day
from orders.shipments.models import Notice, Status

# Each short message costs: that goods have left, and what somebody has to be there for.
TEXTED = (Status.PICKED_UP, Status.OUT_FOR_DELIVERY, *ACTED_ON)


def send_notices(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Receiver of `shipment.moved` and `shipment.noticed`. A notice is claimed before its mail goes out, so that two
    workers never both send; a mail that fails gives it back, and the outbox comes again. What has become old news is
    not sent."""
    numbers = {event.subject for event in events}
    due = Notice.objects.filter(shipment__number__in=numbers, is_due=True, sent_at__isnull=True)
    for notice in due.select_related("shipment__seller_order__purchase__buyer").order_by("pk"):
        purchase = notice.shipment.seller_order.purchase
        address = buyer_address(purchase)
        is_told = address or notice.status in TEXTED
        if not is_told or now - notice.occurred_at > TELL_WITHIN:
            Notice.objects.filter(pk=notice.pk).update(is_due=False)
            continue
        if not Notice.objects.filter(pk=notice.pk, sent_at__isnull=True).update(sent_at=now):
            continue
        try:
            if address:
                notice_mail(notice, purchase, address).send()
            else:
                _text(notice, purchase, now)
        except Exception:
            Notice.objects.filter(pk=notice.pk).update(sent_at=None)
            raise


def _text(notice: Notice, purchase: Purchase, now: datetime) -> None:
    shipment = notice.shipment
    about = f"{shipment.number}:{notice.status}"
    facts = {"order": purchase.number, "status": Status(notice.status).label, "waybill": shipment.waybill}
    text_buyer(purchase, "shipment", SHIPMENT, about=about, now=now, **facts)


def notice_mail(notice: Notice, purchase: Purchase, address: str) -> EmailMessage:
    """Plain text: what, where to look, nothing a partner wrote but waybill and carrier."""
    shipment = notice.shipment
    with override(normal_language(purchase.language)):
        status = notice.get_status_display()
        lines = [
            _("Your shipment %(shipment)s of order %(order)s: %(status)s.")
            % {"shipment": shipment.number, "order": purchase.number, "status": status},
            _("Carrier: %(carrier)s. Waybill: %(waybill)s.")
            % {"carrier": shipment.carrier, "waybill": shipment.waybill},
        ]
        day = expected_day(shipment.eta)
        if day and notice.status not in ("delivered", "returned", "failed", "cancelled"):
            lines.append(_("Expected delivery: %(day)s.") % {"day": day})
        lines += [
            "",
            _("The whole journey: %(address)s") % {"address": settings.PUBLIC_URL + buyers_page(purchase)},
        ]
        subject = _("Order %(order)s: %(status)s") % {"order": purchase.number, "status": status}
    return EmailMessage(subject, "\n".join(lines), to=[address])
