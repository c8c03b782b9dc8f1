from datetime import date
from decimal import Decimal

import pytest

from market.prices.checks import Fault, find_fault

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("low", "mid", "high", "day", "fault"),
    [
        ("2", "2.3", "2.6", TODAY, None),
        ("2", "2", "2", TODAY, None),
        ("2", None, "2.6", TODAY, Fault.MISSING),
        ("2", "0.00", "2.6", TODAY, Fault.MISSING),
        ("0", "0", "0", TODAY, Fault.MISSING),
        ("2", "2.7", "2.6", TODAY, Fault.OUTSIDE),
        ("2.6", "2.3", "2", TODAY, Fault.OUTSIDE),
        ("0", "2.3", "2.6", TODAY, Fault.NOT_POSITIVE),
        ("-1", "2.3", "2.6", TODAY, Fault.NOT_POSITIVE),
        ("2", "2.3", "1000000", TODAY, Fault.TOO_LARGE),
        ("2", "2.3", "2.6", date(2026, 11, 25), Fault.FUTURE),
    ],
)
def test_find_fault(low: str, mid: str | None, high: str, day: date, fault: Fault | None) -> None:
    assert find_fault(Decimal(low), None if mid is None else Decimal(mid), Decimal(high), day=day, today=TODAY) == fault
