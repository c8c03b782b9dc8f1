"""Answer and close a part of an enquiry."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from market.accounts.models import User
from market.common.errors import InvalidInput, NotAllowed
from market.enterprises.models import Member
from orders.quotes.models import EnquiryPart
from orders.quotes.states import transition

LONGEST = 4000
ANSWERING = (Member.Role.OWNER, Member.Role.SALES)


def answer_enquiry(part: EnquiryPart, *, by: User, message: str, now: datetime) -> EnquiryPart:
    """The seller's words, not binding: they open no destination and reserve no stock. Raises NotAllowed for somebody
    who is not sales staff of this enterprise, InvalidInput without words, IllegalMove when it is closed."""
    if not part.enterprise.members.filter(user=by, role__in=ANSWERING).exists():
        raise NotAllowed()
    if not message.strip():
        raise InvalidInput(fields={"message": _("this is needed")})
    return _move(part, EnquiryPart.State.ANSWERED, by=by, by_seller=True, message=message, now=now)


def close_enquiry(part: EnquiryPart, *, by: User | None, by_seller: bool, message: str, now: datetime) -> EnquiryPart:
    """By the seller's sales staff, or by the buyer (`by` None: a guest who holds the token; the caller has checked).
    Raises NotAllowed, InvalidInput, IllegalMove."""
    if by_seller and not part.enterprise.members.filter(user=by, role__in=ANSWERING).exists():
        raise NotAllowed()
    return _move(part, EnquiryPart.State.CLOSED, by=by, by_seller=by_seller, message=message, now=now)


def _move(part: EnquiryPart, to: str, *, by: User | None, by_seller: bool, message: str, now: datetime) -> EnquiryPart:
    if "\0" in message or len(message) > LONGEST:
        raise InvalidInput(fields={"message": _("at most %(longest)s characters of plain text") % {"longest": LONGEST}})
    with transaction.atomic():
        row = EnquiryPart.objects.select_for_update().get(pk=part.pk)
        transition(row, to, by=by, by_seller=by_seller, message=message.strip(), now=now)
    return row
