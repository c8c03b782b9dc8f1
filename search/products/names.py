"""Names of categories and places, and currencies of channels, as answers show them. In memory, looked at once a minute,
and at once when an answer has one that is not known yet."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from catalog.products.models import Category
from market.channels.models import Channel
from market.common.languages import LANGUAGES, normal_language
from market.regions.models import OrgUnit
from search.products.words import Kept

Names = tuple[str, str, str]


@dataclass(frozen=True)
class Known:
    categories: dict[str, Names]
    units: dict[str, tuple[str, Names]]  # code -> level, names
    currencies: dict[str, str]


def _load() -> Known:
    fields = ("name_zh", "name_en", "name_ru")
    return Known(
        {slug: (zh, en, ru) for slug, zh, en, ru in Category.objects.order_by().values_list("slug", *fields)},
        {
            code: (level, (zh, en, ru))
            for code, level, zh, en, ru in OrgUnit.objects.order_by().values_list("code", "level", *fields)
        },
        dict(Channel.objects.order_by().values_list("code", "currency")),
    )


_known = Kept(lambda: (time.monotonic(),), _load)


def forget_names() -> None:
    _known.forget()


def category_names(slugs: Iterable[str], language: str) -> dict[str, str]:
    wanted = set(slugs)
    known = _known.get().categories
    if not wanted <= known.keys():
        forget_names()
        known = _known.get().categories
    return {slug: _named(known[slug], language) for slug in wanted if slug in known}


def unit_names(codes: Iterable[str], language: str) -> dict[str, tuple[str, str]]:
    """Code -> level and name."""
    wanted = set(codes)
    known = _known.get().units
    if not wanted <= known.keys():
        forget_names()
        known = _known.get().units
    return {code: (known[code][0], _named(known[code][1], language)) for code in wanted if code in known}


def currency_of(channel: str) -> str:
    """Empty for a channel that does not exist."""
    found = _known.get().currencies.get(channel)
    if found is None:
        forget_names()
        found = _known.get().currencies.get(channel, "")
    return found


def _named(names: Names, language: str) -> str:
    return names[LANGUAGES.index(normal_language(language))] or names[0]
