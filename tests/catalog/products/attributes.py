"""Attributes for tests."""

from decimal import Decimal

from catalog.products.actions.define_attribute import Wish, add_attribute
from catalog.products.models import Attribute, Category
from market.accounts.models import User
from tests.builders import NOW, make_category, make_user

SIZE = Wish(
    names=("等级", "Size grade", "Размер"),
    values=[("large", ("大果", "Large", "Крупный")), ("small", ("小果", "", ""))],
)
BRIX = Wish(names=("可溶性固形物", "Sugar", ""), units=("%", "", ""), steps=[Decimal(12), Decimal(14), Decimal("16.5")])
BY_HAND = Wish(names=("手工采摘", "Picked by hand", "Ручной сбор"))


def make_attribute(
    code: str, kind: str, wish: Wish, *, category: Category | None = None, by: User | None = None
) -> Attribute:
    return add_attribute(category or make_category(), code, kind, wish, by=by or make_user(), now=NOW)


def make_size(category: Category | None = None) -> Attribute:
    return make_attribute("size", "choice", SIZE, category=category)


def make_brix(category: Category | None = None) -> Attribute:
    return make_attribute("brix", "number", BRIX, category=category)


def make_by_hand(category: Category | None = None) -> Attribute:
    return make_attribute("by-hand", "yes_no", BY_HAND, category=category)
