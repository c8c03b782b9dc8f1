"""Sellers who can be paid, for tests."""

from decimal import Decimal

from market.accounts.models import User
from market.enterprises.actions.payout_account import decide_payout_account, enter_payout_account
from market.enterprises.models import Enterprise, PayoutAccount
from market.regions.models import OrgUnit
from orders.actions.accept_delivery import accept_delivery
from orders.actions.confirm_payout import confirm_payout
from orders.actions.pay_sellers import make_bank_file, mark_sent, run_payouts
from orders.ledger.models import Payout
from orders.ledger.queries import balance
from orders.orders.models import SellerOrder
from tests.builders import make_member, make_officer, make_variant
from tests.orders.claims import ARRIVED, make_delivered

NUMBER = "6222020000112233"


def make_cashier() -> User:
    """A finance officer at the top of the tree."""
    return make_officer(OrgUnit.objects.get(parent=None), "finance")


def enter_account(
    enterprise: Enterprise, *, number: str = NUMBER, holder: str = "", by: User | None = None
) -> PayoutAccount:
    return enter_payout_account(
        enterprise,
        currency="CNY",
        holder=holder or enterprise.name_zh,
        bank="示范银行图木舒克支行",
        number=number,
        by=by or make_member(enterprise),
        now=ARRIVED,
    )


def make_account(enterprise: Enterprise, number: str = NUMBER) -> PayoutAccount:
    officer = make_officer(enterprise.unit, "finance")
    account = enter_account(enterprise, number=number)
    return decide_payout_account(account, "active", by=officer, number=number, now=ARRIVED)


def make_earned(waybill: str = "W1", *, of: SellerOrder | None = None) -> SellerOrder:
    """947.00 available: 1,000.00 less commission and the tax on it; the account is checked. `of`: once more, of the
    seller of that order."""
    enterprise = of.enterprise if of else None
    goods = make_variant(price="5.00", net_kg="5", on_hand=50, enterprise=enterprise)
    order = make_delivered((goods, 40), waybill=waybill)
    accept_delivery(order, by=None, now=ARRIVED)
    if of is None:
        make_account(order.enterprise)
    order.refresh_from_db()
    return order


def pay(by: User) -> list[Payout]:
    """A run up to the bank: what it ordered."""
    run = run_payouts("CNY", by=by, now=ARRIVED)
    payouts = list(make_bank_file(run, by=by, now=ARRIVED))
    mark_sent(run, by=by, now=ARRIVED)
    return [Payout.objects.get(pk=payout.pk) for payout in payouts]


def make_paid_out(order: SellerOrder, by: User, movement: str = "OUT-1") -> Payout:
    (payout,) = pay(by)
    assert payout.settlement.enterprise_id == order.enterprise_id
    return confirm_payout(payout, bank_row_id=movement, by=by, now=ARRIVED)


def available(enterprise: Enterprise) -> Decimal:
    return -balance("seller_available", "CNY", enterprise.pk)
