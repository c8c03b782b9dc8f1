"""The one statement that promises stock. Its condition is the guard; the CHECK constraint says the same again."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import connection

from catalog.stock.models import StockItem
from market.common.fields import QuantityField

_STOCK = StockItem._meta.db_table
_WISHES = {
    "postgresql": "unnest(%s::bigint[], %s::bigint[]) AS wish (item, quantity)",
    "sqlite": "(SELECT json_extract(value, '$[0]') AS item, json_extract(value, '$[1]') AS quantity"
    " FROM json_each(%s)) AS wish",
}


def add_reserved(quantities: Mapping[int, Decimal]) -> int:
    """Adds to `reserved` of each stock item (key -> quantity; negative gives back), only where `on_hand - reserved`
    still covers it and nothing falls below zero. Returns how many items were changed: fewer than asked means that
    somebody was faster, and the caller undoes the rest."""
    field = QuantityField()
    pairs = [(key, field.get_prep_value(quantity)) for key, quantity in sorted(quantities.items())]
    if connection.vendor == "postgresql":
        params: Any = [[key for key, _ in pairs], [whole for _, whole in pairs]]
    else:
        params = [json.dumps(pairs)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {_STOCK} SET reserved = reserved + wish.quantity FROM {_WISHES[connection.vendor]}"  # noqa: S608
            f" WHERE {_STOCK}.id = wish.item AND on_hand - reserved >= wish.quantity"
            " AND reserved + wish.quantity >= 0",
            params,
        )
        return int(cursor.rowcount)
