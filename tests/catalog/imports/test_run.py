"""What is taken over, once, whatever happens on the way."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.imports.actions.check_chunk import check_next, run_next
from catalog.imports.actions.run_import import run_import
from catalog.imports.errors import AnotherIsRunning, NothingToRun, RowsAreWrong
from catalog.imports.models import ImportJob
from catalog.imports.tasks import MOST_FAILURES, forget_old, work_on_imports
from catalog.imports.template import own_workbook
from catalog.pricing.actions.set_price import set_price
from catalog.products.errors import EnterpriseNotSelling
from catalog.products.models import Product, Variant
from market.common.errors import IllegalMove
from market.common.outbox.models import OutboxEvent
from market.enterprises.models import Enterprise
from tests.builders import NOW, domestic, make_enterprise, make_variant
from tests.catalog.imports.tables import PRICE, checked, counts, row_of, upload, work, xlsx

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller() -> Enterprise:
    return make_enterprise()


def rows_for(seller: Enterprise, count: int, **cells: Any) -> list[dict[str, Any]]:
    return [row_of(f"R{number:04d}", **{"origin": seller.unit.code, **cells}) for number in range(count)]


def taken_over(seller: Enterprise, raw: bytes, *, publishes: bool = False) -> ImportJob:
    job = checked(seller, raw, publishes=publishes)
    run_import(job, takes_good_rows=True, now=NOW)
    return work(job)


def test_run_writes_what_the_check_said_and_counts_the_same(seller: Enterprise) -> None:
    rows = rows_for(seller, 30)
    for row in rows[:7]:
        row["net_kg"] = "heavy"
    rows[29] |= {"domestic.moq": 2, "domestic.from_2": 50, "domestic.amount_2": "28.5", "season_months": "9-11"}

    job = checked(seller, xlsx(rows))
    seen = counts(job)
    assert not Product.objects.exists()
    run_import(job, takes_good_rows=True, now=NOW)
    work(job)

    assert seen == counts(job) == (23, 0, 0, 7)
    assert job.state == ImportJob.State.DONE
    variant = Variant.objects.select_related("product").get(sku="R0029")
    product, (price,) = variant.product, variant.prices.all()
    assert (product.state, product.season_months, product.origin_unit) == ("draft", [9, 10, 11], seller.unit)
    assert (variant.unit, variant.net_kg, variant.gross_kg) == ("XBX", Decimal(5), Decimal("5.4"))
    assert (price.basis, price.moq) == ("per_kg", Decimal(2))
    assert [(tier.min_quantity, tier.amount) for tier in price.tiers.all()] == [(1, 30), (50, Decimal("28.5"))]
    told = OutboxEvent.objects.filter(topic="product.changed").values_list("subject", flat=True)
    assert sorted(told) == sorted(str(pk) for pk in Product.objects.values_list("pk", flat=True))


def test_same_file_twice_changes_nothing_and_tells_nobody(seller: Enterprise) -> None:
    raw = xlsx(rows_for(seller, 5))
    taken_over(seller, raw)
    events = OutboxEvent.objects.count()

    again = checked(seller, raw)

    assert counts(again) == (0, 0, 5, 0)
    with pytest.raises(NothingToRun):
        run_import(again, takes_good_rows=True, now=NOW)
    assert OutboxEvent.objects.count() == events


def test_corrected_file_runs_what_is_still_to_do(seller: Enterprise) -> None:
    rows = rows_for(seller, 50)
    for row in rows[:4]:
        row["gross_kg"] = 1
    taken_over(seller, xlsx(rows))

    job = taken_over(seller, xlsx(rows_for(seller, 50)))

    assert counts(job) == (4, 0, 46, 0)
    assert Product.objects.count() == 50


def test_all_or_nothing_takes_nothing_while_a_row_is_wrong(seller: Enterprise) -> None:
    rows = rows_for(seller, 3)
    rows[1]["unit"] = "crate"
    job = checked(seller, xlsx(rows))

    with pytest.raises(RowsAreWrong):
        run_import(job, takes_good_rows=False, now=NOW)

    assert work(job).state == ImportJob.State.CHECKED
    assert not Product.objects.exists()


def test_two_presses_start_it_once_and_one_runs_at_a_time(seller: Enterprise) -> None:
    first, second = checked(seller, xlsx(rows_for(seller, 2))), checked(seller, xlsx(rows_for(seller, 2)))

    run_import(first, takes_good_rows=True, now=NOW)
    run_import(first, takes_good_rows=True, now=NOW)
    with pytest.raises(AnotherIsRunning):
        run_import(second, takes_good_rows=True, now=NOW)
    work(first)
    run_import(first, takes_good_rows=True, now=NOW)
    run_import(second, takes_good_rows=True, now=NOW)
    work(second)

    assert counts(first) == (2, 0, 0, 0)
    assert counts(second) == (0, 0, 2, 0)  # another made them in the meantime, the same
    assert Product.objects.count() == 2


def test_job_is_not_run_before_it_is_checked(seller: Enterprise) -> None:
    with pytest.raises(IllegalMove):
        run_import(upload(seller, xlsx(rows_for(seller, 1))), takes_good_rows=True, now=NOW)


def test_killed_between_chunks_it_goes_on_where_it_stopped(seller: Enterprise, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.imports.staging.CHUNK", 4)
    job = checked(seller, xlsx(rows_for(seller, 10)))
    run_import(job, takes_good_rows=True, now=NOW)
    job.refresh_from_db()
    assert run_next(job, now=NOW) == 4

    with monkeypatch.context() as broken:
        broken.setattr("catalog.imports.actions.write_rows.set_prices", lambda _prices: 1 / 0)
        assert work_on_imports(NOW) == 0  # died in the middle of a chunk: nothing of it is there
    assert Product.objects.count() == 4
    assert work_on_imports(NOW + timedelta(seconds=6)) == 1
    assert Product.objects.count() == 8
    while work_on_imports(NOW + timedelta(seconds=6)):
        pass
    job.refresh_from_db()

    assert (job.state, counts(job)) == ("done", (10, 0, 0, 0))
    assert Product.objects.count() == 10


def test_a_chunk_that_always_fails_is_given_up_and_told(seller: Enterprise, monkeypatch: pytest.MonkeyPatch) -> None:
    job = checked(seller, xlsx(rows_for(seller, 3)))
    run_import(job, takes_good_rows=True, now=NOW)
    prices, moment = mock.Mock(side_effect=ZeroDivisionError), NOW
    monkeypatch.setattr("catalog.imports.actions.write_rows.set_prices", prices)

    for _turn in range(MOST_FAILURES + 5):
        work_on_imports(moment)
        moment += timedelta(minutes=11)
    job.refresh_from_db()

    assert (job.state, prices.call_count) == ("unreadable", MOST_FAILURES)
    assert job.problem
    assert not Product.objects.exists()
    again = checked(seller, xlsx(rows_for(seller, 1)))
    run_import(again, takes_good_rows=True, now=NOW)  # nothing runs any more that would bar it


def test_reader_that_died_is_followed_by_one_that_begins_anew(seller: Enterprise) -> None:
    job = upload(seller, xlsx(rows_for(seller, 3)))
    job.chunks.create(position=0, rows="[]")
    ImportJob.objects.update(claimed_until=NOW + timedelta(minutes=4), attempts=1)

    assert work_on_imports(NOW) == 0
    while work_on_imports(NOW + timedelta(minutes=5)):
        pass
    job.refresh_from_db()

    assert counts(job) == (3, 0, 0, 0)


def test_what_somebody_changed_since_the_check_is_left_alone(seller: Enterprise) -> None:
    variant, other = make_variant(enterprise=seller), make_variant(enterprise=seller)
    job = checked(seller, xlsx([{"sku": one.sku, PRICE: 29} for one in (variant, other)]))
    assert counts(job) == (0, 2, 0, 0)
    set_price(variant, domestic(), basis="per_kg", tiers=[(Decimal(1), Decimal(27))], now=NOW)

    run_import(job, takes_good_rows=True, now=NOW)
    work(job)

    assert counts(job) == (0, 1, 0, 1)
    assert variant.prices.get().tiers.get().amount == Decimal(27)
    assert other.prices.get().tiers.get().amount == Decimal(29)


def test_changed_row_changes_what_it_says_and_nothing_else(seller: Enterprise) -> None:
    variant = make_variant(enterprise=seller, on_hand=0)
    before = Product.objects.get(pk=variant.product_id)

    job = taken_over(seller, xlsx([{"sku": variant.sku.lower(), "name_en": "Grey jujubes", "gross_kg": 6}]))

    after = Product.objects.get(pk=variant.product_id)
    assert counts(job) == (0, 1, 0, 0)
    assert (after.name_en, after.name_zh, after.state) == ("Grey jujubes", before.name_zh, "published")
    variant.refresh_from_db()
    assert (variant.sku.isupper(), variant.gross_kg, variant.net_kg) == (True, Decimal(6), Decimal(5))
    assert variant.prices.get().tiers.get().amount == Decimal(30)


def test_packing_is_added_to_the_product_whose_number_is_given(seller: Enterprise) -> None:
    product = make_variant(enterprise=seller).product
    row = {"sku": "NEW-10", "product": product.pk, "unit": "XBX", "net_kg": 10, "gross_kg": 11, PRICE: 28}

    taken_over(seller, xlsx([row]))

    assert [one.position for one in product.variants.all()] == [0, 1]
    assert Product.objects.count() == 1


def test_new_products_are_published_by_choice_in_the_channels_they_have_prices_for(seller: Enterprise) -> None:
    rows = rows_for(seller, 2)
    rows[1] |= {"hs_code": "081340", "export.amount_1": "5.2", "category": "jujube"}

    taken_over(seller, xlsx(rows), publishes=True)

    listed = {
        one.variants.get().sku: sorted(one.listings.values_list("channel__code", flat=True))
        for one in Product.objects.all()
    }
    assert listed == {"R0000": ["domestic"], "R0001": ["domestic", "export"]}
    assert set(Product.objects.values_list("state", "published_at")) == {("published", NOW)}


def test_seller_that_may_not_sell_publishes_nothing() -> None:
    seller = make_enterprise(state="suspended")

    with pytest.raises(EnterpriseNotSelling):
        upload(seller, xlsx(rows_for(seller, 1)), publishes=True)


def test_own_products_handed_in_as_they_are_change_nothing(seller: Enterprise) -> None:
    rows = rows_for(seller, 4, hs_code="081340", grade="first", name_en="+7 grey")
    rows[3] |= {"export.amount_1": "5.25", "export.basis": "per_unit", "is_active": "no"}
    taken_over(seller, xlsx(rows))
    make_variant(enterprise=seller, tiers=[(Decimal(1), Decimal(30)), (Decimal("2.5"), Decimal("29.1234"))])

    Product.objects.update(description_zh="=1+1\r\n第二行", name_ru="=SUM(A1)")

    job = checked(seller, own_workbook(seller, None))

    assert (counts(job), job.remarks) == ((0, 0, 5, 0), [])


@pytest.mark.parametrize("is_run", [False, True])
def test_rows_cost_the_same_statements_however_many(seller: Enterprise, is_run: bool) -> None:
    costs = []
    for count, prefix in ((2, "A"), (500, "B")):
        rows = rows_for(seller, count, name_en=prefix)
        for row in rows:
            row["sku"] = prefix + row["sku"]
        job = upload(seller, xlsx(rows), publishes=True)
        work_on_imports(NOW)
        job.refresh_from_db()
        if is_run:
            work(job)
            run_import(job, takes_good_rows=True, now=NOW)
            job.refresh_from_db()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert (run_next if is_run else check_next)(job, now=NOW) == count
        costs.append(len(asked))
        work(job)

    assert costs[0] == costs[1]
    assert costs[1] <= (30 if is_run else 20)


def test_old_jobs_are_forgotten_and_what_they_made_stays(seller: Enterprise) -> None:
    taken_over(seller, xlsx(rows_for(seller, 1)))

    assert forget_old(NOW + timedelta(days=30)) == 0
    assert forget_old(NOW + timedelta(days=32)) == 1
    assert not ImportJob.objects.exists()
    assert Product.objects.count() == 1
