"""What people without software tell: a button pressed on a phone. Becomes messages of the native format."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.common.errors import InvalidInput
from market.common.plain_text import plain_code
from market.common.quantity import plain
from market.common.sealing import seal
from orders.inbox.models import BY_HAND, Endpoint, InboxEvent, ReportLink
from orders.inbox.store import store_events
from orders.shipments.carriers.readings import HAND
from orders.shipments.models import Shipment

BACK: Final = timedelta(days=14)
AHEAD: Final = timedelta(minutes=5)  # two clocks never agree; such a time is taken for now


class Step(TextChoices):
    """What a driver can say."""

    PICKED_UP = "picked_up", gettext_lazy("Picked up")
    ARRIVED = "arrived", gettext_lazy("Arrived")
    OUT_FOR_DELIVERY = "out_for_delivery", gettext_lazy("Out for delivery")
    DELIVERED = "delivered", gettext_lazy("Delivered")
    MEASURED = "measured", gettext_lazy("Temperature measured")
    NOBODY = "nobody", gettext_lazy("Nobody there")
    REFUSED = "refused", gettext_lazy("Refused at the door")
    ADDRESS = "address", gettext_lazy("Address not found")
    DAMAGED = "damaged", gettext_lazy("Goods damaged")
    DELAYED = "delayed", gettext_lazy("Delayed")
    OTHER = "other", gettext_lazy("Something else")


PROBLEMS: Final = (Step.NOBODY, Step.REFUSED, Step.ADDRESS, Step.DAMAGED, Step.DELAYED, Step.OTHER)
# Status, substatus and flags of the native format.
MEANING: Final[dict[str, tuple[str, str, tuple[str, ...]]]] = {
    Step.PICKED_UP: ("picked_up", "", ()),
    Step.ARRIVED: ("in_transit", "arrived_at_facility", ()),
    Step.OUT_FOR_DELIVERY: ("out_for_delivery", "", ()),
    Step.DELIVERED: ("delivered", "to_recipient", ()),
    Step.MEASURED: ("", "", ()),
    Step.NOBODY: ("delivery_attempted", "not_home", ()),
    Step.REFUSED: ("delivery_attempted", "refused_pending", ()),
    Step.ADDRESS: ("delivery_attempted", "address_issue", ("address_issue",)),
    Step.DAMAGED: ("", "", ("damaged",)),
    Step.DELAYED: ("", "", ("delayed",)),
    Step.OTHER: ("", "", ("contact_carrier",)),
}


@dataclass(frozen=True)
class Pressed:
    """One press of a button. `key` is the phone's own for this press. `at` and `sent_at` are what the phone's clock
    showed then and when it was sent; without them it was just now. `waybill` empty: every waybill of the link's
    shipment."""

    step: str
    key: str
    waybill: str = ""
    at: datetime | None = None
    sent_at: datetime | None = None
    place: str = ""
    signed_by: str = ""
    weight_kg: Decimal | None = None
    note: str = ""
    celsius: Decimal | None = None


def take_report(link: ReportLink, pressed: Pressed, *, now: datetime) -> datetime:
    """Stores one message for each waybill and says when it happened by our clock. The same press again changes
    nothing. Raises InvalidInput: a waybill of another shipment, none at all, or a time that cannot be."""
    at = happened_at(pressed, now)
    messages = [_message(link, pressed, waybill, at, now) for waybill in _waybills(link, pressed.waybill)]
    store_events(messages)
    ReportLink.objects.filter(pk=link.pk).update(last_used_at=now)
    return at


def happened_at(pressed: Pressed, now: datetime) -> datetime:
    """When the button was pressed: our clock, less the time that passed on the phone's, which may be wrong. At most 14
    days back, never ahead. Raises InvalidInput."""
    if pressed.at is None:
        return now
    at = pressed.at if pressed.sent_at is None else pressed.at + (now - pressed.sent_at)
    if at > now + AHEAD:
        raise InvalidInput(fields={"at": _("This time lies in the future: the phone's clock was changed.")})
    if at < now - BACK:
        raise InvalidInput(fields={"at": _("This is more than %(days)s days ago.") % {"days": BACK.days}})
    return min(at, now)


def waybills_of(shipment: Shipment) -> list[str]:
    """The shipment's own and those of its parcels."""
    return list(dict.fromkeys([shipment.waybill, *shipment.parcels.order_by("pk").values_list("number", flat=True)]))


def _waybills(link: ReportLink, typed: str) -> Sequence[str]:
    waybill = plain_code(typed)
    if link.shipment is None:
        if not waybill or len(waybill) > 60:
            raise InvalidInput(fields={"waybill": _("Please enter the waybill number.")})
        return [waybill]
    known = waybills_of(link.shipment)
    if waybill and waybill not in known:
        raise InvalidInput(fields={"waybill": _("This waybill is not part of the shipment.")})
    return [waybill] if waybill else known


def _message(link: ReportLink, pressed: Pressed, waybill: str, at: datetime, now: datetime) -> InboxEvent:
    """A page that was not loaded anew shows its old key again: what is told is part of the key, the time is not."""
    told = [str(link.pk), pressed.key, pressed.step, waybill, pressed.place]
    if pressed.celsius is not None:
        told.append(plain(pressed.celsius))
    key = hashlib.sha256("\x1f".join(told).encode()).hexdigest()[:40]
    status, substatus, flags = MEANING[pressed.step]
    event = {"id": key, "status": status, "substatus": substatus, "flags": list(flags), "place": pressed.place}
    event |= {"text": pressed.note}
    if pressed.weight_kg is not None:
        event["weight_kg"] = plain(pressed.weight_kg)
    body = native_body(waybill, event, at, signed_by=pressed.signed_by, celsius=pressed.celsius)
    return message_of(link.endpoint, link, f"phone:{key}", body, by="phone", now=now)


def native_body(
    waybill: str,
    event: dict[str, Any],
    at: datetime,
    *,
    signed_by: str = "",
    celsius: Decimal | None = None,
    sensor: str = HAND,
) -> bytes:
    """A `shipment.updated` of one event (docs/partners.md), with what a thermometer showed then."""
    spelt = at.isoformat()
    if celsius is not None:
        event = event | {"readings": [{"at": spelt, "celsius": float(celsius), "sensor": sensor}]}
    data = {"tracking_number": waybill, "signed_by": signed_by, "events": [event | {"occurred_at": spelt}]}
    return json.dumps({"type": "shipment.updated", "timestamp": spelt, "data": data}, ensure_ascii=False).encode()


def message_of(
    endpoint: Endpoint, link: ReportLink | None, key: str, body: bytes, *, by: str, now: datetime
) -> InboxEvent:
    return InboxEvent(
        endpoint=endpoint,
        link=link,
        key=key,
        sealed=seal(body),
        headers={BY_HAND: by},
        received_at=now,
        last_seen_at=now,
        due_at=now,
    )
