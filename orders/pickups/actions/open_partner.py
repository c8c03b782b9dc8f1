"""Officers say which partners fetch goods."""

from datetime import datetime

from django.db import transaction

from market.accounts.models import User
from market.common.audit.record import record_act
from orders.inbox.models import Endpoint
from orders.pickups.models import PickupPartner


def open_partner(endpoint: Endpoint, *, is_open: bool, contact: str, by: User | None, now: datetime) -> PickupPartner:
    """Opens or closes the partner for new jobs and keeps whom sellers call; leaves an entry in the log when something
    changed. `by` None: the sample season."""
    with transaction.atomic():
        partner, is_new = PickupPartner.objects.select_for_update().get_or_create(
            endpoint=endpoint, defaults={"is_open": is_open, "contact": contact}
        )
        if not is_new and (partner.is_open, partner.contact) == (is_open, contact):
            return partner
        partner.is_open, partner.contact = is_open, contact
        partner.save(update_fields=["is_open", "contact"])
        if by is not None:
            record_act(
                actor=by,
                action="partner.fetches" if is_open else "partner.fetches_not",
                subject_kind="endpoint",
                subject_id=endpoint.pk,
                now=now,
                contact=contact,
            )
    return partner
