"""What a well-formed event must fulfil to be believed. Each rule has the name that trade.md, part 1.2, gives it."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from catalog.trace.errors import RuleBroken
from catalog.trace.models import TraceEvent, TraceEventLot
from catalog.trace.reader import ReadEvent, ReadLot
from market.common.quantity import UNITS, fits_places, plain

Role = TraceEventLot.Role
ZERO = Decimal(0)
COMMISSIONING = "commissioning"
LOSS, NET_KG, INTERVAL = "agri:lossQuantity", "agri:packageNetWeightKg", "agri:preHarvestIntervalDays"
COUNTRY, SUBDIVISION, HARVESTED = "cbvmda:countryOfOrigin", "agri:originSubdivision", "agri:harvestStartDate"
_KEY = re.compile(r"/(00|01|414|417)/(\d+)(?=[/?#]|$)", re.ASCII)
_LENGTHS = {"00": (18,), "01": (8, 12, 13, 14), "414": (13,), "417": (13,)}


def refuse(event: ReadEvent, rule: str, why: str) -> RuleBroken:
    return RuleBroken(rule=rule, event=event.event_id, why=why)


def has_check_digit(key: str) -> bool:
    """GTIN, GLN and SSCC alike: weights 3, 1, 3, ... from the right. Source: GS1 General Specifications, 7.9."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(key)))
    return total % 10 == 0


def check_digits(event: ReadEvent) -> None:
    """Keys in the addresses of lots, units, places and parties. Rule gs1_check_digit."""
    for uri in _addresses(event):
        for kind, key in _KEY.findall(uri) if uri.startswith(("https://", "http://")) else ():
            if len(key) not in _LENGTHS[kind] or not has_check_digit(key):
                raise refuse(event, "gs1_check_digit", _("%(key)s is no number of GS1.") % {"key": key})


def _addresses(event: ReadEvent) -> Iterable[str]:
    yield from (lot.uri for lot in event.lots)
    yield from (uri for _role, uri in event.units)
    yield from event.serials
    yield from (event.read_point, event.location)
    for names, name in (("sourceList", "source"), ("destinationList", "destination")):
        for row in event.body.get(names) or ():
            found = row.get(name) if isinstance(row, Mapping) else None
            if isinstance(found, str):
                yield found


def check_time(event: ReadEvent, now: datetime) -> None:
    """Rule event_time, as far as the event alone tells."""
    if event.at > now:
        raise refuse(event, "event_time", _("it lies in the future."))


def check_quantities(event: ReadEvent) -> None:
    """Rule quantity_positive."""
    for lot in event.lots:
        if lot.quantity is not None and (lot.quantity <= 0 or not fits_places(lot.quantity, 3)):
            why = _("%(quantity)s: above zero, with at most three decimal places.") % {"quantity": lot.quantity}
            raise refuse(event, "quantity_positive", why)


def check_origin(event: ReadEvent) -> None:
    """A harvest says where it grew: country, and in China the province. Rule origin_present."""
    if event.biz_step != COMMISSIONING or not _births(event):
        return
    country = event.ilmd.get(COUNTRY)
    if not country or (country in ("CN", "156") and not event.ilmd.get(SUBDIVISION)):
        raise refuse(
            event, "origin_present", _("a new lot needs the country it comes from, and in China the province.")
        )


def _births(event: ReadEvent) -> list[ReadLot]:
    return event.of_role(Role.OUTPUT) or (event.of_role(Role.OBJECT) if event.action == "ADD" else [])


def net_kg_of(event: ReadEvent) -> Decimal | None:
    """Of one piece of the lots that this event makes, as it says."""
    found = _number(event.ilmd.get(NET_KG))
    return found if found and found > 0 and fits_places(found, 3) else None


def check_balance(event: ReadEvent, net_kg: Mapping[str, Decimal | None]) -> None:
    """What goes in comes out or is declared lost, in kg; `net_kg` is the weight of one piece by lot address. Rule
    mass_balance; of a transformation that is told in several events only those with both sides can be asked."""
    if event.type != TraceEvent.Type.TRANSFORMATION:
        return
    sides = [event.of_role(role) for role in (Role.INPUT, Role.OUTPUT)]
    if not all(sides):
        if not event.transformation_id:
            raise refuse(
                event, "mass_balance", _("without a transformationID it needs what goes in and what comes out.")
            )
        return
    said = event.body.get(LOSS, 0)
    loss = _number(said)
    if loss is None or loss < 0:
        raise refuse(event, "mass_balance", _("the loss must be a weight in kg."))
    inputs, outputs = (sum((_kg(event, lot, net_kg) for lot in side), ZERO) for side in sides)
    if inputs != outputs + loss:
        raise refuse(event, "mass_balance", balance_words(inputs, outputs, loss))


def balance_words(inputs: Decimal, outputs: Decimal, loss: Decimal) -> str:
    """For people: which way it does not add up, and by how much."""
    facts = {"inputs": plain(inputs), "outputs": plain(outputs), "loss": plain(loss)}
    off = inputs - outputs - loss
    if off > 0:
        words = _("%(inputs)s kg go in; %(outputs)s kg come out and %(loss)s kg are lost: %(off)s kg are missing.")
    else:
        words = _("%(inputs)s kg go in; %(outputs)s kg come out and %(loss)s kg are lost: %(off)s kg too many.")
    return words % (facts | {"off": plain(abs(off))})


def _kg(event: ReadEvent, lot: ReadLot, net_kg: Mapping[str, Decimal | None]) -> Decimal:
    unit = UNITS.get(lot.unit)
    each = (unit.kilograms if unit else None) or net_kg.get(lot.uri)
    if lot.quantity is None or each is None:
        raise refuse(event, "mass_balance", _("how many kg of %(lot)s?") % {"lot": lot.uri})
    return lot.quantity * each


def _number(said: object) -> Decimal | None:
    if isinstance(said, bool) or not isinstance(said, int | float):
        return None
    try:
        return Decimal(repr(said))
    except InvalidOperation:
        return None


def check_interval(event: ReadEvent, others: Iterable[ReadEvent]) -> None:
    """In one transformation, each treatment lies its days before the harvest, whichever was told first. Rule
    pre_harvest_interval; days are those of the place."""
    told = [event, *others]
    harvests = [_harvest_day(one, event) for one in told if one.biz_step == COMMISSIONING and _births(one)]
    for one in told:
        if INTERVAL not in one.body:
            continue
        days = one.body[INTERVAL]
        if isinstance(days, bool) or not isinstance(days, int) or not 0 <= days <= 3660:
            raise refuse(event, "pre_harvest_interval", _("a number of days."))
        free = one.at.date() + timedelta(days=days)
        if any(harvest < free for harvest in harvests):
            why = _("after the treatment of %(day)s nothing may be harvested before %(free)s.")
            raise refuse(event, "pre_harvest_interval", why % {"day": one.at.date(), "free": free})


def _harvest_day(harvest: ReadEvent, event: ReadEvent) -> date:
    said: Any = harvest.ilmd.get(HARVESTED)
    if said is None:
        return harvest.at.date()
    try:
        return date.fromisoformat(said)
    except (TypeError, ValueError) as error:
        raise refuse(event, "pre_harvest_interval", _("the first day of harvest must be a date.")) from error
