"""Units in which prices are told, and the one step from there to a price per kilogram. Pure."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

PLACES: Final = Decimal("0.0001")


class ReportUnit(models.TextChoices):
    """Recommendation 20 knows no jin; the others bear its codes."""

    JIN = "jin", _("jin (500 g)")
    KILOGRAM = "KGM", _("kg")
    TONNE = "TNE", _("t")


KILOGRAMS: Final = {
    ReportUnit.JIN: Decimal("0.5"),
    ReportUnit.KILOGRAM: Decimal(1),
    ReportUnit.TONNE: Decimal(1000),
}


def per_kg(price: Decimal, unit: str) -> Decimal:
    """What a kilogram costs where one `unit` costs `price`."""
    return round_price(price / KILOGRAMS[ReportUnit(unit)])


def round_price(price: Decimal) -> Decimal:
    """Half up, to a ten-thousandth per kilogram: the only rounding of market prices. Called where a report is
    normalised, and where a quartile falls between two prices."""
    return price.quantize(PLACES, rounding=ROUND_HALF_UP)
