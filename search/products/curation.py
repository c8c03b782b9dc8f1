"""What officers decided for a query: products put first, products taken out."""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from django.db.models import CharField, Exists, IntegerField, OuterRef, Q, QuerySet, Value

from market.common.prepared import Param, PreparedSelect
from search.analysis.normalise import normalise
from search.products.models import HiddenHit, PinnedHit

MAX_TEXT = 100


@dataclass(frozen=True)
class Curation:
    """`is_exact`: the text names the pinned products as a code does; nothing else was asked for."""

    pinned: tuple[int, ...] = ()
    hidden: tuple[int, ...] = ()
    is_exact: bool = False

    def with_coded(self, product_ids: tuple[int, ...]) -> "Curation":
        """Products of a code before the pinned ones, but none that is hidden."""
        first = dict.fromkeys(found for found in (*product_ids, *self.pinned) if found not in self.hidden)
        return Curation(tuple(first), self.hidden, is_exact=bool(product_ids))


@lru_cache(maxsize=500)
def normal_text(text: str) -> str:
    """How a query is known: one spelling, single blanks, cut."""
    return " ".join(normalise(text[:MAX_TEXT]).split())[:MAX_TEXT]


def is_hidden_everywhere() -> Exists:
    """Of rows with a `product_id`: an officer has taken the product out of every list."""
    return Exists(HiddenHit.objects.filter(text="", product_id=OuterRef("product_id")))


@cache
def _choices() -> PreparedSelect[tuple[Any, ...]]:
    def build() -> "QuerySet[PinnedHit, tuple[Any, ...]]":
        text, out = Param("text", CharField(max_length=MAX_TEXT)), Value(-1, output_field=IntegerField())
        pinned = PinnedHit.objects.filter(text=text).exclude(text="").order_by().values_list("product_id", "position")
        hidden = HiddenHit.objects.filter(Q(text="") | Q(text=text)).order_by().values_list("product_id", out)
        return pinned.union(hidden, all=True)

    return PreparedSelect(build)


def curation_of(text: str) -> Curation:
    """One statement. Hidden beats pinned."""
    known = normal_text(text).replace("\x00", "")
    rows = _choices()(text=known)
    out = {product_id for product_id, position in rows if position < 0}
    first = sorted((position, product_id) for product_id, position in rows if position >= 0 and product_id not in out)
    return Curation(tuple(product_id for _, product_id in first), tuple(sorted(out)))
