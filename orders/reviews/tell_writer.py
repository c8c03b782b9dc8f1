"""Tell the writer of a review by mail that an officer hid it, and why, or shows it again."""

from collections.abc import Sequence
from datetime import datetime

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import override

from market.common.languages import normal_language
from market.common.mails import plain_mail
from market.common.outbox.models import OutboxEvent
from orders.reviews.models import Review


def send_mails(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Receiver of `review.decided`. What has been decided otherwise since is told by the event of that decision; a mail
    that went out before the process died goes out again, which says nothing false."""
    del now
    rows = Review.objects.select_related("writer", "product", "seller_order__purchase")
    found = rows.in_bulk([int(event.subject) for event in events])
    for event in events:
        review = found[int(event.subject)]
        address = review.writer.email or review.seller_order.purchase.buyer_email
        if address and review.state == event.payload["to"]:
            decision_mail(review, address).send()


def decision_mail(review: Review, address: str) -> EmailMessage:
    """Plain text, in the writer's language."""
    order = review.seller_order
    language = normal_language(review.writer.language or order.purchase.language)
    with override(language):
        facts = {"product": review.product.name, "order": order.number}
        if review.state == Review.State.HIDDEN:
            subject = _("Your review of %(product)s has been hidden") % facts
            lines = [
                _("An officer has hidden your review of %(product)s from order %(order)s.") % facts,
                _("The reason: %(reason)s") % {"reason": review.hidden_reason},
                _("It is not shown and does not count. You can change it, and an officer can show it again."),
            ]
        else:
            subject = _("Your review of %(product)s is shown again") % facts
            lines = [_("An officer has looked again: your review of %(product)s from order %(order)s counts.") % facts]
    page = f"/{language}/orders/{order.purchase.number}/review/{review.product_id}/"
    return plain_mail(address, subject, lines, page=page)
