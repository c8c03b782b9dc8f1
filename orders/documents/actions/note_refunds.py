"""Money goes back after an invoice was issued: the seller owes a red-letter invoice 红字."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from market.common.outbox.models import OutboxEvent
from orders.documents.actions.answer_invoice import amount_due
from orders.documents.contents.statement import refunded
from orders.documents.models import TaxInvoiceRequest
from orders.documents.states import LIVE, S, transition
from orders.payments.models import Refund


def note_refunds(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Receiver of `refund.opened`, and of `reversal.returned`: money that had gone back came back. Looks at what stands
    now, so that an event that comes twice or late changes nothing more, and a refund that an invoice took into account
    already asks for none."""
    orders = Refund.objects.filter(pk__in=[event.subject for event in events]).values("seller_order")
    waiting = TaxInvoiceRequest.objects.filter(seller_order__in=orders, state__in=LIVE)
    for key in waiting.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            _look_again(key, now)


def _look_again(key: int, now: datetime) -> None:
    rows = TaxInvoiceRequest.objects.select_related("seller_order").select_for_update(of=("self",))
    request = rows.get(pk=key)
    if request.state == S.ASKED and amount_due(request) <= 0:
        transition(request, S.WITHDRAWN, by=None, reason="all of it was given back", now=now)
    elif request.state == S.ISSUED and refunded(request.seller_order) > request.covered:
        transition(request, S.RED_NEEDED, by=None, reason="money was given back", now=now)
    elif request.state == S.RED_NEEDED and amount_due(request) <= 0:
        transition(request, S.ISSUED, by=None, reason="nothing is to be taken back any more", now=now)
