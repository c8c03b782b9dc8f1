"""Reads EPCIS 2.0 JSON into plain values. Shape only: whether it makes sense is asked in `rules` and `record_event`.

Source: GS1, "EPCIS Standard 2.0" and "Core Business Vocabulary 2.0". Documents are read as JSON with known prefixes
(`cbvmda:`, `agri:`) and never expanded as JSON-LD, which would fetch contexts from foreign hosts.
"""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from catalog.trace.models import LONGEST_URI, TraceEvent, TraceEventLot, TraceEventUnit
from market.common.chain import canonical_json
from market.common.errors import InvalidInput

MOST_EVENTS = 200
MOST_LINES = 500
Role, UnitRole = TraceEventLot.Role, TraceEventUnit.Role
_LOT_LISTS = {
    "inputQuantityList": Role.INPUT,
    "outputQuantityList": Role.OUTPUT,
    "quantityList": Role.OBJECT,
    "childQuantityList": Role.CHILD,
}
_UNIT_LISTS = {"epcList": UnitRole.OBJECT, "childEPCs": UnitRole.CHILD}
_OFFSET = re.compile(r"[+-](0\d|1[0-4]):[0-5]\d", re.ASCII)
_UNIT = re.compile(r"[A-Z0-9]{2,3}", re.ASCII)
_WORD = re.compile(
    r"(?:https://ref\.gs1\.org/cbv/(?:BizStep|Disp)-|urn:epcglobal:cbv:(?:bizstep|disp):|cbv:(?:BizStep|Disp)-)(\w+)"
)
_NAMES = uuid.UUID("6b0c9e0e-6f0a-5c1e-9d5e-0c9f6f7e5a10")


@dataclass(frozen=True)
class ReadLot:
    role: str
    uri: str
    quantity: Decimal | None
    unit: str


@dataclass(frozen=True)
class ReadEvent:
    """`declares`: the reason of an error declaration, empty for an ordinary event. `serials`: single items that were
    transformed. `body` is the event as it came, always with its `eventID`."""

    event_id: str
    type: str
    action: str
    at: datetime
    offset: str
    biz_step: str
    disposition: str
    read_point: str
    location: str
    transformation_id: str
    lots: tuple[ReadLot, ...]
    units: tuple[tuple[str, str], ...]
    serials: tuple[str, ...]
    declares: str
    body: Mapping[str, Any]

    @property
    def ilmd(self) -> Mapping[str, Any]:
        found = self.body.get("ilmd")
        return found if isinstance(found, Mapping) else {}

    def of_role(self, *roles: str) -> list[ReadLot]:
        return [lot for lot in self.lots if lot.role in roles]


class _Refused(Exception):
    """Where in the event, and why."""


def read_document(document: object) -> list[ReadEvent]:
    """The events of an EPCISDocument, in its order. Raises InvalidInput, whose fields say where."""
    if not isinstance(document, Mapping) or document.get("type") != "EPCISDocument":
        raise InvalidInput(fields={"type": _("an EPCISDocument is needed")})
    if str(document.get("schemaVersion", "")).partition(".")[0] != "2":
        raise InvalidInput(fields={"schemaVersion": _("must be 2.0")})
    if "@context" not in document:
        raise InvalidInput(fields={"@context": _("is missing")})
    body = document.get("epcisBody")
    events = body.get("eventList") if isinstance(body, Mapping) else None
    if not isinstance(events, list) or not 1 <= len(events) <= MOST_EVENTS:
        words = _("a list of 1 to %(most)s events") % {"most": MOST_EVENTS}
        raise InvalidInput(fields={"epcisBody.eventList": words})
    return [read_event(event, f"epcisBody.eventList.{place}") for place, event in enumerate(events)]


def read_event(event: object, place: str = "event") -> ReadEvent:
    """Raises InvalidInput; `place` is where in the document it stands."""
    try:
        if not isinstance(event, Mapping):
            raise _Refused("", _("must be an object"))
        return _read(event)
    except _Refused as refused:
        name, why = refused.args
        raise InvalidInput(fields={f"{place}.{name}".rstrip("."): why}) from refused


def _read(event: Mapping[str, Any]) -> ReadEvent:
    kind = _text(event, "type", needed=True)
    if kind not in TraceEvent.Type.values:
        raise _Refused("type", _("unknown"))
    action = _text(event, "action")
    if (action in ("ADD", "OBSERVE", "DELETE")) == (kind == TraceEvent.Type.TRANSFORMATION):
        raise _Refused("action", _("ADD, OBSERVE or DELETE; none for a TransformationEvent"))
    offset = _text(event, "eventTimeZoneOffset", needed=True)
    if not _OFFSET.fullmatch(offset):
        raise _Refused("eventTimeZoneOffset", _("such as +08:00"))
    lots = tuple(lot for name, role in _LOT_LISTS.items() for lot in _lots(event, name, role))
    units = [(role.value, uri) for name, role in _UNIT_LISTS.items() for uri in _uris(event, name)]
    if parent := _text(event, "parentID"):
        units.append((UnitRole.PARENT, parent))
    serials = (*_uris(event, "inputEPCList"), *_uris(event, "outputEPCList"))
    if not lots and not units and not serials:
        raise _Refused("", _("says neither which lots nor which units"))
    body = dict(event)
    body["eventID"] = _text(event, "eventID") or _name_of(event)
    return ReadEvent(
        event_id=body["eventID"],
        type=kind,
        action=action,
        at=_moment(event, "eventTime"),
        offset=offset,
        biz_step=_word(_text(event, "bizStep")),
        disposition=_word(_text(event, "disposition")),
        read_point=_id_of(event, "readPoint"),
        location=_id_of(event, "bizLocation"),
        transformation_id=_text(event, "transformationID"),
        lots=lots,
        units=tuple(units),
        serials=serials,
        declares=_declared(event),
        body=body,
    )


def _name_of(event: Mapping[str, Any]) -> str:
    """Of an event without a name: the same for the same words, so that it is stored once however often it comes."""
    return uuid.uuid5(_NAMES, canonical_json(event)).urn


def _text(event: Mapping[str, Any], name: str, *, needed: bool = False) -> str:
    found = event.get(name, "")
    if not isinstance(found, str) or len(found) > LONGEST_URI:
        raise _Refused(name, _("text of at most %(most)s characters") % {"most": LONGEST_URI})
    if needed and not found:
        raise _Refused(name, _("is missing"))
    return found


def _moment(event: Mapping[str, Any], name: str) -> datetime:
    try:
        found = datetime.fromisoformat(_text(event, name, needed=True))
    except ValueError as error:
        raise _Refused(name, _("such as 2026-10-08T17:00:00+08:00")) from error
    if found.tzinfo is None:
        raise _Refused(name, _("such as 2026-10-08T17:00:00+08:00"))
    return found


def _id_of(event: Mapping[str, Any], name: str) -> str:
    found = event.get(name)
    if found is None:
        return ""
    if not isinstance(found, Mapping):
        raise _Refused(name, _("must be an object"))
    return _text(found, "id", needed=True)


def _declared(event: Mapping[str, Any]) -> str:
    found = event.get("errorDeclaration")
    if found is None:
        return ""
    if not isinstance(found, Mapping):
        raise _Refused("errorDeclaration", _("must be an object"))
    reason = _text(found, "reason") or TraceEvent.Reason.INCORRECT_DATA.value
    if reason not in TraceEvent.Reason.values:
        raise _Refused("errorDeclaration.reason", _("did_not_occur or incorrect_data"))
    return reason


def _word(said: str) -> str:
    """`shipping` of the three ways to write a word of the standard; an own word stays the address it is."""
    found = _WORD.fullmatch(said)
    return found.group(1) if found else said


def _list(event: Mapping[str, Any], name: str) -> Sequence[Any]:
    found = event.get(name, [])
    if not isinstance(found, list) or len(found) > MOST_LINES:
        raise _Refused(name, _("a list of at most %(most)s") % {"most": MOST_LINES})
    return found


def _uris(event: Mapping[str, Any], name: str) -> list[str]:
    found = _list(event, name)
    if any(not isinstance(uri, str) or not 1 <= len(uri) <= LONGEST_URI for uri in found):
        raise _Refused(name, _("text of at most %(most)s characters") % {"most": LONGEST_URI})
    return list(found)


def _lots(event: Mapping[str, Any], name: str, role: str) -> list[ReadLot]:
    lots = []
    for place, row in enumerate(_list(event, name)):
        if not isinstance(row, Mapping):
            raise _Refused(f"{name}.{place}", _("must be an object"))
        quantity, unit = row.get("quantity"), _text(row, "uom")
        if quantity is not None and (isinstance(quantity, bool) or not isinstance(quantity, int | float)):
            raise _Refused(f"{name}.{place}.quantity", _("must be a number"))
        if unit and not _UNIT.fullmatch(unit):
            raise _Refused(f"{name}.{place}.uom", _("a code of UN/ECE Recommendation 20, such as KGM"))
        # The shortest text that gives the same float: what was typed, up to fifteen digits.
        number = None if quantity is None else Decimal(repr(quantity))
        lots.append(ReadLot(role, _text(row, "epcClass", needed=True), number, unit))
    return lots
