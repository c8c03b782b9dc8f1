from typing import Any

from django.core.management.base import BaseCommand, CommandError

from orders.ledger.models import LedgerTransaction
from orders.ledger.queries import unbalanced


class Command(BaseCommand):
    help = "Prove that every ledger transaction sums to zero; exit 1 and name those that do not."

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = unbalanced()
        if wrong:
            raise CommandError("; ".join(f"{key} is off by {difference}" for key, difference in wrong))
        self.stdout.write(f"{LedgerTransaction.objects.count()} ledger transactions, all sum to zero")
