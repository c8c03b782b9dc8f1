import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from catalog.lots.models import HarvestLot
from catalog.pricing.models import Price, PriceTier
from catalog.products.models import Product, ProductImage, Variant
from market.common.outbox.models import OutboxEvent
from market.enterprises.models import Enterprise
from tests.builders import NOW, make_category, make_enterprise, make_regiment, make_variant
from tests.market.portal.people import read, send, staff_of

pytestmark = pytest.mark.django_db


def texts(**wishes: Any) -> dict[str, Any]:
    return {"name_zh": "若羌灰枣", "category": make_category().pk, "grade": "first"} | wishes


def whole(enterprise: Enterprise, **wishes: Any) -> dict[str, Any]:
    """Everything from name to stock."""
    fields = {
        "origin": enterprise.unit_id,
        "sku": "HZ-5",
        "unit": "XBX",
        "net_kg": "5",
        "gross_kg": "5.4",
        "price": "30",
        "moq": "2",
        "lot_number": "L1",
        "quantity": "10",
        "harvested_from": "2026-10-01",
        "harvested_to": "2026-10-12",
    }
    return texts() | fields | wishes


def picture() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (200, 150), "red").save(out, "PNG")
    return SimpleUploadedFile("good.png", out.getvalue(), content_type="image/png")


def test_name_and_origin_make_a_draft() -> None:
    enterprise = make_enterprise(state="draft")

    send(staff_of(enterprise), "products/new/", texts(origin=enterprise.unit_id))

    product = Product.objects.get()
    assert (product.state, product.origin_unit, product.variants.count()) == ("draft", enterprise.unit, 0)
    assert OutboxEvent.objects.filter(topic="product.changed", subject=str(product.pk)).exists()


def test_one_page_from_name_to_stock_publishes() -> None:
    enterprise = make_enterprise()

    send(staff_of(enterprise), "products/new/", whole(enterprise, publish="1", pictures=picture()))

    product = Product.objects.get()
    assert (product.state, product.images.count(), HarvestLot.objects.get().number) == ("published", 1, "L1")


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"gross_kg": "4"}, "must not be below the net weight"),
        ({"lot_number": ""}, "Please fill this in, or leave this whole part empty."),
        ({"price": "x"}, "Please enter a number, such as 12.5."),
        ({"harvested_to": "2026-09-01"}, "must not be before the first day of harvest"),
        ({"hs_code": "999999"}, "999999 is not in the Harmonized System 2022"),
        ({"name_zh": ""}, "Please fill this in."),
    ],
)
def test_bad_product_form_keeps_everything_and_writes_nothing(wishes: dict[str, str], words: str) -> None:
    enterprise = make_enterprise()

    page = send(staff_of(enterprise), "products/new/", whole(enterprise, name_en="Grey jujubes", **wishes), status=422)

    assert words in page
    assert 'role="alert"' in page
    assert 'value="Grey jujubes"' in page
    assert 'value="HZ-5"' in page or "sku" in wishes
    assert not Product.objects.exists()
    assert not OutboxEvent.objects.exists()


@pytest.mark.parametrize(
    ("language", "title", "words"),
    [
        ("zh-hans", "错误：", "请填写此项"),
        ("en", "Error:", "Please fill this in."),
        ("ru", "Ошибка:", "Заполните это поле."),
    ],
)
def test_error_page_speaks_the_language_and_keeps_the_rest(language: str, title: str, words: str) -> None:
    enterprise = make_enterprise()

    page = send(
        staff_of(enterprise),
        f"/{language}/sell/products/new/",
        whole(enterprise, name_zh="", name_ru="Финики"),
        status=422,
    )

    head = page.split("</title>")[0].split("<title>")[1]
    assert head.strip().startswith(title)
    assert words in page
    assert 'value="Финики"' in page


def test_origin_of_another_regiment_is_not_offered() -> None:
    enterprise = make_enterprise()

    send(staff_of(enterprise), "products/new/", texts(origin=make_regiment().pk), status=422)

    assert not Product.objects.exists()


def test_sales_staff_cannot_bring_in_stock_by_the_back_door() -> None:
    enterprise = make_enterprise()

    send(staff_of(enterprise, "sales"), "products/new/", whole(enterprise), status=422)

    assert not Product.objects.exists()


def test_two_editors_the_second_is_told_loses_nothing_and_may_save_over() -> None:
    variant = make_variant()
    product = variant.product
    first, second = staff_of(product.enterprise), staff_of(product.enterprise, "sales")
    seen = product.updated_at.isoformat()
    path = f"products/{product.pk}/edit/"
    send(first, path, texts(name_zh="先到", version=seen))

    page = send(second, path, texts(name_zh="后到", description_zh="我的描述", version=seen), status=409)

    assert Product.objects.get().name_zh == "先到"
    assert "Somebody else saved this product" in page
    assert page.count("先到") >= 1
    assert 'value="后到"' in page
    assert "我的描述" in page
    fresh = Product.objects.get().updated_at.isoformat()
    assert f'name="version" value="{fresh}"' in page
    send(second, path, texts(name_zh="后到", version=fresh))
    assert Product.objects.get().name_zh == "后到"


@pytest.mark.parametrize("version", ["", "yesterday"])
def test_edit_without_a_version_overwrites_nothing(version: str) -> None:
    product = make_variant().product

    send(
        staff_of(product.enterprise), f"products/{product.pk}/edit/", texts(name_zh="瞎写", version=version), status=409
    )

    assert Product.objects.get().name_zh == "若羌灰枣"


def test_invalid_edit_keeps_the_version_it_started_from() -> None:
    product = make_variant().product
    client, seen = staff_of(product.enterprise), product.updated_at.isoformat()
    Product.objects.update(updated_at=NOW + timedelta(minutes=1))

    page = send(client, f"products/{product.pk}/edit/", texts(name_zh="", version=seen), status=422)

    assert f'name="version" value="{seen}"' in page


def test_origin_sent_with_an_edit_changes_nothing() -> None:
    product = make_variant().product
    wish = texts(version=product.updated_at.isoformat(), origin=make_regiment().pk, origin_unit=make_regiment().pk)

    send(staff_of(product.enterprise), f"products/{product.pk}/edit/", wish)

    assert Product.objects.get().origin_unit_id == product.origin_unit_id


def test_publication_names_what_is_missing_and_export_needs_price_and_hs_code() -> None:
    enterprise = make_enterprise()
    client = staff_of(enterprise)
    send(client, "products/new/", whole(enterprise))
    product = Product.objects.get()
    assert "Nothing is missing." in read(client, f"products/{product.pk}/")

    send(client, f"products/{product.pk}/publish/", {"channel": ["domestic", "export"]})

    page = read(client, f"products/{product.pk}/")
    assert "set a price for Export" in page
    assert "export needs the HS code" in page
    assert Product.objects.get().state == "draft"


def test_withdraw_and_publish_again() -> None:
    product = make_variant().product
    client = staff_of(product.enterprise)

    send(client, f"products/{product.pk}/withdraw/", {})
    withdrawn = Product.objects.get().state
    send(client, f"products/{product.pk}/publish/", {"channel": "domestic"})

    assert (withdrawn, Product.objects.get().state) == ("withdrawn", "published")


def test_good_pictures_stay_when_a_bad_one_is_among_them() -> None:
    product = make_variant().product
    client = staff_of(product.enterprise)
    bad = SimpleUploadedFile("bad.png", b"nothing", content_type="image/png")

    send(client, f"products/{product.pk}/pictures/", {"pictures": [picture(), bad, picture()]})

    assert product.images.count() == 2
    page = read(client, f"products/{product.pk}/pictures/")
    assert "“bad.png” cannot be used" in page
    assert "2 pictures added." in page
    last = product.images.all()[1]
    send(client, f"pictures/{last.pk}/move/", {})
    assert product.images.all()[0] == last
    send(client, f"pictures/{last.pk}/remove/", {})
    assert ProductImage.objects.count() == 1


def test_packing_and_price_by_hand_in_both_channels() -> None:
    enterprise = make_enterprise()
    client = staff_of(enterprise)
    send(client, "products/new/", texts(origin=enterprise.unit_id, hs_code="０８１３.40"))
    product = Product.objects.get()
    packing = {"sku": "A", "unit": "XBX", "net_kg": "2,5", "gross_kg": "2.7"}
    send(client, f"products/{product.pk}/packings/new/", packing)
    variant = Variant.objects.get()
    ladder = {"basis": "per_unit", "moq": "1", "multiple": "1", "from_1": "1", "amount_1": "100", "version": "none"}

    send(client, f"packings/{variant.pk}/price/domestic/", ladder | {"from_2": "50", "amount_2": "90"})
    send(client, f"packings/{variant.pk}/price/export/", ladder | {"basis": "per_kg"})
    send(client, f"products/{product.pk}/publish/", {"channel": ["domestic", "export"]})

    assert (product.hs_code, Product.objects.get().state) == ("081340", "published")
    page = read(client, f"packings/{variant.pk}/price/domestic/")
    for words in ("CN¥100.00", "CN¥40.00", "CN¥90.00", "CN¥36.00"):
        assert words in page
    assert "opens no border" in read(client, f"packings/{variant.pk}/price/export/")
    assert Price.objects.get(channel__code="export").tiers.get().amount == 100


def test_bad_ladder_keeps_every_row_and_says_which_step() -> None:
    variant = make_variant(price="30")
    client = staff_of(variant.product.enterprise)
    wish = {"basis": "per_kg", "moq": "1", "multiple": "1", "from_1": "1", "amount_1": "30", "from_2": "9"}

    half = send(client, f"packings/{variant.pk}/price/domestic/", wish, status=422)
    rising = send(client, f"packings/{variant.pk}/price/domestic/", wish | {"amount_2": "31"}, status=422)

    assert "A step needs both" in half
    assert '<a href="#id_amount_2">Step 2: price: the price must not be above 30' in rising
    assert 'value="31"' in rising
    assert PriceTier.objects.get().amount == 30


def test_price_of_two_editors_the_second_is_told() -> None:
    variant = make_variant(price="30")
    client = staff_of(variant.product.enterprise)
    path = f"packings/{variant.pk}/price/domestic/"
    wish = {"basis": "per_kg", "moq": "1", "multiple": "1", "from_1": "1", "amount_1": "28", "version": "stale"}

    page = send(client, path, wish, status=409)

    assert "Somebody else saved this" in page
    assert 'value="28"' in page
    assert PriceTier.objects.get().amount == 30


def test_a_firm_not_admitted_reads_so_before_it_fills_in_the_form() -> None:
    page = read(staff_of(make_enterprise(state="submitted")), "products/new/")

    assert "nothing can be published" in page
    assert 'name="publish"' not in page
