"""Grants never go beyond the budget; what is not granted after all is free again."""

from decimal import Decimal

import pytest

from market.common.errors import InvalidInput, NotFound
from market.public_services.actions.decide import approve, fulfil, uphold_objection
from market.public_services.actions.grant import set_budget
from market.public_services.actions.hand_in import withdraw
from market.public_services.errors import BudgetSpent
from market.public_services.models import Application, Grant, Scheme, ServiceItem
from market.public_services.states import State
from tests.builders import NOW
from tests.market.public_services.scenes import Town, at_desk, make_accepted, make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(town: Town) -> ServiceItem:
    return budgeted(town, make_service(town.corps, publicity_days=3))


def budgeted(town: Town, item: ServiceItem, budget: int = 50000, cap: int | None = 40000) -> ServiceItem:
    limit = Decimal(cap) if cap else None
    set_budget(item, budget=Decimal(budget), cap=limit, by=town.officers["corps"], now=NOW)
    return item


def granted(town: Town, item: ServiceItem, amount: str) -> Application:
    case = make_accepted(town, item, amount=amount)
    return approve(at_desk(case), by=town.officers["regiment"], now=NOW)


def test_the_last_approval_sets_the_money_apart_up_to_the_cap(town: Town, item: ServiceItem) -> None:
    case = granted(town, item, "45000")

    assert Grant.objects.get(application=case).amount == Decimal(40000)
    assert Scheme.objects.get().granted == Decimal(40000)


def test_what_goes_beyond_the_budget_is_not_granted(town: Town, item: ServiceItem) -> None:
    granted(town, item, "30000")
    case = make_accepted(town, item, amount="20000.01")

    with pytest.raises(BudgetSpent) as refused:
        approve(at_desk(case), by=town.officers["regiment"], now=NOW)

    assert refused.value.details == {"left": "20000", "wanted": "20000.01"}
    case.refresh_from_db()
    assert case.state == State.REVIEW_1
    assert at_desk(case).state == "open"
    assert granted(town, item, "20000").state == State.PUBLICITY


def test_an_objection_or_a_withdrawal_gives_it_back(town: Town, item: ServiceItem) -> None:
    objected, withdrawn = granted(town, item, "20000"), granted(town, item, "20000")

    uphold_objection(objected, reason="a", remedy="b", by=town.officers["regiment"], now=NOW)
    withdraw(withdrawn, by=town.owner, now=NOW)

    assert Scheme.objects.get().granted == 0
    assert not Grant.objects.filter(released_at=None)


def test_carried_out_it_is_paid(town: Town) -> None:
    case = granted(town, budgeted(town, make_service(town.corps)), "100")

    fulfil(case, opinion="已拨付", by=town.officers["regiment"], now=NOW)

    assert Grant.objects.get().paid_at == NOW


def test_a_budget_is_never_set_below_what_is_granted(town: Town, item: ServiceItem) -> None:
    granted(town, item, "30000")

    with pytest.raises(InvalidInput):
        budgeted(town, item, budget=29999)
    with pytest.raises(NotFound):
        set_budget(item, budget=Decimal(1), cap=None, by=town.officers["division"], now=NOW)
    budgeted(town, item, budget=30000, cap=None)

    assert Scheme.objects.get().budget == Decimal(30000)
