"""What the API says of a pickup job, to its seller and to its partner."""

from datetime import datetime
from typing import Any

from ninja import Schema

from market.api.answers import SellerNamed
from market.common.quantity import plain
from orders.pickups.models import PickupJob


class PickupSeen(Schema):
    """`window_*` is what was asked, and what holds once accepted; `counter_*` the partner's last proposal. `answer_by`:
    until then whoever's turn it is. Temperatures in degrees Celsius, latitude and longitude in WGS 84."""

    number: str
    state: str
    version: int
    partner: str
    seller: SellerNamed
    orders: list[str]
    window_from: datetime
    window_to: datetime
    counter_from: datetime | None
    counter_to: datetime | None
    answer_by: datetime
    place: str
    contact: str
    phone: str
    latitude: str | None
    longitude: str | None
    boxes: int
    gross_kg: str
    temperature_from: int | None
    temperature_to: int | None
    note: str
    vehicle: str
    driver: str
    driver_phone: str
    asked_at: datetime


class Pickups(Schema):
    items: list[PickupSeen]
    next: str | None


TOLD_APART = ("partner", "seller", "orders", "latitude", "longitude", "gross_kg")


def seen_pickup(job: PickupJob) -> dict[str, Any]:
    """Of a job read by `with_orders`: no further statement."""
    seen = {name: getattr(job, name) for name in PickupSeen.model_fields if name not in TOLD_APART}
    point = {name: None if (value := getattr(job, name)) is None else str(value) for name in ("latitude", "longitude")}
    return (
        seen
        | point
        | {
            "partner": str(job.partner),
            "seller": {"number": job.enterprise.number, "name": job.enterprise.name},
            "orders": [row.seller_order.number for row in job.orders.all()],
            "gross_kg": plain(job.gross_kg),
        }
    )
