"""Countries by ISO 3166-1 alpha-2: which codes exist, and their names in our languages (CLDR, through Babel)."""

from functools import cache

from babel import Locale

from market.common.languages import babel_locale, normal_language

HOME = "CN"
# CLDR also names groups and reserved codes; they are no destinations.
_NO_COUNTRIES = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ".split())


@cache
def _names(language: str) -> dict[str, str]:
    territories = Locale.parse(babel_locale(language)).territories
    return {code: str(name) for code, name in territories.items() if len(code) == 2 and code not in _NO_COUNTRIES}


def is_country(code: str) -> bool:
    return code in _names("en")


def country_name(code: str, language: str) -> str:
    """The code itself when nobody knows it."""
    return _names(normal_language(language)).get(code, code)


def codes_of_foreign_countries() -> frozenset[str]:
    return frozenset(_names("en")) - {HOME}


def foreign_countries(language: str) -> list[tuple[str, str]]:
    """(code, name), by name, without home."""
    names = _names(normal_language(language))
    return sorted(((code, name) for code, name in names.items() if code != HOME), key=lambda item: item[1])
