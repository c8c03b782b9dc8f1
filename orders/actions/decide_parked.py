"""A parked payment is decided by a finance officer, once: the purchase gets what it asks for, or everything goes back.

One officer is enough, unlike for bank transfers (`decide_transfer`): the money can only go to the purchase it was meant
for, at the price of the order, or to where it came from.
"""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from market.accounts.models import User
from market.common.audit.record import record_act
from market.common.errors import Conflict, InvalidInput
from orders.actions.park_payment import OVER, arrived, book_arrived, send_back
from orders.actions.settle_payment import capture, lock_payment
from orders.ledger.book import Entry, K, book
from orders.ledger.queries import unallocated_of
from orders.orders.models import SellerOrder
from orders.payments.errors import AmountDoesNotFit, PaymentNotAvailable, ProviderSilent, PurchaseWaitsNoMore
from orders.payments.gateways.base import GatewayError, Outcome
from orders.payments.gateways.registry import get_gateway
from orders.payments.models import ParkedDecision, Payment

Kind = ParkedDecision.Kind


def decide_parked(payment: Payment, kind: str, *, reason: str, by: User, now: datetime) -> ParkedDecision:
    """Asks the provider what it holds, then books and records in one transaction; refunds leave by the outbox.

    GIVE needs the whole amount in the payment's currency and an order that still waits; what is more goes back.
    SEND_BACK ends the attempt, so that the buyer may pay anew; an amount that was only authorised is released at the
    provider by the reconciler.

    Raises InvalidInput without a reason, ProviderSilent, Conflict when it is decided already, AmountDoesNotFit,
    PurchaseWaitsNoMore.
    """
    if not reason.strip():
        raise InvalidInput(fields={"reason": _("please say why")})
    truth = _ask(payment)
    with transaction.atomic():
        row, orders = lock_payment(payment)
        if row.parked_at is None or ParkedDecision.objects.filter(payment=row).exists():
            raise Conflict()
        book_arrived(row, truth, now=now)
        came = arrived(row)
        if kind == Kind.GIVE:
            _give(row, orders, truth, now)
        else:
            _end(row, truth, now)
        decision = ParkedDecision.objects.create(
            payment=row, kind=Kind(kind), reason=reason.strip(), decided_by=by, decided_at=now
        )
        send_back(row, reason=decision.reason, now=now)
        record_act(
            actor=by,
            action=f"parked.{kind}",
            subject_kind="payment",
            subject_id=row.pk,
            now=now,
            purchase=row.purchase.number,
            came={currency: str(amount) for currency, amount in came.items()},
            reason=decision.reason,
        )
    return decision


def _ask(payment: Payment) -> Outcome:
    try:
        return get_gateway(payment.gateway).fetch(payment.provider_ref)
    except (GatewayError, PaymentNotAvailable) as error:
        raise ProviderSilent() from error


def _give(payment: Payment, orders: list[SellerOrder], truth: Outcome, now: datetime) -> None:
    """Out of the unallocated money and into the payment, which books its own clearing."""
    number = str(payment.pk)
    left = unallocated_of("payment", [number]).get(number, {}).get(payment.currency, Decimal(0))
    if truth.state != Payment.State.CAPTURED or left < payment.amount:
        raise AmountDoesNotFit(
            number=payment.purchase.number,
            asked=f"{payment.amount:.2f}",
            left=f"{left:.2f}",
            currency=payment.currency,
        )
    if not any(order.state == SellerOrder.State.AWAITING_PAYMENT for order in orders):
        raise PurchaseWaitsNoMore(number=payment.purchase.number)
    entries = [Entry(K.UNALLOCATED, payment.amount), Entry(K.CLEARING, -payment.amount)]
    book(
        f"parked_used:{payment.pk}",
        "parked_used",
        entries,
        currency=payment.currency,
        source=("payment", number),
        now=now,
    )
    capture(payment, orders, now=now)


def _end(payment: Payment, truth: Outcome, now: datetime) -> None:
    if payment.is_open:
        payment.state = Payment.State.FAILED
    payment.to_cancel = truth.state not in (*OVER, Payment.State.CAPTURED)
    payment.ask_at, payment.asked = (now, 0) if payment.to_cancel else (None, 0)
    payment.save(update_fields=["state", "to_cancel", "ask_at", "asked"])
