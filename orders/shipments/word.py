"""What a carrier says of a shipment as a whole, not event by event: of several words the newest counts."""

from datetime import UTC, datetime
from typing import Any

from orders.shipments.carriers.base import Report
from orders.shipments.models import Shipment

WORDS = [
    "eta_told",
    "eta_from",
    "eta_to",
    "eta_as_of",
    "monitoring",
    "monitoring_as_of",
    "signed_by",
    "signed_by_as_of",
    "corrected_carrier",
    "corrected_carrier_as_of",
]
_NEVER = datetime.min.replace(tzinfo=UTC)


def take_word(shipment: Shipment, report: Report, received_at: datetime) -> None:
    """Each word by its own time, which for a partner that gives none is its receipt. Of two of one time the one that
    ends the watching counts, else the higher in the alphabet: whichever came first, the same one stays."""
    as_of = report.as_of or received_at
    eta = (report.eta, report.eta_from, report.eta_to)
    known = (shipment.eta_told, shipment.eta_from, shipment.eta_to)
    if (report.eta or report.eta_to) and (as_of, eta) > (shipment.eta_as_of or _NEVER, known):
        shipment.eta_told, shipment.eta_from, shipment.eta_to = eta
        shipment.eta_as_of = as_of
    _take(shipment, "monitoring", report.monitoring, as_of)
    _take(shipment, "signed_by", report.signed_by, as_of)
    _take(shipment, "corrected_carrier", report.corrected_carrier, as_of)


def _take(shipment: Shipment, name: str, told: str, as_of: datetime) -> None:
    known: Any = (getattr(shipment, f"{name}_as_of") or _NEVER, *_rank(getattr(shipment, name)))
    if told and (as_of, *_rank(told)) > known:
        setattr(shipment, name, told)
        setattr(shipment, f"{name}_as_of", as_of)


def _rank(word: str) -> tuple[bool, str]:
    return word != "active", word
