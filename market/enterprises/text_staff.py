"""Tell a seller's staff by short message what those with an address are told by mail."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.functional import Promise

from market.common.sms.send import queue_messages
from market.common.sms.write import written
from market.enterprises.queries import staff_by_phone
from market.enterprises.roles import Right


def text_staff(
    enterprise_id: int,
    rights: Iterable[Right],
    kind: str,
    words: Promise,
    *,
    about: str,
    now: datetime,
    **facts: object,
) -> None:
    """Queues one message for each member with any of the rights whom no mail reaches. `about` names what is told: the
    same about the same matter is told to a number once."""
    queue_messages(
        (
            (f"{kind}:{about}:{user.phone}", written(str(user.phone), kind, user.language, words, facts))
            for user in staff_by_phone(enterprise_id, *rights)
        ),
        now,
    )
