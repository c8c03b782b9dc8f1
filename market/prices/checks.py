"""What no report may be, whoever hands it in: the hard checks, in their order. Pure."""

from datetime import date
from decimal import Decimal
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

LARGEST: Final = Decimal(1_000_000)


class Fault(models.TextChoices):
    MISSING = "missing", _("the average is missing")
    OUTSIDE = "outside", _("the average is not between the lowest and the highest price")
    NOT_POSITIVE = "not_positive", _("a price must be above zero")
    TOO_LARGE = "too_large", _("a price of a million per kg or more is a typing error")
    FUTURE = "future", _("the day is yet to come")


def find_fault(low: Decimal, mid: Decimal | None, high: Decimal, *, day: date, today: date) -> Fault | None:
    """The first thing that is wrong, or None. Prices are per kilogram. Markets write an average they do not have as
    0.00."""
    if not mid:
        return Fault.MISSING
    if not low <= mid <= high:
        return Fault.OUTSIDE
    if low <= 0:
        return Fault.NOT_POSITIVE
    if high >= LARGEST:
        return Fault.TOO_LARGE
    return Fault.FUTURE if day > today else None
