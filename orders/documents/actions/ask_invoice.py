"""The buyer asks the seller of an order for a tax invoice, or no longer wants it."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from market.accounts.models import User
from market.common.errors import InvalidInput
from market.common.outbox.record import record_event
from orders.documents.contents.statement import PAID, refunded
from orders.documents.errors import AlreadyAsked, NoInvoiceOf
from orders.documents.models import InvoiceDetails, InvoiceProfile, TaxInvoiceEvent, TaxInvoiceRequest
from orders.documents.states import ANSWER_WITHIN, LIVE, S, transition
from orders.documents.tax_numbers import is_tax_number, normal_tax_number
from orders.orders.models import SellerOrder

Kind, Holder = InvoiceDetails.Kind, InvoiceDetails.Holder
NEEDED_FOR_SPECIAL = ("address", "phone", "bank", "account")
_LONGEST = {"title": 100, "address": 200, "phone": 30, "bank": 100, "account": 40, "email": 254}


@dataclass(frozen=True)
class Details:
    """Columns of InvoiceDetails."""

    kind: str
    holder: str
    title: str
    tax_number: str = ""
    address: str = ""
    phone: str = ""
    bank: str = ""
    account: str = ""
    email: str = ""


def ask_invoice(order: SellerOrder, details: Details, *, by: User | None, now: datetime) -> TaxInvoiceRequest:
    """Effects: the request with its own copy of the details, which are kept for the next time of who has an account; an
    outbox event. The caller knows that the order is this buyer's.

    Raises InvalidInput, NoInvoiceOf (unpaid, ended, abroad, or all of it was given back), AlreadyAsked.
    """
    details = _checked(details)
    if not may_have_invoice(order):
        raise NoInvoiceOf(order=order.number)
    try:
        with transaction.atomic():
            SellerOrder.objects.select_for_update().get(pk=order.pk)
            count = TaxInvoiceRequest.objects.filter(seller_order=order).count()
            request = TaxInvoiceRequest.objects.create(
                seller_order=order,
                enterprise_id=order.enterprise_id,
                number=f"{order.number}-F{count + 1}",
                asked_by=by,
                asked_at=now,
                due_at=now + ANSWER_WITHIN,
                **vars(details),
            )
            TaxInvoiceEvent.objects.create(request=request, to_state=S.ASKED, by=by, at=now)
            if by is not None:
                InvoiceProfile.objects.update_or_create(buyer=by, defaults={**vars(details), "changed_at": now})
            record_event("tax_invoice.asked", request.number, now=now)
    except IntegrityError as error:
        if TaxInvoiceRequest.objects.filter(seller_order=order, state__in=LIVE).exists():
            raise AlreadyAsked(order=order.number) from error
        raise
    return request


def withdraw_request(request: TaxInvoiceRequest, *, by: User | None, now: datetime) -> TaxInvoiceRequest:
    """While the seller has not issued it. Raises IllegalMove."""
    with transaction.atomic():
        row = TaxInvoiceRequest.objects.select_for_update().get(pk=request.pk)
        transition(row, S.WITHDRAWN, by=by, reason="", now=now)
    return row


def may_have_invoice(order: SellerOrder) -> bool:
    """Paid, at home, and not all of it given back. One statement."""
    return order.state in PAID and not order.purchase.channel.is_export and invoiceable(order) > 0


def invoiceable(order: SellerOrder) -> Decimal:
    """What an invoice of this order comes to now."""
    return Decimal(order.total - refunded(order))


def _checked(details: Details) -> Details:
    """As it is kept: what the kind does not ask for is left out. Raises InvalidInput."""
    trimmed = {name: value.strip() for name, value in vars(details).items()}
    details = Details(**trimmed | {"tax_number": normal_tax_number(details.tax_number)})
    fields = {}
    for name, longest in _LONGEST.items():
        value = getattr(details, name)
        if "\0" in value or len(value) > longest:
            fields[name] = _("at most %(most)s characters") % {"most": longest}
    if details.kind not in Kind.values:
        fields["kind"] = _("one of the values offered")
    if details.holder not in Holder.values:
        fields["holder"] = _("one of the values offered")
    if not details.title:
        fields["title"] = _("this is needed")
    if details.holder == Holder.FIRM and not is_tax_number(details.tax_number):
        fields["tax_number"] = _("A tax number has 15, 18 or 20 signs and a check digit; this one is none.")
    if details.kind == Kind.SPECIAL:
        fields |= _missing_for_special(details)
    if details.email:
        try:
            validate_email(details.email)
        except ValidationError:
            fields["email"] = _("an address such as name@example.org")
    if fields:
        raise InvalidInput(fields=fields)
    if details.holder == Holder.PERSON:
        return replace(details, tax_number="", address="", phone="", bank="", account="")
    return details


def _missing_for_special(details: Details) -> dict[str, str]:
    if details.holder != Holder.FIRM:
        return {"holder": _("A special invoice is made out to firms only.")}
    return {name: _("A special invoice needs this.") for name in NEEDED_FOR_SPECIAL if not getattr(details, name)}
