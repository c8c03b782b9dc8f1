"""Whose pages they are: another enterprise's rows do not exist, a viewer changes nothing, lists stay cheap."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.lots.models import HarvestLot
from catalog.products.models import Product, ProductImage
from catalog.stock.models import StockItem, Warehouse
from market.enterprises.models import Enterprise, Member
from orders.orders.models import SellerOrder
from tests.builders import NOW, make_enterprise, make_placed, make_user, make_variant
from tests.market.portal.people import read, send, staff_of

pytestmark = pytest.mark.django_db
LISTS = [
    "", "orders/?state=all", "products/", "stock/", "lots/", "payouts/?tab=expected", "warehouses/", "staff/", "keys/",
]  # fmt: skip


def details_of(enterprise: Enterprise) -> list[str]:
    """Every address that names a row of this enterprise."""
    product = Product.objects.filter(enterprise=enterprise).first()
    assert product is not None
    variant = product.variants.get()
    image = ProductImage.objects.create(product=product, file="x.png", width=1, height=1)
    lot = HarvestLot.objects.get(product=product)
    item = StockItem.objects.get(variant=variant)
    order = SellerOrder.objects.get(enterprise=enterprise)
    warehouse = Warehouse.objects.get(enterprise=enterprise)
    member = Member.objects.filter(enterprise=enterprise).first()
    assert member is not None
    return [
        *(f"products/{product.pk}/{page}" for page in ("", "edit/", "pictures/", "packings/new/", "preview/")),
        f"packings/{variant.pk}/",
        f"packings/{variant.pk}/price/domestic/",
        f"packings/{variant.pk}/receive/",
        f"stock/{item.pk}/",
        f"stock/{item.pk}/lot/",
        f"warehouses/{warehouse.pk}/",
        *(f"lots/{lot.pk}/{page}" for page in ("", "quarantine/", "release/")),
        *(f"orders/{order.number}/{page}" for page in ("", "decline/", "packing-list/")),
        f"staff/{member.pk}/remove/",
        *(f"products/{product.pk}/{deed}/" for deed in ("publish", "withdraw")),
        *(f"pictures/{image.pk}/{deed}/" for deed in ("move", "remove")),
        f"staff/{member.pk}/role/",
    ]


def make_shop() -> Enterprise:
    variant = make_variant(on_hand=10)
    make_placed((variant, 2))
    return variant.product.enterprise


def test_rows_of_another_enterprise_do_not_exist() -> None:
    theirs = make_shop()
    staff_of(theirs)
    intruder = staff_of(make_shop())
    rows = details_of(theirs)

    for path in rows:
        assert intruder.get(f"/en/sell/{path}").status_code == 404, path
        assert intruder.post(f"/en/sell/{path}", {}).status_code == 404, path


def test_own_rows_open_for_the_owner_in_three_languages() -> None:
    enterprise = make_shop()
    owner = staff_of(enterprise)
    pages = [path for path in details_of(enterprise) if not path.endswith(("publish/", "withdraw/", "move/", "role/"))]

    for language in ("zh-hans", "en", "ru"):
        for path in [*LISTS, *(page for page in pages if not page.startswith("pictures/"))]:
            assert owner.get(f"/{language}/sell/{path}").status_code == 200, path


def test_strangers_and_guests_see_nothing() -> None:
    enterprise = make_shop()
    staff_of(enterprise)
    stranger = Client()
    stranger.force_login(make_user())

    for path in [*LISTS[1:], *details_of(enterprise)]:
        assert stranger.get(f"/en/sell/{path}").status_code == 404, path
        assert Client().get(f"/en/sell/{path}").status_code == 302, path


def test_lists_hold_only_ones_own() -> None:
    mine, theirs = make_shop(), make_shop()
    owner = staff_of(mine)
    theirs_sku = theirs.products.get().variants.get().sku
    order = SellerOrder.objects.get(enterprise=theirs)
    lot = HarvestLot.objects.get(enterprise=theirs)

    pages = "".join(read(owner, path) for path in LISTS)

    assert SellerOrder.objects.get(enterprise=mine).number in pages
    for foreign in (theirs_sku, order.number, f">{lot.number}<", theirs.name_en):
        assert foreign not in pages


@pytest.mark.parametrize("role", ["viewer", "sales", "warehouse", "finance"])
def test_a_role_sees_every_list_and_sends_only_its_own_forms(role: str) -> None:
    enterprise = make_shop()
    person = staff_of(enterprise, role)
    for path in LISTS:
        read(person, path)
    product = enterprise.products.get()
    variant, item = product.variants.get(), StockItem.objects.get()
    order, lot = SellerOrder.objects.get(), HarvestLot.objects.get()
    rights = {
        "sales": [
            "products/new/",
            f"products/{product.pk}/edit/",
            f"packings/{variant.pk}/",
            f"orders/{order.number}/decline/",
        ],
        "warehouse": [
            "warehouses/",
            f"stock/{item.pk}/",
            f"packings/{variant.pk}/receive/",
            f"lots/{lot.pk}/quarantine/",
            f"orders/{order.number}/",
        ],
        "finance": ["onboarding/contact/", "onboarding/hand-in/"],
        "owner": ["staff/", f"staff/{Member.objects.get().pk}/role/"],
    }

    for owner_role, paths in rights.items():
        for path in paths:
            status = person.post(f"/en/sell/{path}", {}).status_code
            assert (status == 403) == (owner_role != role), (role, path, status)


def test_lists_cost_the_same_statements_for_few_and_many_rows() -> None:
    enterprise = make_enterprise()
    owner = staff_of(enterprise)
    counts: dict[str, list[int]] = {path: [] for path in LISTS}
    for number in (3, 27):
        for _ in range(number):
            make_placed((make_variant(on_hand=2, enterprise=enterprise), 1))
        for path in LISTS:
            read(owner, path)
            with CaptureQueriesContext(connection) as queries:
                read(owner, path)
            counts[path].append(len(queries))

    for path, (few, many) in counts.items():
        assert few == many <= 20, path


def test_second_page_exists_and_a_wild_page_number_shows_the_last() -> None:
    enterprise = make_enterprise()
    owner = staff_of(enterprise)
    Product.objects.bulk_create(
        Product(
            enterprise=enterprise,
            category=make_variant(enterprise=enterprise, on_hand=0).product.category,
            origin_unit=enterprise.unit,
            name_zh=f"第{n}号",
            created_at=NOW,
            updated_at=NOW,
        )
        for n in range(51)
    )

    assert "Page 2 of 3" in read(owner, "products/?page=2")
    assert "Page 3 of 3" in read(owner, "products/?page=999999999999")
    assert "Page 1 of 3" in read(owner, "products/?page=x")
    assert "1 product<" in read(owner, "products/?q=第50号")
    assert "No product fits" in read(owner, "products/?q=zzz&state=draft")


def two_seats() -> tuple[Client, Enterprise, Enterprise]:
    first, second = make_shop(), make_shop()
    client = staff_of(first)
    person = Member.objects.get(enterprise=first).user
    Member.objects.create(enterprise=second, user=person, role="viewer")
    return client, first, second


def test_person_in_two_enterprises_works_in_one_at_a_time() -> None:
    client, first, second = two_seats()
    mine, theirs = (SellerOrder.objects.get(enterprise=one).number for one in (first, second))

    read(client, f"orders/{mine}/")
    read(client, f"orders/{theirs}/", status=404)
    send(client, "enterprises/", {"enterprise": second.number})

    read(client, f"orders/{theirs}/")
    read(client, f"orders/{mine}/", status=404)


def test_role_goes_with_the_enterprise_chosen() -> None:
    client, _first, second = two_seats()

    send(client, "enterprises/", {"enterprise": second.number})

    read(client, "products/new/", status=403)


def test_enterprise_one_does_not_work_for_cannot_be_chosen() -> None:
    client, first, _second = two_seats()
    stranger = make_shop()

    send(client, "enterprises/", {"enterprise": stranger.number}, status=404)

    read(client, f"orders/{SellerOrder.objects.get(enterprise=first).number}/")


def test_who_leaves_the_chosen_enterprise_is_back_in_the_other_at_once() -> None:
    client, first, second = two_seats()
    send(client, "enterprises/", {"enterprise": second.number})

    Member.objects.filter(enterprise=second).delete()

    read(client, f"orders/{SellerOrder.objects.get(enterprise=first).number}/")


def test_only_who_works_for_several_is_offered_the_change() -> None:
    several, _first, _second = two_seats()

    assert "/sell/enterprises/" in read(several, "")
    assert "/sell/enterprises/" not in read(staff_of(make_shop()), "")
