"""Tell the seller's staff by mail what goes wrong on the way: silence, a return, a loss, temperatures not kept."""

from collections.abc import Sequence
from datetime import datetime

from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from market.accounts.models import User
from market.common.languages import listed, normal_language
from market.common.mails import plain_mail
from market.common.outbox.models import OutboxEvent
from market.enterprises.queries import staff_with
from market.enterprises.roles import Right
from orders.shipments.facts import trouble_words
from orders.shipments.models import TURNED, Alarm, Shipment


def send_alarms(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Receiver of `shipment.silent`, `shipment.out_of_range` and `shipment.moved`: those who ship are told once of each
    silence, of the first excursion, and of each status of a journey that goes wrong; of what is over already, nothing.
    A claim is written before the mails go out, so that two workers never both send; when one fails it is given back,
    and the outbox comes again."""
    numbers = {event.subject for event in events}
    rows = Shipment.objects.filter(number__in=numbers).select_related("seller_order").prefetch_related("parcels")
    shipments = {shipment.number: shipment for shipment in rows}
    for event in events:
        shipment = shipments.get(event.subject)
        key = _key_of(event, shipment) if shipment is not None else ""
        if shipment is not None and key and (alarm := _claim(shipment, key, now)) is not None:
            try:
                for member in staff_with(shipment.seller_order.enterprise_id, Right.SHIP):
                    alarm_mail(shipment, member.user).send()
            except Exception:
                alarm.delete()
                raise


def _key_of(event: OutboxEvent, shipment: Shipment) -> str:
    """What is to be told, once; empty where there is nothing (any more)."""
    if event.topic == "shipment.moved":
        status = str(event.payload.get("status", ""))
        return status if status == shipment.status and status in TURNED else ""
    if event.topic == "shipment.out_of_range":
        return "out_of_range" if shipment.out_of_range_at is not None else ""
    is_silent = shipment.silent_since or any(parcel.silent_since for parcel in shipment.parcels.all())
    return f"silent {event.created_at.isoformat()}" if is_silent else ""


def _claim(shipment: Shipment, key: str, now: datetime) -> Alarm | None:
    try:
        with transaction.atomic():
            return Alarm.objects.create(shipment=shipment, key=key, told_at=now)
    except IntegrityError:
        return None


def alarm_mail(shipment: Shipment, user: User) -> EmailMessage:
    """Plain text in the member's language: which shipment, all that is wrong with it, where to look."""
    language, order = normal_language(user.language), shipment.seller_order.number
    with override(language):
        facts = {"shipment": shipment.number, "order": order, "trouble": listed(trouble_words(shipment))}
        lines = [
            _("Shipment %(shipment)s of order %(order)s needs you: %(trouble)s.") % facts,
            _("Carrier: %(carrier)s. Waybill: %(waybill)s.")
            % {"carrier": shipment.carrier, "waybill": shipment.waybill},
            _("Please ask the carrier, and tell the buyer."),
        ]
        subject = _("Order %(order)s: %(status)s") % {"order": order, "status": facts["trouble"]}
    return plain_mail(str(user.email), subject, lines, page=f"/{language}/sell/orders/{order}/")
