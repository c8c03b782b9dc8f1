"""The words for where a shipment is and what is wrong with it."""

from collections.abc import Sequence

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """Canonical physical status (carriers.md, section 4)."""

    UNKNOWN = "unknown", _("no news yet")
    PRE_TRANSIT = "pre_transit", _("announced to the carrier")
    PICKED_UP = "picked_up", _("picked up")
    IN_TRANSIT = "in_transit", _("in transit")
    CUSTOMS = "customs", _("at customs")
    OUT_FOR_DELIVERY = "out_for_delivery", _("out for delivery")
    DELIVERY_ATTEMPTED = "delivery_attempted", _("delivery attempted")
    AVAILABLE_FOR_PICKUP = "available_for_pickup", _("ready for pickup")
    RETURNING = "returning", _("on its way back")
    DELIVERED = "delivered", _("delivered")
    RETURNED = "returned", _("returned")
    FAILED = "failed", _("lost or destroyed")
    CANCELLED = "cancelled", _("cancelled")


class Flag(models.TextChoices):
    """What calls for a person, apart from the status (carriers.md, section 4). Partners may send others."""

    DELAYED = "delayed", _("delayed")
    HELD = "held", _("held up")
    DAMAGED = "damaged", _("damaged")
    ADDRESS_ISSUE = "address_issue", _("something is wrong with the address")
    PAYMENT_REQUIRED = "payment_required", _("waits for a payment")
    CUSTOMS_INFO_REQUIRED = "customs_info_required", _("customs ask for papers")
    MISSORTED = "missorted", _("went the wrong way")
    CONTACT_CARRIER = "contact_carrier", _("please ask the carrier")
    STATUS_CONFLICT = "status_conflict", _("contradictory news")


def event_words(status: str, flags: Sequence[str]) -> str:
    """In the language of the page: the status, else what is wrong; empty when only the carrier's text tells."""
    if status and status != Status.UNKNOWN:
        return str(dict(Status.choices).get(status, ""))
    return str(dict(Flag.choices).get(flags[0], "")) if flags else ""


# Rank 100 of the fold: the journey is over.
TERMINAL = (Status.DELIVERED, Status.RETURNED, Status.FAILED, Status.CANCELLED)
# Over, and nothing arrived: nobody can accept it.
ENDED_IN_VAIN = (Status.RETURNED, Status.FAILED, Status.CANCELLED)
TURNED = (Status.RETURNING, *ENDED_IN_VAIN)
