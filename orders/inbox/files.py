"""A carrier's table, first looked at, then taken: each row becomes a message of the native format."""

import base64
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from django.core import signing

from market.accounts.models import User
from market.common.audit.record import record_act
from market.common.quantity import plain
from orders.actions.register_tracking import carrier_key
from orders.inbox.actions import reopen_parked
from orders.inbox.errors import LookTooOld
from orders.inbox.file_rows import Row, Rows, read_rows
from orders.inbox.models import Endpoint, InboxEvent, ReportLink
from orders.inbox.reports import message_of, native_body
from orders.inbox.store import store_events
from orders.shipments.models import Parcel, Shipment

SALT: Final = "orders.inbox.files"
LASTS: Final = 3600
BATCH: Final = 500
ItemT = TypeVar("ItemT")


@dataclass(frozen=True)
class Sender:
    """Whose table it is: a partner's, by one of its links or by an officer's hand."""

    endpoint: Endpoint
    link: ReportLink | None = None

    @property
    def carriers(self) -> Sequence[str]:
        return list(self.link.carriers if self.link else self.endpoint.carriers)


@dataclass(frozen=True)
class Look:
    """What would be taken. `strange` are rows whose waybill no shipment of these carriers has (yet); `known` counts
    rows that were taken before, `waiting` those of them that wait for a person; `content` is the signed table for
    `take_table`."""

    rows: Rows
    strange: Sequence[Row]
    known: int
    waiting: int
    content: str

    @property
    def fresh(self) -> int:
        return len(self.rows.good) - self.known


@dataclass(frozen=True)
class Taken:
    fresh: int
    known: int


def look_at_table(raw: bytes, sender: Sender, *, now: datetime) -> Look:
    """Changes nothing. Raises UnreadableTableError. Three statements for each 500 rows."""
    rows = read_rows(raw, now=now)
    own = _own_numbers(sender, {row.waybill for row in rows.good})
    strange = [row for row in rows.good if row.waybill not in own]
    packed = base64.b64encode(zlib.compress(raw)).decode()
    content = signing.dumps([_mark(sender), packed], salt=SALT)
    stored = _stored(sender, rows.good)
    waiting = sum(state == InboxEvent.State.PARKED for state in stored.values())
    return Look(rows, strange, len(stored), waiting, content)


def take_table(content: str, sender: Sender, *, now: datetime, by: User | None = None) -> Taken:
    """What was looked at within the hour. A row that was taken before changes nothing, but is tried again where it
    stands still. `by` is the officer who handed it in. Raises LookTooOld."""
    try:
        mark, packed = signing.loads(content, salt=SALT, max_age=LASTS)
    except signing.BadSignature as error:
        raise LookTooOld() from error
    if mark != _mark(sender):
        raise LookTooOld()
    rows = read_rows(zlib.decompress(base64.b64decode(packed)), now=now).good
    stored = _stored(sender, rows)
    for batch in _batches(rows):
        store_events([_message(sender, row, now) for row in batch])
    reopen_parked(sender.endpoint, list(stored), now=now)
    if sender.link is not None:
        ReportLink.objects.filter(pk=sender.link.pk).update(last_used_at=now)
    taken = Taken(len(rows) - len(stored), len(stored))
    if by is not None:
        record_act(
            actor=by,
            action="partner.table",
            subject_kind="endpoint",
            subject_id=sender.endpoint.pk,
            now=now,
            rows=taken.fresh,
            known=taken.known,
        )
    return taken


def _mark(sender: Sender) -> list[Any]:
    return [sender.endpoint.pk, sender.link.pk if sender.link else None]


def _message(sender: Sender, row: Row, now: datetime) -> InboxEvent:
    event = {"id": row.key, "status": row.status, "substatus": row.substatus, "flags": list(row.flags)}
    event |= {"place": row.place, "text": row.note}
    if row.weight_kg is not None:
        event["weight_kg"] = plain(row.weight_kg)
    body = native_body(row.waybill, event, row.at, signed_by=row.receiver, celsius=row.celsius, sensor=row.sensor)
    return message_of(sender.endpoint, sender.link, _key(row), body, by="file", now=now)


def _key(row: Row) -> str:
    return f"file:{row.key}"


def _stored(sender: Sender, rows: Sequence[Row]) -> dict[str, str]:
    """State of the rows the inbox has already, by key."""
    inbox = InboxEvent.objects.filter(endpoint=sender.endpoint)
    return {
        key: state
        for batch in _batches(rows)
        for key, state in inbox.filter(key__in=[_key(row) for row in batch]).values_list("key", "state")
    }


def _own_numbers(sender: Sender, numbers: set[str]) -> set[str]:
    """Those that a shipment or parcel of the sender's carriers has."""
    carriers: dict[str, set[str]] = defaultdict(set)
    for batch in _batches(sorted(numbers)):
        pairs = [
            *Shipment.objects.filter(waybill__in=batch).values_list("waybill", "carrier"),
            *Parcel.objects.filter(number__in=batch).values_list("number", "shipment__carrier"),
        ]
        for number, carrier in pairs:
            carriers[number].add(carrier_key(carrier))
    own = {carrier_key(name) for name in sender.carriers}
    return {number for number, found in carriers.items() if not own or found & own}


def _batches(items: Sequence[ItemT]) -> Iterator[Sequence[ItemT]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
