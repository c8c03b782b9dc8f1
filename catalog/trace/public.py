"""What everybody may know of a lot: no coordinates, no names of people, no amounts that were sold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.lots.models import HarvestLot
from catalog.trace.graph import upstream_of
from catalog.trace.models import TracedLot, TraceEvent
from market.common.plain_text import plain_code
from market.enterprises.models import Certificate
from market.regions.models import OrgUnit


class Standing(StrEnum):
    NORMAL = "normal"
    HELD = "held"
    EXPIRED = "expired"
    RECALLED = "recalled"


# The last part of a step's name, and its disposition where that matters -> words for everybody.
_WORDS: Mapping[tuple[str, str], str | Promise] = {
    ("planting", ""): _("planted"),
    ("applying_input", ""): _("fertiliser or plant protection applied"),
    ("commissioning", ""): _("harvested and taken into store"),
    ("receiving", ""): _("received"),
    ("grading", ""): _("sorted into grades"),
    ("processing", ""): _("mixed or processed"),
    ("packing", ""): _("packed"),
    ("sampling", ""): _("sample taken"),
    ("inspecting", ""): _("tested"),
    ("inspecting", "conformant"): _("tested: as it must be"),
    ("inspecting", "non_conformant"): _("tested: not as it must be"),
    ("shipping", ""): _("first sent out"),
    ("holding", "non_sellable_other"): _("held back from sale"),
    ("storing", "sellable_accessible"): _("set free for sale again"),
    ("holding", "recalled"): _("recalled"),
}
GROWING, TESTED = frozenset({"planting", "applying_input"}), "inspecting"
_ONCE = frozenset({"shipping", "receiving"})


@dataclass(frozen=True)
class Step:
    """`by_market`: seen by the marketplace, else the seller says so."""

    name: str
    words: str | Promise
    day: date
    by_market: bool


@dataclass(frozen=True)
class PublicLot:
    """`made_from`: lots of the market; `is_grown_known` and `is_tested` tell what has been said at all."""

    lot: HarvestLot
    standing: Standing
    places: Sequence[OrgUnit]
    steps: Sequence[Step]
    made_from: Sequence[HarvestLot]
    certificates: Sequence[Certificate]
    is_grown_known: bool
    is_tested: bool


def find_lot(code: str) -> HarvestLot | None:
    """By the code of its label, as people type it."""
    joined = "product__category", "enterprise__unit", "origin_unit"
    rows = HarvestLot.objects.select_related(*joined).prefetch_related("product__images")
    return rows.filter(code=plain_code(code).upper()).first()


def public_lot(lot: HarvestLot, now: datetime) -> PublicLot:
    """At most seven statements, however many lots went into it."""
    today = timezone.localdate(now)
    traced = TracedLot.objects.filter(lot=lot).first()
    sources = upstream_of([traced.pk]) if traced else []
    steps = _steps(traced.pk, sources) if traced else []
    made_from = HarvestLot.objects.filter(traced__in=sources).select_related("product", "origin_unit").order_by("pk")
    names = {step.name for step in steps}
    return PublicLot(
        lot=lot,
        standing=standing_of(lot, today),
        places=list(OrgUnit.objects.filter(path__in=_above(lot.origin_unit.path)).order_by("path")),
        steps=steps,
        made_from=list(made_from) if sources else [],
        certificates=list(_certificates(lot, today)),
        is_grown_known=bool(names & GROWING),
        is_tested=TESTED in names,
    )


def standing_of(lot: HarvestLot, today: date) -> Standing:
    if lot.state == HarvestLot.State.RECALLED:
        return Standing.RECALLED
    if lot.best_before and lot.best_before < today:
        return Standing.EXPIRED
    return Standing.HELD if lot.state == HarvestLot.State.QUARANTINED else Standing.NORMAL


def _above(path: str) -> list[str]:
    """The path itself and those of everything that holds it."""
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[: count + 1]) + "/" for count in range(len(parts))]


def _certificates(lot: HarvestLot, today: date) -> QuerySet[Certificate]:
    """Checked, of this seller for this product, valid when the lot was harvested and still so."""
    rows = Certificate.objects.filter(state=Certificate.State.CHECKED, covered__product=lot.product_id)
    return rows.filter(valid_from__lte=lot.harvested_to, valid_to__gte=today).order_by("kind", "number")


def _steps(own: int, sources: Sequence[int]) -> list[Step]:
    """In order of time: all of this lot, and how what went into it was grown. Whatever happens often is told once."""
    rows = TraceEvent.objects.standing().order_by("event_time", "pk").distinct()
    found = list(rows.filter(lots__lot=own))
    if sources:
        found += [event for event in rows.filter(lots__lot__in=sources) if _name(event) in GROWING]
    steps: dict[tuple[Any, ...], Step] = {}
    for event in sorted(found, key=lambda event: (event.event_time, event.pk)):
        step = _step(event)
        if step is not None:
            steps.setdefault((step.name,) if step.name in _ONCE else (step.name, step.words, step.day), step)
    return list(steps.values())


def _name(event: TraceEvent) -> str:
    return event.biz_step.rpartition("BizStep-")[2]


def _step(event: TraceEvent) -> Step | None:
    """None for a step that nobody has words for."""
    name = _name(event)
    words = _WORDS.get((name, event.disposition)) or _WORDS.get((name, ""))
    return Step(name, words, timezone.localdate(event.event_time), event.by_market) if words else None
