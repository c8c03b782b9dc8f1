"""Papers follow the trade decisions: what lets goods go needs a pass, an offer only that nothing is blocked (trade.md,
2.1). There is no way round: every paper is made through here."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils import timezone

from market.compliance.actions.decide_trade import Judgement, judge_trades, keep_decisions
from market.compliance.errors import TradeRefused
from market.compliance.models import ComplianceDecision
from market.compliance.queries import newest_ownership
from market.compliance.reasons import refused_lines, summary_of
from orders.cart.checked import CheckedLine
from orders.cart.trade import Journey, questions_of, upstream_origins
from orders.documents.errors import NotCleared
from orders.orders.models import SellerOrder
from orders.quotes.models import EnquiryLine, EnquiryPart

Outcome = ComplianceDecision.Outcome


def refuse_uncleared_order(order: SellerOrder) -> None:
    """Raises NotCleared unless each line was ordered under a decision that allowed it. One statement."""
    outcomes = set(order.lines.values_list("decision__outcome", flat=True))
    if outcomes != {Outcome.ALLOW}:
        raise NotCleared(subject=order.number)


def judge_enquiry(part: EnquiryPart, now: datetime) -> list[str]:
    """Judged anew by today's rules, owners, lots and destinations, whatever was said when it was made; the decisions
    are kept. Returns what evidence is missing. Raises TradeRefused when anything is blocked, then or now."""
    lines = list(part.lines.select_related("decision", "variant__product"))
    judgements = _judge(part, lines, now)
    keep_decisions(judgements, subject_kind="enquiry", subject_id=part.number)
    stopped = [judgement for judgement in judgements if judgement.is_block]
    goods = {
        str(line.variant_id): {"variant": line.variant_id, "sku": line.sku, "product": line.product_name}
        for line in lines
    }
    if stopped:
        raise TradeRefused(summary=summary_of(stopped, goods), lines=refused_lines(stopped, goods))
    if any(line.decision.outcome == Outcome.BLOCK for line in lines):
        raise NotCleared(subject=part.number)
    return sorted({kind for judgement in judgements for kind in judgement.decision.missing_evidence})


def _judge(part: EnquiryPart, lines: Sequence[EnquiryLine], now: datetime) -> list[Judgement]:
    enquiry, today = part.enquiry, timezone.localdate(now)
    journey = Journey(enquiry.country, enquiry.onward_country, max(enquiry.expected_entry, today), enquiry.currency)
    asked = [_as_checked(line, part, _ownership(part, today)) for line in lines]
    return judge_trades(
        questions_of(asked, journey, now=now, origins=upstream_origins(asked)), stage="checkout", now=now
    )


def _ownership(part: EnquiryPart, today: date) -> str | None:
    rows = EnquiryPart.objects.filter(pk=part.pk).annotate(ownership=newest_ownership("enterprise_id", today))
    found: str | None = rows.values_list("ownership", flat=True).get()
    return found


def _as_checked(line: EnquiryLine, part: EnquiryPart, ownership: str | None) -> CheckedLine:
    """The enquiry's own copies; what the rules do not ask for is as good as empty."""
    return CheckedLine(
        variant_id=line.variant_id,
        sku=line.sku,
        unit=line.unit,
        net_kg=line.net_kg,
        quantity=line.quantity,
        price_seen=line.unit_price,
        product_id=line.variant.product_id,
        enterprise_id=part.enterprise_id,
        name_zh=line.product_name_zh,
        name_en=line.product_name_en,
        name_ru=line.product_name_ru,
        hs_code=line.hs_code,
        origin_country=line.origin_country,
        origin_subdivision=line.origin_subdivision,
        origin_place_zh="",
        ownership=ownership,
        rule_set=None,
        rule_set_hash="",
        commission_rate=None,
        commission_tax_rate=None,
        price_basis="",
        unit_price=line.unit_price,
        total=line.unit_price * line.quantity,
    )
