"""Tell a buyer without an address by short message, of what is paid for only: the number was typed by whoever ordered,
and a message to a stranger costs whom it comes from money and the stranger peace."""

from datetime import datetime

from django.utils.functional import Promise

from market.common.sms.send import queue_messages
from market.common.sms.write import written
from orders.orders.buyer import buyer_phone
from orders.orders.models import Purchase


def text_buyer(purchase: Purchase, kind: str, words: Promise, *, about: str, now: datetime, **facts: object) -> None:
    """Queues it, once for what `about` names; nothing for a buyer whom a mail reaches. `purchase` read with its
    buyer."""
    if phone := buyer_phone(purchase):
        queue_messages([(f"{kind}:{about}:{phone}", written(phone, kind, purchase.language, words, facts))], now)
