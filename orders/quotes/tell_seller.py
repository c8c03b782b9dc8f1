"""Tell a seller's staff that a buyer abroad asks, or asks no more: by mail, or by short message who has no address."""

from collections.abc import Sequence
from datetime import datetime

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from market.accounts.models import User
from market.common.countries import country_name
from market.common.languages import normal_language
from market.common.mails import plain_mail
from market.common.outbox.models import OutboxEvent
from market.enterprises.queries import staff_with
from market.enterprises.roles import Right
from market.enterprises.text_staff import text_staff
from orders.quotes.models import EnquiryPart

S = EnquiryPart.State
SHORT = gettext_lazy("A buyer abroad asks for goods: enquiry %(enquiry)s waits for your answer.")


def send_mails(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Receiver of `enquiry.open` and `enquiry.closed`: what the seller did is not told to them, and what has moved on
    is told by its own event."""
    rows = EnquiryPart.objects.select_related("enquiry").filter(number__in=[event.subject for event in events])
    for part in rows.order_by("pk"):
        if part.state == S.OPEN or part.events.filter(to_state=S.CLOSED, by_seller=False).exists():
            for member in staff_with(part.enterprise_id, Right.TRADE):
                part_mail(part, member.user).send()
        if part.state == S.OPEN:
            kind, rights = "seller_enquiry", (Right.TRADE,)
            text_staff(part.enterprise_id, rights, kind, SHORT, about=part.number, now=now, enquiry=part.number)


def part_mail(part: EnquiryPart, user: User) -> EmailMessage:
    """Plain text in the member's language; who asks stands on the page."""
    language = normal_language(user.language)
    with override(language):
        facts = {"number": part.number, "country": country_name(part.enquiry.country, language)}
        if part.state == S.OPEN:
            news = _("A buyer asks for goods to be exported (%(country)s): enquiry %(number)s waits for your answer.")
        else:
            news = _("The buyer has closed enquiry %(number)s.")
        subject = _("Export enquiry %(number)s") % facts
    return plain_mail(str(user.email), subject, [news % facts], page=f"/{language}/sell/enquiries/{part.number}/")
