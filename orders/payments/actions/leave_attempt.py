"""Give up an open attempt, at its provider first: two open attempts are two chances to pay twice."""

import logging
from datetime import datetime

from orders.payments.errors import PaymentNotAvailable, PaymentUnderway
from orders.payments.gateways.base import GatewayError
from orders.payments.gateways.registry import get_gateway
from orders.payments.models import OPEN_STATES, Payment

logger = logging.getLogger(__name__)
UNDERWAY = (Payment.State.PROCESSING, Payment.State.AUTHORISED, Payment.State.CAPTURED)


def leave_attempt(payment: Payment, *, now: datetime) -> None:
    """Call outside any transaction. Cancelled at the provider: cancelled here. The provider does not answer: cancelled
    here and marked, so that the reconciler goes on asking. Raises PaymentUnderway when money is on its way already;
    the attempt then stays open and is asked about at once."""
    outcome = None
    if payment.provider_ref:
        try:
            outcome = get_gateway(payment.gateway).cancel(payment.provider_ref, f"cancel-{payment.pk}")
        except (GatewayError, PaymentNotAvailable) as error:
            logger.warning("payment %s could not be cancelled at %s: %s", payment.pk, payment.gateway, error)
    still_open = Payment.objects.filter(pk=payment.pk, state__in=OPEN_STATES)
    if outcome is not None and outcome.state in UNDERWAY:
        still_open.update(ask_at=now, asked=0)
        raise PaymentUnderway()
    unknown = bool(payment.provider_ref) and outcome is None
    still_open.update(state=Payment.State.CANCELLED, to_cancel=unknown, ask_at=now if unknown else None)
