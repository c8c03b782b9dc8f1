"""DCSA Track & Trace 2.2, asked: events of one container or booking, and a subscription to them (carriers.md, 3.7).

The standard leaves to each carrier how it is signed in to: the key is `Header-Name: value`, as the carrier's own papers
say, or a value alone for `Authorization: Bearer`. The address is the carrier's, without `/v2`. Asking by bill of lading
is left out: no waybill says whether it is one or a booking. Version 3 is asked otherwise and left out too.
"""

import json
import re
from collections.abc import Sequence
from datetime import timedelta

from orders.shipments.carriers.base import UnreadableError
from orders.shipments.carriers.calls import Account, Answered, Request, Subject, with_query
from orders.shipments.carriers.values import read_any

AT_ONCE = 1
RENEWED: timedelta | None = None
CONTAINER = re.compile(r"[A-Z]{3}[UJZ][0-9]{7}")  # ISO 6346
MOST = "100"  # events an answer may hold


def poll(account: Account, subject: Subject) -> Request:
    field, number = _filter(subject)
    address = with_query(f"{account.base}/v2/events", **{field: number, "limit": MOST})
    return Request("GET", address, {**_shown(account), "API-Version": "2"})


def answered(raw: bytes) -> Answered:
    """An array of events is what the carrier would have posted."""
    body = read_any(raw)
    if not isinstance(body, list):
        raise UnreadableError("an array of events was expected")
    return Answered([raw] if body else [])


def subscribe(account: Account, subjects: Sequence[Subject]) -> Request:
    field, number = _filter(subjects[0])
    body = {"callbackUrl": account.hook, "secret": account.secret, field: number}
    headers = {**_shown(account), "Content-Type": "application/json", "API-Version": "2"}
    return Request("POST", f"{account.base}/v2/event-subscriptions", headers, json.dumps(body).encode())


def subscribed(raw: bytes) -> frozenset[str]:
    return frozenset()


def _filter(subject: Subject) -> tuple[str, str]:
    number = subject.number.upper()
    return ("equipmentReference" if CONTAINER.fullmatch(number) else "carrierBookingReference"), number


def _shown(account: Account) -> dict[str, str]:
    name, colon, value = account.key.partition(": ")
    return {name.strip(): value.strip()} if colon else {"Authorization": f"Bearer {account.key}"}
