"""What buyers also search by: grade, certificates, where from, packings, customs code. In words, three languages."""

from decimal import Decimal
from functools import cache, lru_cache
from typing import Final

from catalog.products.badges import kind_label
from market.common.languages import LANGUAGES
from search.analysis.dictionary import built_in

# ISO 3166-2:CN to the dictionary's entry of that place.
_PLACES: Final = dict(
    pair.split(":")
    for pair in """
    AH:anhui BJ:beijing CQ:chongqing FJ:fujian GD:guangdong GS:gansu GX:guangxi GZ:guizhou HA:henan HB:hubei HE:hebei
    HI:hainan HK:hong-kong HL:heilongjiang HN:hunan JL:jilin JS:jiangsu JX:jiangxi LN:liaoning MO:macau
    NM:inner-mongolia NX:ningxia QH:qinghai SC:sichuan SD:shandong SH:shanghai SN:shaanxi SX:shanxi TJ:tianjin
    TW:taiwan XJ:xinjiang
    XZ:tibet YN:yunnan ZJ:zhejiang
    """.split()
)
_HEADING = 4  # digits of a customs code that name a kind of goods


@lru_cache(maxsize=1_000)
def said_of(grade: str, kinds: tuple[str, ...], subdivision: str) -> str:
    """The same for many products. `kinds`: of certificates that hold; `subdivision`: ISO 3166-2."""
    country, _, part = subdivision.partition("-")
    places = ("china", _PLACES.get(part, "")) if country == "CN" else ()
    labels = (kind_label(kind, language) for kind in kinds for language in LANGUAGES)
    named = (name for code in (grade, *kinds, *places) for name in _names(code))
    return " \n ".join(dict.fromkeys([*named, *labels]))


@lru_cache(maxsize=1_000)
def packed(net_kg: tuple[Decimal, ...], hs_code: str) -> str:
    """The same for many products. `5kg` and `10斤` are one token. A customs code is typed with or without its point,
    or by its heading."""
    weights = [f"{weight:f}kg" for weight in sorted(set(net_kg))]
    heading, rest = hs_code[:_HEADING], hs_code[_HEADING:]
    codes = [heading, hs_code, f"{heading}.{rest[:2]}"] if rest else [heading]
    return " ".join(filter(None, [*weights, *codes]))


@cache
def _entries() -> dict[str, tuple[str, ...]]:
    """Names of the dictionary without those of a digit or a letter (grade 1, class I), which are no words alone."""
    found = {}
    for entry in built_in():
        whole = (name for _, name in entry.names if all(len(word) > 1 for word in name.split()))
        found[entry.code] = tuple(whole)
    return found


def _names(code: str) -> tuple[str, ...]:
    return _entries().get(code, ())
