"""Tax invoices that were asked for and handed in, for tests."""

from datetime import datetime
from decimal import Decimal

from market.accounts.models import User
from market.enterprises.models import Member
from orders.documents.actions.answer_invoice import HandedIn, amount_due, hand_in_invoice
from orders.documents.actions.ask_invoice import Details, ask_invoice
from orders.documents.models import TaxInvoice, TaxInvoiceRequest
from orders.orders.models import SellerOrder
from tests.builders import NOW, make_member

PDF = b"%PDF-1.7\nan invoice"
PERSON = Details("ordinary", "person", "张三")
FIRM = Details("ordinary", "firm", "示范贸易有限公司", "91110000600037341L", email="books@example.org")
SPECIAL = Details(
    "special", "firm", "示范贸易有限公司", "91110000600037341L", "示范路 1 号", "010-12345678", "示范银行", "6222 01"
)


def ask(order: SellerOrder, details: Details = FIRM, *, by: User | None = None) -> TaxInvoiceRequest:
    whole = SellerOrder.objects.select_related("purchase__channel").get(pk=order.pk)
    return ask_invoice(whole, details, by=by, now=NOW)


def seller_of(request: TaxInvoiceRequest, role: str = "finance") -> User:
    member = Member.objects.filter(enterprise=request.enterprise, role=role).first()
    return member.user if member else make_member(request.enterprise, role)


def hand_in(
    request: TaxInvoiceRequest, number: str = "24117000000123456789", *, amount: str = "", now: datetime = NOW
) -> TaxInvoice:
    """What is due, unless told otherwise."""
    fresh = TaxInvoiceRequest.objects.get(pk=request.pk)
    due = Decimal(amount) if amount else amount_due(fresh)
    return hand_in_invoice(fresh, HandedIn(number, NOW.date(), due, PDF), by=seller_of(request), now=now)
