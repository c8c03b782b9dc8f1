"""Begin to pay a purchase: intent row, commit, call the gateway, outcome in a second transaction."""

from datetime import datetime

from django.db import transaction

from market.common.deadlines.actions import open_deadline
from orders.orders.models import Purchase, SellerOrder
from orders.payments.errors import NothingToPay, PaymentNotAvailable, PaymentRefused
from orders.payments.gateways.base import Attempt, Outcome
from orders.payments.gateways.registry import available_gateways, get_gateway
from orders.payments.models import OPEN_STATES, Payment


def start_payment(purchase: Purchase, gateway_code: str, *, return_url: str, now: datetime) -> Payment:
    """The open payment, with what the buyer has to do next in `next_action`.

    The same gateway again gives the attempt that is open; another gateway cancels it first, so there is never more
    than one. Raises PaymentNotAvailable, NothingToPay, PaymentRefused; GatewayError when the provider is away (the
    intent stays and the next call is the same request again).
    """
    gateway = get_gateway(gateway_code)
    if gateway_code not in available_gateways(purchase.channel.gateways):
        raise PaymentNotAvailable(gateway=gateway_code)
    payment = _intent(purchase, gateway_code, now)
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
        )
    )
    payment = _record(payment, outcome, now)
    if outcome.refused:
        raise PaymentRefused(reason=outcome.refused)
    _extend(purchase, gateway.pay_by(now))
    return payment


def _intent(purchase: Purchase, gateway_code: str, now: datetime) -> Payment:
    with transaction.atomic():
        orders = list(SellerOrder.objects.select_for_update().filter(purchase=purchase).order_by("pk"))
        if not any(order.state == SellerOrder.State.AWAITING_PAYMENT for order in orders):
            raise NothingToPay()
        current = Payment.objects.select_for_update().filter(purchase=purchase, state__in=OPEN_STATES).first()
        if current is not None and current.gateway == gateway_code:
            return current
        if current is not None:
            current.state = Payment.State.CANCELLED
            current.save(update_fields=["state"])
        return Payment.objects.create(
            purchase=purchase,
            gateway=gateway_code,
            amount=purchase.total,
            currency=purchase.currency,
            created_at=now,
        )


def _record(payment: Payment, outcome: Outcome, now: datetime) -> Payment:
    with transaction.atomic():
        row = Payment.objects.select_for_update().get(pk=payment.pk)
        if row.provider_ref:
            return row
        row.provider_ref = outcome.provider_ref
        row.state = outcome.state
        row.next_action = outcome.next_action
        row.failure = outcome.refused
        row.save(update_fields=["provider_ref", "state", "next_action", "failure"])
    return row


def _extend(purchase: Purchase, pay_by: datetime) -> None:
    """A slower way of paying gets its own time; the deadline never moves forward to an earlier hour."""
    if pay_by <= purchase.pay_by:
        return
    with transaction.atomic():
        purchase.pay_by = pay_by
        purchase.save(update_fields=["pay_by"])
        open_deadline("order.payment", purchase.number, due_at=pay_by)
