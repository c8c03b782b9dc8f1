"""What a seller's system can be told: each type with the schema of its `data`, and the outbox topic it comes from.

A schema only ever grows by optional properties; anything else is a new version, told beside the old one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

TEXT: Final = {"type": "string"}
VERSION: Final = {"type": "integer", "minimum": 0}
ADDRESS: Final = {"type": "string", "format": "uri"}
ORDER: Final = {"id": TEXT, "version": VERSION, "url": ADDRESS, "purchase": TEXT}
OF_PICKUP: Final = {"id": TEXT, "version": VERSION, "url": ADDRESS, "partner": TEXT}
OF_ORDER: Final = {"id": TEXT, "version": VERSION, "url": ADDRESS, "order": TEXT}


@dataclass(frozen=True)
class EventType:
    """`properties` are those of `data`, all required. `topic` empty: not from the outbox."""

    name: str
    topic: str
    meaning: str
    properties: Mapping[str, Any]
    schema_version: int = 1

    @property
    def schema(self) -> dict[str, Any]:
        """JSON Schema 2020-12 of the whole message."""
        data = {"type": "object", "properties": dict(self.properties), "required": sorted(self.properties)}
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"urn:tuanji:webhook:{self.name}:{self.schema_version}",
            "title": self.meaning,
            "type": "object",
            "properties": {
                "type": {"const": self.name},
                "timestamp": {"type": "string", "format": "date-time"},
                "schema_version": {"const": self.schema_version},
                "data": data,
            },
            "required": ["data", "schema_version", "timestamp", "type"],
        }


TEST = "webhook.test"
EVENT_TYPES: Final[tuple[EventType, ...]] = (
    EventType("order.placed", "purchase.placed", "An order was placed; it is not paid yet.", ORDER),
    EventType("order.paid", "payment.captured", "The order is paid: pack it.", ORDER),
    EventType("order.declined", "order.declined", "The seller declined the order.", ORDER),
    EventType("order.cancelled", "order.cancelled", "The order was cancelled before it was shipped.", ORDER),
    EventType("order.expired", "order.expired", "The order was not paid in time.", ORDER),
    EventType("shipment.created", "shipment.created", "A shipment was handed over.", OF_ORDER),
    EventType("shipment.moved", "shipment.moved", "A shipment has another status.", {**OF_ORDER, "status": TEXT}),
    EventType("shipment.silent", "shipment.silent", "Nothing was heard of a shipment for three days.", OF_ORDER),
    EventType("shipment.out_of_range", "shipment.out_of_range", "Goods left the temperatures agreed.", OF_ORDER),
    EventType(
        "refund.opened",
        "refund.opened",
        "Money of an order goes back to the buyer.",
        {**OF_ORDER, "amount": TEXT, "currency": {"type": "string", "minLength": 3, "maxLength": 3}},
    ),
    EventType("claim.filed", "claim.filed", "A buyer claims that something is wrong with an order.", OF_ORDER),
    EventType("claim.ended", "claim.ended", "A claim was settled, decided or withdrawn.", OF_ORDER),
    EventType("pickup.accepted", "pickup.accepted", "A partner fetches the goods.", OF_PICKUP),
    EventType("pickup.countered", "pickup.countered", "A partner proposes another time.", OF_PICKUP),
    EventType("pickup.declined", "pickup.declined", "A partner does not fetch the goods.", OF_PICKUP),
    EventType("pickup.expired", "pickup.expired", "Nobody answered about a pickup in time.", OF_PICKUP),
    EventType(TEST, "", "A test, sent by hand.", {"id": TEXT, "version": VERSION}),
)
BY_NAME: Final[Mapping[str, EventType]] = {kind.name: kind for kind in EVENT_TYPES}
BY_TOPIC: Final[Mapping[str, EventType]] = {kind.topic: kind for kind in EVENT_TYPES if kind.topic}
SUBSCRIBABLE: Final[tuple[str, ...]] = tuple(kind.name for kind in EVENT_TYPES if kind.topic)
