"""What each role of an enterprise's staff may change. Everybody on the staff may look; a viewer does nothing else."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from market.enterprises.models import Member


class Right(StrEnum):
    CATALOGUE = "catalogue"  # products, packings, prices, pictures, publication
    STOCK = "stock"  # warehouses, receipts, counts, lots
    SHIP = "ship"  # pack and hand over
    INVOICE = "invoice"  # hand in tax invoices buyers ask for
    TRADE = "trade"  # speak with buyers: answer enquiries, decline an order
    ENTERPRISE = "enterprise"  # the firm's own data and its admission
    PEOPLE = "people"  # staff and everybody's keys


R = Member.Role
RIGHTS: Final[Mapping[str, frozenset[Right]]] = {
    R.OWNER: frozenset(Right),
    R.SALES: frozenset({Right.CATALOGUE, Right.TRADE, Right.INVOICE}),
    R.WAREHOUSE: frozenset({Right.STOCK, Right.SHIP}),
    R.FINANCE: frozenset({Right.ENTERPRISE, Right.INVOICE}),
    R.VIEWER: frozenset(),
}
# What a key's scope lets a program do is what its holder may do: a key is never stronger than the person.
RIGHT_OF_SCOPE: Final[Mapping[str, Right | None]] = {
    "catalogue:write": Right.CATALOGUE,
    "stock:write": Right.STOCK,
    "orders:write": Right.SHIP,
    "claims:write": Right.TRADE,  # gives money back: no other scope does
    "webhooks:write": Right.PEOPLE,  # who sets where the enterprise's news go
    "orders:read": None,
}


def may(role: str, right: Right) -> bool:
    return right in RIGHTS.get(role, frozenset())


def may_use_scope(role: str, scope: str) -> bool:
    """Reading orders is open to the whole staff but viewers, who get no keys."""
    right = RIGHT_OF_SCOPE[scope]
    return may(role, right) if right else role != Member.Role.VIEWER
