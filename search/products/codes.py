"""A seller's own code of a packing, typed as it stands on a list or a label: its product is what was asked for."""

import re
import unicodedata
from typing import Final

from django.db.models.functions import Upper

from catalog.products.models import Variant

# Letters and digits in one word; `5kg` and `2026` are no codes.
CODE: Final = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Z]*[A-Z])[A-Z0-9][A-Z0-9._/-]{3,39}")
MOST: Final = 24


def products_coded(text: str) -> tuple[int, ...]:
    """Products that have a packing of this code, in either case. One statement, none for what is no code."""
    code = unicodedata.normalize("NFKC", text).strip().upper()
    if not CODE.fullmatch(code):
        return ()
    rows = Variant.objects.alias(code=Upper("sku")).filter(code=code, is_active=True)
    return tuple(dict.fromkeys(rows.order_by("product_id").values_list("product_id", flat=True)[:MOST]))
