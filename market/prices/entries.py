"""What somebody reports, checked and brought to one unit."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from market.common.errors import InvalidInput
from market.common.quantity import fits_places, plain
from market.prices.checks import Fault, find_fault
from market.prices.models import Commodity, PricePlace
from market.prices.units import per_kg

LONGEST_REPORTER = 80
LONGEST_REASON = 500
_FIELD_OF = {Fault.NOT_POSITIVE: "low", Fault.TOO_LARGE: "high", Fault.FUTURE: "day"}


@dataclass(frozen=True)
class Told:
    """Figures as they were told, of one `unit`."""

    unit: str
    low: Decimal
    mid: Decimal
    high: Decimal

    def raw(self) -> dict[str, Any]:
        return {"unit": self.unit} | {name: plain(getattr(self, name)) for name in ("low", "mid", "high")}

    def kilogram(self) -> dict[str, Decimal]:
        """The same per kilogram."""
        return {name: per_kg(getattr(self, name), self.unit) for name in ("low", "mid", "high")}


@dataclass(frozen=True)
class Entry:
    """One price of one day. `reporter` is who said it, `source` what kind of teller that is."""

    place: PricePlace
    commodity: Commodity
    grade: str
    basis: str
    day: date
    reporter: str
    source: str
    told: Told
    currency: str = "CNY"


def check_told(told: Told, *, day: date, today: date) -> dict[str, Decimal]:
    """The figures per kilogram. Raises InvalidInput at the field that is wrong."""
    for name in ("low", "mid", "high"):
        if not fits_places(getattr(told, name), 4):
            raise InvalidInput(fields={name: _("this is no price")})
    figures = told.kilogram()
    fault = find_fault(**figures, day=day, today=today)
    if fault is not None:
        raise InvalidInput(fields={_FIELD_OF.get(fault, "mid"): str(fault.label)})
    return figures


def one_line(typed: str) -> str:
    """A name as it is kept: narrow signs, single blanks."""
    return " ".join(unicodedata.normalize("NFKC", typed).split())


def check_reporter(typed: str) -> str:
    name = one_line(typed)
    if not 1 <= len(name) <= LONGEST_REPORTER:
        message = _("say in at most %(most)s characters who told this price")
        raise InvalidInput(fields={"reporter": message % {"most": LONGEST_REPORTER}})
    return name


def check_reason(typed: str) -> str:
    reason = " ".join(typed.split())
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise InvalidInput(fields={"reason": _("say why in at most %(most)s characters") % {"most": LONGEST_REASON}})
    return reason
