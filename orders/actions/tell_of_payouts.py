"""Tell a seller's owners and finance staff by mail that money has left for them, or has come back."""

from collections.abc import Sequence
from datetime import datetime

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import override

from market.accounts.models import User
from market.common.languages import normal_language
from market.common.mails import plain_mail
from market.common.money import format_amount
from market.common.outbox.models import OutboxEvent
from market.enterprises.queries import staff_with
from market.enterprises.roles import Right
from orders.ledger.models import Payout, Settlement

S = Settlement.State


def send_mails(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Receiver of `payout.moved`: what it is now is told, once of each event."""
    del now
    rows = Payout.objects.select_related("settlement__enterprise", "account")
    found = {payout.number: payout for payout in rows.filter(number__in=[event.subject for event in events])}
    for event in events:
        payout = found[event.subject]
        if payout.settlement.state == event.payload["state"]:
            for member in staff_with(payout.settlement.enterprise_id, Right.ENTERPRISE):
                payout_mail(payout, member.user).send()


def payout_mail(payout: Payout, user: User) -> EmailMessage:
    """Plain text, in the member's language."""
    language = normal_language(user.language)
    settlement = payout.settlement
    with override(language):
        facts = {
            "number": payout.number,
            "amount": format_amount(payout.amount, settlement.currency, language),
            "account": payout.account.masked,
            "bank": payout.bank_row_id,
            "reason": payout.return_reason,
        }
        if settlement.state == S.SENT:
            news = _("Payout %(number)s: %(amount)s have left for your account %(account)s, bank number %(bank)s.")
        else:
            news = _(
                "The bank sent payout %(number)s, %(amount)s, back: %(reason)s. Please look at your payout account; "
                "the money is paid with a later run."
            )
        subject = _("Payout %(number)s") % facts
    return plain_mail(str(user.email), subject, [news % facts], page=f"/{language}/sell/payouts/{payout.number}/")
