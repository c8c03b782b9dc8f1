"""DCSA Track & Trace 3.0 events in the shape of 2.2, so that one table reads both. Codes may be spelt out as words."""

from typing import Any

from orders.shipments.carriers.values import as_list, maybe_dict, text

CLASSIFIERS = {"ACTUAL": "ACT", "ESTIMATED": "EST", "PLANNED": "PLN"}
DOCUMENTS = {
    "BOOKING": "BKG",
    "BOOKING_REQUEST": "CBR",
    "TRANSPORT_DOCUMENT": "TRD",
    "SHIPPING_INSTRUCTIONS": "SHI",
    "ARRIVAL_NOTICE": "ARN",
    "CUSTOMS": "CUS",
    "RELEASE_MESSAGE": "SRM",
}
CODES = {
    "LOADED": "LOAD",
    "DISCHARGED": "DISC",
    "GATED_IN": "GTIN",
    "GATE_IN": "GTIN",
    "GATED_OUT": "GTOT",
    "GATE_OUT": "GTOT",
    "STUFFED": "STUF",
    "STRIPPED": "STRP",
    "PICKED_UP": "PICK",
    "DROPPED_OFF": "DROP",
    "INSPECTED": "INSP",
    "RESEALED": "RSEA",
    "REMOVED": "RMVD",
    "ARRIVED": "ARRI",
    "DEPARTED": "DEPA",
    "RECEIVED": "RECE",
    "DRAFTED": "DRFT",
    "PENDING_APPROVAL": "PENA",
    "PENDING_UPDATE": "PENU",
    "REJECTED": "REJE",
    "APPROVED": "APPR",
    "ISSUED": "ISSU",
    "SURRENDERED": "SURR",
    "SUBMITTED": "SUBM",
    "VOIDED": "VOID",
    "VOID": "VOID",
    "CONFIRMED": "CONF",
    "REQUESTED": "REQS",
    "COMPLETED": "CMPL",
    "ON_HOLD": "HOLD",
    "HELD": "HOLD",
    "RELEASED": "RELS",
}


def flatten(row: dict[str, Any]) -> dict[str, Any]:
    """The same facts under the names of 2.2. `eventUpdatedDateTime` is the version of an event."""
    kind = maybe_dict(row.get("eventClassification"))
    shipment = maybe_dict(row.get("shipmentDetails") or row.get("shipment"))
    transport = maybe_dict(row.get("transportDetails") or row.get("transport"))
    equipment = maybe_dict(row.get("equipmentDetails") or row.get("equipment"))
    papers = [maybe_dict(shipment.get("documentReference"))]
    papers += [maybe_dict(one) for one in as_list(shipment.get("additionalDocumentReferences"))]
    papers += [maybe_dict(one) for one in as_list(row.get("relatedDocumentReferences"))]
    named = [(_code(one, "type", DOCUMENTS), one.get("reference") or one.get("value")) for one in papers if one]
    return {
        "eventID": row.get("eventID"),
        "eventCreatedDateTime": row.get("eventUpdatedDateTime") or row.get("eventCreatedDateTime"),
        "eventDateTime": row.get("eventDateTime"),
        "isRetracted": row.get("isRetracted"),
        "eventLocation": row.get("eventLocation"),
        "eventType": _code(kind, "eventType", {}),
        "eventClassifierCode": _code(kind, "eventClassifier", CLASSIFIERS),
        "shipmentEventTypeCode": _code(kind, "shipmentEventType", CODES),
        "transportEventTypeCode": _code(kind, "transportEventType", CODES),
        "equipmentEventTypeCode": _code(kind, "equipmentEventType", CODES),
        "delayReasonCode": transport.get("delayReasonCode"),
        "documentTypeCode": named[0][0] if named else "",
        "documentID": named[0][1] if named else "",
        "documentReferences": [
            {"documentReferenceType": sort, "documentReferenceValue": value} for sort, value in named
        ],
        "references": [
            {"referenceType": _code(maybe_dict(one), "type", {}), "referenceValue": maybe_dict(one).get("reference")}
            for one in as_list(row.get("shipmentReferences"))
        ],
        "equipmentReference": equipment.get("equipmentReference"),
        "ISOEquipmentCode": equipment.get("ISOEquipmentCode"),
        "emptyIndicatorCode": _code(equipment, "emptyIndicator", {}),
        "transportCall": transport.get("transportCall"),
        "reason": shipment.get("reason"),
    }


def _code(where: dict[str, Any], name: str, words: dict[str, str]) -> str:
    """`nameCode` or `name`, with a spelt-out word as its code."""
    written = text(where.get(f"{name}Code") or where.get(name), 40).upper()
    return words.get(written, written)
