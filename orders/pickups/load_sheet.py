"""One sheet for the driver: several sellers' jobs as stops in order, with sums. Nothing of buyers, nothing of money."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from orders.orders.models import SellerOrder
from orders.pickups.goods import Goods, goods_of
from orders.pickups.models import PickupJob, PickupPartner
from orders.pickups.queries import with_orders
from orders.pickups.states import S
from orders.shipments.models import Status

ENDED = (SellerOrder.State.CANCELLED, SellerOrder.State.DECLINED, SellerOrder.State.EXPIRED)
NOT_FETCHED = (Status.UNKNOWN, Status.PRE_TRANSIT)
MOST_STOPS = 100


@dataclass(frozen=True)
class Part:
    """Goods of one product and lot at a stop, over all orders, but for what a carrier has already. `gross_kg` of all
    of it."""

    name: str
    lot_number: str
    unit: str
    quantity: Decimal
    gross_kg: Decimal


@dataclass(frozen=True)
class Stop:
    """`orders` are to be loaded, `ended` have been cancelled or declined since: leave them."""

    position: int
    job: PickupJob
    orders: Sequence[str]
    ended: Sequence[str]
    parts: Sequence[Part]


@dataclass(frozen=True)
class LoadSheet:
    """`boxes` and `gross_kg` as the sellers gave them, for the whole truck."""

    partner: PickupPartner
    stops: Sequence[Stop]
    left_off: int

    @property
    def boxes(self) -> int:
        return sum(stop.job.boxes for stop in self.stops)

    @property
    def gross_kg(self) -> Decimal:
        return sum((stop.job.gross_kg for stop in self.stops), Decimal(0))

    @property
    def temperature_from(self) -> int | None:
        """The warmest of the lower limits: what suits all."""
        return max((s.job.temperature_from for s in self.stops if s.job.temperature_from is not None), default=None)

    @property
    def temperature_to(self) -> int | None:
        return min((s.job.temperature_to for s in self.stops if s.job.temperature_to is not None), default=None)

    @property
    def suits_all(self) -> bool:
        """Whether one temperature is right for every stop's goods."""
        low, high = self.temperature_from, self.temperature_to
        return low is None or high is None or low <= high


def load_sheet(partner: PickupPartner, *, day: date | None = None, numbers: Sequence[str] = ()) -> LoadSheet:
    """Accepted jobs of this partner whose window touches the day (Beijing time), or those of the numbers; another
    partner's numbers are not there. Stops by begin of their window. Six statements for any number of stops."""
    jobs = with_orders(PickupJob.objects.for_partner(partner.pk)).filter(state__in=[S.ACCEPTED, S.OVER])
    if numbers:
        jobs = jobs.filter(number__in=numbers)
    if day is not None:
        begins, ends = day_span(day)
        jobs = jobs.filter(window_from__lt=ends, window_to__gt=begins)
    found = list(jobs.order_by("window_from", "window_to", "place", "pk")[: MOST_STOPS + 1])
    stops, left_off = found[:MOST_STOPS], len(found) > MOST_STOPS and jobs.count() - MOST_STOPS
    orders = [row.seller_order for job in stops for row in job.orders.all()]
    goods = goods_of([order for order in orders if order.state not in ENDED])
    return LoadSheet(partner, [_stop(n, job, goods) for n, job in enumerate(stops, 1)], int(left_off))


def day_span(day: date) -> tuple[datetime, datetime]:
    begins = timezone.make_aware(datetime.combine(day, time.min))
    return begins, begins + timedelta(days=1)


def _stop(position: int, job: PickupJob, goods: dict[int, list[Goods]]) -> Stop:
    rows = [row.seller_order for row in job.orders.all()]
    parts: dict[tuple[str, str, str], Part] = {}
    for item in (item for order in rows for item in goods.get(order.pk, [])):
        if item.shipment is None or item.shipment.status in NOT_FETCHED:
            key = (item.line.product_name, item.lot_number, item.line.unit)
            so_far = parts.get(key)
            quantity = item.quantity + (so_far.quantity if so_far else 0)
            gross = item.gross_kg + (so_far.gross_kg if so_far else 0)
            parts[key] = Part(*key, quantity, gross)
    return Stop(
        position,
        job,
        [order.number for order in rows if order.state not in ENDED],
        [order.number for order in rows if order.state in ENDED],
        list(parts.values()),
    )
