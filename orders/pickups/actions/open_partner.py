"""Officers say which partners fetch goods."""

from datetime import datetime

from django.db import transaction

from market.accounts.models import User
from market.common.audit.record import record_act
from market.common.languages import ZH
from orders.inbox.models import Endpoint
from orders.pickups.models import PickupPartner


def open_partner(
    endpoint: Endpoint,
    *,
    is_open: bool,
    contact: str,
    email: str = "",
    language: str = ZH,
    by: User | None,
    now: datetime,
) -> PickupPartner:
    """Opens or closes the partner for new jobs; keeps whom sellers call, and where and in which language the partner is
    told of jobs. Leaves an entry in the log when something changed. `by` None: the sample season."""
    wanted = {"is_open": is_open, "contact": contact, "email": email, "language": language}
    with transaction.atomic():
        partner, is_new = PickupPartner.objects.select_for_update().get_or_create(endpoint=endpoint, defaults=wanted)
        if not is_new and all(getattr(partner, name) == value for name, value in wanted.items()):
            return partner
        for name, value in wanted.items():
            setattr(partner, name, value)
        partner.save(update_fields=list(wanted))
        if by is not None:
            record_act(
                actor=by,
                action="partner.fetches" if is_open else "partner.fetches_not",
                subject_kind="endpoint",
                subject_id=endpoint.pk,
                now=now,
                contact=contact,
                email=email,
            )
    return partner
