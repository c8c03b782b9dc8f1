"""Money that moved on our account: each of the bank's numbers tells of one thing only."""

from market.common.tables import plain_cell
from orders.ledger.models import Payout
from orders.payments.models import BankStatementRow, Refund, TransferDecision


def plain_movement(typed: str) -> str:
    """A bank's number typed or pasted by hand, as statements are read: in narrow signs, without those nobody sees; at
    most 80."""
    return plain_cell(typed)[:80]


def is_movement_known(bank_row_id: str) -> bool:
    """Whether money left with this movement, or came: from a buyer, or a payout that came back. Five statements at
    most."""
    return (
        has_left_with(bank_row_id)
        or BankStatementRow.objects.filter(bank_row_id=bank_row_id).exists()
        or Payout.objects.filter(return_row_id=bank_row_id).exists()
    )


def has_left_with(bank_row_id: str) -> bool:
    """Whether a refund, money sent back or a payout left with this movement. Three statements at most."""
    return (
        TransferDecision.objects.filter(out_row_id=bank_row_id).exists()
        or Refund.objects.filter(provider_ref=bank_row_id, payment__gateway="bank_transfer").exists()
        or Payout.objects.filter(bank_row_id=bank_row_id).exists()
    )
