"""Lines of a bank statement that tell of our payouts: those that left are confirmed, those that came back are recorded
at the payout, by hand and with the reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from market.common.errors import MarketError
from market.office.desk import Desk
from market.office.statement import PaidOut
from orders.actions.confirm_payout import confirm_payout
from orders.actions.movements import is_movement_known
from orders.ledger.models import Payout, Settlement

S = Settlement.State
LEFT, KNOWN, ODD, FOREIGN = "left", "known", "odd", "foreign"


@dataclass(frozen=True)
class PaidOutSeen:
    """`outcome`: LEFT is confirmed when the statement is taken over; the others change nothing."""

    line: PaidOut
    outcome: str

    @property
    def words(self) -> str:
        words = {
            LEFT: _("payout that left"),
            KNOWN: _("stored already, nothing changes"),
            ODD: _("this payout is not at the bank, or has another amount or bank number"),
            FOREIGN: _("payouts are recorded by finance officers at the top"),
        }
        return words[self.outcome]


def foresee_paid_out(desk: Desk, lines: Sequence[PaidOut]) -> list[PaidOutSeen]:
    """Each line judged as it would be now, after those before it in the file; changes nothing."""
    rows = Payout.objects.select_related("settlement").filter(number__in=[line.number for line in lines])
    payouts = {payout.number: payout for payout in rows}
    leaving: dict[str, str] = {}
    seen = []
    for line in lines:
        outcome = _outcome(desk, line, payouts.get(line.number))
        if outcome == LEFT and (line.number in leaving or line.row_id in leaving.values()):
            outcome = KNOWN if leaving.get(line.number) == line.row_id else ODD
        elif outcome == LEFT:
            leaving[line.number] = line.row_id
        seen.append(PaidOutSeen(line, outcome))
    return seen


def take_paid_out(desk: Desk, lines: Sequence[PaidOut]) -> list[PaidOutSeen]:
    """Confirms those that left, each judged anew; twice in one file is once."""
    taken = []
    for line in lines:
        (seen,) = foresee_paid_out(desk, [line])
        if seen.outcome == LEFT:
            payout = Payout.objects.get(number=line.number)
            try:
                confirm_payout(payout, bank_row_id=line.row_id, by=desk.officer, now=desk.now)
            except MarketError:  # somebody else was quicker
                seen = PaidOutSeen(line, ODD)
        taken.append(seen)
    return taken


def returns_known(row_ids: Iterable[str]) -> set[str]:
    """Bank numbers of payouts that came back and are recorded. One statement."""
    return set(Payout.objects.filter(return_row_id__in=list(row_ids)).values_list("return_row_id", flat=True))


def payouts_come_back(references: Iterable[str]) -> set[str]:
    """Of the references those that are numbers of payouts: such money in is no buyer's. One statement."""
    return set(Payout.objects.filter(number__in=list(references)).values_list("number", flat=True))


def _outcome(desk: Desk, line: PaidOut, payout: Payout | None) -> str:
    if not desk.pays:
        return FOREIGN
    if payout is None or (payout.amount, payout.settlement.currency) != (line.amount, line.currency):
        return ODD
    if payout.bank_row_id == line.row_id:
        return KNOWN
    return LEFT if payout.settlement.state == S.SENDING and not is_movement_known(line.row_id) else ODD
