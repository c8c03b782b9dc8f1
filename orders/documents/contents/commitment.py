"""What a commitment certificate 承诺达标合格证 of a lot says. Source: Agri-Product Quality and Safety Law; MARA Order
2025 No. 4, in force 2026-02-01 (trade.md, 1.5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.lots.models import HarvestLot
from catalog.products.models import Product
from market.common.errors import IllegalMove, InvalidInput
from market.common.languages import ZH
from market.common.quantity import fits_places, plain
from market.compliance.classes import product_class
from orders.documents.contents.draft import Draft
from orders.documents.contents.parties import Content, in_both, seller_of
from orders.documents.models.document import Kind

# Vegetables, fruit, livestock and poultry, eggs, farmed fish. Fresh tea leaves have no HS code; what a factory has
# dried is food under a licence of its own.
OBLIGATORY: Final = frozenset({"fresh_vegetable", "fresh_fruit", "live_livestock", "egg", "farmed_aquatic"})
LONGEST_CONTACT = 60


class Basis(TextChoices):
    """What the commitment rests on."""

    PROCESS = "process", gettext_lazy("control of quality and safety while they were grown")
    OWN_TEST = "own_test", gettext_lazy("a test of our own")
    COMMISSIONED_TEST = "commissioned_test", gettext_lazy("a test by a laboratory")


@dataclass(frozen=True)
class Commitment:
    """What the seller confirms for all of a lot that goes out; kg."""

    weight: Decimal
    basis: Sequence[str]
    contact: str
    phone: str


def is_obliged(product: Product) -> bool:
    """Whether goods of this HS code may be sold only with a certificate. An unknown code is nothing we can oblige
    anybody by; a seller may issue one for any goods."""
    return product_class(product.hs_code) in OBLIGATORY


def commitment(lot: HarvestLot, said: Commitment) -> Draft:
    """Product, lot and origin are the lot's own and no field of a form. Raises IllegalMove for a lot in quarantine or
    recalled, InvalidInput."""
    if lot.state != HarvestLot.State.OPEN:
        raise IllegalMove(current=lot.get_state_display(), wanted=Kind.COMMITMENT.label)
    _check(said)
    content: Content = {
        "goods": in_both(lot.product.name_zh, ""),
        "lot": lot.number,
        "weight_kg": plain(said.weight),
        "origin": {
            "country": lot.product.origin_country,
            "subdivision": lot.origin_subdivision,
            "place": lot.origin_unit.name_zh,
        },
        "harvest": [lot.harvested_from.isoformat(), lot.harvested_to.isoformat()],
        "seller": seller_of(lot.enterprise, ZH),
        "contact": {"name": said.contact.strip(), "phone": said.phone.strip()},
        "basis": [str(basis) for basis in Basis.values if basis in said.basis],
    }
    return Draft(Kind.COMMITMENT, lot.enterprise_id, f"{lot.enterprise.number}:{lot.number}", ZH, content, lot=lot)


def _check(said: Commitment) -> None:
    fields = {}
    if not fits_places(said.weight, 3) or said.weight <= 0:
        fields["weight"] = _("a weight above zero, in kg")
    if not said.basis or not set(said.basis) <= set(Basis.values):
        fields["basis"] = _("at least one of the values offered")
    for name in ("contact", "phone"):
        value = getattr(said, name).strip()
        if not value or "\0" in value or len(value) > LONGEST_CONTACT:
            fields[name] = _("this is needed")
    if fields:
        raise InvalidInput(fields=fields)
