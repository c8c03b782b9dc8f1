"""Tell whoever had some of a recalled lot, and the seller's staff: by mail, or by short message without an address."""

from collections.abc import Sequence
from datetime import datetime
from smtplib import SMTPDataError, SMTPNotSupportedError, SMTPRecipientsRefused

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
from orders.orders.buyer import buyer_address, buyers_page
from orders.recalls.models import Recall, RecallNotice
from orders.recalls.queries import whole_recalls

SHORT = gettext_lazy("Recall: do not eat, sell or pass on %(product)s, lot %(lot)s, of order %(order)s.")
SHORT_SELLER = gettext_lazy("Lot %(lot)s has been recalled (%(recall)s): pack nothing of it and keep it apart.")
# Of this one mail: its address or what it says.
REFUSED = (SMTPRecipientsRefused, SMTPDataError, SMTPNotSupportedError, ValueError)
STAFF = (Right.STOCK, Right.SHIP, Right.TRADE)


def send_mails(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Receiver of `recall.opened` and `recall.reminded`. A notice is claimed before its mail goes out, so that two
    workers never both send; one that fails gives it back, and the outbox comes again. One that the server refuses keeps
    nobody else from hearing; a server that is away is left alone at once."""
    failed: list[Exception] = []
    found = {recall.number: recall for recall in whole_recalls().filter(number__in=[event.subject for event in events])}
    for event in events:
        recall = found[event.subject]
        if event.topic == "recall.opened":
            try:
                _tell_sellers(recall, now)
            except REFUSED as error:
                failed.append(error)
        untold = recall.notices.filter(told_at=None, answered_at=None).select_related("seller_order__purchase__buyer")
        for notice in untold.order_by("pk"):
            if RecallNotice.objects.filter(pk=notice.pk, told_at=None).update(told_at=now):
                try:
                    _tell_buyer(recall, notice, now)
                except Exception as error:
                    RecallNotice.objects.filter(pk=notice.pk).update(told_at=None)
                    if not isinstance(error, REFUSED):
                        raise
                    failed.append(error)
    if failed:
        raise failed[0]


def _tell_buyer(recall: Recall, notice: RecallNotice, now: datetime) -> None:
    order = notice.seller_order
    if address := buyer_address(order.purchase):
        buyer_mail(recall, notice, address).send()
        return
    with override(normal_language(order.purchase.language)):
        product = recall.lot.product.name
    about = f"{recall.number}:{order.number}:{notice.reminded_at or ''}"
    facts = {"product": product, "lot": recall.lot.number, "order": order.number}
    text_buyer(order.purchase, "recall", SHORT, about=about, now=now, **facts)


def _tell_sellers(recall: Recall, now: datetime) -> None:
    for member in staff_with(recall.enterprise_id, *STAFF):
        seller_mail(recall, member.user).send()
    facts = {"lot": recall.lot.number, "recall": recall.number}
    text_staff(recall.enterprise_id, STAFF, "seller_recall", SHORT_SELLER, about=recall.number, now=now, **facts)


def buyer_mail(recall: Recall, notice: RecallNotice, address: str) -> EmailMessage:
    """Plain text in the language of the purchase."""
    order = notice.seller_order
    with override(normal_language(order.purchase.language)):
        facts = _facts(recall) | {"order": order.number}
        lines = [
            _("%(product)s, lot %(lot)s, of your order %(order)s is recalled.") % facts,
            "",
            _("Please do not eat, sell or pass on these goods, and keep them apart."),
            _("The reason: %(reason)s") % facts,
            *([recall.advice] if recall.advice else []),
            "",
            _("Please tell us on this page how much of it you still have:"),
        ]
        return plain_mail(
            address, _("Recall of %(product)s, order %(order)s") % facts, lines, page=buyers_page(order.purchase)
        )


def seller_mail(recall: Recall, user: User) -> EmailMessage:
    """Plain text in the member's language."""
    language = normal_language(user.language)
    with override(language):
        facts = _facts(recall)
        lines = [
            _("Lot %(lot)s of %(product)s has been recalled: pack nothing of it, and keep what lies there apart.")
            % facts,
            _("The reason: %(reason)s") % facts,
        ]
        page = f"/{language}/sell/lots/{recall.lot_id}/"
        return plain_mail(str(user.email), _("Lot %(lot)s has been recalled") % facts, lines, page=page)


def _facts(recall: Recall) -> dict[str, str]:
    return {"product": recall.lot.product.name, "lot": recall.lot.number, "reason": recall.reason}
