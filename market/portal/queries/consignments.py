"""What leaves together under one number: a shipment, or what is left of an order and not packed yet. Labels and
waybills are two views of it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from market.common.errors import NotFound
from market.enterprises.models import Enterprise
from orders.orders.models import OrderLine, SellerOrder
from orders.pickups.goods import LOOSE, Goods, goods_of
from orders.pickups.models import PickupJob, PickupOrder
from orders.shipments.models import Parcel, Shipment

S = SellerOrder.State
SENT = (S.AWAITING_SELLER, S.IN_PROGRESS, S.COMPLETED)
MOST_ORDERS = 100
ONE = Decimal(1)


@dataclass(frozen=True)
class Consignment:
    """`shipment` None: proposed, with the order's number instead of a waybill. `parcels` are the pieces' own numbers,
    in their order. `job` fetches it, when a pickup job does."""

    order: SellerOrder
    shipment: Shipment | None
    goods: Sequence[Goods]
    parcels: Sequence[str] = ()
    job: PickupJob | None = None

    @property
    def number(self) -> str:
        return self.shipment.waybill if self.shipment else self.order.number

    @property
    def boxes(self) -> int:
        return sum(item.boxes for item in self.goods)

    @property
    def net_kg(self) -> Decimal:
        return sum((item.net_kg for item in self.goods), Decimal(0))

    @property
    def gross_kg(self) -> Decimal:
        return sum((item.gross_kg for item in self.goods), Decimal(0))


@dataclass(frozen=True)
class Consignments:
    """`left_out`: numbers of orders that are not paid or have ended."""

    rows: Sequence[Consignment]
    left_out: Sequence[str] = field(default_factory=list)

    @property
    def boxes(self) -> int:
        return sum(row.boxes for row in self.rows)


@dataclass(frozen=True)
class Label:
    """One box, the `position`-th of its consignment. `number` is the piece's own or the consignment's; kg of this."""

    consignment: Consignment
    line: OrderLine
    lot_number: str
    number: str
    position: int
    net_kg: Decimal
    gross_kg: Decimal
    lot_code: str = ""


def consignments_of(enterprise: Enterprise, numbers: Sequence[str], shipment_number: str = "") -> Consignments:
    """Of the enterprise's own orders, in the order they were placed; with a shipment's number that one only. Raises
    NotFound when one of them is not there. Seven statements for any number of orders."""
    wanted = set(numbers[: MOST_ORDERS + 1])
    rows = SellerOrder.objects.for_enterprise(enterprise.pk).select_related("purchase", "enterprise")
    found = list(rows.filter(number__in=wanted).order_by("placed_at", "pk"))
    if len(found) != len(wanted) or len(wanted) > MOST_ORDERS:
        raise NotFound()
    orders = [order for order in found if order.state in SENT]
    goods, parcels, jobs = goods_of(orders), _parcels(orders), _jobs(orders)
    rows_made = []
    for order in orders:
        together: dict[int, list[Goods]] = defaultdict(list)
        for item in goods[order.pk]:
            together[item.shipment.pk if item.shipment else 0].append(item)
        for pk, items in together.items():
            rows_made.append(Consignment(order, items[0].shipment, items, parcels[pk], jobs.get(order.pk)))
    if shipment_number:
        rows_made = [row for row in rows_made if row.shipment and row.shipment.number == shipment_number]
        if not rows_made:
            raise NotFound()
    return Consignments(rows_made, [order.number for order in found if order.state not in SENT])


def labels_between(consignments: Consignments, first: int, last: int) -> Iterator[Label]:
    """Labels number `first` to before `last`, counted over all consignments from 0; none beyond is made."""
    at = 0
    for consignment in consignments.rows:
        before = 0
        for item in consignment.goods:
            begin, end = max(first - at, 0), min(last - at, item.boxes)
            for box in range(begin, end):
                yield _label(consignment, item, box, before + box + 1)
            at += item.boxes
            before += item.boxes


def _label(consignment: Consignment, item: Goods, box: int, position: int) -> Label:
    """The last box of an uneven quantity is not full; loose goods have one label for all."""
    share = item.quantity if item.line.unit in LOOSE else min(ONE, item.quantity - box)
    parcels = consignment.parcels
    number = parcels[position - 1] if len(parcels) == consignment.boxes else consignment.number
    net, gross = share * item.line.net_kg, share * item.unit_gross_kg
    return Label(consignment, item.line, item.lot_number, number, position, net, gross, item.lot_code)


def _parcels(orders: Sequence[SellerOrder]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for shipment, number in (
        Parcel.objects.filter(shipment__seller_order__in=orders).order_by("pk").values_list("shipment", "number")
    ):
        found[shipment].append(number)
    return found


def _jobs(orders: Sequence[SellerOrder]) -> dict[int, PickupJob]:
    rows = PickupOrder.objects.filter(seller_order__in=orders, is_live=True, job__state=PickupJob.State.ACCEPTED)
    return {row.seller_order_id: row.job for row in rows.select_related("job__partner__endpoint")}
