"""Tell the buyer abroad by mail what a seller answered, with the way back to the enquiry."""

from collections.abc import Sequence
from datetime import datetime

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import override

from market.common.languages import normal_language
from market.common.mails import plain_mail
from market.common.outbox.models import OutboxEvent
from orders.quotes.actions.make_enquiry import enquiry_token
from orders.quotes.models import EnquiryEvent, EnquiryPart


def send_mails(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Receiver of `enquiry.answered` and `enquiry.closed`; what the buyer did is not told to them. A mail that went out
    before the process died goes out again, which says nothing false."""
    del now
    rows = EnquiryEvent.objects.select_related("part__enquiry", "part__enterprise")
    for said in rows.filter(pk__in=[event.payload["event"] for event in events], by_seller=True).order_by("pk"):
        answer_mail(said).send()


def answer_mail(said: EnquiryEvent) -> EmailMessage:
    """Plain text in the language of the enquiry. A guest's link carries the secret: their session may be long over."""
    enquiry, firm = said.part.enquiry, said.part.enterprise
    language = normal_language(enquiry.language)
    secret = "" if enquiry.buyer_id else f"?token={enquiry_token(enquiry.cart_id)}"
    with override(language):
        facts = {"firm": firm.name, "number": enquiry.number}
        if said.to_state == EnquiryPart.State.CLOSED:
            news = _("%(firm)s has closed its part of your enquiry %(number)s.") % facts
        else:
            news = _("%(firm)s has answered your enquiry %(number)s:") % facts
        subject = _("Your export enquiry %(number)s") % facts
    lines = [news, *(["", said.message] if said.message else [])]
    return plain_mail(enquiry.email, subject, lines, page=f"/{language}/enquiries/{enquiry.number}/{secret}")
