"""Sellers say what their goods have: the category's attributes as fields, and what no longer counts."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from catalog.products.actions.define_attribute import change_attribute
from catalog.products.models import Product
from tests.builders import NOW, make_category, make_enterprise, make_user, make_variant
from tests.catalog.products.attributes import SIZE, make_brix, make_by_hand, make_size
from tests.market.portal.people import read, send, staff_of

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def sent(product: Product, **wishes: Any) -> dict[str, Any]:
    category = wishes.pop("category", None) or product.category
    fields = {"name_zh": product.name_zh, "category": category.pk, "grade": "first", "attributes_for": category.pk}
    attributes = {f"attributes.{name.replace('_', '-')}": value for name, value in wishes.pop("said", {}).items()}
    return fields | attributes | {"version": product.updated_at.isoformat()} | wishes


def fresh(product: Product) -> Product:
    return Product.objects.select_related("category").get(pk=product.pk)


def test_attributes_are_fields_of_the_product_and_are_shown() -> None:
    make_size(), make_brix(), make_by_hand()
    product = make_variant().product
    client = staff_of(product.enterprise)
    page = read(client, f"products/{product.pk}/edit/")
    assert "Size grade (optional)" in page
    assert "Sugar (%) (optional)" in page

    said = {"size": "small", "brix": "1 3,5", "by_hand": "no"}
    send(client, f"products/{product.pk}/edit/", sent(product, said=said))

    assert fresh(product).attributes == {"size": "small", "brix": "13.5", "by-hand": False}
    assert "13.5 %" in read(client, f"products/{product.pk}/")
    assert "小果" in read(client, f"products/{product.pk}/preview/")

    send(client, f"products/{product.pk}/edit/", sent(fresh(product), said={"brix": "14"}))
    assert fresh(product).attributes == {"brix": "14"}


def test_what_does_not_fit_is_told_at_the_field_and_nothing_is_saved() -> None:
    make_size(), make_brix()
    product = make_variant().product
    client = staff_of(product.enterprise)

    said = {"size": "huge", "brix": "sweet"}
    page = send(client, f"products/{product.pk}/edit/", sent(product, said=said), status=422)

    assert "Please choose one of the values offered." in page
    assert "Please enter a number, such as 12.5." in page
    assert fresh(product).attributes == {}


def test_another_category_brings_its_fields_before_anything_is_saved() -> None:
    walnut = make_category("walnut")
    make_size(), make_brix(walnut)
    product = make_variant().product
    Product.objects.filter(pk=product.pk).update(attributes={"size": "large"})
    client = staff_of(product.enterprise)
    moved = sent(fresh(product), category=walnut, attributes_for=product.category_id)

    page = send(client, f"products/{product.pk}/edit/", moved, status=422)
    assert "Sugar (%)" in page
    assert "Size grade: Large – this attribute does not belong" in page
    assert fresh(product).category_id == product.category_id

    send(client, f"products/{product.pk}/edit/", moved | {"attributes_for": walnut.pk, "attributes.brix": "12"})
    assert fresh(product).category_id == walnut.pk
    assert fresh(product).attributes == {"size": "large", "brix": "12"}
    shown = read(client, f"products/{product.pk}/")
    assert "this attribute does not belong to the category the product is in now" in shown

    send(
        client,
        f"products/{product.pk}/edit/",
        sent(fresh(product), category=walnut, said={"brix": "12"}, take_back="1"),
    )
    assert fresh(product).attributes == {"brix": "12"}


def test_retired_value_is_kept_and_told_until_another_is_chosen() -> None:
    row = make_size()
    product = make_variant().product
    Product.objects.filter(pk=product.pk).update(attributes={"size": "large"})
    change_attribute(row, replace(SIZE, values=SIZE.values[1:]), by=make_user(), now=LATER)
    client = staff_of(product.enterprise)

    assert "Large – this value is no longer used: choose another one" in read(client, f"products/{product.pk}/")
    assert "1 product states a property that no longer counts" in read(client, "")
    assert "no longer counts" not in read(staff_of(make_enterprise()), "")
    send(client, f"products/{product.pk}/edit/", sent(fresh(product), said={"size": ""}))
    assert fresh(product).attributes == {"size": "large"}
    send(client, f"products/{product.pk}/edit/", sent(fresh(product), said={"size": "small"}))
    assert fresh(product).attributes == {"size": "small"}
    assert "no longer counts" not in read(client, "")


def test_second_editor_sees_both_and_overwrites_nothing() -> None:
    make_size()
    product = make_variant().product
    client = staff_of(product.enterprise)
    old = sent(product, said={"size": "small"})
    send(client, f"products/{product.pk}/edit/", sent(product, said={"size": "large"}))

    page = send(client, f"products/{product.pk}/edit/", old, status=409)

    assert "Large" in page
    assert "小果" in page
    assert fresh(product).attributes == {"size": "large"}


def test_new_product_with_its_properties() -> None:
    make_size()
    enterprise = make_enterprise()
    client = staff_of(enterprise)
    fields = {"name_zh": "灰枣", "category": make_category().pk, "grade": "first", "origin": enterprise.unit_id}

    send(client, "products/new/", fields, status=422)
    assert not Product.objects.exists()
    send(client, "products/new/", fields | {"attributes_for": make_category().pk, "attributes.size": "large"})

    assert Product.objects.get().attributes == {"size": "large"}


def test_fields_come_by_category_and_never_of_anothers_product() -> None:
    make_size()
    product = make_variant().product
    Product.objects.filter(pk=product.pk).update(attributes={"size": "large"})
    own, other = staff_of(product.enterprise), staff_of(make_enterprise())
    address = f"products/properties/?category={product.category_id}"

    assert '<option value="large">' in read(own, address)
    assert '<option value="large" selected>' in read(own, f"{address}&product={product.pk}")
    assert "Size grade" not in read(own, "products/properties/?category=x")
    read(other, f"{address}&product={product.pk}", status=404)
