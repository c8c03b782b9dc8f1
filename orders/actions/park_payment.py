"""A provider says another amount or currency than we asked for: the money stands in the books as nobody's until an
officer decides (`decide_parked`). Everything here runs under the payment's row lock."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from market.common.outbox.record import record_event
from orders.actions.refund_payment import open_return
from orders.ledger.book import Entry, K, book
from orders.ledger.queries import unallocated_of
from orders.payments.gateways.base import Outcome
from orders.payments.models import ParkedDecision, Payment

OVER = (Payment.State.CANCELLED, Payment.State.FAILED, Payment.State.EXPIRED)


def is_wrong(payment: Payment, outcome: Outcome) -> bool:
    if outcome.state not in (Payment.State.AUTHORISED, Payment.State.CAPTURED):
        return False
    if outcome.amount is None:  # a provider that does not say how much has not said that it is ours
        return outcome.state == Payment.State.CAPTURED
    asked = (payment.amount, payment.currency)
    captured = outcome.state == Payment.State.CAPTURED
    return (outcome.amount, outcome.currency) != asked or (captured and outcome.captured != payment.amount)


def park(payment: Payment, outcome: Outcome, *, now: datetime) -> None:
    """Money that came is in the books, though nobody knows yet whose it is."""
    came = outcome.captured if outcome.state == Payment.State.CAPTURED else outcome.amount
    payment.failure = f"{outcome.state} {came} {outcome.currency}, asked {payment.amount} {payment.currency}"
    payment.parked_at = now
    payment.ask_at = None
    payment.save(update_fields=["failure", "parked_at", "ask_at"])
    book_arrived(payment, outcome, now=now)
    record_event("payment.parked", payment.pk, now=now, purchase=payment.purchase.number)


def follow_parked(payment: Payment, outcome: Outcome, *, now: datetime) -> None:
    """What the provider tells later of a parked payment. Money that comes after everything was sent back goes back
    too; an attempt that is over at the provider is not asked about any more."""
    book_arrived(payment, outcome, now=now)
    decision = ParkedDecision.objects.filter(payment=payment).first()
    if decision is not None:
        send_back(payment, reason=decision.reason, now=now)
    if payment.to_cancel and outcome.state in (*OVER, Payment.State.CAPTURED):
        payment.to_cancel, payment.ask_at = False, None
        payment.save(update_fields=["to_cancel", "ask_at"])


def arrived_of(payments: Iterable[Payment]) -> dict[str, dict[str, Decimal]]:
    """All that came for parked payments, whatever became of it: by payment key as text, by currency. One statement."""
    return unallocated_of("payment", [str(payment.pk) for payment in payments], kind="parked")


def arrived(payment: Payment) -> dict[str, Decimal]:
    return arrived_of([payment]).get(str(payment.pk), {})


def book_arrived(payment: Payment, outcome: Outcome, *, now: datetime) -> None:
    """What the provider holds for us and the books do not know yet; told twice it changes nothing."""
    known = arrived(payment).get(outcome.currency, Decimal(0))
    more = outcome.captured - known
    if more <= 0:
        return
    key = f"parked:{payment.pk}" if not known else f"parked:{payment.pk}:{outcome.captured}"
    entries = [Entry(K.CLEARING, more), Entry(K.UNALLOCATED, -more)]
    book(key, "parked", entries, currency=outcome.currency, source=("payment", str(payment.pk)), now=now)


def send_back(payment: Payment, *, reason: str, now: datetime) -> None:
    """Whatever of it nobody got is owed back and sent, once."""
    number = str(payment.pk)
    for currency, amount in unallocated_of("payment", [number]).get(number, {}).items():
        key = f"parked-{payment.pk}-{arrived(payment)[currency]}-{currency}"
        entries = [Entry(K.UNALLOCATED, amount), Entry(K.REFUND_DUE, -amount)]
        book(f"back:{key}", "parked_back", entries, currency=currency, source=("payment", number), now=now)
        open_return(payment, amount, currency, key=key, reason=reason[:200], now=now)
