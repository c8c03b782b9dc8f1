from typing import Any

from django.core.management.base import BaseCommand, CommandError

from orders.ledger.check import wrong_in_the_books
from orders.ledger.models import LedgerTransaction, Payout
from orders.payments.check import wrong_with_reversals


class Command(BaseCommand):
    help = "Prove that the books hold: sums, settlements, payouts, reversals; exit 1 and name what does not."

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = wrong_in_the_books() + wrong_with_reversals()
        if wrong:
            raise CommandError("; ".join(wrong))
        self.stdout.write(
            f"{LedgerTransaction.objects.count()} ledger transactions, all sum to zero; {Payout.objects.count()} "
            "payouts, each its settlement's sum, none twice"
        )
