"""A seller's payout account was changed or decided about: its owners and finance staff are told, by mail or, who has no
address, by short message."""

from collections.abc import Sequence
from datetime import datetime

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from market.accounts.models import User
from market.common.languages import normal_language
from market.common.mails import plain_mail
from market.common.outbox.models import OutboxEvent
from market.enterprises.models import PayoutAccount
from market.enterprises.queries import staff_with
from market.enterprises.roles import Right
from market.enterprises.text_staff import text_staff

S = PayoutAccount.State
SHORT = gettext_lazy(
    "The payout account %(account)s was changed or decided about: please look. If you do not know of this, tell an "
    "officer at once."
)


def send_mails(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Receiver of `payout_account.changed`; a mail that went out before the process died goes out again, which says
    nothing false."""
    rows = PayoutAccount.objects.select_related("enterprise").in_bulk([int(event.subject) for event in events])
    for event in events:
        account = rows[int(event.subject)]
        for member in staff_with(account.enterprise_id, Right.ENTERPRISE):
            account_mail(account, event.payload["what"], member.user).send()
        text_staff(
            account.enterprise_id,
            (Right.ENTERPRISE,),
            "payout_account",
            SHORT,
            about=str(event.pk),
            now=now,
            account=account.masked,
        )


def account_mail(account: PayoutAccount, what: str, user: User) -> EmailMessage:
    """Plain text in the member's language; of the number the last digits only. `what`: `entered`, or the new state."""
    language = normal_language(user.language)
    with override(language):
        facts = {"firm": account.enterprise.name, "account": account.masked, "holder": account.holder}
        lines = [
            _news(what) % facts,
            *([_("Reason: %(reason)s") % {"reason": account.reason}] if account.reason and what != "entered" else []),
            "",
            _("If you do not know of this, tell an officer at once."),
        ]
        subject = _("Payout account of %(firm)s") % facts
    return plain_mail(str(user.email), subject, lines, page=f"/{language}/sell/payouts/account/")


def _news(what: str) -> str:
    words = {
        S.ACTIVE: _("The payout account %(account)s of %(holder)s has been checked: money can be paid out to it."),
        S.RESTRICTED: _("Money for the payout account %(account)s is held."),
        S.REJECTED: _("The payout account %(account)s has been refused. Please enter another."),
    }
    entered = _(
        "A payout account was entered for %(firm)s: %(account)s of %(holder)s. Nothing is paid out until an officer "
        "has checked it."
    )
    return words.get(S(what), entered) if what in S.values else entered
