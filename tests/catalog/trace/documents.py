"""EPCIS documents for tests."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[2] / "data" / "epcis"
LATER = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
HARVEST = "https://id.example.org/01/09521230001014/10/JUJ-2026-07-H1"
PACKED = "https://id.example.org/01/09521230001328/10/JUJ-26-07-A-P1"


def read_json(name: str) -> Any:
    return json.loads((DATA / name).read_text())


def sample() -> dict[str, Any]:
    found: dict[str, Any] = read_json("jujube_lot_trace.json")
    return found


def document_of(*events: dict[str, Any]) -> dict[str, Any]:
    return {**sample(), "epcisBody": {"eventList": list(events)}}


def grading(name: str = "urn:uuid:1", **fields: Any) -> dict[str, Any]:
    """100 kg of lot A become 60 of B and 40 of C."""
    return {
        "eventID": name,
        "type": "TransformationEvent",
        "eventTime": "2026-10-12T11:00:00+08:00",
        "eventTimeZoneOffset": "+08:00",
        "bizStep": "https://example.org/voc/BizStep-grading",
        "inputQuantityList": [quantity("A", 100)],
        "outputQuantityList": [quantity("B", 60), quantity("C", 40)],
    } | fields


def quantity(lot: str, number: float, unit: str = "KGM") -> dict[str, Any]:
    return {"epcClass": f"https://farm.example.org/lot/{lot}", "quantity": number, "uom": unit}
