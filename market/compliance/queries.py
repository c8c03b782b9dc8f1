"""Reads of the live rules, the destinations and the owners of sellers."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from hashlib import sha256

from django.db.models import Case, Expression, F, OuterRef, QuerySet, Subquery, When
from django.utils.translation import gettext as _

from market.common.countries import country_name, is_country
from market.common.languages import RU, ZH, active_language
from market.common.prepared import PreparedSelect
from market.compliance.facts import OWNERSHIP_UNKNOWN
from market.compliance.models import DestinationPolicy, OwnershipFinding, RuleSet, TradeRule
from market.compliance.rules import Rule
from market.enterprises.models import Enterprise

HOME = "CN"


@dataclass(frozen=True)
class OpenDestinations:
    """Country -> HS prefixes it is open for, empty: all goods. Home is always open."""

    scopes: Mapping[str, Sequence[str]]

    def for_goods(self, hs_code: str) -> frozenset[str]:
        """A country opened for some goods is closed for those whose code nobody knows."""
        return frozenset({HOME}) | {
            country
            for country, prefixes in self.scopes.items()
            if not prefixes or (hs_code and any(hs_code.startswith(prefix) for prefix in prefixes))
        }


@dataclass(frozen=True)
class ExportNotice:
    """What a page says before anybody asks. Names of countries in the active language, sorted: `open_countries` for
    these goods (with none, `reason` says why), `barred` where the law bars goods of this origin whatever we open."""

    open_countries: tuple[str, ...]
    reason: str
    barred: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        return bool(self.open_countries)


LiveRules = tuple[RuleSet | None, Sequence[Rule]]


def _newest_published() -> "QuerySet[RuleSet]":
    return RuleSet.objects.filter(published_at__isnull=False).order_by("-published_at", "-pk")


_find_live = PreparedSelect(lambda: _newest_published().values_list("pk", "hash")[:1])


def live_rules() -> LiveRules:
    """The newest published rule set with its rules, in one statement, three the first time a process sees it. A set
    without rules is none: it would allow everything by saying nothing. Which set is live is asked every time: one that
    was replaced must stop at once, everywhere; what a published set says never changes."""
    return next((published_rules(*named) for named in _find_live()), (None, ()))


def live_rules_named() -> dict[str, Subquery]:
    """Annotations `rule_set` and `rule_set_hash` of any row: which set is live, asked along with something else."""
    newest = _newest_published()
    return {"rule_set": Subquery(newest.values("pk")[:1]), "rule_set_hash": Subquery(newest.values("hash")[:1])}


def published_rules(key: int | None, content_hash: str) -> LiveRules:
    """The set of that key; no statement once the process has seen it. None: there is no live set."""
    if key is None:
        return None, ()
    rule_set, rules = _read_published(key, content_hash)
    return (rule_set, rules) if rules else (None, ())


@lru_cache(maxsize=4)
def _read_published(key: int, content_hash: str) -> tuple[RuleSet, tuple[Rule, ...]]:
    rules = tuple(_rule(row) for row in TradeRule.objects.filter(rule_set=key).order_by("pk"))
    return RuleSet.objects.get(pk=key, hash=content_hash), rules


def _rule(row: TradeRule) -> Rule:
    fields = [name for name in Rule.__dataclass_fields__ if name not in ("evidence_required", "stages")]
    return Rule(
        evidence_required=tuple(row.evidence_required),
        stages=tuple(row.stages),
        **{name: getattr(row, name) for name in fields},
    )


def open_destinations() -> OpenDestinations:
    """What officers opened, with the goods it is open for. No row means closed."""
    rows = DestinationPolicy.objects.filter(status=DestinationPolicy.Status.OPEN)
    return OpenDestinations(dict(rows.values_list("country", "hs_prefixes")))


def is_open(country: str, hs_code: str = "") -> bool:
    """Whether the platform delivers these goods there at all; the law's rules speak besides."""
    return country == HOME or country in open_destinations().for_goods(hs_code)


def export_notice(hs_code: str, origin_subdivision: str, today: date) -> ExportNotice:
    """For product page and export cart, in two statements. What the law says of one buyer's country, seller and day is
    judged when somebody asks."""
    language = active_language()

    def named(codes: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(country_name(code, language) for code in codes))

    barred = _barred(live_rules()[1], hs_code, origin_subdivision, today)
    countries = named(open_destinations().for_goods(hs_code) - barred - {HOME})
    return ExportNotice(countries, "" if countries else closed_reason(), named(barred))


def export_reach(today: date) -> Callable[[str, str], frozenset[str]]:
    """`reach(hs_code, origin_subdivision)`: the countries abroad that are open for these goods and whose law does not
    bar them as such. Two statements, for however many goods are asked about afterwards."""
    opened, (_rule_set, rules) = open_destinations(), live_rules()

    @cache
    def reach(hs_code: str, origin_subdivision: str) -> frozenset[str]:
        return opened.for_goods(hs_code) - _barred(rules, hs_code, origin_subdivision, today) - {HOME}

    return reach


def reach_stamp(today: date) -> int:
    """Another number (63 bits) when `export_reach` may answer otherwise than yesterday: rules were published, one
    begins or ends to hold, a destination was opened or closed, by whatever way. Two statements."""
    _rule_set, rules = live_rules()
    bars = [(rule.code, rule.match) for rule in rules if rule.holds_on(today, today) and rule.match.get("destinations")]
    rows = DestinationPolicy.objects.filter(status=DestinationPolicy.Status.OPEN).order_by("country")
    said = json.dumps([sorted(bars, key=str), list(rows.values_list("country", "hs_prefixes"))], sort_keys=True)
    return int.from_bytes(sha256(said.encode()).digest()[:8]) >> 1


def _barred(rules: Iterable[Rule], hs_code: str, origin_subdivision: str, today: date) -> set[str]:
    return {
        place
        for rule in rules
        if rule.bars_origin(origin_subdivision, hs_code) and rule.holds_on(today, today)
        for place in rule.match.get("destinations", ())
        if is_country(place)
    }


def newest_ownership(enterprise_lookup: str, today: date | Expression) -> Subquery:
    """An annotation: the result of the newest finding about the seller at this lookup, null when there is none that
    still holds. A newer finding replaces an older one even after it ran out."""
    rows = OwnershipFinding.objects.filter(enterprise=OuterRef(enterprise_lookup)).order_by("-found_at", "-pk")
    held = Case(When(valid_until__gte=today, then=F("result")), default=None)
    return Subquery(rows.annotate(held=held).values("held")[:1])


def is_cleared(enterprise_id: int, today: date) -> bool:
    """Whether the newest finding about this seller's owners holds and bars nothing. One statement."""
    held = Enterprise.objects.filter(pk=enterprise_id).values_list(newest_ownership("pk", today), flat=True)
    return not seller_flags(held.first())


def seller_flags(result: str | None) -> frozenset[str]:
    """The rules' flags for a finding's result; none found is unknown, which is never independent."""
    if not result:
        return frozenset({OWNERSHIP_UNKNOWN})
    return frozenset() if result == OwnershipFinding.Result.INDEPENDENT else frozenset({result})


def reason_in_language(rule: Rule) -> str:
    language = active_language()
    if language == ZH:
        return rule.reason_zh
    return (rule.reason_ru if language == RU else "") or rule.reason_en


def closed_reason() -> str:
    return _("This destination has not been opened by our compliance office.")
