"""The file a clerk at the bank works from: in Chinese whatever language the officer reads, one line for each payout."""

from collections.abc import Iterable

from market.common.csv_out import write_table
from market.common.money import exponent
from market.enterprises.actions.payout_account import whole_number
from orders.ledger.models import Payout

HEADINGS = ("序号", "收款人户名", "收款账号", "收款人开户行", "金额", "币种", "附言")


def write_bank_file(payouts: Iterable[Payout]) -> bytes:
    """The remark is our number, by which statement and return are found again. A tab before the account number keeps a
    spreadsheet from rounding it, as banks' own programs write it."""
    return write_table(HEADINGS, (_row(position, payout) for position, payout in enumerate(payouts, 1)))


def _row(position: int, payout: Payout) -> list[object]:
    currency = payout.settlement.currency
    return [
        position,
        payout.account.holder,
        f"\t{whole_number(payout.account)}",
        payout.account.bank,
        f"{payout.amount:.{exponent(currency)}f}",
        currency,
        payout.number,
    ]
