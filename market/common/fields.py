"""Exact decimals in the database: integers there, Decimal here.

SQLite has no decimal type (it computes `0.1 + 0.2` in binary), so guards such as `on_hand - reserved >= n` would lie
there. An integer of the smallest step is exact and fast on both databases. See docs/decisions/0002.
"""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    _Base = models.BigIntegerField[Any, Any]
else:
    _Base = models.BigIntegerField


@lru_cache(maxsize=10_000)
def _number(whole: int, places: int) -> Decimal:
    """A list reads hundreds of prices, weights and quantities, and most of them are one of few."""
    return Decimal(whole).scaleb(-places)


class ExactDecimalField(_Base):
    """A Decimal with a fixed number of places, stored as an integer of its smallest step.

    A value with more places than the field has is refused, never rounded: rounding happens in `money.py`.
    """

    description = "Decimal with fixed places, stored as a whole number"

    if TYPE_CHECKING:
        _pyi_private_set_type: Decimal | int | str | models.expressions.Combinable  # type: ignore[assignment]
        _pyi_private_get_type: Decimal  # type: ignore[assignment]
        _pyi_lookup_exact_type: Decimal | int | str  # type: ignore[assignment]

        _validators: list[Any]

    places: int = 0

    def __init__(self, *args: Any, places: int | None = None, **kwargs: Any) -> None:
        if places is not None:
            self.places = places
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        if self.places != type(self).places:
            kwargs["places"] = self.places
        return name, path, args, kwargs

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else _number(int(value), self.places)

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        try:
            return Decimal(str(value))
        except InvalidOperation as error:
            raise ValidationError(_("“%(value)s” is not a number."), params={"value": value}) from error

    def get_prep_value(self, value: Any) -> Any:
        if value is None or hasattr(value, "resolve_expression"):
            return value
        number = self.to_python(value)
        assert number is not None
        scaled = number.scaleb(self.places)
        whole = int(scaled)
        if whole != scaled:
            raise ValueError(f"{number} has more than {self.places} decimal places")
        return whole

    @cached_property
    def validators(self) -> list[Any]:
        """Without the integer range of the column: it speaks of stored units, not of the value."""
        return [*self.default_validators, *self._validators]

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj))

    def formfield(self, **kwargs: Any) -> Any:
        return models.Field.formfield(
            self,
            **{"form_class": forms.DecimalField, "decimal_places": self.places, "localize": True, **kwargs},
        )


class AmountField(ExactDecimalField):
    """Money amount, 4 places (prices per kg need them; totals are rounded to the currency before they get here)."""

    places = 4


class QuantityField(ExactDecimalField):
    """Quantity, 3 places (a gram of a kilogram, a kilogram of a tonne)."""

    places = 3


class RateField(ExactDecimalField):
    """A share of one, 6 places: 0.05 is five per cent."""

    places = 6
