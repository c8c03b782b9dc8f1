"""Money that providers took back, for tests: of an order paid by the sandbox, told as Stripe tells it."""

from decimal import Decimal
from typing import Any

from orders.actions.decide_reversal import Shares, decide_reversal
from orders.actions.note_reversals import apply_taken
from orders.ledger.check import wrong_in_the_books
from orders.ledger.queries import balance
from orders.orders.models import SellerOrder
from orders.payments.check import wrong_with_reversals
from orders.payments.gateways.base import Taken
from orders.payments.models import Payment, Reversal
from tests.orders.claims import ARRIVED
from tests.orders.payouts import make_cashier


def taken(amount: str, state: str = "final", *, ref: str = "re_1", kind: str = "refund", key: str = "") -> Taken:
    return Taken(ref, kind, state, Decimal(amount), "CNY", ARRIVED, "requested_by_customer", key)


def payment_of(order: SellerOrder) -> Payment:
    return Payment.objects.get(purchase=order.purchase_id, state="captured")


def make_reversal(order: SellerOrder, amount: str, state: str = "final", *, ref: str = "re_1") -> Reversal:
    kind = "dispute" if ref.startswith("du") else "refund"
    apply_taken(payment_of(order), [taken(amount, state, ref=ref, kind=kind)], now=ARRIVED)
    return Reversal.objects.get(provider_ref=ref)


def suspense() -> Decimal:
    return balance("suspense", "CNY")


def wrong() -> list[str]:
    """What does not hold in the books; empty when all is well."""
    return wrong_in_the_books() + wrong_with_reversals()


def line_of(order: SellerOrder) -> int:
    return order.lines.get().pk


def decide(reversal: Reversal, amounts: dict[int, str], borne: str = "0", **wishes: Any) -> Reversal:
    shares = Shares({pk: Decimal(amount) for pk, amount in amounts.items()}, Decimal(borne), wishes.pop("repaid", None))
    by = wishes.pop("by", None) or make_cashier()
    return decide_reversal(reversal, shares, reason=wishes.pop("reason", "asked the buyer"), by=by, now=ARRIVED)
