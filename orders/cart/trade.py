"""What the trade rules are asked about a cart's lines, and how a refusal is told and kept."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from catalog.lots.models import HarvestLot
from market.compliance.actions.decide_trade import Judgement, Question, keep_decisions
from market.compliance.classes import product_class
from market.compliance.errors import TradeRefused
from market.compliance.facts import TradeFacts
from market.compliance.models import ComplianceDecision
from market.compliance.queries import HOME, LiveRules, published_rules, seller_flags
from market.compliance.reasons import refused_lines, summary_of
from orders.cart.checked import CheckedLine
from orders.cart.models import Cart

US_PLACES = frozenset({"US", "PR", "GU", "VI", "AS", "MP", "UM"})


@dataclass(frozen=True)
class Journey:
    """Where goods are meant to go. `onward`: the end destination, the same as `destination` when they stay there."""

    destination: str
    onward: str
    expected_entry: date
    currency: str

    @classmethod
    def at_home(cls, currency: str, now: datetime) -> "Journey":
        return cls(HOME, HOME, timezone.localdate(now), currency)


def rules_with(lines: Sequence[CheckedLine]) -> LiveRules:
    """The rules that were live when the lines were read."""
    return published_rules(lines[0].rule_set, lines[0].rule_set_hash)


def upstream_origins(lines: Iterable[CheckedLine]) -> dict[int, tuple[str | None, ...]]:
    """Product id -> origins of the product and of every open lot; None stands for goods no lot is known of. One
    statement."""
    declared = {line.product_id: line.origin_subdivision for line in lines}
    lots: dict[int, set[str]] = defaultdict(set)
    rows = HarvestLot.objects.filter(product__in=declared, state=HarvestLot.State.OPEN)
    for product_id, subdivision in rows.values_list("product_id", "origin_subdivision").distinct():
        lots[product_id].add(subdivision)
    return {
        product_id: tuple(
            sorted({origin for origin in (subdivision, *lots[product_id]) if origin})
            + ([] if lots[product_id] and subdivision else [None])
        )
        for product_id, subdivision in declared.items()
    }


def questions_of(
    lines: Collection[CheckedLine],
    journey: Journey,
    *,
    now: datetime,
    origins: Mapping[int, tuple[str | None, ...]] | None = None,
) -> list[Question]:
    """One question per distinct facts, labelled with the variants it is about.

    `origins` by product, as `upstream_origins` gives them; without, the product's declared origin, which is enough at
    home only.
    """
    about: dict[TradeFacts, list[str]] = {}
    for line in lines:
        about.setdefault(_facts(line, journey, now, origins), []).append(str(line.variant_id))
    return [Question(facts, tuple(labels)) for facts, labels in about.items()]


class NotAllowedByRules(Exception):
    """Carries judgements out of the transaction they stop: the caller undoes its work, then calls `keep_refusal`."""

    def __init__(self, judgements: Sequence[Judgement], lines: Iterable[CheckedLine]) -> None:
        super().__init__()
        self.judgements = judgements
        self.goods = {
            str(line.variant_id): {"variant": line.variant_id, "sku": line.sku, "product": line.product_name}
            for line in lines
        }

    def keep_refusal(self, cart: Cart, stopped: Sequence[Judgement]) -> TradeRefused:
        """Stores every judgement under the cart, also of the lines that would have passed, and returns the error."""
        keep_decisions(self.judgements, subject_kind="cart", subject_id=str(cart.pk))
        return TradeRefused(summary=summary_of(stopped, self.goods), lines=refused_lines(stopped, self.goods))


def decisions_by_variant(judgements: Iterable[Judgement]) -> dict[int, ComplianceDecision]:
    return {int(label): judgement.decision for judgement in judgements for label in judgement.question.about}


def _facts(
    line: CheckedLine, journey: Journey, now: datetime, origins: Mapping[int, tuple[str | None, ...]] | None
) -> TradeFacts:
    declared: tuple[str | None, ...] = (line.origin_subdivision or None,)
    nexus = set()
    if journey.currency == "USD":
        nexus.add("currency_USD")
    if journey.destination in US_PLACES:
        nexus.add("buyer_country")
    return TradeFacts(
        destination=journey.destination,
        onward_destination=journey.onward,
        hs_code=line.hs_code,
        upstream_origins=declared if origins is None else origins[line.product_id],
        expected_entry_date=journey.expected_entry,
        decision_date=timezone.localdate(now),
        seller_flags=seller_flags(line.ownership),
        product_class=product_class(line.hs_code),
        us_nexus=frozenset(nexus),
    )
