"""A driver's phone in tests: the address it was given, and what it sends."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.test import Client

from market.common.clock import read_clock
from orders.inbox.actions import create_endpoint
from orders.inbox.links import make_partner_link, make_shipment_link
from orders.inbox.models import ReportLink
from orders.inbox.tasks import process_inbox
from orders.shipments.models import Shipment
from tests.builders import make_user
from tests.orders.inbox.test_receive import make_shipment

_key = count(1)
JSON = {"accept": "application/json"}


def give_link(shipment: Shipment, *, days: int = 30, shows_address: bool = False) -> tuple[ReportLink, str]:
    """The link and the path of its page."""
    link, secret = make_shipment_link(
        shipment, name="Truck A123", days=days, shows_address=shows_address, by=make_user(), now=read_clock()
    )
    return link, f"/en/d/{secret}/"


def give_partner_link(*carriers: str, bound: tuple[str, ...] = ()) -> tuple[ReportLink, str]:
    endpoint, _secret = create_endpoint("standard", "Old trucks", carriers=bound, now=read_clock())
    link, secret = make_partner_link(
        endpoint, name="Old trucks", carriers=carriers, days=30, by=make_user(), now=read_clock()
    )
    return link, f"/en/d/{secret}/"


def on_road(waybill: str = "W1", carrier: str = "truck") -> tuple[Shipment, str]:
    shipment = make_shipment(waybill, carrier)
    return shipment, give_link(shipment)[1]


def stamp(moment: datetime) -> str:
    return moment.isoformat()


def press(
    client: Client, path: str, step: str, *, status: int = 200, ago: timedelta | None = None, **fields: str
) -> Any:
    """As the script sends it; `ago` is how long before now the button was pressed."""
    sent = {"key": f"press-{next(_key):04d}", "step": step} | fields
    if ago is not None:
        now = read_clock()
        sent |= {"at": stamp(now - ago), "sent": stamp(now)}
    answer = client.post(path, sent, headers=JSON)
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


def work() -> None:
    while process_inbox(read_clock()):
        pass


def status_of(shipment: Shipment) -> str:
    return Shipment.objects.get(pk=shipment.pk).status
