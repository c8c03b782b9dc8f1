"""What a seller writes into a pickup job, and what is wrong with it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from market.common.quantity import fits_places
from orders.pickups.states import HEADWAY
from orders.shipments.temperature import Limits

LONGEST_WINDOW = timedelta(days=7)
FARTHEST = timedelta(days=90)
MOST_BOXES = 100_000
MOST_KG = Decimal(1_000_000)
LENGTHS = {"place": 200, "contact": 80, "phone": 20, "note": 400}


@dataclass(frozen=True)
class Window:
    """Both ends with a zone; the truck comes between them."""

    begins: datetime
    ends: datetime

    @classmethod
    def on(cls, first_day: date, begins: time, last_day: date, ends: time) -> "Window":
        """As people write it: Beijing time."""
        made = (datetime.combine(first_day, begins), datetime.combine(last_day, ends))
        return cls(*map(timezone.make_aware, made))

    def problems(self, now: datetime) -> dict[str, str]:
        """Field name -> what to do."""
        if self.ends <= self.begins:
            return {"window_to": _("The end must be after the beginning.")}
        if self.ends - self.begins > LONGEST_WINDOW:
            return {"window_to": _("At most seven days, please.")}
        if self.ends < now + HEADWAY:
            return {"window_to": _("It must end an hour from now at the earliest.")}
        if self.begins > now + FARTHEST:
            return {"window_from": _("It must begin within 90 days.")}
        return {}


@dataclass(frozen=True)
class PickupLoad:
    """`gross_kg` of all boxes together; temperatures in degrees Celsius, None where nothing is asked; latitude and
    longitude in WGS 84, both or neither."""

    window: Window
    place: str
    contact: str
    phone: str
    boxes: int
    gross_kg: Decimal
    temperature_from: int | None = None
    temperature_to: int | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    note: str = ""

    def problems(self, now: datetime) -> dict[str, str]:
        """Field name -> what to do; empty when all is well."""
        found = self.window.problems(now)
        for name in ("place", "contact", "phone"):
            if not getattr(self, name).strip():
                found[name] = _("Please fill this in.")
        for name, longest in LENGTHS.items():
            if len(getattr(self, name)) > longest or "\0" in getattr(self, name):
                found[name] = _("At most %(longest)s characters, please.") % {"longest": longest}
        if not 0 < self.boxes <= MOST_BOXES:
            found["boxes"] = _("Between 1 and %(most)s, please.") % {"most": MOST_BOXES}
        if not fits_places(self.gross_kg, 3) or not 0 < self.gross_kg <= MOST_KG:
            found["gross_kg"] = _("More than 0 and at most %(most)s kg, please.") % {"most": MOST_KG}
        limits = Limits(self.temperature_from, self.temperature_to)
        return found | limits.problems() | self._point_problems()

    def _point_problems(self) -> dict[str, str]:
        if self.latitude is None and self.longitude is None:
            return {}
        for value, limit in ((self.latitude, 90), (self.longitude, 180)):
            if value is None or not fits_places(value, 6) or abs(value) > limit:
                return {"point": _("Latitude and longitude, such as 40.547812, 81.280540.")}
        return {}
