"""A seller's payouts for its accountant's program, by API key: each with the lines that add up to it. Reads only."""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from market.api.access import seller_of
from market.api.paging import page_after
from market.common.clock import read_clock
from market.common.errors import NotFound
from market.common.quantity import plain
from market.enterprises.models import Enterprise
from orders.ledger.models import Payout, PayoutQuerySet, Settlement
from orders.ledger.statement_lines import StatementLine, statement_of

router = Router(tags=["selling"])


class PayoutSeen(Schema):
    """`state`: `closed` (ordered), `sending` (at the bank), `sent` (it has left, `bank_row_id` is the bank's number) or
    `returned`: then its earnings are open again and stand in a later payout. `account`: the last digits."""

    number: str
    state: str
    amount: str
    currency: str
    period_from: date
    period_to: date
    account: str
    bank_row_id: str
    paid_at: datetime | None
    returned_at: datetime | None
    return_reason: str


class PayoutLine(Schema):
    """`paid + given_back + commission + commission_tax = amount`; what is taken stands below zero. `claim`: empty, or
    the claim that gave money back."""

    order: str
    claim: str
    booked_at: datetime
    paid: str
    given_back: str
    commission: str
    commission_tax: str
    amount: str


class WholePayout(PayoutSeen):
    lines: list[PayoutLine]


class Payouts(Schema):
    items: list[PayoutSeen]
    next: str | None


@router.get("/seller/payouts", url_name="seller_payouts", response=Payouts)
def list_payouts(
    request: HttpRequest, state: str = "", page_size: Annotated[int, Field(ge=1, le=100)] = 24, cursor: str = ""
) -> dict[str, Any]:
    """Newest first. `state` as in the answer; `cursor` is `next` of the page before."""
    _user, enterprise = seller_of(request, "orders:read", read_clock())
    rows = _own(enterprise)
    if state:
        rows = rows.filter(settlement__state=state)
    page, more = page_after(rows.order_by("-pk"), cursor, page_size)
    return {"items": [_seen(payout) for payout in page], "next": more}


@router.get("/seller/payouts/{number}", url_name="seller_payout", response=WholePayout)
def get_payout(request: HttpRequest, number: str) -> dict[str, Any]:
    """With its lines, whose amounts add up to it."""
    _user, enterprise = seller_of(request, "orders:read", read_clock())
    payout = _own(enterprise).filter(number=number).first()
    if payout is None:
        raise NotFound()
    return _seen(payout) | {"lines": [_line(line) for line in statement_of(payout.settlement)]}


def _own(enterprise: Enterprise) -> PayoutQuerySet:
    """Those taken back before they were sent are not told: they were never on their way."""
    rows = Payout.objects.for_enterprise(enterprise.pk).select_related("settlement", "account")
    return rows.exclude(settlement__state=Settlement.State.TAKEN_BACK)


def _seen(payout: Payout) -> dict[str, Any]:
    settlement = payout.settlement
    return {
        "number": payout.number,
        "state": settlement.state,
        "amount": plain(payout.amount),
        "currency": settlement.currency,
        "period_from": settlement.period_from,
        "period_to": settlement.period_to,
        "account": payout.account.last_digits,
        "bank_row_id": payout.bank_row_id,
        "paid_at": payout.confirmed_at,
        "returned_at": payout.ended_at,
        "return_reason": payout.return_reason,
    }


def _line(line: StatementLine) -> dict[str, Any]:
    return {
        "order": line.order,
        "claim": line.claim,
        "booked_at": line.at,
        "paid": plain(line.paid),
        "given_back": plain(line.given_back),
        "commission": plain(line.commission),
        "commission_tax": plain(line.commission_tax),
        "amount": plain(line.amount),
    }
