"""Book transactions: postings that sum to zero, once per key, never changed. Kinds: marketplace.md, 3.4."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from orders.ledger.models import LedgerAccount, LedgerTransaction, Posting

K = LedgerAccount.Kind


@dataclass(frozen=True)
class Entry:
    """Debit positive. `enterprise_id` for the seller accounts, else None."""

    kind: str
    amount: Decimal
    enterprise_id: int | None = None


def book(
    key: str,
    kind: str,
    entries: Sequence[Entry],
    *,
    currency: str,
    source: tuple[str, str],
    now: datetime,
    reversal_of: LedgerTransaction | None = None,
) -> LedgerTransaction | None:
    """None when the key is booked already: replaying a fact changes nothing. Raises ValueError unless the sum is zero.

    `source`: (kind, number) of what caused it. Entries of zero are left out.
    """
    entries = [entry for entry in entries if entry.amount]
    if sum((entry.amount for entry in entries), Decimal(0)) != 0:
        raise ValueError(f"postings of {key} do not sum to zero")
    with transaction.atomic():
        row, created = LedgerTransaction.objects.get_or_create(
            key=key,
            defaults={
                "kind": kind,
                "source_kind": source[0],
                "source_number": source[1],
                "at": now,
                "reversal_of": reversal_of,
            },
        )
        if not created:
            return None
        accounts = {
            (entry.kind, entry.enterprise_id): _account(entry.kind, entry.enterprise_id, currency) for entry in entries
        }
        Posting.objects.bulk_create(
            Posting(transaction=row, account=accounts[entry.kind, entry.enterprise_id], amount=entry.amount)
            for entry in entries
        )
    return row


def _account(kind: str, enterprise_id: int | None, currency: str) -> LedgerAccount:
    owner = {"enterprise__isnull": True} if enterprise_id is None else {"enterprise_id": enterprise_id}
    account, _created = LedgerAccount.objects.get_or_create(
        **owner, kind=kind, currency=currency, defaults={"enterprise_id": enterprise_id}
    )
    return account
