"""Reads of pickup jobs: a seller's own, a partner's own."""

from django.db.models import Prefetch, QuerySet

from market.common.errors import NotFound
from orders.pickups.models import PickupJob, PickupOrder, PickupPartner
from orders.pickups.states import LIVE, OPEN, S

TABS = {"open": OPEN, "accepted": (S.ACCEPTED,), "ended": tuple(state for state in S if state not in LIVE)}


def open_partners() -> QuerySet[PickupPartner]:
    """Whom a seller can ask now."""
    rows = PickupPartner.objects.filter(is_open=True, endpoint__is_active=True)
    return rows.select_related("endpoint").order_by("endpoint__name", "pk")


def find_partner(partner_id: int) -> PickupPartner:
    """Raises NotFound."""
    found = PickupPartner.objects.select_related("endpoint").filter(pk=partner_id).first()
    if found is None:
        raise NotFound()
    return found


def with_orders(jobs: QuerySet[PickupJob]) -> QuerySet[PickupJob]:
    """What lists and details show: two statements for any number of jobs."""
    orders = PickupOrder.objects.select_related("seller_order").order_by("seller_order__number")
    return jobs.select_related("enterprise", "partner__endpoint").prefetch_related(Prefetch("orders", orders))


def enterprise_jobs(enterprise_id: int, tab: str = "") -> QuerySet[PickupJob]:
    """Newest first."""
    return _in_tab(with_orders(PickupJob.objects.for_enterprise(enterprise_id)), tab).order_by("-pk")


def partner_jobs(partner: PickupPartner, tab: str = "") -> QuerySet[PickupJob]:
    """What is to be fetched first comes first; ended ones newest first."""
    rows = _in_tab(with_orders(PickupJob.objects.for_partner(partner.pk)), tab)
    return rows.order_by("window_from", "pk") if tab in ("open", "accepted") else rows.order_by("-pk")


def _in_tab(rows: QuerySet[PickupJob], tab: str) -> QuerySet[PickupJob]:
    return rows.filter(state__in=TABS[tab]) if tab in TABS else rows


def find_job(rows: QuerySet[PickupJob], number: str) -> PickupJob:
    """Of the caller's own. Raises NotFound."""
    found = rows.filter(number=number.replace("\0", "")).first()
    if found is None:
        raise NotFound()
    return found
