"""What a row says about its packing and what that costs, by the rules of the pages: `write_product`, `change_packing`,
`set_price`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache

from django.utils.translation import gettext as _

from catalog.imports.known import Known, Surroundings
from catalog.imports.plans import RowPlan
from catalog.imports.said import Said
from catalog.pricing.actions.set_price import AMOUNT, MAX_STEPS, check_price
from catalog.pricing.actions.set_prices import Cost, Tiers
from catalog.pricing.ladder import unit_price_of
from catalog.pricing.models import Price
from catalog.products.actions.write_many import PACKING_COLUMNS
from catalog.products.actions.write_product import Packing, check_packing
from catalog.products.attributes import NO, YES
from catalog.products.models import Variant
from market.channels.models import Channel
from market.common.errors import InvalidInput

ONE = Decimal(1)
LONGEST_CODE = 40
WEIGHTS = ("net_kg", "gross_kg")
# The run asks again what the check has asked, and most rows of a table cost the same as others. A refusal is not kept.
_check_price = lru_cache(maxsize=10_000)(check_price)


def check_packing_of(said: Said, plan: RowPlan, known: Known) -> Decimal | None:
    """Fills the plan with the packing, where it is new or would change. Returns its net weight, None when it has none
    that can be."""
    variant = plan.variant
    unit = said.choice("unit", variant.unit if variant else "")
    weights = {name: said.number(name, 3, getattr(variant, name) if variant else None) for name in WEIGHTS}
    plan.is_active = said.choice("is_active", YES if variant is None or variant.is_active else NO) == YES
    if variant is None:
        _ask_for_all(said, unit, weights)
    net_kg, gross_kg = weights["net_kg"], weights["gross_kg"]
    if net_kg is None or gross_kg is None:
        return None
    sku = variant.sku if variant else said.code("sku", LONGEST_CODE)
    # In place of what has been found wrong already, something good: the rest is to be told at once.
    packing = Packing(sku or "-", unit or "XBX", net_kg, gross_kg)
    try:
        check_packing(packing)
    except InvalidInput as error:
        said.refused(error.details["fields"])
        return None
    if variant is None:
        plan.packing = packing
    elif _is_changed(variant, packing, is_active=plan.is_active):
        _check_change(said, variant, packing, known)
        plan.packing = packing
    return net_kg


def _ask_for_all(said: Said, unit: str, weights: Mapping[str, Decimal | None]) -> None:
    if not unit and not any(weights.values()) and not any(said.has(name) for name in ("unit", *WEIGHTS)):
        said.wrong("sku", _("no packing of yours has this code; a new one needs unit and weights too"))
        return
    if not unit:
        said.wrong("unit", _("choose a unit"))
    for name, value in weights.items():
        if value is None:
            said.wrong(name, _("a new packing needs its weight"))


def _is_changed(variant: Variant, packing: Packing, *, is_active: bool) -> bool:
    told = vars(packing) | {"is_active": is_active}
    return any(getattr(variant, name) != told[name] for name in PACKING_COLUMNS)


def _check_change(said: Said, variant: Variant, packing: Packing, known: Known) -> None:
    """As `change_packing` refuses."""
    fixed = [name for name in ("unit", "net_kg") if getattr(variant, name) != getattr(packing, name)]
    if fixed and variant.pk in known.moved:
        for name in fixed:
            said.wrong(name, _("goods of this packing have been received; add another packing instead"))


def check_prices_of(said: Said, plan: RowPlan, around: Surroundings, known: Known, net_kg: Decimal | None) -> None:
    """Fills the plan with the prices that are new or would change. Those the row leaves alone must still come to
    something at a new weight."""
    saved = known.costs.get(plan.variant.pk, {}) if plan.variant else {}
    costs = {}
    for channel in around.channels:
        cost = _cost(said, channel, saved.get(channel.code), net_kg)
        if cost is not None and cost != saved.get(channel.code):
            costs[channel.code] = cost
    plan.costs = costs
    if plan.variant is not None and net_kg is not None and net_kg != plan.variant.net_kg:
        kept = set(saved) - set(costs)
        if any(_costs_nothing(saved[one.code], net_kg, one.currency) for one in around.channels if one.code in kept):
            said.wrong("net_kg", _("at the price per kg one unit would cost nothing; raise it first"))


def _costs_nothing(cost: Cost, net_kg: Decimal, currency: str) -> bool:
    return any(unit_price_of(cost.basis, amount, net_kg, currency) <= 0 for _quantity, amount in cost.tiers)


@dataclass(frozen=True)
class _Keys:
    """Of the columns of a channel; `steps`: from how many, and the price."""

    basis: str
    moq: str
    multiple: str
    steps: tuple[tuple[str, str], ...]


@cache
def _keys_of(code: str) -> _Keys:
    steps = tuple((f"{code}.from_{step}", f"{code}.amount_{step}") for step in range(1, MAX_STEPS + 1))
    return _Keys(f"{code}.basis", f"{code}.moq", f"{code}.multiple", steps)


def _cost(said: Said, channel: Channel, saved: Cost | None, net_kg: Decimal | None) -> Cost | None:
    """None where the row says nothing of the channel, or nothing that can be."""
    if not said.may_have(channel.code):
        return None
    keys = _keys_of(channel.code)
    steps = [step for step in keys.steps if said.has(step[0]) or said.has(step[1])]
    if not steps and not any(said.has(key) for key in (keys.basis, keys.moq, keys.multiple)):
        return None
    before = len(said.problems)
    basis = said.choice(keys.basis, saved.basis if saved else Price.Basis.PER_KG)
    moq = said.number(keys.moq, 3, saved.moq if saved else ONE) or Decimal(0)
    multiple = said.number(keys.multiple, 3, saved.multiple if saved else ONE) or Decimal(0)
    tiers = _tiers(said, steps, moq) if steps else saved.tiers if saved else ()
    if len(said.problems) > before:
        return None
    if not tiers:
        said.wrong(keys.steps[0][1], _("at least one price is needed"))
        return None
    if net_kg is not None:
        try:
            _check_price(basis, tiers, moq=moq, multiple=multiple, net_kg=net_kg, currency=channel.currency)
        except InvalidInput as error:
            _put_refusal(said, channel.code, steps or list(keys.steps), error)
            return None
    return Cost(basis, moq, multiple, tiers)


def _tiers(said: Said, steps: Sequence[tuple[str, str]], moq: Decimal) -> Tiers:
    """In the order of the columns. The first step may leave open from how many."""
    tiers = []
    first = min(moq, ONE) if moq > 0 else ONE
    for place, (from_key, amount_key) in enumerate(steps):
        quantity = said.number(from_key, 3, None if place else first)
        amount = said.number(amount_key, 4)
        for key, value in ((from_key, quantity), (amount_key, amount)):
            if value is None:
                said.wrong(key, _("a step needs both: from how many units, and the price"))
        tiers.append((quantity or Decimal(0), amount or Decimal(0)))
    return tuple(tiers)


def _put_refusal(said: Said, code: str, steps: Sequence[tuple[str, str]], error: InvalidInput) -> None:
    """At the cell of the step it speaks of."""
    fields = dict(error.details["fields"])
    if "tiers" in fields:
        text = error.details.get("problem", fields.pop("tiers"))
        fields.pop("tiers", None)
        step = steps[int(error.details.get("step", 1)) - 1]
        said.wrong(step[1] if error.details.get("part") == AMOUNT else step[0], str(text))
    said.refused(fields, f"{code}.")
