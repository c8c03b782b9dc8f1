"""Ask again what nobody told us: a lost webhook, a closed window or a provider that was away loses no money.

Worker steps. Each row is claimed by moving its time on, so that many workers may run them side by side.
"""

import logging
from datetime import datetime, timedelta

from django.db.models import F

from orders.actions.refund_payment import send_refund
from orders.actions.settle_payment import apply_outcome, settle_payment
from orders.payments.asking import next_ask
from orders.payments.errors import PaymentNotAvailable
from orders.payments.gateways.base import GatewayError
from orders.payments.gateways.registry import get_gateway
from orders.payments.models import Payment, Refund

logger = logging.getLogger(__name__)
BATCH = 50
GIVE_UP = timedelta(days=14)


def reconcile_payments(now: datetime) -> int:
    """Open attempts are asked about; attempts that are over for us are cancelled at the provider, and booked if they
    were paid after all. Returns how many were asked."""
    asked = 0
    for payment in Payment.objects.filter(ask_at__lte=now).order_by("ask_at")[:BATCH]:
        later = next_ask(payment.asked + 1, now) if payment.created_at > now - GIVE_UP else None
        claimed = Payment.objects.filter(pk=payment.pk, ask_at=payment.ask_at)
        if claimed.update(ask_at=later, asked=F("asked") + 1):
            asked += 1
            _ask(payment, now)
    return asked


def _ask(payment: Payment, now: datetime) -> None:
    try:
        if payment.to_cancel and not payment.is_open:
            outcome = get_gateway(payment.gateway).cancel(payment.provider_ref, f"cancel-{payment.pk}")
            apply_outcome(payment, outcome, now=now)
        else:
            settle_payment(payment, now=now)
    except (GatewayError, PaymentNotAvailable) as error:
        logger.warning("payment %s: %s does not answer: %s", payment.pk, payment.gateway, error)
    except Exception:
        logger.exception("payment %s could not be settled", payment.pk)


def reconcile_refunds(now: datetime) -> int:
    """Pending refunds: sent when nobody knows whether they were, else asked about. Returns how many."""
    asked = 0
    due = Refund.objects.filter(state=Refund.State.PENDING, ask_at__lte=now).select_related("payment")
    for refund in due.order_by("ask_at")[:BATCH]:
        later = next_ask(refund.asked + 1, now)
        if Refund.objects.filter(pk=refund.pk, ask_at=refund.ask_at).update(ask_at=later, asked=F("asked") + 1):
            asked += 1
            _send(refund, now)
    return asked


def _send(refund: Refund, now: datetime) -> None:
    try:
        send_refund(refund, now=now)
    except (GatewayError, PaymentNotAvailable) as error:
        logger.warning("refund %s: %s does not answer: %s", refund.pk, refund.payment.gateway, error)
    except Exception:
        logger.exception("refund %s could not be sent", refund.pk)
