"""The trade decision about a payment provider: a link to the United States is one whatever is sold, and to whom."""

from datetime import datetime

from django.utils import timezone

from market.compliance.actions.decide_trade import Question, judge_trades, keep_decisions
from market.compliance.classes import product_class
from market.compliance.facts import TradeFacts
from market.compliance.queries import newest_ownership, seller_flags
from market.compliance.reasons import reasons_of
from orders.orders.models import OrderLine, Purchase
from orders.payments.errors import PaymentNotAllowed
from orders.payments.gateways.base import Gateway


def check_provider(purchase: Purchase, gateway: Gateway, *, now: datetime) -> None:
    """Stores one decision per distinct facts of the purchase's lines; raises PaymentNotAllowed unless all allow.
    A gateway without such a link was decided upon with the order."""
    if not gateway.us_nexus:
        return
    judgements = judge_trades(_questions(purchase, gateway, now), stage="payment_provider_selection", now=now)
    keep_decisions(judgements, subject_kind="payment", subject_id=f"{purchase.number} {gateway.code}")
    stopped = [judgement for judgement in judgements if not judgement.is_allowed]
    if stopped:
        sentences = {reason.sentence: None for judgement in stopped for reason in reasons_of(judgement.verdict)}
        raise PaymentNotAllowed(
            gateway=gateway.code,
            summary=" ".join(sentences),
            seller_orders=sorted({label for judgement in stopped for label in judgement.question.about}),
        )


def _questions(purchase: Purchase, gateway: Gateway, now: datetime) -> list[Question]:
    today = timezone.localdate(now)
    lines = (
        OrderLine.objects.filter(seller_order__purchase=purchase)
        .select_related("seller_order")
        .annotate(ownership=newest_ownership("seller_order__enterprise_id", today))
    )
    about: dict[TradeFacts, set[str]] = {}
    for line in lines:
        facts = TradeFacts(
            destination=purchase.country,
            onward_destination=purchase.country,
            hs_code=line.hs_code,
            upstream_origins=(line.origin_subdivision or None,),
            expected_entry_date=today,
            decision_date=today,
            seller_flags=seller_flags(line.ownership),
            product_class=product_class(line.hs_code),
            us_nexus=gateway.us_nexus | ({"currency_USD"} if purchase.currency == "USD" else frozenset()),
        )
        about.setdefault(facts, set()).add(line.seller_order.number)
    return [Question(facts, tuple(sorted(numbers))) for facts, numbers in about.items()]
