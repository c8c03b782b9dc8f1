"""Certificates of the season: some checked, one refused, one that still waits. Numbers and bodies are made up."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from catalog.products.actions.certify import Claim, claim_certificate, decide_certificate
from catalog.products.models import Product
from market.config.season.stage import Stage
from market.config.season.timeline import Story
from market.enterprises.models import Certificate

K, S = Certificate.Kind, Certificate.State
BODY = "样例认证中心"
# Farm, kind, crops it covers, what became of it.
CLAIMS = (
    (1, K.ORGANIC, ("grey-jujube", "walnut"), S.CHECKED),
    (1, K.GEOGRAPHICAL_INDICATION, ("jun-jujube",), S.CHECKED),
    (2, K.GREEN_FOOD, ("walnut", "almond"), S.CHECKED),
    (2, K.HACCP, ("walnut-kernel",), S.REFUSED),
    (3, K.GAP, (), S.WAITING),
)


def certificates(stage: Stage) -> Iterator[Story]:
    for place, (farm, kind, crops, outcome) in enumerate(CLAIMS, start=1):
        yield _certificate(stage, place, farm, kind, crops, outcome)


def _certificate(stage: Stage, place: int, farm: int, kind: str, crops: tuple[str, ...], outcome: str) -> Story:
    at = stage.day(2 if outcome == S.WAITING else 26, "11:20") + timedelta(minutes=place)
    yield at
    enterprise, today = stage.farms[farm], timezone.localdate(at)
    claim = Claim(
        kind=kind,
        number=f"SAMPLE-{kind.upper()}-{place:03}",
        body=BODY,
        valid_from=today - timedelta(days=120),
        valid_to=today + timedelta(days=245),
        products=_products(enterprise.pk, crops),
    )
    made = claim_certificate(enterprise, claim, by=enterprise.members.get().user, now=at)
    if outcome == S.WAITING:
        return
    yield (then := at + timedelta(days=2))
    reason = "发证机构查无此编号，请核对后重新申报。" if outcome == S.REFUSED else ""
    decide_certificate(made, outcome, by=stage.people["officer"], reason=reason, now=then)


def _products(enterprise: int, crops: tuple[str, ...]) -> list[int]:
    """In all grades of these crops, which their pictures name; of the farm's first product where none is named."""
    own = Product.objects.for_enterprise(enterprise).order_by("pk")
    pictures = [f"products/original/season-{crop}.webp" for crop in crops]
    found = own.filter(images__file__in=pictures) if crops else own[:1]
    return list(found.values_list("pk", flat=True))
