"""A tax invoice from the wish of the buyer to its red-letter."""

import io
import zipfile
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.core.files.storage import default_storage

from market.common.errors import IllegalMove, InvalidInput, NotAllowed
from market.common.outbox.drain import drain_outbox
from market.common.outbox.models import OutboxEvent
from orders.actions.answer_claim import answer_claim
from orders.actions.end_order import cancel_order
from orders.documents.actions.answer_invoice import HandedIn, amount_due, decline_request, hand_in_invoice
from orders.documents.actions.ask_invoice import Details, withdraw_request
from orders.documents.actions.note_refunds import note_refunds
from orders.documents.errors import AlreadyAsked, AmountDiffers, NoInvoiceOf, NumberUsed
from orders.documents.handed_in import read_invoice_file
from orders.documents.invoice_queries import counted
from orders.documents.models import InvoiceProfile, TaxInvoice, TaxInvoiceRequest
from orders.orders.models import SellerOrder
from orders.payments.models import Refund
from tests.builders import NOW, make_member, make_placed, make_user, make_variant
from tests.orders.claims import ARRIVED, make_claim, make_delivered, make_paid
from tests.orders.documents.invoices import PDF, PERSON, SPECIAL, ask, hand_in, seller_of

pytestmark = pytest.mark.django_db
OTHER_NUMBER = "24117000000000000001"


def give_back(order: SellerOrder) -> None:
    """100.00 of 1,000.00, by a claim."""
    claim = make_claim(order)
    wanted = {line.pk: line.wanted for line in claim.lines.all()}
    answer_claim(claim, wanted, "", by=make_member(order.enterprise), now=ARRIVED)
    while drain_outbox(ARRIVED):
        pass


def test_a_request_keeps_its_own_copy_and_is_remembered_for_who_has_an_account() -> None:
    buyer = make_user()
    request = ask(make_paid(user=buyer), SPECIAL, by=buyer)

    ask(make_paid((make_variant(), 1), user=buyer), PERSON, by=buyer)

    request.refresh_from_db()
    assert (request.title, request.account, request.due_at) == (SPECIAL.title, "6222 01", NOW + timedelta(days=7))
    assert InvoiceProfile.objects.get(buyer=buyer).title == "张三"


def test_a_guest_is_not_remembered() -> None:
    ask(make_paid(), PERSON)

    assert not InvoiceProfile.objects.exists()


@pytest.mark.parametrize(
    ("details", "field"),
    [
        (Details("ordinary", "firm", "公司", "911100006000373410"), "tax_number"),
        (Details("ordinary", "firm", "公司"), "tax_number"),
        (Details("ordinary", "person", " "), "title"),
        (Details("special", "person", "张三"), "holder"),
        (Details("special", "firm", "公司", "91110000600037341L", "路", "1", "行", ""), "account"),
        (Details("paper", "person", "张三"), "kind"),
        (Details("ordinary", "person", "张三", email="nobody"), "email"),
        (Details("ordinary", "person", "张\0三"), "title"),
    ],
)
def test_details_that_make_no_invoice_are_refused_at_the_field(details: Details, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        ask(make_paid(), details)

    assert list(refused.value.details["fields"]) == [field]
    assert not TaxInvoiceRequest.objects.exists()


def test_an_order_has_one_live_request_and_another_after_it_was_declined() -> None:
    order = make_paid()
    request = ask(order)

    with pytest.raises(AlreadyAsked):
        ask(order)
    decline_request(request, reason="not registered", by=seller_of(request), now=NOW)
    again = ask(order)

    assert again.number == f"{order.number}-F2"


def test_what_is_not_paid_or_was_given_back_has_no_invoice() -> None:
    unpaid = make_placed((make_variant(), 1)).seller_orders[0]
    cancelled = make_paid((make_variant(), 1))
    cancel_order(cancelled, by=None, reason="", now=NOW)

    for order in (unpaid, cancelled):
        with pytest.raises(NoInvoiceOf):
            ask(order)


def test_the_buyer_withdraws_before_it_is_issued_only() -> None:
    order = make_paid()
    withdraw_request(ask(order), by=None, now=NOW)
    second = ask(order)
    hand_in(second)

    with pytest.raises(IllegalMove):
        withdraw_request(second, by=None, now=NOW)


def test_the_seller_hands_in_the_invoice_and_the_buyer_is_told() -> None:
    request = ask(make_paid())
    while drain_outbox(NOW):
        pass
    mail.outbox.clear()

    invoice = hand_in(request)
    while drain_outbox(NOW):
        pass

    request.refresh_from_db()
    assert (request.state, request.due_at, invoice.amount, invoice.is_red) == ("issued", None, Decimal(1000), False)
    with default_storage.open(invoice.file) as kept:
        assert kept.read() == PDF
    (told,) = mail.outbox
    assert told.to == ["books@example.org"]
    assert invoice.number in str(told.body)


def test_the_seller_is_told_that_one_is_asked_for() -> None:
    order = make_paid()
    finance, warehouse = make_member(order.enterprise, "finance"), make_member(order.enterprise, "warehouse")

    request = ask(order)
    while drain_outbox(NOW):
        pass

    told = [message.to[0] for message in mail.outbox if request.number in str(message.body)]
    assert (finance.email in told, warehouse.email in told) == (True, False)


def test_an_invoice_over_another_amount_is_refused_and_nothing_changes() -> None:
    request = ask(make_paid())

    with pytest.raises(AmountDiffers) as refused:
        hand_in(request, amount="999.99")

    request.refresh_from_db()
    assert (refused.value.details["due"], request.state, request.events.count()) == ("1000", "asked", 1)
    assert not TaxInvoice.objects.exists()


@pytest.mark.parametrize(
    ("number", "on"), [("12", NOW.date()), ("2" * 20, date(2026, 12, 1)), ("２" * 19 + "x", NOW.date())]
)
def test_an_invoice_has_a_number_and_a_day_that_has_been(number: str, on: date) -> None:
    request = ask(make_paid())

    with pytest.raises(InvalidInput):
        hand_in_invoice(request, HandedIn(number, on, Decimal(1000), PDF), by=seller_of(request), now=NOW)


def test_one_invoice_is_handed_in_for_one_order() -> None:
    variant = make_variant(on_hand=10)
    first, second = ask(make_paid((variant, 1))), ask(make_paid((variant, 1)))
    hand_in(first)

    with pytest.raises(NumberUsed):
        hand_in(second)

    second.refresh_from_db()
    assert second.state == "asked"


def test_only_staff_who_issue_invoices_hand_them_in_or_decline() -> None:
    request = ask(make_paid())
    for who in (seller_of(request, "warehouse"), seller_of(request, "viewer"), make_user()):
        with pytest.raises(NotAllowed):
            decline_request(request, reason="no", by=who, now=NOW)
        with pytest.raises(NotAllowed):
            hand_in_invoice(request, HandedIn("2" * 20, NOW.date(), Decimal(1000), PDF), by=who, now=NOW)


def test_a_refund_after_the_invoice_asks_for_a_red_letter_over_it_once() -> None:
    order = make_delivered()
    request = ask(order)
    hand_in(request)

    give_back(order)

    request.refresh_from_db()
    assert (request.state, amount_due(request), request.due_at) == (
        "red_needed",
        Decimal(100),
        ARRIVED + timedelta(days=7),
    )
    with pytest.raises(AmountDiffers):
        hand_in(request, OTHER_NUMBER, amount="900", now=ARRIVED)
    red = hand_in(request, OTHER_NUMBER, now=ARRIVED)
    request.refresh_from_db()
    assert (red.is_red, red.amount, request.state, request.covered) == (True, Decimal(100), "issued", Decimal(100))


def test_a_refund_that_came_back_asks_for_no_red_letter_any_more_and_tells_nobody() -> None:
    order = make_delivered()
    request = ask(order)
    hand_in(request)
    give_back(order)
    Refund.objects.update(state=Refund.State.RETURNED)
    mail.outbox.clear()

    note_refunds([OutboxEvent(topic="reversal.returned", subject=str(Refund.objects.get().pk))], ARRIVED)
    while drain_outbox(ARRIVED):
        pass

    request.refresh_from_db()
    assert (request.state, request.due_at, request.invoices.count()) == ("issued", None, 1)
    assert not [message for message in mail.outbox if "tax invoice" in message.subject.lower()]


def test_a_refund_before_the_invoice_makes_it_smaller_and_asks_for_nothing_more() -> None:
    order = make_delivered()
    request = ask(order)
    give_back(order)

    invoice = hand_in(request, now=ARRIVED)
    note_refunds([], ARRIVED)

    request.refresh_from_db()
    assert (invoice.amount, request.state) == (Decimal(900), "issued")


def test_what_was_given_back_whole_needs_no_invoice_any_more() -> None:
    order = make_paid()
    request = ask(order)

    cancel_order(order, by=None, reason="", now=NOW)
    while drain_outbox(NOW):
        pass

    request.refresh_from_db()
    assert request.state == "withdrawn"


def zipped(name: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, "<x/>")
    return made.getvalue()


@pytest.mark.parametrize(
    ("raw", "suffix"),
    [(PDF, "pdf"), (zipped("OFD.xml"), "ofd"), (b'\xef\xbb\xbf<?xml version="1.0"?><EInvoice/>', "xml")],
)
def test_the_kind_of_a_file_is_read_from_what_it_holds(raw: bytes, suffix: str) -> None:
    assert read_invoice_file(raw).suffix == suffix


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"MZ\x90",
        zipped("evil.exe"),
        b"PK\x03\x04broken",
        b"<html><script>alert(1)</script></html>",
        b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script/></html>',
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x/>',
        b"%PDF-" + b"0" * (5 * 1024 * 1024),
    ],
)
def test_what_is_no_invoice_file_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidInput):
        read_invoice_file(raw)


def test_officers_count_what_waits_and_what_is_late() -> None:
    variant = make_variant(on_hand=10)
    orders = [make_paid((variant, 1)) for _ in range(3)]
    hand_in(ask(orders[0]))
    for order in orders[1:]:
        ask(order, PERSON)

    before, after = (counted(TaxInvoiceRequest.objects.all(), NOW + timedelta(days=n)) for n in (6, 8))

    assert (before.asked, before.issued, before.late, after.late) == (2, 1, 0, 2)
