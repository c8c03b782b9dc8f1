"""Money that left for sellers of the season: an account that was wrong, a right one, one that waits, and a debt."""

from collections.abc import Iterator
from datetime import datetime

from market.config.season.stage import Stage
from market.config.season.timeline import Story
from market.enterprises.actions.payout_account import decide_payout_account, enter_payout_account
from market.enterprises.models import PayoutAccount
from orders.actions.confirm_payout import confirm_payout, return_payout
from orders.actions.pay_sellers import make_bank_file, mark_sent, run_payouts
from orders.ledger.models import Payout

BANK = "样例银行样例支行"
WRONG, RIGHT, OF_FARM_9, OF_FARM_2 = "9900000000000010", "9900000000000001", "9900000000000009", "9900000000000002"


def payouts(stage: Stage) -> Iterator[Story]:
    yield returned_and_paid_again(stage)
    yield waits_for_a_check(stage)


def returned_and_paid_again(stage: Stage) -> Story:
    """Farm 1 mistyped its account: the bank sends the money back, the next run pays it. Farm 9 is paid and owes a part
    of it since, when a claim is settled after the payout."""
    yield (at := stage.day(18, "10:00"))
    first = _enter(stage, 1, WRONG, at)
    yield (at := stage.day(17, "09:30"))
    _check(stage, first, WRONG, at)
    yield (at := stage.day(15, "16:00"))
    (wrong,) = _pay(stage, at)
    yield (at := stage.day(14, "11:20"))
    return_payout(wrong, reason="账号与户名不符", by=stage.people["finance"], now=at)
    yield (at := stage.day(12, "09:10"))
    second, other = _enter(stage, 1, RIGHT, at), _enter(stage, 9, OF_FARM_9, at)
    yield (at := stage.day(11, "15:45"))
    _check(stage, second, RIGHT, at)
    _check(stage, other, OF_FARM_9, at)
    yield (at := stage.day(8, "16:30"))
    paid = _pay(stage, at)
    yield (at := stage.day(7, "08:10"))
    for position, payout in enumerate(paid, 1):
        confirm_payout(payout, bank_row_id=f"SAMPLE-OUT-{position}", by=stage.people["finance"], now=at)


def waits_for_a_check(stage: Stage) -> Story:
    yield (at := stage.day(2, "14:20"))
    _enter(stage, 2, OF_FARM_2, at)


def _enter(stage: Stage, farm: int, number: str, at: datetime) -> PayoutAccount:
    enterprise = stage.farms[farm]
    return enter_payout_account(
        enterprise,
        currency="CNY",
        holder=enterprise.name_zh,
        bank=BANK,
        number=number,
        by=stage.owner(farm),
        now=at,
    )


def _check(stage: Stage, account: PayoutAccount, number: str, at: datetime) -> None:
    decide_payout_account(account, PayoutAccount.State.ACTIVE, by=stage.people["finance"], number=number, now=at)


def _pay(stage: Stage, at: datetime) -> list[Payout]:
    """A run whose file the bank has at once."""
    cashier = stage.people["finance"]
    run = run_payouts("CNY", by=cashier, now=at)
    payouts_of_file = list(make_bank_file(run, by=cashier, now=at))
    mark_sent(run, by=cashier, now=at)
    return payouts_of_file
