from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.common.tables import UnreadableTableError
from market.office.statement import MAX_ROWS, read_statement

HEAD = "交易流水号,交易日期,对方户名,贷方发生额,附言"


def sheet(*lines: str, head: str = HEAD) -> bytes:
    return "\r\n".join([head, *lines]).encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_statement_is_read_in_each_encoding_banks_use(encoding: str) -> None:
    raw = f'样例银行 对账单\r\n{HEAD}\r\n1001,2026-11-24,样例商行,"1,234.50",货款P261124-7K3QW9TX\r\n'.encode(encoding)

    line = read_statement(raw).lines[0]

    assert (line.line, line.row.row_id, line.row.payer) == (3, "1001", "样例商行")
    assert (line.row.amount, line.row.currency, line.row.booked_on) == (Decimal("1234.50"), "CNY", date(2026, 11, 24))
    assert line.row.reference == "P261124-7K3QW9TX"


def test_headings_stand_in_any_order_and_language_with_semicolons() -> None:
    raw = b"Reference;Amount;Date;Payer;Transaction ID;Currency\nx;10;24.11.2026;Example;T-1;usd\n"

    row = read_statement(raw).lines[0].row

    assert (row.row_id, row.currency, row.booked_on) == ("T-1", "USD", date(2026, 11, 24))


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("1,2026-11-24,样例,many,x", "many"),
        ("1,2026-11-24,样例,NaN,x", "NaN"),
        ("1,2026-11-24,样例,1e30,x", "1e30"),
        ("1,2026-11-24,样例,1.234,x", "1.234"),
        ("1,2026-02-30,样例,1,x", "2026-02-30"),
        (",2026-11-24,样例,1,x", "流水号"),
        ("1,2026-11-24,样例", ""),
    ],
)
def test_bad_line_is_named_and_the_others_are_read(line: str, word: str) -> None:
    found = read_statement(sheet("9,2026-11-24,样例,5,x", line, "8,2026-11-24,样例,6,y"))

    assert [row.row.row_id for row in found.lines] == ["9", "8"]
    if word:
        assert [problem.line for problem in found.problems] == [3]
        assert word in found.problems[0].reason
    else:
        assert found.going_out == 1


def test_money_going_out_is_left_alone() -> None:
    found = read_statement(sheet("1,2026-11-24,电费,,x", "2,2026-11-24,水费,-20.00,x", "3,2026-11-24,样例,0,x"))

    assert (found.lines, found.problems, found.going_out) == ([], [], 3)


def test_line_twice_is_one_and_the_same_number_with_another_amount_is_named() -> None:
    found = read_statement(sheet("1,2026-11-24,样例,5,x", "1,2026-11-24,样例,5,x", "1,2026-11-24,样例,6,x"))

    assert [line.line for line in found.lines] == [2]
    assert [problem.line for problem in found.problems] == [4]


def test_full_width_digits_and_a_spreadsheets_apostrophe_are_understood() -> None:
    row = read_statement(sheet("'１００１,20261124,样例,￥１２．５０,p261124-7k3q w9tx")).lines[0].row

    assert (row.row_id, row.amount, row.reference) == ("1001", Decimal("12.50"), "P261124-7K3QW9TX")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"a,b,c\n1,2,3",
        b"\x00\x01\x02",
        b"\xff\xfe\x00",
        sheet(*["1,2026-11-24,x,1,x"] * (MAX_ROWS + 1)),
        b"x" * 1_100_000,
    ],
)
def test_file_that_is_no_statement_says_why(raw: bytes) -> None:
    with pytest.raises(UnreadableTableError) as refusal:
        read_statement(raw)

    assert str(refusal.value)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_by_name(raw: bytes) -> None:
    for start in (b"", HEAD.encode() + b"\n"):
        try:
            found = read_statement(start + raw)
        except UnreadableTableError:
            continue
        assert all(line.row.amount > 0 for line in found.lines)
