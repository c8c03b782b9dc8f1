"""Tell the seller of tax invoices that are asked for, and the buyer of what became of one: by mail, or by short message
without an address."""

from collections.abc import Sequence
from datetime import datetime

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from market.accounts.models import User
from market.common.languages import normal_language
from market.common.mails import plain_mail
from market.common.outbox.models import OutboxEvent
from market.enterprises.queries import staff_with
from market.enterprises.roles import Right
from market.enterprises.text_staff import text_staff
from orders.actions.text_buyer import text_buyer
from orders.documents.invoice_queries import whole_requests
from orders.documents.models import TaxInvoiceRequest
from orders.orders.buyer import buyer_address, buyers_page

S = TaxInvoiceRequest.State
SHORT = gettext_lazy("Tax invoice of order %(order)s: %(state)s.")
SHORT_SELLER = gettext_lazy("Tax invoice of order %(order)s: %(state)s. Please see to it within seven days.")


def send_mails(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Receiver of `tax_invoice.*`; each tells of the move that made it, also when others came after."""
    rows = {row.number: row for row in whole_requests().filter(number__in=[event.subject for event in events])}
    for event in events:
        state = event.topic.partition(".")[2]
        if state in (S.ASKED, S.RED_NEEDED):
            _tell_seller(rows[event.subject], state, now)
        row = rows[event.subject]
        reason = _reason_of(row, event)
        is_handed_in = any(invoice.number == reason for invoice in row.invoices.all())
        if state == S.DECLINED or (state == S.ISSUED and is_handed_in):
            _tell_buyer(row, state, reason, now)


def _reason_of(request: TaxInvoiceRequest, event: OutboxEvent) -> str:
    return next((move.reason for move in request.events.all() if move.pk == event.payload.get("event")), "")


def _tell_seller(request: TaxInvoiceRequest, state: str, now: datetime) -> None:
    for member in staff_with(request.enterprise_id, Right.INVOICE):
        seller_mail(request, state, member.user).send()
    facts = {"order": request.seller_order.number, "state": S(state).label}
    about = f"{request.number}:{state}:{request.covered}"
    text_staff(request.enterprise_id, [Right.INVOICE], "seller_invoice", SHORT_SELLER, about=about, now=now, **facts)


def _tell_buyer(request: TaxInvoiceRequest, state: str, reason: str, now: datetime) -> None:
    purchase = request.seller_order.purchase
    if address := request.email or buyer_address(purchase):
        buyer_mail(request, state, reason, address).send()
        return
    facts = {"order": request.seller_order.number, "state": S(state).label}
    text_buyer(purchase, "invoice", SHORT, about=f"{request.number}:{state}:{reason}", now=now, **facts)


def buyer_mail(request: TaxInvoiceRequest, state: str, reason: str, address: str) -> EmailMessage:
    """Plain text in the language of the purchase. The file stays where only the buyer fetches it."""
    purchase = request.seller_order.purchase
    with override(normal_language(purchase.language)):
        facts = {"order": request.seller_order.number, "reason": reason}
        if state == S.ISSUED:
            subject = _("The tax invoice of order %(order)s is there") % facts
            lines = [
                _("The seller has issued the tax invoice of order %(order)s, number %(reason)s.") % facts,
                _("You can fetch it on the page of your order, under “Papers and invoices”."),
            ]
        else:
            subject = _("No tax invoice of order %(order)s") % facts
            lines = [
                _("The seller issues no tax invoice of order %(order)s: %(reason)s") % facts,
                _("When the cause is mended you can ask for it again."),
            ]
        return plain_mail(address, subject, lines, page=buyers_page(purchase))


def seller_mail(request: TaxInvoiceRequest, state: str, user: User) -> EmailMessage:
    """Plain text in the member's language; to whom it is made out stands on the page."""
    language = normal_language(user.language)
    with override(language):
        facts = {"order": request.seller_order.number}
        if state == S.RED_NEEDED:
            subject = _("A red-letter invoice is needed for order %(order)s") % facts
            lines = [_("Money of order %(order)s went back to the buyer after you had issued the tax invoice.") % facts]
        else:
            subject = _("A tax invoice of order %(order)s is asked for") % facts
            lines = [_("The buyer of order %(order)s asks you for a tax invoice.") % facts]
        lines.append(_("Please hand it in within seven days, or say why there is none."))
        return plain_mail(str(user.email), subject, lines, page=f"/{language}/sell/invoices/{request.number}/")
