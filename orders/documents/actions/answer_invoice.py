"""The seller hands in the tax invoice that was asked for, or says why there is none."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from market.accounts.models import User
from market.common.errors import InvalidInput, NotAllowed
from market.common.plain_text import plain_code
from market.common.quantity import plain
from market.enterprises.queries import member_of
from market.enterprises.roles import Right, may
from orders.documents.actions.ask_invoice import invoiceable
from orders.documents.contents.statement import refunded
from orders.documents.errors import AmountDiffers, NumberUsed
from orders.documents.handed_in import keep_file, read_invoice_file
from orders.documents.models import TaxInvoice, TaxInvoiceRequest
from orders.documents.states import S, transition

LONGEST_REASON = 300


@dataclass(frozen=True)
class HandedIn:
    """`number` as it stands on the invoice (20 digits of an all-digital one, or 8); `raw` is the file."""

    number: str
    issued_on: date
    amount: Decimal
    raw: bytes


def hand_in_invoice(request: TaxInvoiceRequest, invoice: HandedIn, *, by: User, now: datetime) -> TaxInvoice:
    """Of an open request the invoice, of one that waits for it the red-letter invoice. Effects: the file first, while
    no row is locked, then its row, the state, an outbox event.

    The amount must be what the order comes to at this moment, or what was given back since the last invoice: who issued
    one before a refund is told. Raises NotAllowed, InvalidInput, AmountDiffers, NumberUsed, IllegalMove.
    """
    _check_right(request, by)
    number = plain_code(invoice.number)
    kind = read_invoice_file(invoice.raw)
    _check(number, invoice, timezone.localdate(now))
    name, sha256 = keep_file(f"tax-invoices/{request.number}", invoice.raw, kind)
    try:
        with transaction.atomic():
            row = TaxInvoiceRequest.objects.select_for_update().get(pk=request.pk)
            is_red, due = row.state == S.RED_NEEDED, amount_due(row)
            row.covered = refunded(row.seller_order)
            transition(row, S.ISSUED, by=by, reason=number, now=now)
            if invoice.amount != due:
                raise AmountDiffers(due=plain(due))
            return TaxInvoice.objects.create(
                request=row,
                enterprise_id=row.enterprise_id,
                is_red=is_red,
                number=number,
                issued_on=invoice.issued_on,
                amount=invoice.amount,
                file=name,
                content_type=kind.content_type,
                sha256=sha256,
                uploaded_by=by,
                uploaded_at=now,
            )
    except IntegrityError as error:
        if TaxInvoice.objects.filter(enterprise=request.enterprise_id, number=number).exists():
            raise NumberUsed(number=number) from error
        raise


def amount_due(request: TaxInvoiceRequest) -> Decimal:
    """What the next invoice must come to: all of the order, or what a red-letter one has to take back."""
    if request.state == S.RED_NEEDED:
        return Decimal(refunded(request.seller_order) - request.covered)
    return invoiceable(request.seller_order)


def decline_request(request: TaxInvoiceRequest, *, reason: str, by: User, now: datetime) -> TaxInvoiceRequest:
    """With a reason the buyer reads. Raises NotAllowed, InvalidInput, IllegalMove."""
    _check_right(request, by)
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON or "\0" in reason:
        raise InvalidInput(fields={"reason": _("say why, in at most %(most)s characters") % {"most": LONGEST_REASON}})
    with transaction.atomic():
        row = TaxInvoiceRequest.objects.select_for_update().get(pk=request.pk)
        transition(row, S.DECLINED, by=by, reason=reason, now=now)
    return row


def _check_right(request: TaxInvoiceRequest, by: User) -> None:
    member = member_of(by, request.enterprise)
    if member is None or not may(member.role, Right.INVOICE):
        raise NotAllowed()


def _check(number: str, invoice: HandedIn, today: date) -> None:
    fields = {}
    if len(number) not in (8, 20) or not (number.isascii() and number.isdigit()):
        fields["number"] = _("An invoice number has 20 digits, or 8 on paper.")
    if not date(2000, 1, 1) <= invoice.issued_on <= today:
        fields["issued_on"] = _("a day up to today")
    if fields:
        raise InvalidInput(fields=fields)
