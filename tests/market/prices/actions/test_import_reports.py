from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from market.common.audit.models import AuditEntry
from market.common.errors import InvalidInput, NotFound
from market.common.tables import Line
from market.prices.actions import import_reports as module
from market.prices.actions.import_reports import import_reports
from market.prices.actions.reject_report import reject_report
from market.prices.foreseeing import Batch, count_outcomes, foresee_reports
from market.prices.models import Commodity, PricePlace, PriceReport
from market.prices.table import read_prices
from tests.builders import NOW, make_officer
from tests.market.prices.scenes import make_commodity, make_place

pytestmark = pytest.mark.django_db
FILE = Path(__file__).parents[3] / "data" / "market_prices" / "wholesale_fruit_2013_2016.csv"
HEAD = "品名,最低价,平均价,最高价,规格,单位,发布日期\r\n"


def batch_of(place: PricePlace) -> Batch:
    return Batch(place=place, basis="wholesale", reporter="市场日报", source="bulletin", file="prices.csv")


def lines_of(*rows: str, encoding: str = "utf-8-sig") -> list[Line]:
    return read_prices((HEAD + "".join(f"{row}\r\n" for row in rows)).encode(encoding))


def take(place: PricePlace, *rows: str, encoding: str = "utf-8-sig") -> list[str]:
    seen = import_reports(lines_of(*rows, encoding=encoding), batch_of(place), by=make_officer(place.unit), now=NOW)
    return [one.outcome for one in seen]


def test_three_years_of_a_wholesale_market() -> None:
    """Every line is accounted for, as it was counted by hand; the second time nothing is new."""
    lines = read_prices(FILE.read_bytes())
    for number, name in enumerate(sorted({line.cells["commodity"] for line in lines})):
        make_commodity(f"fruit-{number}", name)
    place = make_place("xinfadi")
    officer = make_officer(place.unit)

    counts = count_outcomes(import_reports(lines, batch_of(place), by=officer, now=NOW))

    clean = counts["accepted"] + counts["uncompared"] + counts["held"]
    assert (len(lines), counts["duplicate"], counts["missing"], counts["outside"], clean) == (9546, 51, 293, 46, 9156)
    assert sum(counts.values()) == 9546
    assert PriceReport.objects.count() == 9156
    assert PriceReport.objects.filter(state="held").count() == counts["held"]
    again = count_outcomes(import_reports(lines, batch_of(place), by=officer, now=NOW))
    assert again == {"known": 9156, "duplicate": 51, "missing": 293, "outside": 46}
    assert PriceReport.objects.count() == 9156


def test_first_line_of_a_season_is_compared_with_the_last_season() -> None:
    make_commodity()
    rows = [f"灰枣,9,10,11,普通,公斤,2025-10-{day:02}" for day in range(1, 11)]

    outcomes = take(make_place(), *rows, "灰枣,9,10.5,11,普通,公斤,2026-10-05", "灰枣,19,20,21,普通,公斤,2026-10-06")

    assert outcomes == ["uncompared"] * 5 + ["accepted"] * 6 + ["held"]


def test_lines_are_judged_by_day_whatever_their_order() -> None:
    make_commodity()
    rows = [f"灰枣,9,10,11,普通,公斤,2026-10-{day:02}" for day in range(1, 8)]
    rows.insert(0, "灰枣,19,20,21,普通,公斤,2026-10-08")

    assert take(make_place(), *rows)[0] == "held"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_encodings(encoding: str) -> None:
    make_commodity()

    assert take(make_place(), "灰枣,4.5,5,5.5,普通,斤,2026-10-01", encoding=encoding) == ["uncompared"]
    assert PriceReport.objects.get().mid == 10


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        ("火星枣,9,10,11,普通,公斤,2026-10-01", "unknown_goods"),
        ("灰枣,九,10,11,普通,公斤,2026-10-01", "unreadable"),
        ("灰枣,9,10,11,奇怪,公斤,2026-10-01", "unreadable"),
        ("灰枣,9,10,11,普通,篮,2026-10-01", "unreadable"),
        ("灰枣,9,10,11,普通,公斤,昨天", "unreadable"),
        ("灰枣,9,,11,普通,公斤,2026-10-01", "missing"),
        ("灰枣,9,0.00,11,普通,公斤,2026-10-01", "missing"),
        ("灰枣,9,12,11,普通,公斤,2026-10-01", "outside"),
        ("灰枣,0,10,11,普通,公斤,2026-10-01", "not_positive"),
        ("灰枣,9,10,11,普通,公斤,2026-12-01", "future"),
        ("灰枣，9,10,11,普通,公斤,2026-10-01", "unknown_goods"),
    ],
)
def test_bad_line_is_named_and_the_good_one_stored(row: str, outcome: str) -> None:
    make_commodity()

    assert take(make_place(), row, "灰枣,9,10,11,一级,公斤,2026-10-01") == [outcome, "uncompared"]
    assert PriceReport.objects.get().grade == "first"


def test_other_price_of_the_same_day_is_a_conflict() -> None:
    make_commodity()
    place = make_place()
    take(place, "灰枣,9,10,11,普通,公斤,2026-10-01")

    assert take(place, "灰枣,9,10.5,11,普通,公斤,2026-10-01") == ["conflict"]
    assert PriceReport.objects.get().mid == 10


def test_what_was_rejected_does_not_come_back_with_the_same_file() -> None:
    make_commodity()
    place, row = make_place(), "灰枣,9,10,11,普通,公斤,2026-10-01"
    take(place, row)
    reject_report(PriceReport.objects.get(), reason="wrong", by=make_officer(place.unit), now=NOW)

    assert take(place, row) == ["known"]
    assert take(place, "灰枣,9,10.5,11,普通,公斤,2026-10-01") == ["uncompared"]


def test_officer_of_another_division_takes_nothing_over() -> None:
    make_commodity()
    place, elsewhere = make_place(), make_place("elsewhere")

    with pytest.raises(NotFound):
        import_reports(
            lines_of("灰枣,9,10,11,普通,公斤,2026-10-01"), batch_of(place), by=make_officer(elsewhere.unit), now=NOW
        )

    assert not PriceReport.objects.exists()


def test_source_is_named_in_one_way_and_never_without_a_name() -> None:
    make_commodity()
    place, lines = make_place(), lines_of("灰枣,9,10,11,普通,公斤,2026-10-01")
    officer = make_officer(place.unit)

    import_reports(lines, replace(batch_of(place), reporter=" 市场  日报 "), by=officer, now=NOW)
    with pytest.raises(InvalidInput):
        import_reports(lines, replace(batch_of(place), reporter=" "), by=officer, now=NOW)

    assert PriceReport.objects.get().reporter == "市场 日报"


def test_looking_writes_nothing() -> None:
    make_commodity()

    foresee_reports(lines_of("灰枣,9,10,11,普通,公斤,2026-10-01"), batch_of(make_place()), today=date(2026, 11, 24))

    assert not PriceReport.objects.exists()
    assert not AuditEntry.objects.exists()


def test_statements_depend_on_chunks_only(monkeypatch: pytest.MonkeyPatch) -> None:
    make_commodity()
    monkeypatch.setattr(module, "CHUNK", 20)
    place = make_place()
    officer = make_officer(place.unit)
    counts = []
    for year, days in (("2022", 1), ("2024", 2), ("2025", 20), ("2023", 30)):
        rows = [f"灰枣,9,10,11,普通,公斤,{year}-{1 + day // 28:02}-{1 + day % 28:02}" for day in range(days)]
        with CaptureQueriesContext(connection) as queries:
            import_reports(lines_of(*rows), batch_of(place), by=officer, now=NOW)
        counts.append(len(queries))

    _first, few, chunk, two_chunks = counts  # the first makes the head of the log
    assert few == chunk
    assert two_chunks - chunk < chunk


def test_goods_are_found_by_any_of_their_names() -> None:
    make_commodity(aliases=["若羌灰枣"])

    assert Commodity.objects.get().names == ["灰枣", "Grey jujube", "Товар", "若羌灰枣"]
    assert take(make_place(), "若羌灰枣,9,10,11,普通,公斤,2026-10-01", "GREY JUJUBE,9,10,11,,kg,2026-10-02") == [
        "uncompared",
        "uncompared",
    ]
