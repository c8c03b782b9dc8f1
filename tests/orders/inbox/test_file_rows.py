"""Carriers' tables: every encoding, heading and word; what is wrong is named with its row."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from market.common.tables import UnreadableTableError
from orders.inbox import file_words
from orders.inbox.file_rows import MAX_ROWS, read_rows
from orders.inbox.file_words import STATUSES, same_word
from orders.inbox.sample_file import sample_file
from orders.shipments.fold import RANK
from tests.builders import NOW

ZH = "运单号,状态,时间,地点,备注,重量,签收人"


def sheet(*lines: str, head: str = ZH) -> bytes:
    return "\r\n".join([head, *lines]).encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_table_is_read_in_each_encoding(encoding: str) -> None:
    raw = f"{ZH}\r\nYT1,已签收,2026/11/23 9:05,成都,放门卫,12.5,王五\r\n".encode(encoding)

    (row,) = read_rows(raw, now=NOW).good

    assert (row.line, row.waybill, row.status, row.substatus) == (2, "YT1", "delivered", "to_recipient")
    assert row.at == datetime(2026, 11, 23, 1, 5, tzinfo=UTC)
    assert (row.place, row.note, row.weight_kg, row.receiver) == ("成都", "放门卫", Decimal("12.5"), "王五")


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
def test_russian_table_with_semicolons_and_commas_in_numbers(encoding: str) -> None:
    text = "Накладная;Статус;Дата и время;Место;Вес, кг\nYT1;Забрано;23.11.2026 09:05;Алматы, склад;12,5\n"

    (row,) = read_rows(text.encode(encoding), now=NOW).good

    assert (row.status, row.place, row.weight_kg) == ("picked_up", "Алматы, склад", Decimal("12.5"))


def test_english_table_needs_three_columns_in_any_order_and_may_name_the_zone() -> None:
    raw = b"time\tstatus\ttracking number\textra\n2026-11-23T09:05:00+03:00\tOUT FOR-DELIVERY\t Y T 1 \tx\n"

    (row,) = read_rows(raw, now=NOW).good

    assert (row.waybill, row.status, row.at) == ("YT1", "out_for_delivery", datetime(2026, 11, 23, 6, 5, tzinfo=UTC))


@pytest.mark.parametrize(
    "time",
    ["2026-11-23 09:05", "2026/11/23 9:05:00", "23.11.2026 9:05", "2026年11月23日 9:05", "２０２６/11/23 ９:05"],
)
def test_times_as_people_and_spreadsheets_write_them(time: str) -> None:
    (row,) = read_rows(sheet(f"YT1,签收,{time}"), now=NOW).good

    assert row.at == datetime(2026, 11, 23, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        (",已签收,2026-11-23 09:05", "waybill number is missing"),
        (f"{'9' * 61},已签收,2026-11-23 09:05", "longer than 60"),
        ("7.31E+12,已签收,2026-11-23 09:05", "format the column as text"),
        ("YT1,,2026-11-23 09:05", "status is missing"),
        ("YT1,飞了,2026-11-23 09:05", "飞了"),
        ("YT1,unknown,2026-11-23 09:05", "unknown"),
        ("YT1,已签收,", "no day with hour and minute"),
        ("YT1,已签收,2026-11-23", "no day with hour and minute"),
        ("YT1,已签收,2026-02-30 09:05", "no day with hour and minute"),
        ("YT1,已签收,0001-01-01T00:00:00+14:00", "more than 90 days ago"),
        ("YT1,已签收,2026-11-24 12:06", "in the future"),
        ("YT1,已签收,2026-08-20 09:05", "more than 90 days ago"),
        ('YT1,已签收,2026-11-23 09:05,,,"1,234"', "1,234"),
        ("YT1,已签收,2026-11-23 09:05,,,-1", "-1"),
        ("YT1", "status is missing"),
    ],
)
def test_bad_row_is_named_and_the_others_are_read(line: str, word: str) -> None:
    with override("en"):
        found = read_rows(sheet("A,签收,2026-11-23 09:05", line, "B,签收,2026-11-23 09:05"), now=NOW)

    assert [row.waybill for row in found.good] == ["A", "B"]
    assert [bad.line for bad in found.bad] == [3]
    assert word in found.bad[0].reason


def test_row_twice_is_one() -> None:
    found = read_rows(sheet("A,签收,2026-11-23 09:05", "A,签收,2026-11-23 09:05", "A,签收,2026-11-23 09:06"), now=NOW)

    assert ([row.line for row in found.good], found.repeated) == ([2, 4], 1)


def test_long_cells_are_shortened_where_they_are_told_back() -> None:
    (bad,) = read_rows(sheet(f"A,{'x' * 5000},2026-11-23 09:05"), now=NOW).bad

    assert "x" * 40 in bad.reason
    assert "x" * 41 not in bad.reason


def test_formula_and_apostrophe_of_a_spreadsheet_are_the_number_they_protect() -> None:
    found = read_rows(sheet('"=""0012""",签收,2026-11-23 09:05', "'0013,签收,2026-11-23 09:05"), now=NOW)

    assert [row.waybill for row in found.good] == ["0012", "0013"]


@pytest.mark.parametrize("raw", [b"", b"a,b\n1,2", b"\x00\x01", b"\xff\xfe\x00", b"x" * 4_200_000])
def test_file_that_is_no_table_says_why(raw: bytes) -> None:
    with pytest.raises(UnreadableTableError) as refusal:
        read_rows(raw, now=NOW)

    assert str(refusal.value)


def test_too_many_rows_are_refused_whole() -> None:
    with pytest.raises(UnreadableTableError):
        read_rows(sheet(*["A,签收,2026-11-23 09:05"] * (MAX_ROWS + 1)), now=NOW)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_by_name(raw: bytes) -> None:
    for start in (b"", ZH.encode() + b"\n", "Накладная;Статус;Время\n".encode("cp1251")):
        try:
            found = read_rows(start + raw, now=NOW)
        except UnreadableTableError:
            continue
        assert all(row.at <= NOW + timedelta(minutes=5) for row in found.good)


def test_every_word_has_a_meaning_the_native_format_knows_and_only_one() -> None:
    words = [same_word(word) for known in file_words._WORDS.values() for word in known]
    assert len(words) == len(set(words))
    assert all(status in RANK or (not status and flags) for status, _substatus, flags in STATUSES.values())


@pytest.mark.parametrize("language", ["zh-hans", "en", "ru"])
def test_sample_is_understood_as_it_is(language: str) -> None:
    with override(language):
        found = read_rows(sample_file(NOW), now=NOW)

    assert ([row.status for row in found.good], found.bad) == (["picked_up", "in_transit", "delivered"], [])


COLD = "运单号,状态,时间,温度,记录仪"


@pytest.mark.parametrize(
    ("cell", "celsius"),
    [("-18.5", "-18.5"), ("4 °C", "4"), ("4,25", "4.25"), ("−2℃", "-2"), ("+3", "3"), ("0", "0"), ("5°", "5")],
)
def test_temperature_as_people_write_it(cell: str, celsius: str) -> None:
    (row,) = read_rows(sheet(f'YT1,已揽收,2026-11-23 09:05,"{cell}",A7', head=COLD), now=NOW).good

    assert (row.celsius, row.sensor) == (Decimal(celsius), "A7")


def test_row_with_a_temperature_needs_no_status() -> None:
    rows = read_rows(sheet("YT1,,2026-11-23 09:05,4,", "YT1,,2026-11-23 09:15,,", head=COLD), now=NOW)

    assert [(row.status, row.celsius) for row in rows.good] == [("", Decimal(4))]
    assert [bad.line for bad in rows.bad] == [3]


@pytest.mark.parametrize("cell", ["warm", "201", "-274", "1e2", "NaN", "4.123", "1,2,3", "--4", "Infinity"])
def test_temperature_that_is_none_is_named(cell: str) -> None:
    rows = read_rows(sheet(f'YT1,已揽收,2026-11-23 09:05,"{cell}",', head=COLD), now=NOW)

    assert not rows.good
    assert cell in rows.bad[0].reason


def test_key_tells_temperatures_and_loggers_apart_and_is_as_before_without() -> None:
    lines = ["YT1,已揽收,2026-11-23 09:05,4,A", "YT1,已揽收,2026-11-23 09:05,4,B", "YT1,已揽收,2026-11-23 09:05,5,A"]
    without = read_rows(sheet("YT1,已揽收,2026-11-23 09:05,,", head=COLD), now=NOW).good[0]
    plain = read_rows(sheet("YT1,已揽收,2026-11-23 09:05,,,,"), now=NOW).good[0]

    assert len(read_rows(sheet(*lines, head=COLD), now=NOW).good) == 3
    assert without.key == plain.key
