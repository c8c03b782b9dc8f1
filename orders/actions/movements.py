"""Money that left our account by bank: each of the bank's numbers tells of one thing only."""

from orders.ledger.models import Payout
from orders.payments.models import Refund, TransferDecision


def is_movement_known(bank_row_id: str) -> bool:
    """Whether a refund, money sent back or a payout left with this movement. Three statements at most."""
    return (
        TransferDecision.objects.filter(out_row_id=bank_row_id).exists()
        or Refund.objects.filter(provider_ref=bank_row_id, payment__gateway="bank_transfer").exists()
        or Payout.objects.filter(bank_row_id=bank_row_id).exists()
    )
