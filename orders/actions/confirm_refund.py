"""Money that goes back by bank transfer has left our account: a finance officer says so, with the bank's own number."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from market.accounts.models import User
from market.common.audit.record import record_act
from market.common.errors import Conflict, InvalidInput, NotAllowed
from orders.actions.movements import is_movement_known
from orders.actions.refund_payment import close_refund
from orders.payments.gateways.base import RefundOutcome
from orders.payments.models import Refund


def confirm_refund(refund: Refund, *, bank_row_id: str, by: User, now: datetime) -> Refund:
    """Books the refund as paid and keeps the bank's number and who said so.

    Raises NotAllowed for refunds other gateways send themselves, InvalidInput without a number or with one that stands
    on something else, Conflict when it is closed already.
    """
    number = bank_row_id.strip()
    if not number:
        raise InvalidInput(fields={"bank_row_id": _("the bank's own number of the movement is needed")})
    with transaction.atomic():
        row = Refund.objects.select_for_update(of=("self",)).select_related("payment").get(pk=refund.pk)
        if row.payment.gateway != "bank_transfer":
            raise NotAllowed()
        if row.state != Refund.State.PENDING:
            raise Conflict()
        if is_movement_known(number):
            raise InvalidInput(fields={"bank_row_id": _("this movement stands on another refund or payout already")})
        try:
            closed = close_refund(row, RefundOutcome(number, Refund.State.SUCCEEDED), now=now)
        except IntegrityError as error:
            if not Refund.objects.filter(provider_ref=number).exclude(pk=row.pk).exists():
                raise
            words = _("this movement stands on another refund or payout already")
            raise InvalidInput(fields={"bank_row_id": words}) from error
        record_act(
            actor=by,
            action="refund.confirmed",
            subject_kind="refund",
            subject_id=row.pk,
            now=now,
            bank_row_id=number,
            amount=str(row.amount),
        )
    return closed
