"""Begin to pay a purchase: intent row, commit, call the gateway, outcome in a second transaction."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from market.common.deadlines.actions import open_deadline
from orders.orders.models import Purchase, SellerOrder
from orders.payments.actions.leave_attempt import leave_attempt
from orders.payments.asking import can_be_asked, next_ask
from orders.payments.errors import NothingToPay, PaymentNotAvailable, PaymentRefused
from orders.payments.gateways.base import Attempt, Outcome
from orders.payments.gateways.registry import available_gateways, get_gateway
from orders.payments.models import OPEN_STATES, Allocation, Payment
from orders.payments.trade import check_provider


def start_payment(
    purchase: Purchase, gateway_code: str, *, return_url: str, now: datetime, method: str = ""
) -> Payment:
    """The open payment, with what the buyer has to do next in `next_action`. `method`: one of the gateway's own, or
    empty to let its page decide.

    What is asked for is the sum of the seller orders still to be paid. The same gateway and method again gives the
    attempt that is open; another one is first cancelled at its provider, so there is never more than one. A gateway
    with a link to the United States is decided upon first, seller by seller.

    Raises PaymentNotAvailable, PaymentNotAllowed, NothingToPay, PaymentUnderway, PaymentRefused; GatewayError when the
    provider is away (the intent stays and the next call is the same request again).
    """
    gateway = get_gateway(gateway_code)
    if gateway_code not in available_gateways(purchase.channel.gateways):
        raise PaymentNotAvailable(gateway=gateway_code)
    if method and method not in gateway.methods(purchase.currency):
        raise PaymentNotAvailable(gateway=gateway_code, method=method)
    check_provider(purchase, gateway, now=now)
    _must_be_payable(purchase)
    for other in purchase.payments.filter(state__in=OPEN_STATES).exclude(gateway=gateway_code, method=method):
        leave_attempt(other, now=now)
    payment = _intent(purchase, gateway_code, method, now)
    if payment.provider_ref:
        return payment
    outcome = gateway.start(
        Attempt(
            key=f"{purchase.number}-{payment.pk}",
            purchase_number=purchase.number,
            amount=payment.amount,
            currency=payment.currency,
            description=f"Tuanji {purchase.number}",
            return_url=return_url,
            method=method,
        )
    )
    payment = _record(payment, outcome, now)
    if outcome.refused:
        raise PaymentRefused(reason=outcome.refused)
    _extend(purchase, gateway.pay_by(now))
    return payment


def _must_be_payable(purchase: Purchase) -> None:
    """A look before anything is cancelled; `_intent` asks again under the orders' lock."""
    if not purchase.seller_orders.filter(state=SellerOrder.State.AWAITING_PAYMENT).exists():
        raise NothingToPay()


def _intent(purchase: Purchase, gateway_code: str, method: str, now: datetime) -> Payment:
    with transaction.atomic():
        orders = list(SellerOrder.objects.select_for_update().filter(purchase=purchase).order_by("pk"))
        unpaid = [order for order in orders if order.state == SellerOrder.State.AWAITING_PAYMENT]
        if not unpaid:
            raise NothingToPay()
        current = Payment.objects.select_for_update().filter(purchase=purchase, state__in=OPEN_STATES).first()
        if current is not None and (current.gateway, current.method) == (gateway_code, method):
            return current
        if current is not None:  # begun at the same moment in another window
            current.state = Payment.State.CANCELLED
            if current.provider_ref:  # without: `_record` marks it when its provider has answered
                current.to_cancel = True
                current.ask_at = now
            current.save(update_fields=["state", "to_cancel", "ask_at"])
        payment = Payment.objects.create(
            purchase=purchase,
            gateway=gateway_code,
            method=method,
            amount=sum((order.total for order in unpaid), Decimal(0)),
            currency=purchase.currency,
            created_at=now,
        )
        Allocation.objects.bulk_create(Allocation(payment=payment, seller_order=order) for order in unpaid)
        return payment


def _record(payment: Payment, outcome: Outcome, now: datetime) -> Payment:
    with transaction.atomic():
        row = Payment.objects.select_for_update().get(pk=payment.pk)
        if row.provider_ref:
            return row
        row.provider_ref = outcome.provider_ref
        row.next_action = outcome.next_action
        row.failure = outcome.refused[:200]
        if row.is_open:
            row.state = outcome.state
            row.ask_at = next_ask(0, now) if row.is_open and can_be_asked(row.gateway) else None
        elif row.provider_ref:  # over for us while the provider was answering
            row.to_cancel = True
            row.ask_at = now
        row.save(update_fields=["provider_ref", "state", "next_action", "failure", "to_cancel", "ask_at"])
    return row


def _extend(purchase: Purchase, pay_by: datetime) -> None:
    """A slower way of paying gets its own time; the deadline never moves forward to an earlier hour."""
    if pay_by <= purchase.pay_by:
        return
    with transaction.atomic():
        if not Purchase.objects.filter(pk=purchase.pk, pay_by__lt=pay_by).update(pay_by=pay_by):
            return  # another window has got a later hour meanwhile
        open_deadline("order.payment", purchase.number, due_at=pay_by)
    purchase.pay_by = pay_by
