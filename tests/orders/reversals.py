"""Money that providers took back, for tests: of an order paid by the sandbox, told as Stripe tells it."""

from decimal import Decimal

from orders.actions.note_reversals import apply_taken
from orders.orders.models import SellerOrder
from orders.payments.gateways.base import Taken
from orders.payments.models import Payment, Reversal
from tests.orders.claims import ARRIVED


def taken(amount: str, state: str = "final", *, ref: str = "re_1", kind: str = "refund", key: str = "") -> Taken:
    return Taken(ref, kind, state, Decimal(amount), "CNY", ARRIVED, "requested_by_customer", key)


def payment_of(order: SellerOrder) -> Payment:
    return Payment.objects.get(purchase=order.purchase_id, state="captured")


def make_reversal(order: SellerOrder, amount: str, state: str = "final", *, ref: str = "re_1") -> Reversal:
    kind = "dispute" if ref.startswith("du") else "refund"
    apply_taken(payment_of(order), [taken(amount, state, ref=ref, kind=kind)], now=ARRIVED)
    return Reversal.objects.get(provider_ref=ref)
