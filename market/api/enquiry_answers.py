"""What the API answers about destinations and export enquiries, as types."""

from datetime import date, datetime

from ninja import Schema
from pydantic import Field


class OpenDestination(Schema):
    """No prefixes: open for all goods."""

    country: str
    name: str
    hs_prefixes: list[str]


class OpenDestinations(Schema):
    items: list[OpenDestination]


class PartMade(Schema):
    number: str
    state: str


class EnquiryMade(Schema):
    """`access_token` goes into the X-Enquiry-Token header."""

    number: str
    access_token: str
    parts: list[PartMade]


class EnquiryLineSeen(Schema):
    variant: int
    sku: str
    quantity: str
    unit: str
    listed_unit_price: str


class MessageSeen(Schema):
    sender: str = Field(alias="from")
    text: str
    at: datetime


class EnquiryPartSeen(PartMade):
    seller: str
    lines: list[EnquiryLineSeen]
    messages: list[MessageSeen]


class EnquirySeen(Schema):
    number: str
    state: str
    currency: str
    country: str
    onward_country: str
    expected_entry: date | None
    incoterm: str
    created_at: datetime
    parts: list[EnquiryPartSeen]


class PartForSeller(PartMade):
    """One's own part, with who asks and the evidence its lines still need before goods may leave."""

    lines: list[EnquiryLineSeen]
    messages: list[MessageSeen]
    company: str
    contact: str
    email: str
    country: str
    onward_country: str
    incoterm: str
    named_place: str
    expected_entry: date | None
    currency: str
    missing_evidence: list[str]


class PartsForSeller(Schema):
    items: list[PartForSeller]
    next: str | None
