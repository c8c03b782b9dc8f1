"""A seller's payouts, what the next one brings, and the lines its accountant books."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from market.common.csv_out import write_table
from market.common.money import exponent
from market.enterprises.models import Enterprise, PayoutAccount
from orders.claims.queries import orders_that_wait
from orders.ledger.models import Payout, Settlement
from orders.ledger.payable import Payable, payables
from orders.ledger.statement_lines import StatementLine, statements_of

DOMESTIC = "CNY"
MOST_EXPORTED = 500  # payouts, the newest


def payouts_to(enterprise: Enterprise) -> QuerySet[Payout]:
    """Newest first, without those taken back before they were sent: of them the seller never heard."""
    rows = Payout.objects.for_enterprise(enterprise.pk).exclude(settlement__state=Settlement.State.TAKEN_BACK)
    return rows.select_related("settlement", "account").order_by("-pk")


def next_payout(enterprise: Enterprise) -> Payable:
    """What the next pay run brings, or why it brings nothing. Three statements."""
    (found,) = payables(DOMESTIC, orders_that_wait(), [enterprise.pk])
    return found


def current_account(enterprise: Enterprise) -> PayoutAccount | None:
    return PayoutAccount.objects.current().filter(enterprise=enterprise, currency=DOMESTIC).first()


def export_lines(payouts: Iterable[Payout]) -> bytes:
    """One row for each line of each settlement; the last column of a payout adds up to the bank's line. Whoever was
    returned says so: its earnings stand again in a later one."""
    payouts = list(payouts)
    lines = statements_of(payout.settlement for payout in payouts)
    headings = [
        _("Payout"),
        _("State"),
        _("Paid out on"),
        _("Bank number"),
        _("Order"),
        pgettext("of a buyer", "Claim"),
        _("Booked on"),
        _("Currency"),
        _("Paid by the buyer"),
        _("Given back"),
        _("Commission"),
        _("Tax on it"),
        _("You receive"),
    ]
    return write_table(headings, (_row(payout, line) for payout in payouts for line in lines[payout.settlement_id]))


def _row(payout: Payout, line: StatementLine) -> list[object]:
    """A tab before the bank's number keeps a spreadsheet from rounding it, as in the bank file."""
    settlement, number = payout.settlement, payout.bank_row_id
    amounts = (line.paid, line.given_back, line.commission, line.commission_tax, line.amount)
    return [
        payout.number,
        settlement.get_state_display(),
        timezone.localdate(payout.confirmed_at) if payout.confirmed_at else "",
        f"\t{number}" if number.isdigit() else number,
        line.order,
        line.claim,
        timezone.localdate(line.at),
        settlement.currency,
        *(f"{amount:.{exponent(settlement.currency)}f}" for amount in amounts),
    ]
