"""Reads of enquiries: the buyer's whole, each seller's and each officer's part."""

import hmac

from django.db.models import Prefetch, QuerySet

from market.accounts.models import User
from market.common.errors import NotFound
from market.common.ids import digest
from orders.quotes.models import Enquiry, EnquiryPart


def with_parts(enquiries: QuerySet[Enquiry]) -> QuerySet[Enquiry]:
    """Three more statements for any number of enquiries."""
    parts = EnquiryPart.objects.select_related("enterprise").prefetch_related("lines", "events").order_by("number")
    return enquiries.prefetch_related(Prefetch("parts", queryset=parts))


def enquiries_of(buyer: User) -> QuerySet[Enquiry]:
    return with_parts(Enquiry.objects.filter(buyer=buyer)).order_by("-created_at", "-pk")


def find_enquiry(number: str, *, token: str = "", user: User | None = None) -> Enquiry:
    """For its buyer, or for whoever holds its token. Raises NotFound for everybody else."""
    enquiry = with_parts(Enquiry.objects.select_related("channel").filter(number=number)).first()
    if enquiry is None:
        raise NotFound()
    holds_token = bool(token) and hmac.compare_digest(enquiry.access_digest, digest(token))
    if not holds_token and (user is None or enquiry.buyer_id != user.pk):
        raise NotFound()
    return enquiry


def parts_for_enterprise(enterprise_id: int) -> QuerySet[EnquiryPart]:
    """Newest first, with everything the seller's list and detail show."""
    rows = EnquiryPart.objects.for_enterprise(enterprise_id).select_related("enquiry", "enterprise")
    return rows.prefetch_related("lines__decision", "events").order_by("-pk")
