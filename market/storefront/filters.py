"""The filters of a list: read from an address, written back as one. What makes no sense is left out, never an error."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from django.http import QueryDict

from catalog.products.models import Product
from market.channels.queries import export_code
from market.common.countries import codes_of_foreign_countries
from market.common.languages import active_language
from market.common.quantity import parse_decimal, plain
from market.enterprises.models import Certificate
from search.products.answer import SearchQuery
from search.products.documents import RATINGS
from search.products.request import MOQ_STEPS

SORTS: Final = ("relevance", "newest", "price", "-price", "rating")
MAX_TEXT = 100
MAX_VALUES = 20
MAX_PAGE = 400
MAX_PRICE = Decimal(10_000_000)
_CODE = re.compile(r"[A-Za-z0-9_-]{1,20}")
_SLUG = re.compile(r"[a-z0-9_-]{1,60}")
_ATTRIBUTE = re.compile(r"[a-z0-9-]{1,40}=[a-z0-9.-]{1,60}")
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202f\ufeff]+")


@dataclass(frozen=True)
class Filters:
    text: str = ""
    category: str = ""
    origins: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    certificates: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    rating_min: int | None = None
    in_season: bool = False
    in_stock: bool = False
    moq_max: int | None = None
    destination: str = ""
    sort: str = "relevance"
    boosts: bool = True
    page: int = 1

    def pairs(self) -> list[tuple[str, str]]:
        """As they stand in an address: only what is chosen, always in this order."""
        prices = [(name, plain(value)) for name, value in self._prices() if value is not None]
        flags = [(name, "1") for name, chosen in (("season", self.in_season), ("stock", self.in_stock)) if chosen]
        return [
            *([("q", self.text)] if self.text else []),
            *([("category", self.category)] if self.category else []),
            *(("org", code) for code in self.origins),
            *(("grade", grade) for grade in self.grades),
            *(("cert", kind) for kind in self.certificates),
            *(("attr", pair) for pair in self.attributes),
            *prices,
            *([("stars", str(self.rating_min))] if self.rating_min else []),
            *flags,
            *([("moq", str(self.moq_max))] if self.moq_max else []),
            *([("to", self.destination)] if self.destination else []),
            *([("sort", self.sort)] if self.sort != "relevance" else []),
            *([("boosts", "0")] if not self.boosts else []),
            *([("page", str(self.page))] if self.page > 1 else []),
        ]

    def _prices(self) -> tuple[tuple[str, Decimal | None], ...]:
        return (("pmin", self.price_min), ("pmax", self.price_max))

    def address(self, path: str, **changes: Any) -> str:
        """The list at `path` with these filters changed; any change but of the page begins at the first page."""
        changed = replace(self, **({"page": 1} | changes))
        query = urlencode(changed.pairs())
        return f"{path}?{query}" if query else path

    @property
    def chosen(self) -> int:
        """How many filters are set, not counting words, order and page."""
        prices = sum(value is not None for _, value in self._prices())
        listed = len(self.origins) + len(self.grades) + len(self.certificates)
        listed += len(self.attributes) + bool(self.moq_max) + bool(self.destination) + bool(self.rating_min)
        return listed + prices + self.in_season + self.in_stock + bool(self.category)

    @property
    def channel(self) -> str:
        """Who looks for goods to bring abroad sees what is offered there, at the prices of there."""
        return (export_code() if self.destination else "") or "domestic"

    def search_query(self, *, size: int, category: str = "", with_facets: bool = True) -> SearchQuery:
        return SearchQuery(
            text=self.text,
            language=active_language(),
            channel=self.channel,
            category=category or self.category,
            origins=self.origins,
            grades=self.grades,
            certificates=self.certificates,
            attributes=self.attributes,
            price_per_kg_min=self.price_min,
            price_per_kg_max=self.price_max,
            rating_min=self.rating_min,
            in_season=self.in_season,
            in_stock=self.in_stock,
            moq_max=None if self.moq_max is None else Decimal(self.moq_max),
            destination=self.destination,
            sort=self.sort,
            boosts=self.boosts,
            page=self.page,
            size=size,
            with_facets=with_facets,
        )


def read_filters(query: QueryDict) -> Filters:
    sort = query.get("sort", "")
    return Filters(
        text=read_text(query.get("q", "")),
        category=next(iter(_matching(_SLUG, [query.get("category", "")])), ""),
        origins=_matching(_CODE, query.getlist("org")),
        grades=_known(Product.Grade.values, query.getlist("grade")),
        certificates=_known(Certificate.Kind.values, query.getlist("cert")),
        attributes=_matching(_ATTRIBUTE, query.getlist("attr")),
        price_min=_price(query.get("pmin", "")),
        price_max=_price(query.get("pmax", "")),
        rating_min=next((least for least in RATINGS if query.get("stars", "") == str(least)), None),
        in_season=bool(query.get("season")),
        in_stock=bool(query.get("stock")),
        moq_max=next((step for step in MOQ_STEPS if str(step) == query.get("moq")), None),
        destination=next(iter(_known(codes_of_foreign_countries(), [query.get("to", "")])), ""),
        sort=sort if sort in SORTS else "relevance",
        boosts=query.get("boosts") != "0",
        page=read_page(query.get("page", "")),
    )


def read_text(typed: str) -> str:
    """Without what nobody can see, blanks as one, at most 100 characters."""
    return " ".join(_INVISIBLE.sub(" ", typed[: 4 * MAX_TEXT]).split())[:MAX_TEXT].strip()


def read_page(typed: str) -> int:
    return min(int(typed), MAX_PAGE) if re.fullmatch(r"[1-9][0-9]{0,8}", typed) else 1


def _matching(pattern: re.Pattern[str], values: Iterable[str]) -> tuple[str, ...]:
    return tuple(value for value in dict.fromkeys(values) if pattern.fullmatch(value))[:MAX_VALUES]


def _known(values: Iterable[str], typed: Iterable[str]) -> tuple[str, ...]:
    known = frozenset(values)
    return tuple(value for value in dict.fromkeys(typed) if value in known)


def _price(typed: str) -> Decimal | None:
    price = parse_decimal(typed, active_language())
    return round(price, 2) if price is not None and 0 <= price <= MAX_PRICE else None
