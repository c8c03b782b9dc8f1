"""The officer's desk: mine to decide first, overdue on top, then the figures of what waits."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from market.common.languages import active_language
from market.enterprises.models import Certificate, Enterprise
from market.enterprises.states import WAITING
from market.office.desk import Desk, R, officers, page
from market.office.home_figures import figures
from market.office.queries import (
    accounts_waiting,
    claims_waiting,
    proposals_waiting,
    refunds_waiting,
)
from market.prices.models import PriceReport
from market.prices.states import ReportState
from market.public_services.models import Application
from market.public_services.queries import mine, with_desk
from orders.payments.queries import reversals_waiting

WITHIN: Final = {
    "admission": timedelta(days=5),
    "certificate": timedelta(days=5),
    "refund": timedelta(days=3),
    "proposal": timedelta(days=2),
    "claim": timedelta(days=5),
    "account": timedelta(days=3),
    "reversal": timedelta(days=3),
    "price": timedelta(days=2),
}
SHOWN = 50


@dataclass(frozen=True)
class Task:
    """Something this officer can decide. `overdue` in whole days, 0: in time."""

    kind: str
    name: str
    place: str
    url: str
    since: datetime
    overdue: int


@officers()
def home(request: HttpRequest, desk: Desk) -> HttpResponse:
    tasks = sorted(
        [
            *_admissions(desk),
            *_certificates(desk),
            *_claims(desk),
            *_refunds(desk),
            *_proposals(desk),
            *_accounts(desk),
            *_reversals(desk),
            *_prices(desk),
            *_cases(desk),
        ],
        key=lambda task: (-task.overdue, task.since),
    )
    context = {"tasks": tasks[:SHOWN], "figures": figures(desk)}
    return page(request, desk, "home", context, active="home")


def _admissions(desk: Desk) -> list[Task]:
    rows = desk.of(Enterprise.objects.all(), R.REVIEWER).filter(state__in=WAITING).exclude(members__user=desk.officer)
    return [
        Task(
            kind=_("Application"),
            name=row.name_in(active_language()),
            place=row.unit.name_in(active_language()),
            url=reverse("office:seller", args=[row.number]),
            since=row.submitted_at or row.created_at,
            overdue=_overdue("admission", row.submitted_at or row.created_at, desk.now),
        )
        for row in rows.select_related("unit").order_by("submitted_at")[:SHOWN]
    ]


def _certificates(desk: Desk) -> list[Task]:
    rows = desk.of(Certificate.objects.all(), R.REVIEWER).filter(state=Certificate.State.WAITING)
    rows = rows.exclude(enterprise__members__user=desk.officer).select_related("enterprise")
    return [
        Task(
            kind=_("Certificate"),
            name=f"{row.get_kind_display()} {row.number}",
            place=row.enterprise.name_in(active_language()),
            url=reverse("office:certificate", args=[row.pk]),
            since=row.claimed_at,
            overdue=_overdue("certificate", row.claimed_at, desk.now),
        )
        for row in rows.order_by("claimed_at")[:SHOWN]
    ]


def _claims(desk: Desk) -> list[Task]:
    """Without those of purchases of one's own, which somebody else decides."""
    rows = claims_waiting(desk, R.REVIEWER).exclude(seller_order__enterprise__members__user=desk.officer)
    rows = rows.exclude(seller_order__purchase__buyer=desk.officer)
    if desk.officer.email:
        rows = rows.exclude(seller_order__purchase__buyer_email__iexact=desk.officer.email)
    return [
        Task(
            kind=pgettext("of a buyer", "Claim"),
            name=row.number,
            place=row.seller_order.enterprise.name_in(active_language()),
            url=reverse("office:claim", args=[row.number]),
            since=row.escalated_at or row.filed_at,
            overdue=_overdue("claim", row.escalated_at or row.filed_at, desk.now),
        )
        for row in rows.select_related("seller_order__enterprise").order_by("escalated_at")[:SHOWN]
    ]


def _refunds(desk: Desk) -> list[Task]:
    if not desk.is_finance:
        return []
    return [
        Task(
            kind=_("Refund"),
            name=row.payment.purchase.number,
            place=row.payment.purchase.buyer_name,
            url=reverse("office:refunds"),
            since=row.created_at,
            overdue=_overdue("refund", row.created_at, desk.now),
        )
        for row in refunds_waiting(desk).order_by("created_at")[:SHOWN]
    ]


def _proposals(desk: Desk) -> list[Task]:
    if not desk.is_finance:
        return []
    return [
        Task(
            kind=_("Second signature"),
            name=row.row.bank_row_id,
            place=str(row.proposed_by),
            url=reverse("office:bank_row", args=[row.row_id]),
            since=row.proposed_at,
            overdue=_overdue("proposal", row.proposed_at, desk.now),
        )
        for row in proposals_waiting(desk).order_by("proposed_at")[:SHOWN]
    ]


def _accounts(desk: Desk) -> list[Task]:
    return [
        Task(
            kind=_("Payout account"),
            name=row.enterprise.name_in(active_language()),
            place=row.enterprise.unit.name_in(active_language()),
            url=reverse("office:payout_account", args=[row.pk]),
            since=row.entered_at,
            overdue=_overdue("account", row.entered_at, desk.now),
        )
        for row in accounts_waiting(desk).order_by("entered_at")[:SHOWN]
    ]


def _reversals(desk: Desk) -> list[Task]:
    if not desk.pays:
        return []
    return [
        Task(
            kind=_("Money taken back"),
            name=row.payment.purchase.number,
            place=row.get_kind_display(),
            url=reverse("office:reversal", args=[row.pk]),
            since=row.heard_at,
            overdue=_overdue("reversal", row.heard_at, desk.now),
        )
        for row in reversals_waiting().select_related("payment__purchase").order_by("heard_at")[:SHOWN]
    ]


def _prices(desk: Desk) -> list[Task]:
    """Held ones that somebody else entered."""
    rows = desk.of(PriceReport.objects.all(), R.REVIEWER).filter(state=ReportState.HELD)
    rows = rows.exclude(entered_by=desk.officer).select_related("commodity", "place")
    return [
        Task(
            kind=_("Price out of line"),
            name=row.commodity.name_in(active_language()),
            place=row.place.name_in(active_language()),
            url=reverse("office:price", args=[row.pk]),
            since=row.entered_at,
            overdue=_overdue("price", row.entered_at, desk.now),
        )
        for row in rows.order_by("entered_at", "pk")[:SHOWN]
    ]


def _cases(desk: Desk) -> list[Task]:
    """Their own clock says whether they are late."""
    rows = desk.of(Application.objects.handed_in()).filter(mine(desk.officer, desk.now))
    waiting = with_desk(rows).select_related("version__item", "enterprise").order_by("due_at", "pk")
    return [
        Task(
            kind=row.version.item.name_in(active_language()),
            name=row.number,
            place=row.enterprise.name_in(active_language()),
            url=reverse("office:application", args=[row.number]),
            since=row.desk_since,
            overdue=(desk.now - row.due_at).days + 1 if row.is_overdue(desk.now) and row.due_at else 0,
        )
        for row in waiting[:SHOWN]
    ]


def _overdue(kind: str, since: datetime, now: datetime) -> int:
    return max(0, (now - since - WITHIN[kind]).days + 1) if now - since > WITHIN[kind] else 0
