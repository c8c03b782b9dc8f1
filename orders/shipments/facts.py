"""What a shipment says of itself beside its status: when it is expected, who signed, what it weighed, what is wrong."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.shipments.models import TERMINAL, TURNED, Flag, Shipment
from orders.shipments.queries import actual

Expected = date | datetime

FOLLOWED = {
    "active": gettext_lazy("is followed"),
    "stopped": gettext_lazy("the carrier has stopped reporting"),
    "expired": gettext_lazy("the carrier stopped reporting because nothing happened for long"),
    "aborted": gettext_lazy("the carrier has given up following this waybill"),
    "unsupported": gettext_lazy("the carrier does not report on this waybill"),
}


@dataclass(frozen=True)
class Weight:
    """What the scales showed last; `parcel` empty where it was the whole."""

    parcel: str
    kg: Decimal


@dataclass(frozen=True)
class Facts:
    """`expected` and the window `begins`-`ends`: a local day, or a moment where an hour was named; None once the
    journey is over or while nobody has said. `followed` in words, empty once the journey is over."""

    expected: Expected | None
    begins: Expected | None
    ends: Expected | None
    signed_by: str
    weights: list[Weight]
    flags: list[str]
    followed: str
    heard_at: datetime | None
    is_followed: bool


def facts_of(shipment: Shipment) -> Facts:
    """No statement where the events are at hand already."""
    is_over = shipment.status in TERMINAL
    expected, begins, ends = (
        None if is_over else read_expected(told) for told in (shipment.eta, shipment.eta_from, shipment.eta_to)
    )
    return Facts(
        expected=expected,
        begins=begins,
        ends=ends if ends != begins else None,
        signed_by=shipment.signed_by,
        weights=weights_of(shipment),
        flags=flag_words(shipment.flags),
        followed="" if is_over else str(FOLLOWED.get(shipment.monitoring, "")),
        heard_at=shipment.heard_at,
        is_followed=shipment.monitoring == "active",
    )


def read_expected(told: str) -> Expected | None:
    """`told` as a shipment keeps it: a day where the goods go, or a UTC time with Z. A time is given in the market's
    zone, and at its midnight it is a day there: 16:00Z is the next day in Beijing. None where nothing can be read."""
    try:
        if len(told) == 10:
            return date.fromisoformat(told)
        moment = datetime.fromisoformat(told)
    except ValueError:
        return None
    local = timezone.localtime(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    return local if (local.hour, local.minute) != (0, 0) else local.date()


def expected_day(told: str) -> date | None:
    """The market's day of what `told` names."""
    found = read_expected(told)
    return found.date() if isinstance(found, datetime) else found


def weights_of(shipment: Shipment) -> list[Weight]:
    """The newest of each parcel, by its number."""
    found = {event.parcel: event.weight_kg for event in actual(shipment.events.all()) if event.weight_kg is not None}
    return [Weight(parcel, kg) for parcel, kg in sorted(found.items())]


def flag_words(flags: list[str]) -> list[str]:
    """In the language of the page. What a partner invented is told as a problem, once."""
    known = dict(Flag.choices)
    words = [str(known[flag]) for flag in flags if flag in known]
    return words if len(words) == len(flags) else [*words, _("the carrier reports a problem")]


def trouble_words(shipment: Shipment) -> list[str]:
    """Why a person should look at it, in the language of the page; empty when all is well."""
    words = [str(shipment.get_status_display())] if shipment.status in TURNED else []
    if shipment.silent_since is not None:
        words.append(_("silent for three days"))
    else:
        silent = [parcel.number for parcel in shipment.parcels.all() if parcel.silent_since is not None]
        words += [_("parcel %(number)s silent for three days") % {"number": number} for number in silent]
    if shipment.out_of_range_at is not None:
        words.append(_("left the temperatures agreed"))
    return words + flag_words(shipment.flags)
