"""A seller asks a partner to fetch orders."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from market.accounts.models import User
from market.common.errors import Conflict, InvalidInput, NotFound
from market.common.ids import new_number
from market.common.outbox.record import record_event
from market.enterprises.models import Enterprise
from orders.orders.models import SellerOrder
from orders.pickups.errors import AlreadyAsked, NotToFetch, PartnerClosed
from orders.pickups.load import PickupLoad
from orders.pickups.models import PickupEvent, PickupJob, PickupOrder, PickupPartner
from orders.pickups.queries import find_partner
from orders.pickups.states import answer_by, keep_deadline

MOST_ORDERS = 100
TO_FETCH = (SellerOrder.State.AWAITING_SELLER, SellerOrder.State.IN_PROGRESS)


def ask_pickup(
    enterprise: Enterprise,
    numbers: Sequence[str],
    *,
    partner_id: int,
    load: PickupLoad,
    key: str,
    by: User,
    now: datetime,
) -> PickupJob:
    """Effects: the job, its orders, its first event, a deadline for the answer, the outbox event `pickup.asked`. The
    same `key` again gives the same job, and Conflict when it asks for something else.

    Raises InvalidInput, NotFound (an order of nobody or of another enterprise), NotToFetch (not paid, or ended),
    AlreadyAsked, PartnerClosed; nothing changes then.
    """
    wanted = sorted(set(numbers))
    _check(wanted, load, key, now)
    with transaction.atomic():
        orders = _lock(enterprise, wanted)
        if known := PickupJob.objects.filter(enterprise=enterprise, key=key).first():
            return _same(known, wanted, partner_id, load)
        partner = find_partner(partner_id)
        if not partner.is_open or not partner.endpoint.is_active:
            raise PartnerClosed(partner=str(partner))
        _check_free(orders)
        job = _job(enterprise, partner, load, key, by, now)
        PickupOrder.objects.bulk_create(PickupOrder(job=job, seller_order=order) for order in orders)
        side = PickupEvent.Side.SELLER
        event = PickupEvent.objects.create(job=job, to_state=job.state, side=side, by=by, at=now)
        keep_deadline(job)
        record_event(f"pickup.{job.state}", job.number, now=now, event=event.pk)
    return job


def _check(wanted: list[str], load: PickupLoad, key: str, now: datetime) -> None:
    problems = load.problems(now)
    if not 0 < len(wanted) <= MOST_ORDERS:
        problems["orders"] = _("Choose between 1 and %(most)s orders.") % {"most": MOST_ORDERS}
    if not 0 < len(key) <= 100 or "\0" in key:
        problems["key"] = _("Please fill this in.")
    if problems:
        raise InvalidInput(fields=problems)


def _lock(enterprise: Enterprise, wanted: list[str]) -> list[SellerOrder]:
    rows = SellerOrder.objects.for_enterprise(enterprise.pk).filter(number__in=wanted)
    orders = list(rows.select_for_update().order_by("pk"))
    if len(orders) != len(wanted):
        raise NotFound()
    return orders


def _check_free(orders: list[SellerOrder]) -> None:
    """The rows are locked, so nobody can ask for the same order between this look and the insert; the constraint says
    the same."""
    for order in orders:
        if order.state not in TO_FETCH:
            raise NotToFetch(order=order.number, state=str(order.get_state_display()))
    live = PickupOrder.objects.filter(seller_order__in=orders, is_live=True).select_related("seller_order", "job")
    if taken := live.order_by("pk").first():
        raise AlreadyAsked(order=taken.seller_order.number, job=taken.job.number)


def _job(
    enterprise: Enterprise, partner: PickupPartner, load: PickupLoad, key: str, by: User, now: datetime
) -> PickupJob:
    return PickupJob.objects.create(
        number=new_number("K", now),
        key=key,
        enterprise=enterprise,
        partner=partner,
        state_changed_at=now,
        window_from=load.window.begins,
        window_to=load.window.ends,
        answer_by=answer_by(now, load.window.ends),
        place=load.place.strip(),
        contact=load.contact.strip(),
        phone=load.phone.strip(),
        latitude=load.latitude,
        longitude=load.longitude,
        boxes=load.boxes,
        gross_kg=load.gross_kg,
        temperature_from=load.temperature_from,
        temperature_to=load.temperature_to,
        note=load.note.strip(),
        asked_at=now,
        asked_by=by,
    )


def _same(known: PickupJob, wanted: list[str], partner_id: int, load: PickupLoad) -> PickupJob:
    first = PickupEvent.objects.filter(job=known).count() == 1  # a later move may have changed the window
    numbers = sorted(known.orders.values_list("seller_order__number", flat=True))
    is_same = (known.partner_id, numbers, known.boxes, known.gross_kg) == (
        partner_id,
        wanted,
        load.boxes,
        load.gross_kg,
    )
    if not is_same or (first and known.window_from != load.window.begins):
        raise Conflict()
    return known
